/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * result - what one line came to, for each variant.
 */
#ifndef RESULT_H
#define RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include "child.h"
#include "variant.h"

#define VARIANTS_MAX	48
#define ROUNDS_MAX	1001

enum cell_state {
	CELL_NONE,	/* takes no part in this line */
	CELL_DONE,
	CELL_SKIPPED,
	CELL_CRASHED,
};

struct cell {
	enum cell_state state;
	char text[CHILD_TEXT];	/* why skipped, how crashed, or a note */
	double median, min, max;
	double ratio;		/* best peer / this one; 0: no peer */
};

struct result {
	const struct line *line;
	struct cell cells[VARIANTS_MAX];
};

/* Instructions of a pair; 0: that could not be told. */
struct instructions {
	uint64_t stepped, callgrind;
};

/* All lines that were run. */
struct report {
	struct result *results;
	unsigned int nr;
	unsigned int rounds;
	bool quick;
	bool counted;
	struct instructions instructions[VARIANTS_MAX];
	double seconds;
};

struct tally {
	unsigned int done, skipped, crashed;
};

/** Sorts @samples. */
void cell_fill(struct cell *cell, double *samples, unsigned int n);

/** Fills in the ratios, once all cells are there. */
void result_rate(struct result *result);

/** The fastest peer; NULL when there is none. */
const struct cell *result_best_peer(const struct result *result);

/** (max - min) / median, in percent. */
double cell_spread(const struct cell *cell);

struct tally report_tally(const struct report *report);

#endif
