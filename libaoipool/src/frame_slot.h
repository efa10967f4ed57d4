/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* get, put and deref of a frame pool; the arguments were looked at. */
#ifndef FRAME_SLOT_H
#define FRAME_SLOT_H

#include <stddef.h>

#include "pool.h"
#include "ref.h"

/* As aoipool_get_wait(); *@slot changes only on success. */
int frame_slot_get(struct aoipool_pool *pool, struct aoipool_slot *slot,
		   int timeout_ms);
/* As aoipool_get_many(). */
int frame_slot_get_many(struct aoipool_pool *pool, struct aoipool_slot *slots,
			size_t n, int timeout_ms);
/* A slab that the caller holds, but that is not good as it is. */
int frame_slot_accept(struct aoipool_pool *pool, struct aoipool_slot *slot,
		      uint32_t slab);

/* Return: 0; why the ref or the pointer is refused. */
int frame_slot_put(struct aoipool_pool *pool, aoipool_ref_t ref);
int frame_slot_put_ptr(struct aoipool_pool *pool, const void *ptr);
int frame_slot_look_up(const struct aoipool_pool *pool, aoipool_ref_t ref,
		       void **ptr);

/* As aoipool_pool_reset(). */
int frame_slot_reset(struct aoipool_pool *pool);

static inline void frame_slot_fill(const struct aoipool_pool *pool,
				   const struct slab *slab,
				   struct aoipool_slot *slot)
{
	slab_note(&pool->table, slab);
	slot->ptr = provider_slab(&pool->provider, slab->index);
	slot->ref = ref_make(&pool->range, slab->index, slab->gen);
}

/*
 * A warm frame that this CPU has put, without a call and with few stores, since
 * the swap waits for those.  Return: 0; 1: nothing was done; or an error.
 */
static inline int frame_slot_get_noted(struct aoipool_pool *pool,
				       struct aoipool_slot *slot)
{
	struct frame_store *frames = &pool->frames;
	uint32_t cpu = here_cpu(), node = here_node(&frames->nodes, cpu);
	struct slab slab;

	if (!frame_hold_noted(frames, &pool->table, cpu, node, &slab))
		return 1;
	if (__builtin_expect(!frame_is_good(frames, &pool->table, slab.index) ||
				     slab.node != node ||
				     hooks_any(&pool->hooks), 0))
		return frame_slot_accept(pool, slot, slab.index);
	frame_slot_fill(pool, &slab, slot);
	return 0;
}

#endif
