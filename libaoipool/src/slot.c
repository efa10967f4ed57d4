/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * get, put and what is around them: the same for frames and objects.  The
 * budget says whether there is a slot, the kind of pool finds it.
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

static int find_object(struct aoipool_pool *pool, uint32_t node,
		       struct aoipool_slot *slot, uint32_t *home)
{
	uint32_t index, gen;
	int err = object_get(pool->objects, node, &index, &gen, home);

	if (err)
		return err;
	slot->ptr = object_ptr(pool->objects, index);
	slot->ref = make_ref(pool, index, gen);
	return 0;
}

/* The budget has served the caller. */
static int find_slot(struct aoipool_pool *pool, struct aoipool_slot *slot)
{
	uint32_t node = sys_node(), home;
	int err;

	if (pool->objects)
		err = find_object(pool, node, slot, &home);
	else
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
	if (pool->objects)
		return object_put(pool->objects, slot, ref_gen(pool, ref));
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

/* What a get came to, for the numbers and for the log. */
static int account(struct aoipool_pool *pool, size_t n, int err)
{
	switch (err) {
	case 0:
		budget_note_peak(&pool->budget);
		stats_add(&pool->stats, STAT_GETS, n);
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

static int take(struct aoipool_pool *pool, struct aoipool_slot *slots, size_t n,
		int timeout_ms)
{
	int err = budget_take(&pool->budget, n, timeout_ms);

	if (err)
		return account(pool, n, err);
	err = find_slots(pool, slots, n);
	if (err)
		budget_give(&pool->budget, n);
	return account(pool, n, err);
}

int aoipool_get_wait(struct aoipool_pool *pool, struct aoipool_slot *slot,
		     int timeout_ms)
{
	struct aoipool_slot got;
	int err = pool_enter(pool);

	if (err)
		return err;
	if (!slot || timeout_ms < -1)
		return -EINVAL;
	err = take(pool, &got, 1, timeout_ms);
	if (!err)
		*slot = got;
	return err;
}

int aoipool_get(struct aoipool_pool *pool, struct aoipool_slot *slot)
{
	return aoipool_get_wait(pool, slot, 0);
}

/* The caller's array stays as it is until nothing can fail any more. */
static int take_many(struct aoipool_pool *pool, struct aoipool_slot *slots,
		     size_t n, int timeout_ms)
{
	struct aoipool_slot few[FEW], *got = few;
	int err;

	if (n > FEW)
		got = malloc(n * sizeof(*got));
	if (!got)
		return -ENOMEM;
	err = take(pool, got, n, timeout_ms);
	if (!err)
		memcpy(slots, got, n * sizeof(*got));
	if (got != few)
		free(got);
	return err;
}

int aoipool_get_many(struct aoipool_pool *pool, struct aoipool_slot *slots,
		     size_t n, int timeout_ms)
{
	int err = pool_enter(pool);

	if (err)
		return err;
	if (!slots || !n || n > pool->range.slots || timeout_ms < -1)
		return -EINVAL;
	return take_many(pool, slots, n, timeout_ms);
}

int aoipool_put(struct aoipool_pool *pool, aoipool_ref_t ref)
{
	int err = pool_enter(pool);

	if (err)
		return err;
	err = lay_down(pool, ref);
	if (err)
		return stats_misuse(&pool->stats, err);
	stats_add(&pool->stats, STAT_PUTS, 1);
	budget_give(&pool->budget, 1);
	return 0;
}

static int look_up(struct aoipool_pool *pool, aoipool_ref_t ref, void **ptr)
{
	uint32_t slot = ref_slot(pool, ref);
	int err;

	if (slot >= pool->range.slots)
		return refspace_misuse(&pool->range, (uint32_t)ref);
	if (pool->objects)
		err = object_check(pool->objects, slot, ref_gen(pool, ref));
	else
		err = slab_check(&pool->table, slot, ref_gen(pool, ref));
	if (err)
		return err;
	*ptr = pool->objects ? object_ptr(pool->objects, slot) :
			       provider_slab(&pool->provider, slot);
	return 0;
}

int aoipool_deref(struct aoipool_pool *pool, aoipool_ref_t ref, void **ptr)
{
	int err = pool_enter(pool);

	if (err)
		return err;
	if (!ptr)
		return -EINVAL;
	return stats_misuse(&pool->stats, look_up(pool, ref, ptr));
}
