/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* The levels that the callback has heard of last. */
#ifndef LEVELS_H
#define LEVELS_H

#include <stdbool.h>
#include <stdint.h>

#include "aoipool-events.h"

/* As many as the module can name, and the host. */
#define LEVELS_NODES	1024

/* All zeroes: nobody is under pressure. */
struct levels {
	struct {
		enum aoipool_pressure_level level;
		uint64_t seq;	/* of the event that told it */
	} of[LEVELS_NODES + 1];
};

/* An event told it. */
void levels_hear(struct levels *levels, const struct aoipool_event *event);

/**
 * levels_learn() - the module was asked and said @level
 * @seq: of the last event when it was asked
 * @before: out, what was known so far
 *
 * Return: whether that is news, which is known from now on.
 */
bool levels_learn(struct levels *levels, int node,
		  enum aoipool_pressure_level level, uint64_t seq,
		  enum aoipool_pressure_level *before);

/* Numbers begin anew; the levels are those that were heard of last. */
void levels_restart(struct levels *levels);

#endif
