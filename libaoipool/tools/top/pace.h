/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * How often something costly is done: so seldom that it takes no more than its
 * share of a CPU, whatever it costs here.
 */
#ifndef PACE_H
#define PACE_H

#include <stdbool.h>
#include <stdint.h>

/* All zeroes: it is due. */
struct pace {
	uint64_t due_ns;	/* CLOCK_MONOTONIC */
	uint64_t began_ns;	/* CPU time of this process */
};

bool pace_is_due(const struct pace *pace);

/* Around what is done. */
void pace_begin(struct pace *pace);
/* @share: one part in so many of a CPU. */
void pace_end(struct pace *pace, unsigned int share);

#endif
