/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * goal - what the project has set out to reach: so many times as fast as one of
 * its peers, or as the best of some.  Less than once is a bound on what something
 * may cost.
 */
#ifndef GOAL_H
#define GOAL_H

#include "result.h"

struct goal {
	const char *line;
	const char *peers;	/* names with blanks between; "" is all */
	double ratio;		/* best of them / ours */
	const char *ours;	/* which of ours; NULL is "aoipool" */
};

extern const struct goal goals[];
extern const unsigned int nr_goals;

enum verdict {
	GOAL_UNKNOWN,	/* not run, or without those peers */
	GOAL_MISSED,
	GOAL_MET,
};

struct reached {
	enum verdict verdict;
	double ratio;		/* unless unknown */
	double of_minima;	/* the same of the best rounds: less noise */
	const char *peer;	/* the one that was the best */
};

struct reached goal_look(const struct goal *goal, const struct report *report);

/** Return: the name of the variant that is to reach it. */
const char *goal_ours(const struct goal *goal);

/** Return: "met", "missed" or "unknown". */
const char *goal_word(enum verdict verdict);

#endif
