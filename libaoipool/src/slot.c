/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* get, put and what is around them: who may call, and which kind of pool. */
#include <errno.h>

#include "frame_slot.h"
#include "pool.h"

static int get_objects(struct aoipool_pool *pool, struct aoipool_slot *slots,
		       size_t n, int timeout_ms)
{
	int err = object_get(pool, slots, n, timeout_ms);

	provider_tell(&pool->provider);
	return pool_failure(pool, err);
}

int aoipool_get_wait(struct aoipool_pool *pool, struct aoipool_slot *slot,
		     int timeout_ms)
{
	int err = pool_enter(pool);

	if (err)
		return err;
	if (!slot || timeout_ms < -1)
		return -EINVAL;
	if (pool->objects)
		return get_objects(pool, slot, 1, timeout_ms);
	return frame_slot_get(pool, slot, timeout_ms);
}

int aoipool_get_tagged(struct aoipool_pool *pool, struct aoipool_slot *slot,
		       int tag, int timeout_ms)
{
	int before = aoipool_tag_set(tag), err;

	if (before < 0)
		return before;
	err = aoipool_get_wait(pool, slot, timeout_ms);
	aoipool_tag_set(before);
	return err;
}

static inline int get_now(struct aoipool_pool *pool, struct aoipool_slot *slot)
{
	int err = 1;

	if (!pool->objects && !pool_enter(pool))
		err = frame_slot_get_noted(pool, slot);
	return err <= 0 ? err : aoipool_get_wait(pool, slot, 0);
}

struct aoipool_slot aoipool_get_cold(struct aoipool_pool *pool)
{
	struct aoipool_slot slot;
	int err = get_now(pool, &slot);

	if (err)
		slot = (struct aoipool_slot){ .ref = (aoipool_ref_t)err };
	return slot;
}

int aoipool_get(struct aoipool_pool *pool, struct aoipool_slot *slot)
{
	int err;

	if (!slot)
		return pool_enter(pool) ? -EPERM : -EINVAL;
	err = get_now(pool, slot);
	if (err)
		*slot = (struct aoipool_slot){ .ptr = NULL };
	return err;
}

int aoipool_get_many(struct aoipool_pool *pool, struct aoipool_slot *slots,
		     size_t n, int timeout_ms)
{
	int err = pool_enter(pool);

	if (err)
		return err;
	if (!slots || !n || n > pool->slots || timeout_ms < -1)
		return -EINVAL;
	if (pool->objects)
		return get_objects(pool, slots, n, timeout_ms);
	return frame_slot_get_many(pool, slots, n, timeout_ms);
}

static inline int put_now(struct aoipool_pool *pool, aoipool_ref_t ref)
{
	int err = pool_enter(pool);

	if (err)
		return err;
	err = pool->objects ? object_put(pool, ref) :
			      frame_slot_put(pool, ref);
	return err ? stats_misuse(&pool->stats, err) : 0;
}

int aoipool_put(struct aoipool_pool *pool, aoipool_ref_t ref)
{
	return put_now(pool, ref);
}

int aoipool_put_cold(struct aoipool_pool *pool, aoipool_ref_t ref)
{
	return put_now(pool, ref);
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
		err = frame_slot_put(pool, slots->ref);
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
	if (!n)
		return 0;
	if (!slots)
		return -EINVAL;
	return pool->objects ? object_put_many(pool, slots, n) :
			       put_frames(pool, slots, n);
}

int aoipool_put_ptr(struct aoipool_pool *pool, void *ptr)
{
	int err = pool_enter(pool);

	if (err)
		return err;
	err = pool->objects ? object_put_ptr(pool, ptr) :
			      frame_slot_put_ptr(pool, ptr);
	return err ? stats_misuse(&pool->stats, err) : 0;
}

int aoipool_deref(struct aoipool_pool *pool, aoipool_ref_t ref, void **ptr)
{
	int err = pool_enter(pool);

	if (err)
		return err;
	if (!ptr)
		return -EINVAL;
	err = pool->objects ? object_look_up(pool, ref, ptr) :
			      frame_slot_look_up(pool, ref, ptr);
	return err ? stats_misuse(&pool->stats, err) : 0;
}
