// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reclaim: who takes idle memory, when, and from which pool.
 *
 *   the shrinker	when a node runs short; the depot first, then parked
 *			slabs of that node
 *   the OOM notifier	when the host is about to kill; everything idle
 *   a failed populate	to make room within the bound, the cgroup or the node
 *   trim		when a client asks, in its own pool
 *
 * (What has decayed the governor takes, see decay.c.)  Each says what it wants
 * and how polite it is; scan.c goes and finds it.
 *
 * Counting must be cheap, for it runs in everybody's allocation: the shrinker
 * reports the populated blocks of a node from one counter a payer and finds out
 * which are parked only when it is asked to take some.
 */
#include <linux/mm.h>
#include <linux/notifier.h>
#include <linux/oom.h>
#include <linux/sched/signal.h>
#include <linux/shrinker.h>
#include <linux/swap.h>
#include "block.h"
#include "charge.h"
#include "depot.h"
#include "governor.h"
#include "memory.h"
#include "payer.h"
#include "pool.h"
#include "pressure.h"
#include "reclaim.h"
#include "scan.h"
#include "slab.h"

/*
 * Words that one pass of the shrinker looks at: 32 KiB, some microseconds.  A
 * call that finds nothing among them ends this round of the shrinker; the next
 * round goes on from there.
 */
#define WORDS_PER_SCAN		4096

static struct shrinker *shrinker;
static atomic64_t oom_calls;
static atomic64_t oom_blocks;

u64 aoipool_oom_calls(void)
{
	return atomic64_read(&oom_calls);
}

u64 aoipool_oom_blocks(void)
{
	return atomic64_read(&oom_blocks);
}

/*
 * The shrinker.  Its unit is the base page, as that of everything it competes
 * with; its batch is one block.
 *
 * The kernel asks it cgroup by cgroup, and in the name of the root cgroup for
 * what is charged to nobody; the depot is.  So in a shortage of the host it goes
 * round all blocks once, and at a cgroup's limit round those of the cgroup.
 */

static struct aoipool_account account_of(const struct shrink_control *sc)
{
	return (struct aoipool_account) { .memcg = sc->memcg };
}

/* Never SHRINK_EMPTY: a cgroup that is would not be asked again. */
static unsigned long count(struct shrinker *self, struct shrink_control *sc)
{
	struct aoipool_account account = account_of(sc);
	unsigned long nr = aoipool_account_blocks(&account, sc->nid);

	if (aoipool_account_is_nobodys(&account))
		nr += aoipool_depot_count(sc->nid);
	return nr * AOIPOOL_BLOCK_PAGES;
}

static unsigned long scan_depot(int nid, unsigned long wanted)
{
	aoipool_depot_pause(nid);
	return aoipool_depot_reclaim(nid, wanted);
}

/*
 * The host is short of memory, not a cgroup of its limit.  A task that waits says
 * more than kswapd, which works ahead, or drop_caches; where free memory is only
 * scattered, it says nothing.
 */
static void note_caller(int nid)
{
	if (!(current->flags & PF_MEMALLOC) || current_is_kswapd() ||
	    !aoipool_memory_is_short(nid))
		return;
	if (aoipool_pressure_note_stall(nid))
		aoipool_governor_call();
}

/* Reclaim for a limit always asks for user memory, whatever is charged. */
static bool has_enough(const struct shrink_control *sc,
		       const struct aoipool_account *account)
{
	return sc->gfp_mask & __GFP_MOVABLE &&
	       !aoipool_memory_is_short(sc->nid) &&
	       aoipool_account_is_relieved(account);
}

static unsigned long scan(struct shrinker *self, struct shrink_control *sc)
{
	unsigned long wanted = DIV_ROUND_UP(sc->nr_to_scan, AOIPOOL_BLOCK_PAGES);
	struct aoipool_account account = account_of(sc);
	struct aoipool_scan scan = {
		.nid = sc->nid,
		.words = WORDS_PER_SCAN,
		.account = &account,
		.polite = true,
		.cause = AOIPOOL_RECLAIM_SHRINKER,
	};
	unsigned long freed = 0;

	if (aoipool_account_is_nobodys(&account))
		note_caller(sc->nid);
	/* unmapping takes locks that a caller without __GFP_FS may hold */
	if (!(sc->gfp_mask & __GFP_FS) || has_enough(sc, &account))
		return SHRINK_STOP;
	if (aoipool_account_is_nobodys(&account))
		freed = scan_depot(sc->nid, wanted);
	scan.wanted = wanted - freed;
	aoipool_scan_pools(&scan);
	freed += scan.taken;
	/* what was spared can be had the next time it is asked for */
	return freed || scan.spared ? freed * AOIPOOL_BLOCK_PAGES : SHRINK_STOP;
}

/* What is freed here cancels the kill; there is no time for grace. */
static int oom_notify(struct notifier_block *nb, unsigned long unused,
		      void *freed)
{
	struct aoipool_scan scan = {
		.nid = AOIPOOL_ANY_NODE,
		.wanted = ULONG_MAX,
		.words = ULONG_MAX,
		.cause = AOIPOOL_RECLAIM_OOM,
	};
	unsigned long nr = 0;
	int nid;

	aoipool_pressure_note_oom();
	aoipool_governor_call();
	for_each_node_state(nid, N_MEMORY) {
		aoipool_depot_pause(nid);
		nr += aoipool_depot_reclaim(nid, ULONG_MAX);
	}
	aoipool_scan_pools(&scan);
	nr += scan.taken;
	atomic64_inc(&oom_calls);
	atomic64_add(nr, &oom_blocks);
	*(unsigned long *)freed += nr * AOIPOOL_BLOCK_PAGES;
	return NOTIFY_OK;
}

static struct notifier_block oom_block = {
	.notifier_call = oom_notify,
};

static struct aoipool_scan scan_for(struct aoipool_pool *pool, int nid, int err)
{
	return (struct aoipool_scan) {
		.nid = err == -ENOMEM ? nid : AOIPOOL_ANY_NODE,
		.wanted = pool->slab_blocks,
		.words = ULONG_MAX,
		.cause = AOIPOOL_RECLAIM_LIMIT,
	};
}

/**
 * aoipool_reclaim_own() - make room for a block that was refused
 * @pool: whose populate failed, and whose idle slabs go
 * @nid: where it wanted the block
 * @err: what was short: -ENOMEM the node, -ENOSPC the module's bound
 *
 * Called with a slab->lock held, which is one more reason to try only.
 *
 * Return: true when something was given back and trying again makes sense.
 */
bool aoipool_reclaim_own(struct aoipool_pool *pool, int nid, int err)
{
	struct aoipool_scan scan = scan_for(pool, nid, err);

	aoipool_scan_pool(&scan, pool);
	return scan.taken;
}

/**
 * aoipool_reclaim_others() - the same, from all pools
 * @pool: as above
 * @nid: as above
 * @err: as above
 *
 * Return: as above.
 */
bool aoipool_reclaim_others(struct aoipool_pool *pool, int nid, int err)
{
	struct aoipool_scan scan = scan_for(pool, nid, err);

	aoipool_scan_pools(&scan);
	return scan.taken;
}

/**
 * aoipool_reclaim_cgroup() - the same for a cgroup that is full
 * @pool: whose populate failed; its idle slabs go first
 *
 * Slabs that are charged to that cgroup or to one below it, and no others: a
 * full one must not evict its neighbours.
 *
 * Return: as above.
 */
bool aoipool_reclaim_cgroup(struct aoipool_pool *pool)
{
	struct aoipool_scan scan = scan_for(pool, AOIPOOL_ANY_NODE, -EDQUOT);
	struct aoipool_account full = {
		.memcg = aoipool_charge_full(1),
		.below_too = true,
	};

	if (!full.memcg)
		return true;	/* somebody made room meanwhile */
	scan.account = &full;
	aoipool_scan_pool(&scan, pool);
	if (!scan.taken)
		aoipool_scan_pools(&scan);
	mem_cgroup_put(full.memcg);
	return scan.taken;
}

/**
 * aoipool_reclaim_trim() - give a pool's parked slabs back
 * @pool: the pool
 * @args: checked; receives what was freed and what is pinned
 *
 * Return: as AOIPOOL_POOL_TRIM; @args has what was freed in any case.
 */
int aoipool_reclaim_trim(struct aoipool_pool *pool,
			 struct aoipool_pool_trim *args)
{
	struct aoipool_scan scan = {
		.wanted = args->max_blocks ? args->max_blocks : ULONG_MAX,
		.reserve_too = args->flags & AOIPOOL_TRIM_RESERVE,
		.cause = AOIPOOL_RECLAIM_TRIM,
	};
	u32 i;

	for (i = 0; i < pool->nr_slabs && scan.wanted; i++) {
		if (fatal_signal_pending(current))
			break;
		aoipool_scan_slab(&scan, pool, i);
		cond_resched();
	}
	args->freed_blocks = scan.taken;
	args->pinned_slabs = scan.pinned;
	return fatal_signal_pending(current) ? -EINTR : 0;
}

static int register_shrinker_of_ours(void)
{
	int err;

	shrinker = shrinker_alloc(SHRINKER_NUMA_AWARE | SHRINKER_MEMCG_AWARE,
				  "aoipool");
	if (!shrinker)
		return -ENOMEM;
	shrinker->count_objects = count;
	shrinker->scan_objects = scan;
	shrinker->batch = AOIPOOL_BLOCK_PAGES;
	err = aoipool_shrinker_register(shrinker, "aoipool");
	if (!err)
		err = aoipool_payer_watch(shrinker);
	if (err)
		shrinker_free(shrinker);
	return err;
}

static void unregister_shrinker_of_ours(void)
{
	shrinker_free(shrinker);
	aoipool_payer_unwatch();
}

int aoipool_reclaim_init(void)
{
	int err = register_shrinker_of_ours();

	if (err)
		return err;
	err = register_oom_notifier(&oom_block);
	if (err)
		unregister_shrinker_of_ours();
	return err;
}

void aoipool_reclaim_exit(void)
{
	unregister_oom_notifier(&oom_block);
	unregister_shrinker_of_ours();
}
