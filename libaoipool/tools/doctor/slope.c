// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "slope.h"

#include <math.h>

#include "array.h"

#define FEWEST		4
#define ERRORS		3

int series_add(struct series *series, double time_s, double value)
{
	struct reading reading = { time_s, value };

	return array_add(&series->readings, &series->nr, &reading);
}

static struct reading mean_of(const struct series *series)
{
	struct reading mean = { 0 };

	for (size_t i = 0; i < series->nr; i++) {
		mean.time_s += series->readings[i].time_s / series->nr;
		mean.value += series->readings[i].value / series->nr;
	}
	return mean;
}

static void fit(struct slope *slope, const struct series *series)
{
	struct reading mean = mean_of(series), off;
	double tt = 0, tv = 0, vv = 0, rest;

	for (size_t i = 0; i < series->nr; i++) {
		off.time_s = series->readings[i].time_s - mean.time_s;
		off.value = series->readings[i].value - mean.value;
		tt += off.time_s * off.time_s;
		tv += off.time_s * off.value;
		vv += off.value * off.value;
	}
	if (tt <= 0)
		return;
	slope->per_s = tv / tt;
	rest = vv - slope->per_s * tv;	/* squares that the line leaves */
	if (series->nr > 2 && rest > 0)
		slope->error_per_s = sqrt(rest / (series->nr - 2) / tt);
}

static double largest_step(const struct series *series)
{
	double largest = 0, step;

	for (size_t i = 1; i < series->nr; i++) {
		step = series->readings[i].value - series->readings[i - 1].value;
		if (step > largest)
			largest = step;
	}
	return largest;
}

struct slope slope_of(const struct series *series)
{
	struct slope slope = { .nr = series->nr };
	const struct reading *first = series->readings, *last;

	if (series->nr < 2)
		return slope;
	last = first + series->nr - 1;
	slope.change = last->value - first->value;
	slope.time_s = last->time_s - first->time_s;
	slope.largest_step = largest_step(series);
	fit(&slope, series);
	slope.is_steady = series->nr >= FEWEST && slope.change > 0 &&
			  slope.per_s > ERRORS * slope.error_per_s &&
			  slope.largest_step <= slope.change / 2;
	return slope;
}
