// SPDX-License-Identifier: GPL-2.0-only
/*
 * Room: who was refused memory hears of some that came free.
 *
 * A pool whose populate was refused starves.  Whoever gives blocks back asks one
 * flag, and only if it is set calls the governor, who wakes those that poll the
 * starving pools.  The flag of the pool is set before that of all; the governor
 * clears them in the other order: so none is forgotten.
 */
#include <linux/atomic.h>
#include "governor.h"
#include "pool.h"
#include "room.h"

static bool anybody_starves;
static bool was_made;

/* A populate of the pool was refused. */
void aoipool_room_missed(struct aoipool_pool *pool)
{
	if (READ_ONCE(pool->starves))
		return;
	WRITE_ONCE(pool->starves, true);
	smp_store_release(&anybody_starves, true);
}

/* Blocks came free; from within anybody's allocation, too. */
void aoipool_room_made(void)
{
	if (!READ_ONCE(anybody_starves) || READ_ONCE(was_made))
		return;
	WRITE_ONCE(was_made, true);
	aoipool_governor_call();
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
