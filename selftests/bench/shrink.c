// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * shrink - what the module's shrinker costs whoever allocates when memory is short:
 * a count, which every such allocation asks for, and a scan that finds nothing.
 * The mode says among what: POOLSxSLABS, of which one slab has memory; 0x0 is what
 * measuring costs, a system call under the same probes.
 *
 * The kernel asks when it drops what it can drop; probes on the two functions
 * (probes.h) see each call, from its entry to its return.  The kernel's own
 * tracepoints of shrinkers begin behind the count, and shrinkers in debugfs are
 * in none of Debian's kernels.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bare.h"
#include "probes.h"
#include "work.h"

#define DROPS		20
#define DROP		"2"	/* what can be freed of inodes and the like */
#define DROP_SILENTLY	"4"	/* from now on, without a line in the log */

#define CALLS		200
#define SPARE_FILES	64

/* Each close waits until nobody walks the pools any more: let many wait at once. */
#define CLOSERS		16

static const struct line *line;
static unsigned int nr_pools, nr_slabs;
static struct bare *pools;

static const char *allow_files(rlim_t nr)
{
	struct rlimit limit = { nr, nr };

	if (setrlimit(RLIMIT_NOFILE, &limit))
		return "so many descriptors are not allowed here";
	return NULL;
}

static const char *open_way(const struct line *chosen, const char *mode)
{
	const char *reason;

	line = chosen;
	if (sscanf(mode, "%ux%u", &nr_pools, &nr_slabs) != 2)
		die("no way \"%s\"", mode);
	pools = calloc(nr_pools + 1, sizeof(*pools));
	if (!pools)
		die("no memory");
	reason = probes_open();
	if (!reason)
		reason = allow_files(nr_pools + SPARE_FILES);
	return reason;
}

static void open_pools(void)
{
	const char *reason;

	for (unsigned int n = 0; n < nr_pools; n++) {
		reason = bare_open(&pools[n], nr_slabs, 1);
		if (reason)
			die("pool %u: %s", n, reason);
	}
	if (!nr_pools)
		return;
	bare_map_words(&pools[0]);
	bare_claim(&pools[0]);
	bare_populate(&pools[0], 1);
}

static void *close_part(void *first)
{
	for (size_t n = (size_t)first; n < nr_pools; n += CLOSERS)
		bare_close(&pools[n]);
	return NULL;
}

static void close_pools(void)
{
	pthread_t closers[CLOSERS];

	for (size_t n = 0; n < CLOSERS; n++)
		if (pthread_create(&closers[n], NULL, close_part, (void *)n))
			die("no thread");
	for (size_t n = 0; n < CLOSERS; n++)
		pthread_join(closers[n], NULL);
}

static void drop(const char *what)
{
	int fd = open("/proc/sys/vm/drop_caches", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, what, strlen(what)) < 0)
		die("drop_caches: %s", strerror(errno));
	close(fd);
}

/* They are there while they are measured: other variants have theirs. */
static double run_pools(void)
{
	double ns;

	open_pools();
	drop(DROP_SILENTLY);
	probes_clear();
	for (int n = 0; n < DROPS; n++)
		drop(DROP);
	ns = probes_median(line->kind == LINE_COUNT ? "count" : "scan");
	close_pools();
	return ns;
}

static double run_floor(void)
{
	probes_clear();
	for (int n = 0; n < CALLS; n++)
		syscall(SYS_getppid);
	return probes_median("floor");
}

static double run(uint64_t units)
{
	(void)units;
	return nr_pools ? run_pools() : run_floor();
}

static const char *what(void)
{
	return "";
}

const struct work work = {
	.open = open_way,
	.run = run,
	.note = what,
};
