/* SPDX-License-Identifier: GPL-2.0-only */
/* Events: what the module tells user space, from wherever it happens. */
#ifndef AOIPOOL_EVENT_H
#define AOIPOOL_EVENT_H

#include <linux/types.h>
#include <linux/aoipool.h>
#include "memory.h"

struct aoipool_client;
struct aoipool_pool;

/*
 * All of these may be called from within anybody's allocation and under any
 * mutex: they allocate nothing, sleep not, and leave a record for a worker.
 */

/* @nid: NUMA_NO_NODE for the host */
void aoipool_event_level(int nid, enum aoipool_pressure before,
			 enum aoipool_pressure now,
			 const struct aoipool_memory *memory);
/* @cause: one of AOIPOOL_CAUSE_* */
void aoipool_event_reclaim(int nid, u32 cause, unsigned long nr_slabs,
			   unsigned long nr_blocks);
void aoipool_event_sweep(const struct aoipool_client *client, u32 nr_slabs,
			 u64 nr_blocks);
void aoipool_event_exhausted(struct aoipool_pool *pool,
			     enum aoipool_exhausted reason, u32 count);

int aoipool_event_init(void);
void aoipool_event_exit(void);

#endif /* AOIPOOL_EVENT_H */
