// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "probes.h"
#include "work.h"

#define TRACE	"/sys/kernel/tracing/instances/aoipool-bench"

#define CALLS_MAX	100000

#define CALIBRATE_US	50000

static double ticks_per_ns;

static bool write_text(const char *path, int flags, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | flags);
	bool good = fd >= 0 && write(fd, text, strlen(text)) ==
				       (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return good;
}

#ifdef __x86_64__
static void calibrate(void)
{
	uint64_t start = clock_ns(), ticks = __builtin_ia32_rdtsc();

	usleep(CALIBRATE_US);
	ticks_per_ns = (double)(__builtin_ia32_rdtsc() - ticks) /
		       (double)(clock_ns() - start);
}
#else
static void calibrate(void)
{
}
#endif

const char *probes_open(void)
{
	char pid[16];

	if (access(TRACE "/trace", W_OK))
		return "nobody has set its probes here; make bench-vm does";
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	if (!write_text(TRACE "/set_event_pid", O_APPEND, pid))
		die("the trace does not take a pid");
	calibrate();
	return ticks_per_ns ? NULL : "no counter of this CPU is known";
}

void probes_clear(void)
{
	if (!write_text(TRACE "/trace", O_TRUNC, "\n"))
		die("the trace cannot be cleared");
}

/* "NAME-PID [CPU] FLAGS TICKS: EVENT: ..." */
static bool read_ticks(const char *line, const char *event, uint64_t *ticks)
{
	const char *at = strstr(line, event);

	if (!at)
		return false;
	while (at > line && at[-1] != ' ')
		at--;
	*ticks = strtoull(at, NULL, 10);
	return true;
}

static int compare(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

static bool is_ours(const char *line)
{
	static char mark[32];

	snprintf(mark, sizeof(mark), "-%d ", (int)getpid());
	return strstr(line, mark);
}

/* One task's calls do not overlap: an entry is followed by its return. */
static unsigned int read_calls(const char *name, double *spent)
{
	char in[64], out[64], line[512];
	FILE *trace = fopen(TRACE "/trace", "re");
	uint64_t entered = 0, left;
	unsigned int n = 0;

	snprintf(in, sizeof(in), ": %s_in: ", name);
	snprintf(out, sizeof(out), ": %s_out: ", name);
	while (trace && n < CALLS_MAX && fgets(line, sizeof(line), trace)) {
		if (!is_ours(line) || read_ticks(line, in, &entered))
			continue;
		if (entered && read_ticks(line, out, &left))
			spent[n++] = (double)(left - entered) / ticks_per_ns;
	}
	if (trace)
		fclose(trace);
	return n;
}

double probes_median(const char *name)
{
	static double spent[CALLS_MAX];
	unsigned int n = read_calls(name, spent);

	if (!n)
		die("no call of %s was seen", name);
	qsort(spent, n, sizeof(*spent), compare);
	return spent[n / 2];
}
