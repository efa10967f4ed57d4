// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Checks: memory of the host, and settings that decide how it runs short. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exam.h"
#include "fields.h"
#include "source.h"

#define MIB		(1ULL << 20)
#define GIB		(1ULL << 30)

/* As the module's own levels begin. */
#define LOW_PERCENT		10
#define CRITICAL_PERCENT	5

#define NEAR_PERCENT		80
#define FULL_PERCENT		95

static double percent_of(uint64_t part, uint64_t whole)
{
	return whole ? 100.0 * part / whole : 0;
}

/* All of meminfo, or NULL, which has been said. */
static char *read_meminfo(struct exam *exam, const struct check *check)
{
	char *text;
	int err = source_read(&text, "/proc/meminfo");

	if (err)
		unseen_add(exam, check, NULL, err, "/proc/meminfo");
	return text;
}

static bool read_sysctl(struct exam *exam, const struct check *check,
			const char *name, uint64_t *value)
{
	int err = source_number(value, "/proc/sys/%s", name);

	if (err)
		unseen_add(exam, check, NULL, err, "/proc/sys/%s", name);
	return !err;
}

static void run_low(struct exam *exam, struct patient *patient,
		    const struct check *check)
{
	char *text = read_meminfo(exam, check);
	uint64_t available, total;
	struct finding *finding;
	double percent;

	(void)patient;
	if (!text)
		return;
	available = fields_number(text, "MemAvailable");
	total = fields_number(text, "MemTotal");
	free(text);
	percent = percent_of(available, total);
	if (!total || percent >= LOW_PERCENT)
		return;
	finding = finding_add(exam, check, NULL, percent < CRITICAL_PERCENT ?
			      SEVERITY_CRITICAL : SEVERITY_WARNING,
			      "Only %s of %s are available.",
			      unit_bytes(available).text,
			      unit_bytes(total).text);
	evidence_bytes(finding, "available_bytes", available,
		       "/proc/meminfo MemAvailable");
	evidence_bytes(finding, "total_bytes", total, "/proc/meminfo MemTotal");
	evidence_percent(finding, "available_percent", percent,
			 "/proc/meminfo");
}

#define STALL_WARNING_PERCENT	1.0
#define STALL_CRITICAL_PERCENT	5.0

static void run_stalls(struct exam *exam, struct patient *patient,
		       const struct check *check)
{
	static const char file[] = "/proc/pressure/memory";
	double some = 0, full = 0;
	struct finding *finding;
	char *text;
	int err = source_read(&text, file);

	(void)patient;
	if (err) {
		unseen_add(exam, check, NULL, err, "%s (psi=1 on the kernel's "
			   "command line)", file);
		return;
	}
	fields_pressure(text, "some", "avg60", &some);
	fields_pressure(text, "full", "avg60", &full);
	free(text);
	if (some < STALL_WARNING_PERCENT)
		return;
	finding = finding_add(exam, check, NULL,
			      full >= STALL_CRITICAL_PERCENT ?
			      SEVERITY_CRITICAL : SEVERITY_WARNING,
			      "Threads have waited for memory %.1f %% of the "
			      "last minute.", some);
	evidence_percent(finding, "some_avg60_percent", some, "%s", file);
	evidence_percent(finding, "full_avg60_percent", full, "%s", file);
}

static void run_overcommit_strict(struct exam *exam, const struct check *check)
{
	char *text = read_meminfo(exam, check);
	uint64_t limit, committed;
	struct finding *finding;
	double percent;

	if (!text)
		return;
	limit = fields_number(text, "CommitLimit");
	committed = fields_number(text, "Committed_AS");
	free(text);
	percent = percent_of(committed, limit);
	finding = finding_add(exam, check, NULL, percent < 90 ? SEVERITY_NOTE :
			      percent < 99 ? SEVERITY_WARNING :
					     SEVERITY_CRITICAL,
			      "Overcommit is off: mmap() fails once %s are "
			      "promised, used or not; %.0f %% are.",
			      unit_bytes(limit).text, percent);
	evidence_count(finding, "overcommit_memory", 2,
		       "/proc/sys/vm/overcommit_memory");
	evidence_bytes(finding, "committed_bytes", committed,
		       "/proc/meminfo Committed_AS");
	evidence_bytes(finding, "limit_bytes", limit,
		       "/proc/meminfo CommitLimit");
}

static void run_overcommit(struct exam *exam, struct patient *patient,
			   const struct check *check)
{
	struct finding *finding;
	uint64_t mode;

	(void)patient;
	if (!read_sysctl(exam, check, "vm/overcommit_memory", &mode))
		return;
	if (mode == 2)
		run_overcommit_strict(exam, check);
	if (mode != 1)
		return;
	finding = finding_add(exam, check, NULL, SEVERITY_NOTE,
			      "No allocation is ever refused: a size that is "
			      "wrong shows by the killer only.");
	evidence_count(finding, "overcommit_memory", 1,
		       "/proc/sys/vm/overcommit_memory");
	finding_advise(finding, "sysctl vm.overcommit_memory=0, unless some "
		       "program on this host is known to need 1.");
}

#define SWAP_NOTE_BYTES		(16 * MIB)
#define SWAP_WARNING_BYTES	(256 * MIB)

static void add_swap_settings(struct finding *finding)
{
	uint64_t swappiness;
	char zswap[16];

	if (!source_number(&swappiness, "/proc/sys/vm/swappiness"))
		evidence_count(finding, "swappiness", swappiness,
			       "/proc/sys/vm/swappiness");
	if (!source_line(zswap, sizeof(zswap),
			 "/sys/module/zswap/parameters/enabled"))
		evidence_text(finding, "zswap",
			      *zswap == 'Y' ? "enabled" : "disabled",
			      "/sys/module/zswap/parameters/enabled");
}

static void run_swap(struct exam *exam, struct patient *patient,
		     const struct check *check)
{
	char *text = read_meminfo(exam, check);
	uint64_t total, used;
	struct finding *finding;

	(void)patient;
	if (!text)
		return;
	total = fields_number(text, "SwapTotal");
	used = total - fields_number(text, "SwapFree");
	free(text);
	if (used < SWAP_NOTE_BYTES)
		return;
	finding = finding_add(exam, check, NULL, used < SWAP_WARNING_BYTES ?
			      SEVERITY_NOTE : SEVERITY_WARNING,
			      "%s of programs' memory are in swap.",
			      unit_bytes(used).text);
	evidence_bytes(finding, "swap_used_bytes", used,
		       "/proc/meminfo SwapTotal, SwapFree");
	evidence_bytes(finding, "swap_total_bytes", total,
		       "/proc/meminfo SwapTotal");
	add_swap_settings(finding);
}

#define MANY_STALLS		1000
#define DEFAULT_SCALE		10

/* Direct reclaim: a thread had to free memory itself before it got any. */
static uint64_t direct_reclaims(const char *vmstat)
{
	static const char *const names[] = {
		"allocstall_dma", "allocstall_dma32", "allocstall_normal",
		"allocstall_movable", "allocstall_device", "allocstall",
	};
	uint64_t sum = 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		sum += fields_number(vmstat, names[i]);
	return sum;
}

static void check_late(struct exam *exam, const struct check *check)
{
	struct finding *finding;
	uint64_t scale, stalls;
	char *text;
	int err;

	if (!read_sysctl(exam, check, "vm/watermark_scale_factor", &scale))
		return;
	err = source_read(&text, "/proc/vmstat");
	if (err) {
		unseen_add(exam, check, NULL, err, "/proc/vmstat");
		return;
	}
	stalls = direct_reclaims(text);
	free(text);
	if (stalls < MANY_STALLS || scale > DEFAULT_SCALE)
		return;
	finding = finding_add(exam, check, NULL, SEVERITY_WARNING,
			      "The kernel begins to free memory so late that "
			      "threads had to do it themselves %llu times since "
			      "boot.", (unsigned long long)stalls);
	evidence_count(finding, "direct_reclaims", stalls,
		       "/proc/vmstat allocstall_*");
	evidence_count(finding, "watermark_scale_factor", scale,
		       "/proc/sys/vm/watermark_scale_factor");
}

#define LEAST_KEPT_BYTES	(16 * MIB)
#define MOST_KEPT_PERCENT	5

static void check_kept(struct exam *exam, const struct check *check)
{
	char *text = read_meminfo(exam, check);
	struct finding *finding;
	uint64_t kept, total;
	bool is_little, is_much;

	if (!text)
		return;
	total = fields_number(text, "MemTotal");
	free(text);
	if (!read_sysctl(exam, check, "vm/min_free_kbytes", &kept))
		return;
	kept *= 1024;
	is_little = kept < LEAST_KEPT_BYTES && total >= 8 * GIB;
	is_much = percent_of(kept, total) > MOST_KEPT_PERCENT;
	if (!is_little && !is_much)
		return;
	finding = finding_add(exam, check, NULL, is_little ? SEVERITY_WARNING :
							     SEVERITY_NOTE,
			      is_little ? "The kernel keeps only %s free for "
					  "drivers that cannot wait." :
					  "The kernel keeps %s free, which "
					  "nobody can use.",
			      unit_bytes(kept).text);
	evidence_bytes(finding, "min_free_bytes", kept,
		       "/proc/sys/vm/min_free_kbytes");
	evidence_bytes(finding, "total_bytes", total, "/proc/meminfo MemTotal");
	finding_advise(finding, "sysctl vm.min_free_kbytes=%llu",
		       (unsigned long long)(is_little ? 65536 :
					    total / 1024 / 100));
}

static void run_watermarks(struct exam *exam, struct patient *patient,
			   const struct check *check)
{
	(void)patient;
	check_late(exam, check);
	check_kept(exam, check);
}

static void near(struct exam *exam, const struct check *check, uint64_t used,
		 uint64_t max, const char *what, const char *used_source,
		 const char *max_source)
{
	double percent = percent_of(used, max);
	struct finding *finding;

	if (percent < NEAR_PERCENT)
		return;
	finding = finding_add(exam, check, NULL, percent < FULL_PERCENT ?
			      SEVERITY_WARNING : SEVERITY_CRITICAL,
			      "The host has %llu %s, of %llu that it can have.",
			      (unsigned long long)used, what,
			      (unsigned long long)max);
	evidence_count(finding, "used", used, "%s", used_source);
	evidence_count(finding, "limit", max, "%s", max_source);
	evidence_percent(finding, "used_percent", percent, "%s", used_source);
}

static void run_files(struct exam *exam, struct patient *patient,
		      const struct check *check)
{
	unsigned long long used, max;
	char line[128];
	int err = source_line(line, sizeof(line), "/proc/sys/fs/file-nr");

	(void)patient;
	if (!err && sscanf(line, "%llu %*u %llu", &used, &max) < 2)
		err = -EINVAL;
	if (err)
		unseen_add(exam, check, NULL, err, "/proc/sys/fs/file-nr");
	else
		near(exam, check, used, max, "open files",
		     "/proc/sys/fs/file-nr", "/proc/sys/fs/file-max");
}

static void run_threads(struct exam *exam, struct patient *patient,
			const struct check *check)
{
	unsigned long long used;
	uint64_t pids, threads;
	char line[128];
	int err = source_line(line, sizeof(line), "/proc/loadavg");

	(void)patient;
	if (!err && sscanf(line, "%*s %*s %*s %*u/%llu", &used) < 1)
		err = -EINVAL;
	if (err) {
		unseen_add(exam, check, NULL, err, "/proc/loadavg");
		return;
	}
	if (!read_sysctl(exam, check, "kernel/pid_max", &pids) ||
	    !read_sysctl(exam, check, "kernel/threads-max", &threads))
		return;
	near(exam, check, used, pids < threads ? pids : threads, "threads",
	     "/proc/loadavg", pids < threads ? "/proc/sys/kernel/pid_max" :
					       "/proc/sys/kernel/threads-max");
}

const struct check checks_host[] = {
	{
		.id = "memory-low",
		.of = CHECK_HOST,
		.summary = "little memory is available on the host",
		.why = "Below 10 % is a warning and below 5 % critical, where "
		       "aoipool's levels high and critical begin, too.",
		.advice = "'aoipoolctl trim --reserve --depot' gives back what "
			  "pools keep idle; 'aoipoolctl status' says who holds "
			  "the rest, and ps --sort=-rss who else.",
		.run = run_low,
	}, {
		.id = "memory-stalls",
		.of = CHECK_HOST,
		.summary = "threads wait for memory right now",
		.why = "Pressure stall information of the last minute: from 1 "
		       "% some thread waited it is a warning; critical where "
		       "all waited for 5 %.",
		.advice = "Find who takes memory: 'aoipoolctl top', or a run "
			  "of this with --pid. A line in cgroup's "
			  "memory.pressure says which service waits.",
		.run = run_stalls,
	}, {
		.id = "overcommit",
		.of = CHECK_HOST,
		.summary = "how the kernel promises memory",
		.why = "Mode 1 refuses nothing and leaves it to the killer. "
		       "Mode 2 refuses by what was promised, not by what is "
		       "used: pools reserve address space, so its limit comes "
		       "early.",
		.advice = "sysctl vm.overcommit_memory=0, or raise "
			  "vm.overcommit_ratio before the limit is met.",
		.run = run_overcommit,
	}, {
		.id = "swap",
		.of = CHECK_HOST,
		.summary = "memory of programs that is in swap",
		.why = "A line cannot wait for a page that has to be read from "
		       "a disk. From 16 MiB it is a note, from 256 MiB a "
		       "warning.",
		.advice = "Inspection hosts do best with swapoff -a, or "
			  "MemorySwapMax=0 for the engine's service, once "
			  "there is memory enough.",
		.run = run_swap,
	}, {
		.id = "watermarks",
		.of = CHECK_HOST,
		.summary = "how much the kernel keeps free, and how early it "
			   "begins to free more",
		.why = "With the default watermark_scale_factor of 10 the "
		       "kernel begins when 0.1 % is left, which a burst of "
		       "frames eats in milliseconds; threads then free memory "
		       "themselves. Judged by how often that happened (1,000 "
		       "times since boot), and by min_free_kbytes (below 16 "
		       "MiB, or above 5 % of the memory).",
		.advice = "sysctl vm.watermark_scale_factor=100 (1 %), and "
			  "keep it in /etc/sysctl.d.",
		.run = run_watermarks,
	}, {
		.id = "file-table",
		.of = CHECK_HOST,
		.summary = "open files of the host near fs.file-max",
		.why = "From 80 % a warning, from 95 % critical.",
		.advice = "Find who has them (ls /proc/PID/fd | wc -l); sysctl "
			  "fs.file-max raises the limit.",
		.run = run_files,
	}, {
		.id = "thread-table",
		.of = CHECK_HOST,
		.summary = "threads of the host near kernel.pid_max or "
			   "kernel.threads-max",
		.why = "From 80 % a warning, from 95 % critical.",
		.advice = "Find who has them (ps -eo nlwp,pid,comm "
			  "--sort=-nlwp); sysctl raises the limit.",
		.run = run_threads,
	},
	{ 0 },
};
