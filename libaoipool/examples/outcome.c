// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* outcome - the sums over all inspectors, once they have ended. */
#include <stdlib.h>

#include "engine.h"

static void add_inspector(struct outcome *outcome,
			  const struct inspector *inspector, size_t boards)
{
	for (int meter = 0; meter < METERS; meter++)
		histogram_merge(&outcome->meters.of[meter],
				&inspector->meters->of[meter]);
	for (size_t n = 0; n < boards; n++)
		tally_add(&outcome->tallies[n], &inspector->tallies[n]);
	outcome->faults.lost += inspector->faults.lost;
	outcome->faults.overflows += inspector->faults.overflows;
	outcome->faults.failed_puts += inspector->faults.failed_puts;
}

int outcome_make(struct outcome *outcome, struct engine *engine)
{
	size_t boards = engine->set.nr;

	*outcome = (struct outcome){ 0 };
	outcome->tallies = calloc(boards, sizeof(*outcome->tallies));
	if (!outcome->tallies)
		return -ENOMEM;
	for (unsigned int n = 0; n < engine->options.threads; n++)
		add_inspector(outcome, &engine->inspectors[n], boards);
	for (size_t n = 0; n < boards; n++)
		tally_add(&outcome->total, &outcome->tallies[n]);
	engine->allocator->ops->stats(engine->allocator, &outcome->stats);
	outcome->work = work_state(&engine->work);
	outcome->seconds = (double)(engine->ended_ns - engine->began_ns) / 1e9;
	return 0;
}

void outcome_free(struct outcome *outcome)
{
	free(outcome->tallies);
	outcome->tallies = NULL;
}
