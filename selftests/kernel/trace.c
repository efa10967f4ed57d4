// SPDX-License-Identifier: GPL-2.0-only
#include "trace.h"
#include "proc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRACE		"/sys/kernel/tracing/instances/aoipool"
#define RECORD_NAMES	"/sys/kernel/tracing/options/record-cmd"
#define MAX_TASKS	64

/*
 * Without the names of tasks: for these the kernel would trace every switch of
 * tasks, and patch its scheduler while all CPUs run it, over which an emulated
 * machine may trip and hang.  A buffer has the option as it was when it was made.
 */
static int make_buffer(void)
{
	long names = file_read_long(RECORD_NAMES);
	int err = file_write_long(RECORD_NAMES, 0);

	if (err)
		return err;
	err = mkdir(TRACE, 0700) ? -errno : 0;
	file_write_long(RECORD_NAMES, names);
	return err;
}

int trace_start(void)
{
	int err = make_buffer();

	return err ? err : file_write(TRACE "/events/aoipool/enable", "1");
}

int trace_stop(void)
{
	file_write(TRACE "/events/aoipool/enable", "0");
	return rmdir(TRACE) ? -errno : 0;
}

int trace_clear(void)
{
	/* opening it so is what empties it; what is written does not matter */
	int fd = open(TRACE "/trace", O_WRONLY | O_TRUNC | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

int trace_count(const char *event)
{
	FILE *trace = fopen(TRACE "/trace", "re");
	char line[512];
	int count = 0;

	if (!trace)
		return -1;
	while (fgets(line, sizeof(line), trace))
		count += strstr(line, event) != NULL;
	fclose(trace);
	return count;
}

/* A line begins with "NAME-PID [CPU]", and the name may have all of that, too. */
static int pid_of(const char *line, const char *event)
{
	const char *at = event;

	while (at > line && *at != '[')
		at--;
	while (at > line && *at != '-')
		at--;
	return atoi(at + 1);
}

static int number_of(const char *event, const char *field)
{
	const char *at = strstr(event, field);

	return at ? atoi(at + strlen(field)) : -1;
}

/* Return: how many there are then. */
static int add_task(int *tasks, int nr, int pid)
{
	for (int i = 0; i < nr; i++)
		if (tasks[i] == pid)
			return nr;
	if (nr < MAX_TASKS)
		tasks[nr++] = pid;
	return nr;
}

int trace_read_bring(struct trace_bring *bring)
{
	FILE *trace = fopen(TRACE "/trace", "re");
	int tasks[MAX_TASKS];
	char line[512];

	*bring = (struct trace_bring){ 0 };
	if (!trace)
		return -errno;
	while (fgets(line, sizeof(line), trace)) {
		const char *event = strstr(line, " aoipool_bring: ");
		int at_once;

		if (!event)
			continue;
		at_once = number_of(event, " at_once=");
		bring->events++;
		bring->tasks = add_task(tasks, bring->tasks, pid_of(line, event));
		if (at_once > bring->most_at_once)
			bring->most_at_once = at_once;
	}
	fclose(trace);
	return 0;
}
