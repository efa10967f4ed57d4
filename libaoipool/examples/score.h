/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* score - what was called against what an annotator marked. */
#ifndef SCORE_H
#define SCORE_H

#include "candidate.h"

/* Sums over all times a board was inspected. */
struct tally {
	uint64_t boards;
	uint64_t annotated;	/* annotations */
	uint64_t found;		/* annotations that a call meets */
	uint64_t typed;		/* of those: a call of the same type meets it */
	uint64_t calls;
	uint64_t false_calls;	/* meet no annotation */
	uint64_t unjudged;	/* calls on boards without annotations */
	uint64_t misaligned;	/* the align check was wrong */
	uint64_t blank;
	uint64_t area;		/* of all calls; tells two runs apart */
};

/* Add the board that lies on tile @nr. */
void score_tile(struct panel *panel, uint32_t nr, struct tally *tally);
void tally_add(struct tally *to, const struct tally *from);

#endif
