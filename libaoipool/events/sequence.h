/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Which events are missing: the module numbers them, one after the other. */
#ifndef SEQUENCE_H
#define SEQUENCE_H

#include <stdbool.h>
#include <stdint.h>

enum sequence_phase {
	SEQUENCE_FRESH,		/* nothing is known: begin anywhere */
	SEQUENCE_BASED,		/* begun by asking: events may still be under way */
	SEQUENCE_RUNNING,	/* each number is heard or told as lost, once */
};

/* All zeroes is one that has heard nothing. */
struct sequence {
	enum sequence_phase phase;
	uint64_t next;		/* that is expected */
};

/* The module was loaded anew: its first event is number 1. */
void sequence_restart(struct sequence *sequence);

/**
 * sequence_take() - an event came
 * @lost: out, how many are missing right before it
 *
 * Return: whether it is news; else it was told as lost before.
 */
bool sequence_take(struct sequence *sequence, uint64_t seq, uint64_t *lost);

/* Whether events up to @last are missing. */
bool sequence_behind(const struct sequence *sequence, uint64_t last);

/**
 * sequence_reach() - no event up to @last is going to come any more
 *
 * Return: how many are missing.
 */
uint64_t sequence_reach(struct sequence *sequence, uint64_t last);

#endif
