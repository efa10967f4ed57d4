// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Checks: the memory cgroups that a process is in, of either version. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exam.h"
#include "fields.h"
#include "source.h"

#define NEAR_PERCENT	85
#define FULL_PERCENT	95

/* Version 1 has no "max": this large is none. */
#define UNLIMITED	(1ULL << 60)

/* @firm_bytes: without the content of files, which goes by itself */
struct group {
	struct cgroup cgroup;
	char folder[SOURCE_PATH_BYTES];
	uint64_t max, high, now, firm_bytes;
	char *events;	/* memory.events, or memory.oom_control */
};

static const char *max_file(const struct group *group)
{
	return group->cgroup.is_v2 ? "memory.max" : "memory.limit_in_bytes";
}

static const char *now_file(const struct group *group)
{
	return group->cgroup.is_v2 ? "memory.current" : "memory.usage_in_bytes";
}

static uint64_t limit_of(const struct group *group, const char *file)
{
	uint64_t value;

	if (source_number(&value, "%s/%s", group->folder, file) ||
	    value >= UNLIMITED)
		return UINT64_MAX;
	return value;
}

static void read_firm(struct group *group)
{
	bool is_v2 = group->cgroup.is_v2;
	uint64_t files;
	char *text;

	group->firm_bytes = group->now;
	if (source_read(&text, "%s/memory.stat", group->folder))
		return;
	files = fields_number(text, is_v2 ? "inactive_file" :
					    "total_inactive_file") +
		fields_number(text, is_v2 ? "active_file" :
					    "total_active_file");
	free(text);
	group->firm_bytes -= files < group->now ? files : group->now;
}

/* Return: -ENOENT for the root of version 2, which has no numbers. */
static int read_group(struct group *group, const struct cgroup *cgroup)
{
	int err;

	*group = (struct group){ .cgroup = *cgroup, .high = UINT64_MAX };
	snprintf(group->folder, sizeof(group->folder), "%s%s", cgroup->mount,
		 cgroup->path);
	err = source_number(&group->now, "%s/%s", group->folder,
			    now_file(group));
	if (err)
		return err;
	group->max = limit_of(group, max_file(group));
	if (cgroup->is_v2)
		group->high = limit_of(group, "memory.high");
	read_firm(group);
	if (source_read(&group->events, "%s/%s", group->folder,
			cgroup->is_v2 ? "memory.events.local" :
					"memory.oom_control"))
		source_read(&group->events, "%s/memory.events", group->folder);
	return 0;
}

typedef void judge_fn(struct exam *exam, struct patient *patient,
		      const struct check *check, const struct group *group);

/* Calls @judge for the cgroup and all that it is in, the nearest first. */
static void for_each_group(struct exam *exam, struct patient *patient,
			   const struct check *check, judge_fn *judge)
{
	struct cgroup cgroup;
	struct group group;
	int err = patient_cgroup(patient, "memory", &cgroup);

	if (err) {
		unseen_add(exam, check, patient, err, "cgroup of memory");
		return;
	}
	do {
		err = read_group(&group, &cgroup);
		if (!err)
			judge(exam, patient, check, &group);
		else if (err != -ENOENT)
			unseen_add(exam, check, patient, err, "%s",
				   group.folder);
		free(group.events);
	} while (cgroup_up(&cgroup));
}

static struct finding *add(struct exam *exam, struct patient *patient,
			   const struct check *check, const struct group *group,
			   enum severity severity, const char *limit_file,
			   uint64_t limit)
{
	struct finding *finding;

	finding = finding_add(exam, check, patient, severity,
			      "Its cgroup %s has %s that do not go by "
			      "themselves, of %s that %s allows.",
			      *group->cgroup.path ? group->cgroup.path : "/",
			      unit_bytes(group->firm_bytes).text,
			      unit_bytes(limit).text, limit_file);
	evidence_bytes(finding, "firm_bytes", group->firm_bytes,
		       "%s/%s less file pages of memory.stat", group->folder,
		       now_file(group));
	evidence_bytes(finding, "current_bytes", group->now, "%s/%s",
		       group->folder, now_file(group));
	evidence_bytes(finding, "limit_bytes", limit, "%s/%s", group->folder,
		       limit_file);
	evidence_percent(finding, "firm_percent",
			 100.0 * group->firm_bytes / limit, "%s",
			 group->folder);
	return finding;
}

static double percent_of(uint64_t part, uint64_t whole)
{
	return whole == UINT64_MAX || !whole ? 0 : 100.0 * part / whole;
}

static void judge_limit(struct exam *exam, struct patient *patient,
			const struct check *check, const struct group *group)
{
	double percent = percent_of(group->firm_bytes, group->max);

	if (percent >= NEAR_PERCENT)
		add(exam, patient, check, group, percent < FULL_PERCENT ?
		    SEVERITY_WARNING : SEVERITY_CRITICAL, max_file(group),
		    group->max);
}

static void judge_high(struct exam *exam, struct patient *patient,
		       const struct check *check, const struct group *group)
{
	double percent = percent_of(group->firm_bytes, group->high);
	uint64_t times = group->events ? fields_number(group->events, "high") :
					 0;
	struct finding *finding;

	if (percent < NEAR_PERCENT)
		return;
	finding = add(exam, patient, check, group, SEVERITY_WARNING,
		      "memory.high", group->high);
	evidence_count(finding, "times_slowed_down", times,
		       "%s/memory.events.local high", group->folder);
}

static void judge_events(struct exam *exam, struct patient *patient,
			 const struct check *check, const struct group *group)
{
	const char *file = group->cgroup.is_v2 ? "memory.events" :
						 "memory.oom_control";
	const char *events = group->events ? group->events : "";
	uint64_t kills = fields_number(events, "oom_kill");
	uint64_t full = fields_number(events, "max");
	struct finding *finding;

	if (!group->cgroup.is_v2 &&
	    source_number(&full, "%s/memory.failcnt", group->folder))
		full = 0;
	if (!kills && !full)
		return;
	finding = finding_add(exam, check, patient, kills ? SEVERITY_CRITICAL :
						    SEVERITY_NOTE,
			      "Its cgroup %s was full %llu times, and %llu "
			      "processes were killed for it.",
			      *group->cgroup.path ? group->cgroup.path : "/",
			      (unsigned long long)full,
			      (unsigned long long)kills);
	evidence_count(finding, "oom_kills", kills, "%s/%s", group->folder, file);
	evidence_count(finding, "times_full", full, "%s/%s", group->folder,
		       group->cgroup.is_v2 ? file : "memory.failcnt");
}

/* Of a service of several processes one that is killed alone leaves a ruin. */
static void judge_oom_group(struct exam *exam, struct patient *patient,
			    const struct check *check,
			    const struct group *group)
{
	struct finding *finding;
	uint64_t whole;
	char *procs;
	size_t nr = 0;

	if (!group->cgroup.is_v2 || group->max == UINT64_MAX ||
	    source_number(&whole, "%s/memory.oom.group", group->folder) ||
	    source_read(&procs, "%s/cgroup.procs", group->folder))
		return;
	for (const char *at = procs; *at; at++)
		nr += *at == '\n';
	free(procs);
	if (whole || nr < 2)
		return;
	finding = finding_add(exam, check, patient, SEVERITY_NOTE,
			      "Where its cgroup is full one of its %zu processes "
			      "is killed, and the others go on without it.", nr);
	evidence_count(finding, "oom_group", whole, "%s/memory.oom.group",
		       group->folder);
	evidence_count(finding, "processes", nr, "%s/cgroup.procs",
		       group->folder);
}

static void run_limit(struct exam *exam, struct patient *patient,
		      const struct check *check)
{
	for_each_group(exam, patient, check, judge_limit);
}

static void run_high(struct exam *exam, struct patient *patient,
		     const struct check *check)
{
	for_each_group(exam, patient, check, judge_high);
}

static void run_events(struct exam *exam, struct patient *patient,
		       const struct check *check)
{
	for_each_group(exam, patient, check, judge_events);
}

static void run_oom_group(struct exam *exam, struct patient *patient,
			  const struct check *check)
{
	for_each_group(exam, patient, check, judge_oom_group);
}

const struct check checks_cgroup[] = {
	{
		.id = "cgroup-limit",
		.of = CHECK_PROCESS,
		.summary = "a memory cgroup near its hard limit",
		.why = "memory.max (memory.limit_in_bytes of version 1) of the "
		       "process's cgroup and all that it is in, against what "
		       "the cgroup has without the content of files. From 85 % "
		       "a warning, from 95 % critical: beyond it the killer "
		       "comes, with memory to spare on the host.",
		.advice = "Raise MemoryMax= of its service, or see what grows. "
			  "'aoipoolctl trim' gives back what pools keep idle.",
		.run = run_limit,
	}, {
		.id = "cgroup-high",
		.of = CHECK_PROCESS,
		.summary = "a memory cgroup near the limit that slows it down",
		.why = "From 85 % of memory.high on: beyond it each allocation "
		       "frees memory first, and threads are put to sleep.",
		.advice = "Raise MemoryHigh= of its service: an engine must "
			  "not be slowed down by what it has in use.",
		.run = run_high,
	}, {
		.id = "cgroup-events",
		.of = CHECK_PROCESS,
		.summary = "memory cgroups that were full, or had processes "
			   "killed",
		.why = "Counted by the kernel since the cgroup was made. Kills "
		       "are critical, having been full is a note: files are "
		       "dropped then, which is in order.",
		.advice = "oom-kills has the time and the victim, if the "
			  "kernel's log still has it; raise MemoryMax= of the "
			  "service.",
		.run = run_events,
	}, {
		.id = "cgroup-oom-group",
		.of = CHECK_PROCESS,
		.summary = "the killer takes one process of a service",
		.why = "memory.oom.group is 0 in a cgroup that has a limit and "
		       "more than one process.",
		.advice = "OOMPolicy=kill of its service, so that systemd "
			  "starts it anew as a whole.",
		.run = run_oom_group,
	},
	{ 0 },
};
