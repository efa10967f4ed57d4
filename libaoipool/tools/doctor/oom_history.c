// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "kernel_log.h"

/* Signs that follow each other within this belong together. */
#define EPISODE_US	(600 * 1000000ULL)

/*
 * Of a sign that no killer has followed yet the episode is begun; without a kill
 * it is dropped in the end, and forgotten when the next sign is too far from it.
 */
struct reader {
	struct oom_history *history;
	struct oom_episode now;
	uint64_t last_us;
	char cgroup[128];	/* of the oom-kill: line before the kill */
};

static const char *const signs[] = {
	"invoked oom-killer",
	"page allocation failure",
	"page allocation stalls",
	"blocked for more than",
	"Killed process",
};

static bool is_sign(const char *text)
{
	for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++)
		if (strstr(text, signs[i]))
			return true;
	return false;
}

/* An episode without a kill is none. */
static int end_episode(struct reader *reader)
{
	int err = 0;

	if (reader->now.nr_kills)
		err = array_add(&reader->history->episodes,
				&reader->history->nr, &reader->now);
	if (err)
		free(reader->now.kills);
	reader->now = (struct oom_episode){ 0 };
	return err;
}

static int see_sign(struct reader *reader, const struct log_line *line)
{
	int err = 0;

	if (reader->now.surge && line->time_us - reader->last_us > EPISODE_US)
		err = end_episode(reader);
	if (!reader->now.surge) {
		reader->now.surge = line->text;
		reader->now.surge_us = line->time_us;
	}
	reader->last_us = line->time_us;
	return err;
}

/* "oom-kill:constraint=...,oom_memcg=/a,task_memcg=/a/b,task=..." */
static void see_cgroup(struct reader *reader, const char *text)
{
	static const char key[] = ",oom_memcg=";
	const char *at = strstr(text, key);

	reader->cgroup[0] = '\0';
	if (at)
		snprintf(reader->cgroup, sizeof(reader->cgroup), "%.*s",
			 (int)strcspn(at + strlen(key), ","), at + strlen(key));
}

/* "... Killed process 812 (engine) total-vm:1kB, anon-rss:1kB, ..." */
static bool parse_kill(struct oom_kill *kill, const struct log_line *line)
{
	static const char anon[] = "anon-rss:";
	const char *at = strstr(line->text, "Killed process ");
	const char *rss;

	*kill = (struct oom_kill){ .time_us = line->time_us };
	if (!at || sscanf(at, "Killed process %u (%15[^)]", &kill->pid,
			  kill->comm) < 2)
		return false;
	rss = strstr(at, anon);
	if (rss)
		kill->anon_bytes = strtoull(rss + strlen(anon), NULL, 10) * 1024;
	kill->is_cgroup = !!strstr(line->text, "emory cgroup out of memory");
	return true;
}

static int see_kill(struct reader *reader, const struct log_line *line)
{
	struct oom_kill kill;

	if (!parse_kill(&kill, line))
		return 0;
	if (kill.is_cgroup)
		memcpy(kill.cgroup, reader->cgroup, sizeof(kill.cgroup));
	return array_add(&reader->now.kills, &reader->now.nr_kills, &kill);
}

static void see_failure(struct oom_history *history,
			const struct log_line *line)
{
	history->failures++;
	history->last_failure_us = line->time_us;
	history->last_failure = line->text;
}

static int see_line(struct reader *reader, const struct log_line *line)
{
	int err = 0;

	if (!strncmp(line->text, "oom-kill:", strlen("oom-kill:")))
		see_cgroup(reader, line->text);
	if (strstr(line->text, "page allocation failure"))
		see_failure(reader->history, line);
	if (is_sign(line->text))
		err = see_sign(reader, line);
	return err ? err : see_kill(reader, line);
}

int oom_history_of(struct oom_history *history, const struct kernel_log *log)
{
	struct reader reader = { .history = history };
	int err = 0;

	*history = (struct oom_history){ 0 };
	for (size_t i = 0; !err && i < log->nr; i++)
		err = see_line(&reader, &log->lines[i]);
	if (!err)
		err = end_episode(&reader);
	if (err) {
		free(reader.now.kills);
		oom_history_free(history);
	}
	return err;
}

void oom_history_free(struct oom_history *history)
{
	for (size_t i = 0; i < history->nr; i++)
		free(history->episodes[i].kills);
	free(history->episodes);
	*history = (struct oom_history){ 0 };
}
