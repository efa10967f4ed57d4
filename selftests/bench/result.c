// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include <stdlib.h>

#include "result.h"

static int compare(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

void cell_fill(struct cell *cell, double *samples, unsigned int n)
{
	qsort(samples, n, sizeof(*samples), compare);
	cell->state = CELL_DONE;
	cell->min = samples[0];
	cell->max = samples[n - 1];
	cell->median = (samples[(n - 1) / 2] + samples[n / 2]) / 2;
}

const struct cell *result_best_peer(const struct result *result)
{
	const struct cell *best = NULL;

	for (unsigned int i = 0; i < nr_variants; i++) {
		const struct cell *cell = &result->cells[i];

		if (variants[i].role != ROLE_PEER || cell->state != CELL_DONE)
			continue;
		if (!best || cell->median < best->median)
			best = cell;
	}
	return best;
}

void result_rate(struct result *result)
{
	const struct cell *best = result_best_peer(result);

	for (unsigned int i = 0; i < nr_variants && best; i++) {
		struct cell *cell = &result->cells[i];

		if (cell->state == CELL_DONE && variants[i].role != ROLE_FLOOR)
			cell->ratio = best->median / cell->median;
	}
}

double cell_spread(const struct cell *cell)
{
	return (cell->max - cell->min) / cell->median * 100;
}

struct tally report_tally(const struct report *report)
{
	struct tally tally = { 0 };

	for (unsigned int n = 0; n < report->nr; n++)
		for (unsigned int i = 0; i < nr_variants; i++) {
			enum cell_state state =
				report->results[n].cells[i].state;

			tally.done += state == CELL_DONE;
			tally.skipped += state == CELL_SKIPPED;
			tally.crashed += state == CELL_CRASHED;
		}
	return tally;
}
