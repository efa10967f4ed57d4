// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Checks: who was killed for want of memory, and how it began. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "exam.h"
#include "fields.h"
#include "kernel_log.h"
#include "source.h"

#define US		1000ULL		/* in ns */
#define DAY_US		(24 * 3600 * 1000000ULL)
#define SHOWN_EPISODES	5
#define SHOWN_VICTIMS	5

/* When the host was booted, and for how long it has run. */
struct clock {
	uint64_t boot_s;
	uint64_t up_us;
};

static int read_clock(struct clock *clock)
{
	char line[64], *text;
	int err = source_line(line, sizeof(line), "/proc/uptime");

	if (err)
		return err;
	clock->up_us = (uint64_t)(strtod(line, NULL) * 1e6);
	err = source_read(&text, "/proc/stat");
	if (err)
		return err;
	clock->boot_s = fields_number(text, "btime");
	free(text);
	return 0;
}

static void time_text(char *text, size_t bytes, const struct clock *clock,
		      uint64_t time_us)
{
	time_t time = clock->boot_s + time_us / 1000000;
	struct tm parts;

	localtime_r(&time, &parts);
	strftime(text, bytes, "%Y-%m-%d %H:%M:%S", &parts);
}

static uint64_t age_us(const struct clock *clock, uint64_t time_us)
{
	return clock->up_us > time_us ? clock->up_us - time_us : 0;
}

/* UINT64_MAX where the kernel does not count. */
static uint64_t kills_since_boot(void)
{
	uint64_t kills = UINT64_MAX;
	char *text;

	if (source_read(&text, "/proc/vmstat"))
		return kills;
	if (!fields_get(text, "oom_kill", &kills))
		kills = UINT64_MAX;
	free(text);
	return kills;
}

static void add_victims(struct finding *finding,
			const struct oom_episode *episode)
{
	const struct oom_kill *kill = episode->kills;
	char text[256];

	for (size_t i = 0; i < episode->nr_kills && i < SHOWN_VICTIMS;
	     i++, kill++) {
		snprintf(text, sizeof(text), "%s[%u], %s private%s%s",
			 kill->comm, kill->pid,
			 unit_bytes(kill->anon_bytes).text,
			 kill->is_cgroup ? ", cgroup " : "",
			 kill->is_cgroup && *kill->cgroup ? kill->cgroup :
			 kill->is_cgroup ? "limit" : "");
		evidence_text(finding, "victim", text, "kernel log");
	}
}

static void add_episode(struct exam *exam, const struct check *check,
			const struct oom_episode *episode,
			const struct clock *clock)
{
	const struct oom_kill *first = episode->kills;
	const struct oom_kill *last = first + episode->nr_kills - 1;
	bool is_recent = age_us(clock, last->time_us) < DAY_US;
	struct finding *finding;
	char kill[64], surge[64];

	time_text(kill, sizeof(kill), clock, first->time_us);
	time_text(surge, sizeof(surge), clock, episode->surge_us);
	finding = finding_add(exam, check, NULL,
			      is_recent ? SEVERITY_CRITICAL : SEVERITY_WARNING,
			      "%s of %s was killed at %s for want of memory%s%s; "
			      "the first sign came %s before.",
			      episode->nr_kills > 1 ? "The first" : "The process",
			      first->comm, kill,
			      first->is_cgroup ? " in its cgroup" : "",
			      episode->nr_kills > 1 ? ", others followed" : "",
			      unit_time((first->time_us - episode->surge_us) *
					US).text);
	evidence_text(finding, "kill_time", kill, "kernel log");
	evidence_text(finding, "surge_time", surge, "kernel log");
	evidence_time(finding, "surge_to_kill_ns",
		      (first->time_us - episode->surge_us) * US, "kernel log");
	evidence_text(finding, "surge", episode->surge, "kernel log");
	evidence_time(finding, "age_ns", age_us(clock, last->time_us) * US,
		      "/proc/uptime");
	evidence_count(finding, "kills", episode->nr_kills, "kernel log");
	add_victims(finding, episode);
}

static size_t logged_kills(const struct oom_history *history)
{
	size_t nr = 0;

	for (size_t i = 0; i < history->nr; i++)
		nr += history->episodes[i].nr_kills;
	return nr;
}

static void add_uncovered(struct exam *exam, const struct check *check,
			  uint64_t counted, size_t logged)
{
	struct finding *finding;

	if (counted == UINT64_MAX || counted <= logged)
		return;
	finding = finding_add(exam, check, NULL, SEVERITY_WARNING,
			      "The kernel has killed %llu processes for want of "
			      "memory since boot, and of %llu the log does not "
			      "tell (any more, or this user).",
			      (unsigned long long)counted,
			      (unsigned long long)(counted - logged));
	evidence_count(finding, "oom_kills", counted, "/proc/vmstat oom_kill");
	evidence_count(finding, "logged_kills", logged, "kernel log");
}

static void add_history(struct exam *exam, const struct check *check,
			const struct oom_history *history)
{
	size_t first = history->nr > SHOWN_EPISODES ?
			       history->nr - SHOWN_EPISODES : 0;
	struct clock clock;
	int err = read_clock(&clock);

	if (err) {
		unseen_add(exam, check, NULL, err, "/proc/uptime, /proc/stat");
		return;
	}
	for (size_t i = history->nr; i > first; i--)
		add_episode(exam, check, &history->episodes[i - 1], &clock);
	if (first)
		unseen_add(exam, check, NULL, 0, "%zu earlier times are left out",
			   first);
}

static void run_kills(struct exam *exam, struct patient *patient,
		      const struct check *check)
{
	struct oom_history history = { 0 };
	struct kernel_log log = { 0 };
	int err = kernel_log_read(&log);

	(void)patient;
	if (!err)
		err = oom_history_of(&history, &log);
	if (err)
		unseen_add(exam, check, NULL, err, "the kernel's log");
	else
		add_history(exam, check, &history);
	add_uncovered(exam, check, kills_since_boot(), logged_kills(&history));
	oom_history_free(&history);
	kernel_log_free(&log);
}

static void add_failures(struct exam *exam, const struct check *check,
			 const struct oom_history *history)
{
	struct finding *finding;
	struct clock clock;
	char when[64] = "?";

	if (!history->failures)
		return;
	if (!read_clock(&clock))
		time_text(when, sizeof(when), &clock, history->last_failure_us);
	finding = finding_add(exam, check, NULL, SEVERITY_WARNING,
			      "The kernel could not get memory for itself or a "
			      "driver, the last time at %s.", when);
	evidence_count(finding, "failures", history->failures, "kernel log");
	evidence_text(finding, "last", history->last_failure, "kernel log");
}

static void run_failures(struct exam *exam, struct patient *patient,
			 const struct check *check)
{
	struct oom_history history = { 0 };
	struct kernel_log log = { 0 };
	int err = kernel_log_read(&log);

	(void)patient;
	if (!err)
		err = oom_history_of(&history, &log);
	if (err)
		unseen_add(exam, check, NULL, err, "the kernel's log");
	else
		add_failures(exam, check, &history);
	oom_history_free(&history);
	kernel_log_free(&log);
}

const struct check checks_oom[] = {
	{
		.id = "oom-kills",
		.of = CHECK_HOST,
		.summary = "processes that the kernel killed for want of "
			   "memory",
		.why = "The killer comes last: threads stalled and allocations "
		       "failed before. The first such line of the kernel's log "
		       "within ten minutes is told as the surge. Critical for "
		       "a day, then a warning.",
		.advice = "Look at what was started or switched at the time of "
			  "the surge (journalctl --since). Give the frames a "
			  "bounded pool, and the engine's service a "
			  "MemoryHigh= below what the host has.",
		.run = run_kills,
	}, {
		.id = "allocation-failures",
		.of = CHECK_HOST,
		.summary = "allocations of the kernel and drivers that failed",
		.why = "\"page allocation failure\" in the kernel's log: a "
		       "driver asked for contiguous memory, or in a hurry, and "
		       "there was none. Frame grabbers lose frames that way.",
		.advice = "Raise vm.min_free_kbytes; where the order in the "
			  "line is above 3, let the driver reserve its buffers "
			  "at boot.",
		.run = run_failures,
	},
	{ 0 },
};
