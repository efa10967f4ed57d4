// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trims: idle memory goes back because somebody asks, of whatever pool.
 *
 * The order is that of every scan: the oldest first, pools in turns.  A trim may
 * have much to do, so it is done in parts: in between other tasks have their turn,
 * pools can go away, and who is killed ends.
 */
#include <linux/nodemask.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include "asker.h"
#include "depot.h"
#include "pool.h"
#include "room.h"
#include "scan.h"
#include "trim.h"

/* 256 MiB: some milliseconds, where freed memory is cleared some ten. */
#define BLOCKS_AT_ONCE	128UL

static struct aoipool_scan part_of(const struct aoipool_trim *trim)
{
	return (struct aoipool_scan) {
		.nid = trim->nid,
		.wanted = min(trim->wanted, BLOCKS_AT_ONCE),
		.words = ULONG_MAX,
		.uid = trim->asker->sees_all ? NULL : &trim->asker->uid,
		.reserve_too = trim->reserve_too,
		.cause = AOIPOOL_RECLAIM_TRIM,
	};
}

/* False: there is no such pool, or none for him. */
static bool scan_one(struct aoipool_scan *scan, const struct aoipool_trim *trim)
{
	int srcu = srcu_read_lock(&aoipool_pools_srcu);
	struct aoipool_pool *pool = aoipool_pools_find(trim->pool);
	bool is_his = pool && aoipool_asker_sees(trim->asker, pool->uid);

	if (is_his)
		aoipool_scan_pool(scan, pool);
	srcu_read_unlock(&aoipool_pools_srcu, srcu);
	return is_his;
}

static int trim_pools(struct aoipool_trim *trim)
{
	struct aoipool_scan scan;

	do {
		if (fatal_signal_pending(current))
			return -EINTR;
		scan = part_of(trim);
		if (!trim->pool)
			aoipool_scan_pools(&scan);
		else if (!scan_one(&scan, trim))
			return trim->pool_blocks ? 0 : -ENOENT;
		trim->pool_blocks += scan.taken;
		trim->wanted -= min(trim->wanted, scan.taken);
		cond_resched();
	} while (scan.taken && trim->wanted);
	return 0;
}

static int trim_depot(struct aoipool_trim *trim, int nid)
{
	unsigned long nr;

	aoipool_depot_pause(nid);
	do {
		if (fatal_signal_pending(current))
			return -EINTR;
		nr = aoipool_depot_reclaim(nid, min(trim->wanted, BLOCKS_AT_ONCE));
		trim->depot_blocks += nr;
		trim->wanted -= nr;
		cond_resched();
	} while (nr && trim->wanted);
	return 0;
}

static int trim_depots(struct aoipool_trim *trim)
{
	int nid, err = 0;

	for_each_node_state(nid, N_MEMORY)
		if (trim->nid == NUMA_NO_NODE || trim->nid == nid)
			err = err ?: trim_depot(trim, nid);
	if (trim->depot_blocks)
		aoipool_room_made();
	return err;
}

/**
 * aoipool_trim_run() - take what is idle
 * @trim: checked; is told what came of it, on errors too
 *
 * Return: 0; -ENOENT: there is no such pool that the asker may see; -EINTR: a fatal
 * signal came.
 */
int aoipool_trim_run(struct aoipool_trim *trim)
{
	int err = trim_pools(trim);

	/* a depot that is not needed goes on filling */
	if (err || !trim->depot_too || !trim->wanted)
		return err;
	return trim_depots(trim);
}
