// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "levels.h"

static bool known(int node)
{
	return node >= AOIPOOL_EVENT_NODE_HOST && node < LEVELS_NODES;
}

void levels_hear(struct levels *levels, const struct aoipool_event *event)
{
	if (event->kind != AOIPOOL_EVENT_LEVEL || !known(event->node))
		return;
	levels->of[event->node + 1].level = event->level;
	levels->of[event->node + 1].seq = event->seq;
}

bool levels_learn(struct levels *levels, int node,
		  enum aoipool_pressure_level level, uint64_t seq,
		  enum aoipool_pressure_level *before)
{
	if (!known(node))
		return false;
	/* An event that came after the answer knows better. */
	if ((int64_t)(levels->of[node + 1].seq - seq) > 0)
		return false;
	*before = levels->of[node + 1].level;
	levels->of[node + 1].level = level;
	return *before != level;
}

void levels_restart(struct levels *levels)
{
	for (int i = 0; i <= LEVELS_NODES; i++)
		levels->of[i].seq = 0;
}
