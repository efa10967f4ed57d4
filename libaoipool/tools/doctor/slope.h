/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* A value over time, and whether it grows. */
#ifndef SLOPE_H
#define SLOPE_H

#include <stdbool.h>
#include <stddef.h>

struct reading {
	double time_s, value;
};

struct series {
	struct reading *readings;
	size_t nr;
};

/* Return: 0; -ENOMEM.  series->readings is its owner's to free(). */
int series_add(struct series *series, double time_s, double value);

/**
 * struct slope - the line of least squares through a series
 * @per_s: its slope
 * @error_per_s: standard error of it; 0 where there are fewer than 3 readings
 * @change: the last reading less the first
 * @largest_step: between two readings that follow each other
 * @time_s: from first to last
 * @nr: readings
 * @is_steady: it grows beyond doubt: at least 4 readings, the slope is above
 *	three errors, and no single step makes more than half of the change
 */
struct slope {
	double per_s, error_per_s, change, largest_step, time_s;
	size_t nr;
	bool is_steady;
};

/* Of fewer than two readings all is 0. */
struct slope slope_of(const struct series *series);

#endif
