/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * A recording that was read (recorder.h writes them).  What cannot be read of
 * it is a problem, with the number of its line, and no reason to stop.
 */
#ifndef RECORDING_H
#define RECORDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#define RECORDING_NAME_BYTES	64

/* In the order of a plot, from below. */
enum recording_kind {
	KIND_LEASED,
	KIND_APART,
	KIND_RESERVED,
	KIND_RECLAIMABLE,
	KIND_DEPOT,
	KINDS,
};

struct recording_sample {
	uint64_t time_ns;
	bool has_module;
	uint64_t kinds[KINDS];		/* bytes */
	uint64_t available_bytes;	/* the next are of the module */
	uint64_t total_bytes;
	uint64_t reclaimed_bytes;
	uint64_t failures;
	uint64_t oom_calls;
	uint64_t swept_slabs;
};

/* @node: -1 is the host; -2 is processes whose pools have the user provider */
#define RECORDING_NODE_HOST		(-1)
#define RECORDING_NODE_PROCESSES	(-2)

struct recording_level {
	uint64_t time_ns;
	int node;
	unsigned int level;
};

struct recording_event {
	uint64_t time_ns;
	char kind[16];
	int node;
	char level[16];
	uint64_t bytes;			/* that were taken */
	char what[160];			/* for people */
};

struct recording_latency {
	uint64_t time_ns;
	char meter[RECORDING_NAME_BYTES];
	uint64_t count;
	uint64_t p50_ns;
	uint64_t p99_ns;
	uint64_t max_ns;		/* 0: not known */
};

struct recording_figures {
	uint64_t time_ns;
	int pid;
	char comm[16];
	uint64_t rss_bytes;
	uint64_t anon_bytes;
	uint64_t heap_bytes;
	uint64_t major_faults;
};

/* A pool, over all samples that had it; @pid 0: the module's. */
struct recording_pool {
	uint64_t pool;
	int pid;
	char name[RECORDING_NAME_BYTES];
	char comm[16];
	uint64_t most_held_bytes;
	uint64_t most_bytes;
	uint64_t reclaimed_bytes;
	uint64_t failures;		/* no memory, or no slot */
};

struct recording_problem {
	size_t line;
	char what[192];
};

struct recording {
	char host[RECORDING_NAME_BYTES];
	char kernel[RECORDING_NAME_BYTES];
	char tool[32];
	uint64_t interval_ns;
	uint64_t begin_ns, end_ns;	/* of all lines */
	bool has_ended;			/* there is a last line that says so */
	char why[32];			/* likewise */

	struct recording_sample *samples;
	size_t nr_samples;
	struct recording_level *levels;
	size_t nr_levels;
	struct recording_event *events;
	size_t nr_events;
	struct recording_latency *latencies;
	size_t nr_latencies;
	struct recording_figures *figures;
	size_t nr_figures;
	struct recording_pool *pools;
	size_t nr_pools;
	/* the first RECORDING_PROBLEMS of them */
	struct recording_problem *problems;
	size_t nr_problems;
};

#define RECORDING_PROBLEMS	50

/**
 * recording_read() - read a file
 *
 * Return: 0, and recording_free() is the caller's to call, whatever problems
 * there are; -EPROTO: it is no recording; -EPROTONOSUPPORT: one of a later version;
 * -ENOMEM; others of open() and read().
 */
int recording_read(struct recording *recording, const char *path);

void recording_free(struct recording *recording);

/**
 * recording_take() - one line of it
 * @why: out, what is wrong with it, where that is all
 *
 * Return: 0; -EINVAL with @why; -ENOMEM.
 */
int recording_take(struct recording *recording, const json_t *line,
		   const char **why);

#endif
