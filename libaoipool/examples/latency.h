/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * latency - what things took, second by second, as lines of JSON for 'aoipoolctl
 * record --latency': those of the last second only, so that one slow get shows
 * where it was.
 */
#ifndef LATENCY_H
#define LATENCY_H

#include <stdint.h>
#include <stdio.h>

#include "complaint.h"
#include "inspector.h"

struct engine;

/* Nothing is written where the file is NULL. */
struct latency {
	FILE *file;
	uint64_t next_line;	/* ns */
	struct meters before;	/* of the last line */
	struct meters now;
	struct histogram between;
};

/*
 * @path is written anew; NULL: write nothing.
 * Return: 0; -EBADMSG with @why.
 */
int latency_open(struct latency *latency, const char *path,
		 struct complaint *why);
void latency_close(struct latency *latency);

/* Writes if it is time for that; @now is of CLOCK_MONOTONIC. */
void latency_look(struct latency *latency, const struct engine *engine,
		  uint64_t now);

#endif
