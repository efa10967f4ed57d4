// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Checks: what a process has, near what it may have. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "exam.h"
#include "proc_limits.h"
#include "source.h"

#define NEAR_PERCENT	80
#define FULL_PERCENT	95

/* @used_source, @max_source: below /proc/PID, unless they begin with a slash. */
struct gauge {
	const char *what;
	uint64_t used, max;
	bool is_bytes;
	const char *used_source, *max_source;
};

static void source_of(char *text, size_t bytes, const struct patient *patient,
		      const char *source)
{
	if (*source == '/')
		snprintf(text, bytes, "%s", source);
	else
		snprintf(text, bytes, "/proc/%d/%s", patient->pid, source);
}

static struct unit_text amount(const struct gauge *gauge, uint64_t value)
{
	struct unit_text text;

	if (gauge->is_bytes)
		return unit_bytes(value);
	snprintf(text.text, sizeof(text.text), "%llu",
		 (unsigned long long)value);
	return text;
}

static void judge(struct exam *exam, struct patient *patient,
		  const struct check *check, const struct gauge *gauge)
{
	char used[SOURCE_PATH_BYTES], max[SOURCE_PATH_BYTES];
	struct finding *finding;
	double percent;

	if (gauge->max == UINT64_MAX || !gauge->max)
		return;
	percent = 100.0 * gauge->used / gauge->max;
	if (percent < NEAR_PERCENT)
		return;
	source_of(used, sizeof(used), patient, gauge->used_source);
	source_of(max, sizeof(max), patient, gauge->max_source);
	finding = finding_add(exam, check, patient, percent < FULL_PERCENT ?
			      SEVERITY_WARNING : SEVERITY_CRITICAL,
			      "It has %s %s, and may have %s.",
			      amount(gauge, gauge->used).text, gauge->what,
			      amount(gauge, gauge->max).text);
	if (gauge->is_bytes) {
		evidence_bytes(finding, "used_bytes", gauge->used, "%s", used);
		evidence_bytes(finding, "limit_bytes", gauge->max, "%s", max);
	} else {
		evidence_count(finding, "used", gauge->used, "%s", used);
		evidence_count(finding, "limit", gauge->max, "%s", max);
	}
	evidence_percent(finding, "used_percent", percent, "%s", used);
}

/* A line of /proc/PID/limits; false, and said, where it cannot be read. */
static bool read_limit(struct exam *exam, struct patient *patient,
		       const struct check *check, const char *name,
		       uint64_t *value)
{
	char *text;
	int err = patient_text(patient, "limits", &text);

	if (!err && !proc_limits_soft(text, name, value))
		err = -ENODATA;
	free(text);
	if (err)
		unseen_add(exam, check, patient, err, "/proc/%d/limits, %s",
			   patient->pid, name);
	return !err;
}

static void run_files(struct exam *exam, struct patient *patient,
		      const struct check *check)
{
	struct gauge gauge = {
		.what = "open files",
		.used_source = "fd",
		.max_source = "limits Max open files",
	};
	long nr = source_count("/proc/%d/fd", patient->pid);

	if (nr < 0) {
		unseen_add(exam, check, patient, nr, "/proc/%d/fd",
			   patient->pid);
		return;
	}
	gauge.used = nr;
	if (read_limit(exam, patient, check, "Max open files", &gauge.max))
		judge(exam, patient, check, &gauge);
}

static void run_mappings(struct exam *exam, struct patient *patient,
			 const struct check *check)
{
	struct gauge gauge = {
		.what = "mappings",
		.used_source = "smaps",
		.max_source = "/proc/sys/vm/max_map_count",
	};
	const struct smaps *smaps;
	int err = source_number(&gauge.max, "/proc/sys/vm/max_map_count");

	if (err) {
		unseen_add(exam, check, patient, err,
			   "/proc/sys/vm/max_map_count");
		return;
	}
	err = patient_smaps(patient, &smaps);
	if (err) {
		unseen_add(exam, check, patient, err, "/proc/%d/smaps",
			   patient->pid);
		return;
	}
	gauge.used = smaps->nr;
	judge(exam, patient, check, &gauge);
}

static bool read_status(struct exam *exam, struct patient *patient,
			const struct check *check, const char *name,
			uint64_t *value)
{
	int err = patient_status(patient, name, value);

	if (err)
		unseen_add(exam, check, patient, err, "/proc/%d/status %s",
			   patient->pid, name);
	return !err;
}

static void run_memlock(struct exam *exam, struct patient *patient,
			const struct check *check)
{
	struct gauge gauge = {
		.what = "of locked memory",
		.is_bytes = true,
		.used_source = "status VmLck",
		.max_source = "limits Max locked memory",
	};

	if (read_status(exam, patient, check, "VmLck", &gauge.used) &&
	    read_limit(exam, patient, check, "Max locked memory", &gauge.max))
		judge(exam, patient, check, &gauge);
}

static void run_address_space(struct exam *exam, struct patient *patient,
			      const struct check *check)
{
	struct gauge gauge = {
		.what = "of address space",
		.is_bytes = true,
		.used_source = "status VmSize",
		.max_source = "limits Max address space",
	};

	if (read_status(exam, patient, check, "VmSize", &gauge.used) &&
	    read_limit(exam, patient, check, "Max address space", &gauge.max))
		judge(exam, patient, check, &gauge);
}

/* pids.max of the nearest cgroup that has one. */
static void run_threads(struct exam *exam, struct patient *patient,
			const struct check *check)
{
	struct gauge gauge = { .what = "threads and processes in its cgroup" };
	char used[SOURCE_PATH_BYTES], max[SOURCE_PATH_BYTES];
	struct cgroup cgroup;
	int err = patient_cgroup(patient, "pids", &cgroup);

	if (err) {
		unseen_add(exam, check, patient, err, "cgroup of pids");
		return;
	}
	do {
		snprintf(used, sizeof(used), "%s%s/pids.current", cgroup.mount,
			 cgroup.path);
		snprintf(max, sizeof(max), "%s%s/pids.max", cgroup.mount,
			 cgroup.path);
		/* The root has no limit, and so no file. */
		if (source_number(&gauge.max, "%s", max) ||
		    source_number(&gauge.used, "%s", used))
			continue;
		gauge.used_source = used;
		gauge.max_source = max;
		judge(exam, patient, check, &gauge);
	} while (cgroup_up(&cgroup));
}

#define LIMIT_WHY "From 80 % a warning, from 95 % critical. "

const struct check checks_limits[] = {
	{
		.id = "fd-limit",
		.of = CHECK_PROCESS,
		.summary = "open files near RLIMIT_NOFILE",
		.why = LIMIT_WHY "A pool takes a few descriptors; at the limit "
		       "cameras, sockets and pools cannot be opened.",
		.advice = "ls -l /proc/PID/fd says what is open; if that is "
			  "what it needs, LimitNOFILE= of its service, or "
			  "ulimit -n.",
		.run = run_files,
	}, {
		.id = "map-count",
		.of = CHECK_PROCESS,
		.summary = "mappings near vm.max_map_count",
		.why = LIMIT_WHY "At the limit mmap(), malloc() and even "
		       "munmap() fail with ENOMEM, with memory to spare.",
		.advice = "See mappings-grow and library-repeated for why; "
			  "sysctl vm.max_map_count=262144 wins time.",
		.run = run_mappings,
	}, {
		.id = "thread-limit",
		.of = CHECK_PROCESS,
		.summary = "threads near pids.max of the cgroup",
		.why = LIMIT_WHY "At the limit pthread_create() and fork() "
		       "fail with EAGAIN.",
		.advice = "TasksMax= of its service; and see threads-grow.",
		.run = run_threads,
	}, {
		.id = "memlock-limit",
		.of = CHECK_PROCESS,
		.summary = "locked memory near RLIMIT_MEMLOCK",
		.why = LIMIT_WHY "At the limit mlock() fails, and on old "
		       "kernels the registration of io_uring's buffers. Pages "
		       "that a driver pins are not counted here.",
		.advice = "LimitMEMLOCK= of its service, or ulimit -l.",
		.run = run_memlock,
	}, {
		.id = "address-space-limit",
		.of = CHECK_PROCESS,
		.summary = "address space near RLIMIT_AS",
		.why = LIMIT_WHY "Pools reserve address space for their bound "
		       "when they are opened, used or not.",
		.advice = "Leave LimitAS= and ulimit -v unlimited; bound "
			  "memory by MemoryMax= of its service.",
		.run = run_address_space,
	},
	{ 0 },
};
