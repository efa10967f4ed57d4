/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* A recording in few numbers. */
#ifndef SUMMARY_H
#define SUMMARY_H

#include "recording.h"

struct summary_kind {
	uint64_t first, last, least, most, mean;
};

/**
 * struct summary - over all of a recording
 * @most_bytes: of all kinds together
 * @has_level: somebody told of it
 * @level: the highest, of the host and of nodes
 * @pressed_ns: that the host's was above none (without the module: processes')
 * @reclaimed_bytes, @failures, @oom_calls: that were counted meanwhile
 * @worst: that has the longest p99; NULL: there is none
 */
struct summary {
	struct summary_kind kinds[KINDS];
	uint64_t most_bytes;
	bool has_level;
	unsigned int level;
	uint64_t pressed_ns;
	uint64_t reclaimed_bytes;
	uint64_t failures;
	uint64_t oom_calls;
	const struct recording_latency *worst;
};

void summary_make(struct summary *summary, const struct recording *recording);

#define SUMMARY_PROCESSES	64

struct summary_process {
	const struct recording_figures *first, *last;
	uint64_t most_rss_bytes;
};

/* Return: how many, at most SUMMARY_PROCESSES; in the order in which they came. */
size_t summary_processes(struct summary_process processes[SUMMARY_PROCESSES],
			 const struct recording *recording);

#endif
