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
 * Counting must be cheap, for it runs in everybody's allocation: the shrinker
 * reports the populated blocks of a node from counters and finds out which are
 * parked only when it is asked to take some, as an LRU finds out which of its
 * pages are in use.  Each pool has a hand that goes round its slabs; a call
 * looks at a bounded number of words and the next goes on from there.  Pools
 * take turns.
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
#include "memory.h"
#include "payer.h"
#include "pool.h"
#include "reclaim.h"
#include "slab.h"

/*
 * Words that one call of the shrinker looks at: 32 KiB, some microseconds.  A
 * call that finds nothing among them ends this round of the shrinker; the next
 * round goes on from there.
 */
#define WORDS_PER_SCAN		4096

#define ANY_NODE		NUMA_NO_NODE

static struct shrinker *shrinker;
static atomic64_t reclaimed_blocks;
static atomic64_t oom_calls;
static atomic64_t oom_blocks;
static u64 last_pool;		/* the id that was served last; only a hint */

u64 aoipool_reclaimed_blocks(void)
{
	return atomic64_read(&reclaimed_blocks);
}

u64 aoipool_oom_calls(void)
{
	return atomic64_read(&oom_calls);
}

u64 aoipool_oom_blocks(void)
{
	return atomic64_read(&oom_blocks);
}

/**
 * struct request - what one call of reclaim is to get
 * @nid: blocks of this node only, or ANY_NODE
 * @wanted: blocks still wanted; the last slab is taken whole
 * @words: words it may still look at
 * @account: whose slabs only; NULL: whoever's they are
 * @reserve_too: take from the reserves as well
 * @cause: for the tracepoint
 * @taken: blocks so far
 * @pinned: parked slabs left alone for a pinned block
 */
struct request {
	int nid;
	unsigned long wanted;
	unsigned long words;
	const struct aoipool_account *account;
	bool reserve_too;
	enum aoipool_reclaim_cause cause;
	unsigned long taken;
	unsigned long pinned;
};

static void request_take(struct request *req, struct aoipool_pool *pool,
			 u32 index)
{
	unsigned long nr;

	switch (aoipool_slab_take(pool, index, req->account, req->reserve_too,
				  req->cause, &nr)) {
	case AOIPOOL_TAKE_DONE:
		req->taken += nr;
		req->wanted -= min(req->wanted, nr);
		atomic64_add(nr, &reclaimed_blocks);
		break;
	case AOIPOOL_TAKE_PINNED:
		req->pinned++;
		break;
	default:
		break;
	}
}

static bool word_fits(u64 word, int nid)
{
	return aoipool_word_state(word) == AOIPOOL_SLAB_PARKED &&
	       (nid == ANY_NODE || aoipool_word_node(word) == nid);
}

static bool request_is_over(const struct request *req)
{
	return !req->wanted || !req->words;
}

/* Once round the pool at most, from where the last call left off. */
static void scan_pool(struct request *req, struct aoipool_pool *pool)
{
	u32 i = READ_ONCE(pool->hand) % pool->nr_slabs;
	u32 left = pool->nr_slabs;

	while (left-- && !request_is_over(req)) {
		req->words--;
		if (word_fits(READ_ONCE(pool->words[i]), req->nid))
			request_take(req, pool, i);
		if (++i == pool->nr_slabs)
			i = 0;
		if (!(left % 4096))
			cond_resched();
	}
	WRITE_ONCE(pool->hand, i);
}

/* Nothing of the node, nothing to find: the owner's words are not read. */
static bool pool_has_blocks(struct aoipool_pool *pool, int nid)
{
	if (nid == ANY_NODE)
		return READ_ONCE(pool->nr_blocks);
	return READ_ONCE(pool->node_blocks[nid]);
}

static void scan_pools_between(struct request *req, u64 after, u64 upto)
{
	struct aoipool_pool *pool;

	aoipool_for_each_pool(pool) {
		if (pool->id <= after || pool->id > upto)
			continue;
		if (request_is_over(req))
			break;
		if (pool_has_blocks(pool, req->nid))
			scan_pool(req, pool);
		WRITE_ONCE(last_pool, pool->id);
	}
}

/* The pools in turn, beginning after the one that gave last. */
static void scan_pools(struct request *req)
{
	u64 last = READ_ONCE(last_pool);
	int srcu = srcu_read_lock(&aoipool_pools_srcu);

	scan_pools_between(req, last, U64_MAX);
	scan_pools_between(req, 0, last);
	srcu_read_unlock(&aoipool_pools_srcu, srcu);
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
	struct request req = {
		.nid = sc->nid,
		.words = WORDS_PER_SCAN,
		.account = &account,
		.cause = AOIPOOL_RECLAIM_SHRINKER,
	};
	unsigned long freed = 0;

	/* unmapping takes locks that a caller without __GFP_FS may hold */
	if (!(sc->gfp_mask & __GFP_FS) || has_enough(sc, &account))
		return SHRINK_STOP;
	if (aoipool_account_is_nobodys(&account))
		freed = scan_depot(sc->nid, wanted);
	req.wanted = wanted - freed;
	scan_pools(&req);
	freed += req.taken;
	return freed ? freed * AOIPOOL_BLOCK_PAGES : SHRINK_STOP;
}

/* What is freed here cancels the kill. */
static int oom_notify(struct notifier_block *nb, unsigned long unused,
		      void *freed)
{
	struct request req = {
		.nid = ANY_NODE,
		.wanted = ULONG_MAX,
		.words = ULONG_MAX,
		.cause = AOIPOOL_RECLAIM_OOM,
	};
	unsigned long nr = 0;
	int nid;

	for_each_node_state(nid, N_MEMORY) {
		aoipool_depot_pause(nid);
		nr += aoipool_depot_reclaim(nid, ULONG_MAX);
	}
	scan_pools(&req);
	nr += req.taken;
	atomic64_inc(&oom_calls);
	atomic64_add(nr, &oom_blocks);
	*(unsigned long *)freed += nr * AOIPOOL_BLOCK_PAGES;
	return NOTIFY_OK;
}

static struct notifier_block oom_block = {
	.notifier_call = oom_notify,
};

static struct request request_for(struct aoipool_pool *pool, int nid, int err)
{
	return (struct request) {
		.nid = err == -ENOMEM ? nid : ANY_NODE,
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
	struct request req = request_for(pool, nid, err);

	scan_pool(&req, pool);
	return req.taken;
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
	struct request req = request_for(pool, nid, err);

	scan_pools(&req);
	return req.taken;
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
	struct request req = request_for(pool, ANY_NODE, -EDQUOT);
	struct aoipool_account full = {
		.memcg = aoipool_charge_full(1),
		.below_too = true,
	};

	if (!full.memcg)
		return true;	/* somebody made room meanwhile */
	req.account = &full;
	scan_pool(&req, pool);
	if (!req.taken)
		scan_pools(&req);
	mem_cgroup_put(full.memcg);
	return req.taken;
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
	struct request req = {
		.nid = ANY_NODE,
		.wanted = args->max_blocks ? args->max_blocks : ULONG_MAX,
		.reserve_too = args->flags & AOIPOOL_TRIM_RESERVE,
		.cause = AOIPOOL_RECLAIM_TRIM,
	};
	u32 i;

	for (i = 0; i < pool->nr_slabs && req.wanted; i++) {
		if (fatal_signal_pending(current))
			break;
		request_take(&req, pool, i);
		cond_resched();
	}
	args->freed_blocks = req.taken;
	args->pinned_slabs = req.pinned;
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
