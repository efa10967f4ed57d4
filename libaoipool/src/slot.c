/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * get, put and what is around them.  Of frames, the budget says whether there
 * is one, and slab.c finds it; of objects, object.c knows all.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "frame.h"
#include "pool.h"
#include "sys.h"

/* as many as are taken at once without asking malloc for room */
#define FEW	32

static aoipool_ref_t make_ref(const struct aoipool_pool *pool, uint32_t slot,
			      uint32_t gen)
{
	return (aoipool_ref_t)(gen + pool->range.salt) << 32 |
	       (pool->range.base + slot);
}

/* Out of range for every pool but its own, since ranges are disjoint. */
static uint32_t ref_slot(const struct aoipool_pool *pool, aoipool_ref_t ref)
{
	return (uint32_t)ref - pool->range.base;
}

static uint32_t ref_gen(const struct aoipool_pool *pool, aoipool_ref_t ref)
{
	return (uint32_t)(ref >> 32) - pool->range.salt;
}

static int find_frame(struct aoipool_pool *pool, uint32_t node,
		      struct aoipool_slot *slot, uint32_t *home)
{
	struct slab slab;
	int err = frame_get(&pool->table, node, &slab);

	if (err)
		return err;
	*home = slab.node;
	slot->ptr = provider_slab(&pool->provider, slab.index);
	slot->ref = make_ref(pool, slab.index, slab.gen);
	return 0;
}

/* The budget has served the caller. */
static int find_slot(struct aoipool_pool *pool, struct aoipool_slot *slot)
{
	uint32_t node = sys_node(), home;
	int err;

	err = find_frame(pool, node, slot, &home);
	if (!err && home != node)
		stats_add(&pool->stats, STAT_REMOTE_GETS, 1);
	return err;
}

static int lay_down(struct aoipool_pool *pool, aoipool_ref_t ref)
{
	uint32_t slot = ref_slot(pool, ref);

	if (slot >= pool->range.slots)
		return refspace_misuse(&pool->range, (uint32_t)ref);
	return slab_park(&pool->table, slot, ref_gen(pool, ref));
}

/* All or none; what was found before an error goes back, uncounted. */
static int find_slots(struct aoipool_pool *pool, struct aoipool_slot *slots,
		      size_t n)
{
	size_t found;
	int err = 0;

	for (found = 0; found < n; found++) {
		err = find_slot(pool, &slots[found]);
		if (err)
			break;
	}
	if (!err)
		return 0;
	while (found--)
		lay_down(pool, slots[found].ref);
	return err;
}

/* A get that came to nothing, for the numbers and for the log. */
static int account(struct aoipool_pool *pool, int err)
{
	switch (err) {
	case 0:
		break;
	case -ETIMEDOUT:
		stats_add(&pool->stats, STAT_TIMEOUTS, 1);
		stats_add(&pool->stats, STAT_EXHAUSTED, 1);
		break;
	case -EAGAIN:
		stats_add(&pool->stats, STAT_EXHAUSTED, 1);
		break;
	default:
		stats_add(&pool->stats, STAT_NO_MEMORY, 1);
	}
	provider_tell(&pool->provider);
	return err;
}

static int take_frames(struct aoipool_pool *pool, struct aoipool_slot *slots,
		       size_t n, int timeout_ms)
{
	int err = budget_take(&pool->budget, n, timeout_ms);

	if (err)
		return err;
	err = find_slots(pool, slots, n);
	if (err) {
		budget_give(&pool->budget, n);
		return err;
	}
	budget_note_peak(&pool->budget);
	stats_add(&pool->stats, STAT_GETS, n);
	return 0;
}

/* The caller's array stays as it is until nothing can fail any more. */
static int take_many_frames(struct aoipool_pool *pool,
			    struct aoipool_slot *slots, size_t n,
			    int timeout_ms)
{
	struct aoipool_slot few[FEW], *got = few;
	int err;

	if (n > FEW)
		got = malloc(n * sizeof(*got));
	if (!got)
		return -ENOMEM;
	err = take_frames(pool, got, n, timeout_ms);
	if (!err)
		memcpy(slots, got, n * sizeof(*got));
	if (got != few)
		free(got);
	return err;
}

static int take(struct aoipool_pool *pool, struct aoipool_slot *slots, size_t n,
		int timeout_ms)
{
	if (pool->objects)
		return account(pool, object_get(pool, slots, n, timeout_ms));
	return account(pool, take_many_frames(pool, slots, n, timeout_ms));
}

int aoipool_get_wait(struct aoipool_pool *pool, struct aoipool_slot *slot,
		     int timeout_ms)
{
	int err = pool_enter(pool);

	if (err)
		return err;
	if (!slot || timeout_ms < -1)
		return -EINVAL;
	return take(pool, slot, 1, timeout_ms);
}

int aoipool_get(struct aoipool_pool *pool, struct aoipool_slot *slot)
{
	return aoipool_get_wait(pool, slot, 0);
}

int aoipool_get_cold(struct aoipool_pool *pool, struct aoipool_slot *slot)
{
	return aoipool_get_wait(pool, slot, 0);
}

int aoipool_get_many(struct aoipool_pool *pool, struct aoipool_slot *slots,
		     size_t n, int timeout_ms)
{
	int err = pool_enter(pool);

	if (err)
		return err;
	if (!slots || !n || n > pool->slots || timeout_ms < -1)
		return -EINVAL;
	return take(pool, slots, n, timeout_ms);
}

static int put_frame(struct aoipool_pool *pool, aoipool_ref_t ref)
{
	int err = lay_down(pool, ref);

	if (err)
		return err;
	stats_add(&pool->stats, STAT_PUTS, 1);
	budget_give(&pool->budget, 1);
	return 0;
}

int aoipool_put(struct aoipool_pool *pool, aoipool_ref_t ref)
{
	int err = pool_enter(pool);

	if (err)
		return err;
	err = pool->objects ? object_put(pool, ref) : put_frame(pool, ref);
	return err ? stats_misuse(&pool->stats, err) : 0;
}

int aoipool_put_cold(struct aoipool_pool *pool, aoipool_ref_t ref)
{
	return aoipool_put(pool, ref);
}

int aoipool_put_rest(struct aoipool_pool *pool, aoipool_ref_t next)
{
	int err = pool_enter(pool);

	if (!err)
		object_put_rest(pool, next);
	return err;
}

static int put_frames(struct aoipool_pool *pool,
		      const struct aoipool_slot *slots, size_t n)
{
	int err, why = 0;

	for (; n; n--, slots++) {
		err = put_frame(pool, slots->ref);
		if (err && stats_misuse(&pool->stats, err) && !why)
			why = err;
	}
	return why;
}

int aoipool_put_many(struct aoipool_pool *pool, const struct aoipool_slot *slots,
		     size_t n)
{
	int err = pool_enter(pool);

	if (err)
		return err;
	if (!slots || !n)
		return -EINVAL;
	return pool->objects ? object_put_many(pool, slots, n) :
			       put_frames(pool, slots, n);
}

/* The frame that begins at @ptr, under the generation that it has now. */
static int put_frame_at(struct aoipool_pool *pool, const void *ptr)
{
	size_t bytes = provider_slab_bytes(&pool->provider);
	size_t offset = (uintptr_t)ptr - (uintptr_t)pool->provider.data;
	uint64_t word;
	int err;

	if (offset % bytes || offset / bytes >= pool->slots)
		return -EINVAL;
	word = slab_word(&pool->table, offset / bytes);
	err = put_frame(pool, make_ref(pool, offset / bytes,
				       aoipool_word_gen(word)));
	return err == -ESTALE ? -EALREADY : err;
}

int aoipool_put_ptr(struct aoipool_pool *pool, void *ptr)
{
	int err = pool_enter(pool);

	if (err)
		return err;
	err = pool->objects ? object_put_ptr(pool, ptr) :
			      put_frame_at(pool, ptr);
	return err ? stats_misuse(&pool->stats, err) : 0;
}

static int look_up_frame(const struct aoipool_pool *pool, aoipool_ref_t ref,
			 void **ptr)
{
	uint32_t slot = ref_slot(pool, ref);
	int err;

	if (slot >= pool->range.slots)
		return refspace_misuse(&pool->range, (uint32_t)ref);
	err = slab_check(&pool->table, slot, ref_gen(pool, ref));
	if (err)
		return err;
	*ptr = provider_slab(&pool->provider, slot);
	return 0;
}

int aoipool_deref(struct aoipool_pool *pool, aoipool_ref_t ref, void **ptr)
{
	int err = pool_enter(pool);

	if (err)
		return err;
	if (!ptr)
		return -EINVAL;
	err = pool->objects ? object_look_up(pool, ref, ptr) :
			      look_up_frame(pool, ref, ptr);
	return err ? stats_misuse(&pool->stats, err) : 0;
}
