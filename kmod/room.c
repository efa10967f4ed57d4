// SPDX-License-Identifier: GPL-2.0-only
/*
 * Room: who was refused memory hears of some that came free.
 *
 * A pool whose populate was refused starves.  Whoever gives blocks back asks one
 * flag, and only if it is set calls the governor, who wakes those that poll the
 * starving pools.  The flag of the pool is set before that of all; the governor
 * clears them in the other order: so none is forgotten.
 *
 * Between the refusal and the flag blocks may come free that nobody calls for.  So
 * what comes free is counted, too, and whoever was refused compares the count with
 * what it was before he asked.
 */
#include <linux/atomic.h>
#include "governor.h"
#include "pool.h"
#include "room.h"

static bool anybody_starves;
static bool was_made;
static atomic_long_t times;	/* that blocks came free */

/* To be asked before memory is, for aoipool_room_missed(). */
long aoipool_room_seen(void)
{
	return atomic_long_read(&times);
}

static void call_governor(void)
{
	if (!READ_ONCE(anybody_starves) || READ_ONCE(was_made))
		return;
	WRITE_ONCE(was_made, true);
	aoipool_governor_call();
}

/* A populate of the pool was refused, since @seen. */
void aoipool_room_missed(struct aoipool_pool *pool, long seen)
{
	if (READ_ONCE(pool->starves))
		return;
	WRITE_ONCE(pool->starves, true);
	/* after the pool's own */
	smp_store_release(&anybody_starves, true);
	smp_mb(); /* of this and the next one sees the other: aoipool_room_made() */
	if (atomic_long_read(&times) != seen)
		call_governor();
}

/* Blocks came free; from within anybody's allocation, too. */
void aoipool_room_made(void)
{
	atomic_long_inc(&times);
	smp_mb__after_atomic(); /* see aoipool_room_missed() */
	call_governor();
}

/* Only for the governor. */
void aoipool_room_announce(void)
{
	struct aoipool_pool *pool;
	int srcu;

	if (!xchg(&was_made, false) || !xchg(&anybody_starves, false))
		return;
	srcu = srcu_read_lock(&aoipool_pools_srcu);
	aoipool_for_each_pool(pool) {
		if (READ_ONCE(pool->starves) && xchg(&pool->starves, false))
			aoipool_pool_wake_all(pool);
	}
	srcu_read_unlock(&aoipool_pools_srcu, srcu);
}
