// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Checks: what grew while the process was watched. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "exam.h"
#include "source.h"

#define MIB		(1ULL << 20)
#define MINUTE_S	60.0
#define HOUR_S		3600.0
#define SHOWN_MAPPINGS	3

/*
 * struct rule - how one of them is judged
 * @least: that it must have grown by; what is below is everyday life
 * @kind: of mappings that may be named; NR_WATCHED: none
 * @file: below /proc/PID
 */
struct rule {
	const char *what;
	enum watched watched;
	double least;
	bool is_bytes;
	int kind;
	const char *file;
};

#define NO_KIND		(-1)

static const struct rule rules[] = {
	{ "The heap", WATCHED_HEAP, MIB, true, MAPPING_HEAP, "smaps" },
	{ "Anonymous memory", WATCHED_ANON, MIB, true, MAPPING_ANON, "smaps" },
	{ "Shared memory", WATCHED_SHMEM, MIB, true, MAPPING_SHMEM, "smaps" },
	{ "The number of mappings", WATCHED_MAPPINGS, 16, false, NO_KIND,
	  "smaps" },
	{ "The number of open files", WATCHED_FDS, 8, false, NO_KIND, "fd" },
	{ "The number of threads", WATCHED_THREADS, 4, false, NO_KIND, "status" },
};

/* A mapping, and by how much it grew. */
struct grown {
	const struct mapping *mapping;
	uint64_t bytes;
	bool is_new;
};

/*
 * The kernel joins neighbours of a kind, so one that grows may move its beginning
 * as well as its end.  Both lists are sorted by address.
 */
static const struct mapping *before_of(const struct smaps *smaps,
				       const struct mapping *mapping)
{
	size_t low = 0, high = smaps->nr, middle;

	while (low < high) {
		middle = (low + high) / 2;
		if (smaps->mappings[middle].end <= mapping->start)
			low = middle + 1;
		else
			high = middle;
	}
	/* The first that ends behind where this one begins. */
	if (low == smaps->nr || smaps->mappings[low].start >= mapping->end ||
	    smaps->mappings[low].kind != mapping->kind)
		return NULL;
	return &smaps->mappings[low];
}

static uint64_t own_bytes(const struct mapping *mapping)
{
	uint64_t bytes = mapping->kind == MAPPING_SHMEM ? mapping->rss_bytes :
							  mapping->anon_bytes;

	return bytes + mapping->swap_bytes;
}

static void keep_largest(struct grown *top, const struct grown *grown)
{
	int i;

	for (i = SHOWN_MAPPINGS; i && top[i - 1].bytes < grown->bytes; i--)
		if (i < SHOWN_MAPPINGS)
			top[i] = top[i - 1];
	if (i < SHOWN_MAPPINGS)
		top[i] = *grown;
}

struct newcomers {
	uint64_t nr, bytes;
};

static void compare(const struct patient *patient, int kind,
		    struct grown top[SHOWN_MAPPINGS], struct newcomers *new)
{
	const struct mapping *mapping = patient->last.mappings, *before;
	struct grown grown;
	uint64_t had;

	for (size_t i = 0; i < patient->last.nr; i++, mapping++) {
		if ((int)mapping->kind != kind)
			continue;
		before = before_of(&patient->first, mapping);
		had = before ? own_bytes(before) : 0;
		grown = (struct grown){ mapping, own_bytes(mapping) - had,
					!before };
		if (own_bytes(mapping) <= had)
			continue;
		keep_largest(top, &grown);
		new->nr += !before;
		new->bytes += before ? 0 : grown.bytes;
	}
}

static void name_mapping(struct finding *finding, const struct patient *patient,
			 const struct grown *grown)
{
	char text[256];

	snprintf(text, sizeof(text), "%llx-%llx %s+%s%s%s",
		 (unsigned long long)grown->mapping->start,
		 (unsigned long long)grown->mapping->end,
		 grown->is_new ? "(new) " : "", unit_bytes(grown->bytes).text,
		 *grown->mapping->name ? " " : "", grown->mapping->name);
	evidence_text(finding, "mapping", text, "/proc/%d/smaps",
		      patient->pid);
}

static void name_mappings(struct finding *finding,
			  const struct patient *patient, int kind)
{
	struct grown top[SHOWN_MAPPINGS] = { 0 };
	struct newcomers new = { 0 };

	if (kind == NO_KIND || !patient->first.text || !patient->last.text)
		return;
	compare(patient, kind, top, &new);
	for (int i = 0; i < SHOWN_MAPPINGS && top[i].bytes; i++)
		name_mapping(finding, patient, &top[i]);
	if (new.nr > 1) {
		evidence_count(finding, "new_mappings", new.nr,
			       "/proc/%d/smaps", patient->pid);
		evidence_bytes(finding, "new_mappings_bytes", new.bytes,
			       "/proc/%d/smaps", patient->pid);
	}
}

static struct unit_text amount(const struct rule *rule, double value)
{
	struct unit_text text;

	if (rule->is_bytes)
		return unit_bytes(value);
	snprintf(text.text, sizeof(text.text), "%.0f", value);
	return text;
}

static void add_numbers(struct finding *finding, const struct patient *patient,
			const struct rule *rule, const struct slope *slope)
{
	const struct series *series = &patient->watched[rule->watched];
	double last = series->readings[series->nr - 1].value;

	if (rule->is_bytes)
		evidence_bytes(finding, "bytes", last, "/proc/%d/%s",
			       patient->pid, rule->file);
	else
		evidence_count(finding, "count", last, "/proc/%d/%s",
			       patient->pid, rule->file);
	evidence_rate(finding, rule->is_bytes ? "bytes_per_minute" :
						"count_per_minute",
		      slope->per_s * MINUTE_S, rule->is_bytes,
		      "least squares, %zu readings", slope->nr);
	evidence_rate(finding, "error_per_minute", slope->error_per_s * MINUTE_S,
		      rule->is_bytes, "standard error of that");
	evidence_time(finding, "watched_ns", slope->time_s * 1e9, "--watch");
}

/* An hour is what it takes somebody to come and look. */
static void add_steady(struct exam *exam, const struct patient *patient,
		       const struct check *check, const struct rule *rule,
		       const struct slope *slope)
{
	uint64_t room = rule->is_bytes ? exam_room(patient) : UINT64_MAX;
	double left_s = room / slope->per_s;
	bool is_urgent = room != UINT64_MAX && left_s < HOUR_S;
	struct finding *finding;

	finding = finding_add(exam, check, patient, is_urgent ?
			      SEVERITY_CRITICAL : SEVERITY_WARNING,
			      "%s grew by %s in %s, steadily.", rule->what,
			      amount(rule, slope->change).text,
			      unit_time(slope->time_s * 1e9).text);
	add_numbers(finding, patient, rule, slope);
	if (room != UINT64_MAX) {
		evidence_bytes(finding, "room_bytes", room,
			       "/proc/meminfo MemAvailable, limits of the cgroup");
		evidence_time(finding, "full_in_ns", left_s < 3e8 ?
			      left_s * 1e9 : UINT64_MAX / 2,
			      "room_bytes / bytes_per_minute");
	}
	name_mappings(finding, patient, rule->kind);
}

static void add_unsteady(struct exam *exam, const struct patient *patient,
			 const struct check *check, const struct rule *rule,
			 const struct slope *slope)
{
	struct finding *finding;

	finding = finding_add(exam, check, patient, SEVERITY_NOTE,
			      "%s is %s larger than %s ago, but did not grow "
			      "steadily: a burst, or up and down, and no "
			      "evidence of a leak yet.", rule->what,
			      amount(rule, slope->change).text,
			      unit_time(slope->time_s * 1e9).text);
	add_numbers(finding, patient, rule, slope);
	evidence_percent(finding, "largest_step_percent",
			 100 * slope->largest_step / slope->change,
			 "of the change, between two readings");
	name_mappings(finding, patient, rule->kind);
	finding_advise(finding, "Watch for longer: --watch %.0fm, over several "
		       "boards.", 1 + 6 * slope->time_s / MINUTE_S);
}

static void not_watched(struct exam *exam, struct patient *patient,
			const struct check *check, const struct rule *rule)
{
	if (source_is_copy())
		unseen_add(exam, check, patient, 0, "a copy does not grow");
	else if (!(exam->watch_s > 0))
		unseen_add(exam, check, patient, 0,
			   "not watched, as --watch 0 says");
	else if (!strcmp(rule->file, "smaps") && patient->smaps_err)
		unseen_add(exam, check, patient, patient->smaps_err,
			   "/proc/%d/smaps", patient->pid);
	else
		unseen_add(exam, check, patient, -EACCES, "/proc/%d/%s",
			   patient->pid, rule->file);
}

static void run(struct exam *exam, struct patient *patient,
		const struct check *check)
{
	const struct rule *rule = &rules[check - checks_growth];
	struct slope slope = slope_of(&patient->watched[rule->watched]);

	if (slope.nr < 2) {
		not_watched(exam, patient, check, rule);
		return;
	}
	if (!patient_lives(patient))
		unseen_add(exam, check, patient, -ESRCH, "all");
	if (slope.change < rule->least)
		return;
	if (slope.is_steady)
		add_steady(exam, patient, check, rule, &slope);
	else if (slope.per_s > 0)
		add_unsteady(exam, patient, check, rule, &slope);
}

#define JUDGED	"Readings over --watch, and a line of least squares through " \
		"them. A warning where it grows beyond doubt (the slope is above " \
		"three times its error, no single step makes half of it); "

const struct check checks_growth[] = {
	{
		.id = "heap-grows",
		.of = CHECK_PROCESS,
		.summary = "memory of malloc() in [heap] grows",
		.why = JUDGED "critical where it fills the host, or the "
		       "cgroup, within an hour; a note where it grew by 1 MiB "
		       "or more, but not steadily. Larger pieces of malloc(), "
		       "and those of other threads, are anonymous memory.",
		.advice = "Find who allocates and does not free: heaptrack, or "
			  "valgrind --leak-check=full, on a test of the same "
			  "boards; malloc_info() tells free from used. Objects "
			  "of one size do well in an object pool, which is "
			  "bounded and says who holds what.",
		.run = run,
		.watches = true,
	}, {
		.id = "anon-grows",
		.of = CHECK_PROCESS,
		.summary = "private memory without a file grows, beside [heap]",
		.why = JUDGED "critical where it fills the host, or the "
		       "cgroup, within an hour; a note where it grew by 1 MiB "
		       "or more, but not steadily. Which mappings grew is "
		       "named.",
		.advice = "New mappings of the size of a frame are frames that "
			  "are not freed, or a free list that only takes: put "
			  "frames into a pool with a bound. strace -f -e "
			  "mmap,munmap says who maps.",
		.run = run,
		.watches = true,
	}, {
		.id = "shmem-grows",
		.of = CHECK_PROCESS,
		.summary = "shared memory that the process has touched grows",
		.why = JUDGED "critical where it fills the host, or the "
		       "cgroup, within an hour. Shared memory outlives the "
		       "process while it has a name or a descriptor. Pools of "
		       "aoipool have a bound, and are not counted.",
		.advice = "See which file the mapping names; ls -l /dev/shm, "
			  "ipcs -m and /proc/PID/fd tell what is left over.",
		.run = run,
		.watches = true,
	}, {
		.id = "mappings-grow",
		.of = CHECK_PROCESS,
		.summary = "the number of mappings grows",
		.why = JUDGED "looked at from 16 on. At vm.max_map_count "
		       "mmap() and malloc() fail with ENOMEM, with memory to "
		       "spare.",
		.advice = "diff of two /proc/PID/maps says what comes anew: "
			  "libraries loaded again and again, files not "
			  "unmapped, frames.",
		.run = run,
		.watches = true,
	}, {
		.id = "fds-grow",
		.of = CHECK_PROCESS,
		.summary = "the number of open files grows",
		.why = JUDGED "looked at from 8 on. At RLIMIT_NOFILE open() "
		       "and accept() fail with EMFILE.",
		.advice = "ls -l /proc/PID/fd says what they are: the name "
			  "that comes most often is not closed.",
		.run = run,
		.watches = true,
	}, {
		.id = "threads-grow",
		.of = CHECK_PROCESS,
		.summary = "the number of threads grows",
		.why = JUDGED "looked at from 4 on. Each has a stack, and an "
		       "arena of malloc(), of its own.",
		.advice = "Threads that nobody joins stay: grep . "
			  "/proc/PID/task/*/comm, or gdb -p PID -batch -ex "
			  "'info threads', says which.",
		.run = run,
		.watches = true,
	},
	{ 0 },
};
