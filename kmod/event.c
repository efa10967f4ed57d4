// SPDX-License-Identifier: GPL-2.0-only
/* Events: kept until a worker sends them. */
#include "event.h"

void aoipool_event_level(int nid, enum aoipool_pressure before,
			 enum aoipool_pressure now,
			 const struct aoipool_memory *memory)
{
}

void aoipool_event_reclaim(int nid, u32 cause, unsigned long nr_slabs,
			   unsigned long nr_blocks)
{
}

void aoipool_event_sweep(const struct aoipool_client *client, u32 nr_slabs,
			 u64 nr_blocks)
{
}

void aoipool_event_exhausted(struct aoipool_pool *pool,
			     enum aoipool_exhausted reason, u32 count)
{
}

int aoipool_event_init(void)
{
	return 0;
}

void aoipool_event_exit(void)
{
}
