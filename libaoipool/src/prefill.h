/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Bringing a pool's memory ahead of need, behind its back: slab by slab, by the
 * library's thread, while memory is plenty.
 */
#ifndef PREFILL_H
#define PREFILL_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "slab.h"

struct aoipool_pool;

struct prefill {
	/* around a step, and around what must not meet one */
	pthread_mutex_t lock;
	uint32_t goal;		/* slabs that are to be populated */
	uint32_t done;		/* slabs that it has brought; atomic */
	uint32_t node;		/* where the pool was opened */
	bool over;		/* atomic */
};

void prefill_init(struct prefill *prefill, uint32_t goal);

static inline bool prefill_is_over(const struct prefill *prefill)
{
	return __atomic_load_n(&prefill->over, __ATOMIC_RELAXED);
}

/* For good: what was brought ahead and taken is not to be brought again. */
static inline void prefill_end(struct prefill *prefill)
{
	__atomic_store_n(&prefill->over, true, __ATOMIC_RELAXED);
}

/* One slab, or it is over.  Return: 0; -EAGAIN: not just now. */
int prefill_step(struct aoipool_pool *pool);

#endif
