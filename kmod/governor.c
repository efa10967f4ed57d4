// SPDX-License-Identifier: GPL-2.0-only
/*
 * The governor: the worker that looks, warns and takes in time.
 *
 * Each look does, in this order:
 *
 *	1. move the gauges; on a rise grace begins		pressure.c
 *	2. tell all pools the level: their pages and pollers	here
 *	3. let the depot keep what the levels leave it		depot.c
 *	4. take what has decayed, but young slabs in grace	decay.c
 *	5. wake who waits for memory that came free		room.c
 *
 * so nothing is taken before the owners were warned.  (The netlink event of step 1
 * is sent by another worker and may come a moment later.)  What cannot wait for a
 * look, the shrinker and the OOM notifier, calls for the next one and does its own
 * taking meanwhile.
 *
 * While there are pools it looks every second, and more often as memory gets
 * short.  While there are none it goes on until all levels are none, and then
 * sleeps until somebody calls.
 */
#include <linux/jiffies.h>
#include <linux/nodemask.h>
#include <linux/workqueue.h>
#include "decay.h"
#include "depot.h"
#include "governor.h"
#include "policy.h"
#include "pool.h"
#include "pressure.h"
#include "room.h"
#include "trace.h"

static void look(struct work_struct *work);

static struct workqueue_struct *workers;
static DECLARE_DELAYED_WORK(next_look, look);

static void tell_pools(void)
{
	int srcu = srcu_read_lock(&aoipool_pools_srcu);
	struct aoipool_pool *pool;

	aoipool_for_each_pool(pool)
		aoipool_pool_publish_level(pool);
	srcu_read_unlock(&aoipool_pools_srcu, srcu);
}

static void limit_depots(void)
{
	enum aoipool_pressure level;
	int nid;

	for_each_node_state(nid, N_MEMORY) {
		level = aoipool_pressure_on_node(nid);
		aoipool_depot_keep(nid, READ_ONCE(aoipool_policies[level].keep));
	}
}

static void look(struct work_struct *work)
{
	bool changed = aoipool_pressure_update();
	unsigned int ms;

	if (changed) {
		tell_pools();
		/* memory may have come free elsewhere, too */
		aoipool_room_made();
	}
	limit_depots();
	ms = min(aoipool_decay_run(), aoipool_pressure_next_ms());
	aoipool_room_announce();
	trace_aoipool_look(aoipool_pools_count(), ms);
	if (aoipool_pools_count() || !aoipool_pressure_is_none())
		queue_delayed_work(workers, &next_look, msecs_to_jiffies(ms));
}

/* Look now.  From within anybody's allocation. */
void aoipool_governor_call(void)
{
	mod_delayed_work(workers, &next_look, 0);
}

int aoipool_governor_init(void)
{
	workers = alloc_workqueue("aoipool_governor",
				  WQ_UNBOUND | WQ_MEM_RECLAIM, 1);
	return workers ? 0 : -ENOMEM;
}

/* Nobody is left to call. */
void aoipool_governor_exit(void)
{
	cancel_delayed_work_sync(&next_look);
	destroy_workqueue(workers);
}
