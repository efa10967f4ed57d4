/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
#include "prefill.h"

#include "pool.h"
#include "sys.h"

void prefill_init(struct prefill *prefill, uint32_t goal)
{
	sys_init_lock(&prefill->lock);
	prefill->goal = goal;
	prefill->node = sys_node();
	prefill->over = !goal;
}

/* What is idle may decay as fast as it comes: no more than was asked for. */
static bool is_enough(const struct aoipool_pool *pool)
{
	const struct prefill *prefill = &pool->prefill;
	const uint64_t *populated =
		(const uint64_t *)(const void *)&pool->provider.info->populated_slabs;

	return prefill->done >= prefill->goal ||
	       __atomic_load_n(populated, __ATOMIC_RELAXED) >= prefill->goal;
}

/* Claimed, populated and parked.  Return: 0; why not. */
static int bring(struct aoipool_pool *pool)
{
	struct slab slab;
	int err = slab_hold_absent(&pool->table, pool->prefill.node, &slab);

	if (!err)
		err = slab_complete(&pool->table, &slab);
	if (!err)
		err = slab_park(&pool->table, slab.index, slab.gen);
	return err;
}

/* Who needs a slab waits for the lock, and finds this one. */
static int bring_for_objects(struct aoipool_pool *pool)
{
	int err;

	pthread_mutex_lock(&pool->objects->refill);
	err = bring(pool);
	homes_set_dry(&pool->objects->homes, false);
	pthread_mutex_unlock(&pool->objects->refill);
	return err;
}

/* Who found nothing meanwhile is to look again. */
static int bring_for_frames(struct aoipool_pool *pool)
{
	int err = bring(pool);

	gate_rouse(&pool->frames.gate, true);
	return err;
}

int prefill_step(struct aoipool_pool *pool)
{
	struct prefill *prefill = &pool->prefill;
	int err;

	if (is_enough(pool)) {
		prefill_end(prefill);
		return 0;
	}
	pthread_mutex_lock(&prefill->lock);
	err = pool->objects ? bring_for_objects(pool) : bring_for_frames(pool);
	pthread_mutex_unlock(&prefill->lock);
	if (!err)
		__atomic_fetch_add(&prefill->done, 1, __ATOMIC_RELAXED);
	else if (err != -EAGAIN)
		prefill_end(prefill);
	return err;
}
