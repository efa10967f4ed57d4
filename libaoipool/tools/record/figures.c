// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "figures.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KIB	1024

static FILE *open_file(pid_t pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	return fopen(path, "re");
}

static int no_file(void)
{
	return errno == ENOENT ? -ESRCH : -errno;
}

/* "PID (COMM) STATE ...": a name may have blanks and parentheses of its own. */
static int parse_stat(struct figures *figures, char *line)
{
	char *open = strchr(line, '('), *close = strrchr(line, ')');

	if (!open || !close)
		return -EPROTO;
	*close = '\0';
	snprintf(figures->comm, sizeof(figures->comm), "%s", open + 1);
	/* fields 10, 12 and 22 of proc(5); the state is the third */
	if (sscanf(close + 1,
		   " %*c %*d %*d %*d %*d %*d %*u %lu %*u %lu %*u %*u %*u %*d %*d %*d %*d %*d %*d %lu",
		   &figures->minor_faults, &figures->major_faults,
		   &figures->start) != 3)
		return -EPROTO;
	return 0;
}

/* A file that is there, and cannot be read, is one of a process that ended. */
static int take_stat(struct figures *figures, pid_t pid)
{
	char line[1024];
	FILE *file = open_file(pid, "stat");
	bool got;

	if (!file)
		return no_file();
	got = fread(line, 1, sizeof(line) - 1, file) > 0;
	fclose(file);
	line[sizeof(line) - 1] = '\0';
	return got ? parse_stat(figures, line) : -ESRCH;
}

static int take_status(struct figures *figures, pid_t pid)
{
	FILE *file = open_file(pid, "status");
	char line[256];

	if (!file)
		return no_file();
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "VmRSS: %lu", &figures->rss_bytes) == 1)
			figures->rss_bytes *= KIB;
		if (sscanf(line, "RssAnon: %lu", &figures->anon_bytes) == 1)
			figures->anon_bytes *= KIB;
	}
	fclose(file);
	return 0;
}

/* Who may not look into the process has all the other figures. */
static void take_heap(struct figures *figures, pid_t pid)
{
	FILE *file = open_file(pid, "maps");
	unsigned long from, to;
	size_t room = 0;
	char *line = NULL;

	if (!file)
		return;
	while (getline(&line, &room, file) > 0)
		if (strstr(line, " [heap]\n") &&
		    sscanf(line, "%lx-%lx", &from, &to) == 2)
			figures->heap_bytes += to - from;
	free(line);
	fclose(file);
}

int figures_take(struct figures *figures, pid_t pid)
{
	int err;

	*figures = (struct figures){ .pid = pid };
	err = take_stat(figures, pid);
	if (!err)
		err = take_status(figures, pid);
	if (!err)
		take_heap(figures, pid);
	return err;
}
