// SPDX-License-Identifier: GPL-2.0-only
/*
 * A scan: going round the words of pools for parked slabs to take.
 *
 * Which are parked is found out only here, as an LRU finds out which of its pages
 * are in use: user space parks without a word to the kernel.  What a word does
 * have is an age, the ageing rounds that the slab has outlived (decay.c), so that
 * the oldest go first: a scan makes passes over ever younger slabs until it has
 * what it wants.  Where no node is named, each begins with what is remote, that
 * is on another node than the one where the pool's memory was asked for last.
 *
 * Each pass of a pool has a hand that goes round its slabs; a call looks at a
 * bounded number of words and the next goes on from there.
 *
 * Pools take turns, in each pass.  A turn lasts for a sixteenth of what the pool
 * has, or for one slab: so what each gives is in proportion to what it has, also
 * where a call wants a single block.  A pool that a call has got nothing from has
 * had its turn: else one with many words would use up those of every call.
 */
#include <linux/nodemask.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include "block.h"
#include "payer.h"
#include "policy.h"
#include "pool.h"
#include "pressure.h"
#include "scan.h"

/* A turn is that part of a pool's blocks. */
#define TURN_SHIFT	4

/* By pass; of each node, and of any. */
#define NR_TURNS	(AOIPOOL_NR_PASSES * (nr_node_ids + 1))

/*
 * What it takes to come by a pool that has nothing on the node, and to look at the
 * first word of one that has, in words of a pool at hand: cache lines nobody else
 * uses.
 */
#define WORDS_A_POOL	2
#define WORDS_A_VISIT	16

static const u32 pass_age[AOIPOOL_NR_PASSES] = {
	[AOIPOOL_PASS_OLD] = 3,		/* soon to decay */
	[AOIPOOL_PASS_SPARED] = 1,	/* was spared once */
	[AOIPOOL_PASS_YOUNG] = 0,
};

/* Whose turn it is.  Hints: who races only gives a little more or less. */
struct turn {
	u64 pool;
	unsigned long given;
};

/* NR_TURNS of them, and as many again: see turn_of(). */
static struct turn *turns;
static atomic64_t taken_blocks;

/* Blocks taken since load, whatever for. */
u64 aoipool_scan_blocks(void)
{
	return atomic64_read(&taken_blocks);
}

/* The OOM notifier is critical itself: the gauge moves with the next look only. */
static enum aoipool_pressure level_for(const struct aoipool_scan *scan, int nid)
{
	if (scan->cause == AOIPOOL_RECLAIM_OOM)
		return AOIPOOL_PRESSURE_CRITICAL;
	return nid < nr_node_ids ? aoipool_pressure_on_node(nid) :
				   aoipool_pressure_of_host();
}

/* The reserve too, where the level's policy and the pool agree. */
static bool reserve_goes(const struct aoipool_scan *scan,
			 const struct aoipool_pool *pool, int nid)
{
	if (scan->reserve_too || !pool->gives_reserve)
		return scan->reserve_too;
	return READ_ONCE(aoipool_policies[level_for(scan, nid)].gives_reserve);
}

/**
 * aoipool_scan_slab() - take a slab if it is parked
 * @scan: what for; is told what came of it
 * @pool: the pool
 * @index: of the slab
 */
void aoipool_scan_slab(struct aoipool_scan *scan, struct aoipool_pool *pool,
		       u32 index)
{
	int nid = aoipool_word_node(READ_ONCE(pool->words[index]));
	unsigned long nr;

	switch (aoipool_slab_take(pool, index, scan->account,
				  reserve_goes(scan, pool, nid), scan->cause,
				  &nr)) {
	case AOIPOOL_TAKE_DONE:
		scan->taken += nr;
		scan->wanted -= min(scan->wanted, nr);
		atomic64_add(nr, &taken_blocks);
		cond_resched();	/* a slab may have 2 GiB */
		break;
	case AOIPOOL_TAKE_PINNED:
		scan->pinned++;
		break;
	default:
		break;
	}
}

struct pass {
	enum aoipool_pass nr;
	bool remote;	/* only what is */
	bool again;	/* all others had their turn */
	unsigned long words;
};

static bool is_remote(const struct aoipool_pool *pool, u64 word)
{
	return aoipool_word_node(word) != READ_ONCE(pool->home_node);
}

static bool word_fits(const struct aoipool_scan *scan, const struct pass *pass,
		      const struct aoipool_pool *pool, u64 word)
{
	return aoipool_word_state(word) == AOIPOOL_SLAB_PARKED &&
	       aoipool_word_age(word) >= pass_age[pass->nr] &&
	       (scan->nid == AOIPOOL_ANY_NODE ||
		aoipool_word_node(word) == scan->nid) &&
	       (!pass->remote || is_remote(pool, word));
}

static void look_at(struct aoipool_scan *scan, const struct pass *pass,
		    struct aoipool_pool *pool, u32 index)
{
	u64 word = READ_ONCE(pool->words[index]);

	if (!word_fits(scan, pass, pool, word))
		return;
	if (scan->polite && pass->nr == AOIPOOL_PASS_YOUNG)
		scan->spared += aoipool_slab_spare(pool, index, scan->account);
	else
		aoipool_scan_slab(scan, pool, index);
}

/* Once round the pool at most, from where the last call left off. */
static void pass_pool(struct aoipool_scan *scan, struct pass *pass,
		      struct aoipool_pool *pool, unsigned long quota)
{
	unsigned int *hand = &pool->hands[pass->nr];
	u32 i = READ_ONCE(*hand) % pool->nr_slabs;
	u32 left = pool->nr_slabs;
	unsigned long enough = scan->taken + min(quota, scan->wanted);

	while (left-- && pass->words && scan->taken < enough) {
		pass->words--;
		look_at(scan, pass, pool, i);
		if (++i == pool->nr_slabs)
			i = 0;
		if (!(left % 4096))
			cond_resched();
	}
	WRITE_ONCE(*hand, i);
}

static unsigned long blocks_of(const struct aoipool_pool *pool, int nid)
{
	if (nid == AOIPOOL_ANY_NODE)
		return READ_ONCE(pool->nr_blocks);
	return READ_ONCE(pool->node_blocks[nid]);
}

/*
 * A user who has his own pools trimmed has no say in whose turn it is with the
 * kernel: those trims have turns of their own.
 */
static struct turn *turn_of(const struct aoipool_scan *scan,
			    const struct pass *pass)
{
	struct turn *of_pass = turns + pass->nr * (nr_node_ids + 1);

	if (scan->uid)
		of_pass += NR_TURNS;
	return of_pass +
	       (scan->nid == AOIPOOL_ANY_NODE ? nr_node_ids : scan->nid);
}

static void spend(struct pass *pass, unsigned long words)
{
	pass->words -= min(pass->words, words);
}

/* Goes on with the turn that the pool has, or begins one. */
static void pass_turn(struct aoipool_scan *scan, struct pass *pass,
		      struct aoipool_pool *pool)
{
	unsigned long quota = blocks_of(pool, scan->nid) >> TURN_SHIFT;
	struct turn *turn = turn_of(scan, pass);
	unsigned long before = scan->taken, given = 0;

	quota = max_t(unsigned long, quota, pool->slab_blocks);
	if (READ_ONCE(turn->pool) == pool->id)
		given = READ_ONCE(turn->given);
	if (given >= quota) {
		given = 0;
		WRITE_ONCE(turn->given, 0);
		if (!pass->again)	/* the others first */
			return;
	}
	spend(pass, WORDS_A_VISIT);
	pass_pool(scan, pass, pool, quota - given);
	given = scan->taken == before ? quota : given + scan->taken - before;
	WRITE_ONCE(turn->pool, pool->id);
	WRITE_ONCE(turn->given, given);
}

/* The turn is with the pools behind it: a call that ends here goes on there. */
static void pass_by(const struct aoipool_scan *scan, const struct pass *pass,
		    const struct aoipool_pool *pool)
{
	struct turn *turn = turn_of(scan, pass);

	WRITE_ONCE(turn->pool, pool->id);
	WRITE_ONCE(turn->given, 0);
}

static bool pass_is_over(const struct aoipool_scan *scan,
			 const struct pass *pass)
{
	return !scan->wanted || !pass->words;
}

/* Whether the scan is about the pool, and it has something. */
static bool pool_fits(const struct aoipool_scan *scan,
		      const struct aoipool_pool *pool)
{
	return (!scan->uid || uid_eq(pool->uid, *scan->uid)) &&
	       blocks_of(pool, scan->nid);
}

/* Pools after @after and up to @upto; none is visited without need. */
static void pass_between(struct aoipool_scan *scan, struct pass *pass,
			 u64 after, u64 upto)
{
	struct aoipool_pool *pool = aoipool_pools_after(after);

	for (; pool && pool->id <= upto; pool = aoipool_pools_after(pool->id)) {
		if (pass_is_over(scan, pass))
			break;
		spend(pass, WORDS_A_POOL);
		if (pool_fits(scan, pool))
			pass_turn(scan, pass, pool);
		else
			pass_by(scan, pass, pool);
		cond_resched();
	}
}

/*
 * Round and round, as long as somebody has something to give.  The pool whose
 * turn it is comes first, and once more at the end, when it may begin another.
 */
static void pass_pools(struct aoipool_scan *scan, struct pass *pass)
{
	unsigned long before;
	u64 last;

	do {
		before = scan->taken;
		last = READ_ONCE(turn_of(scan, pass)->pool);
		pass->again = false;
		pass_between(scan, pass, last ? last - 1 : 0, U64_MAX);
		pass->again = true;
		pass_between(scan, pass, 0, last);
	} while (scan->taken != before && !pass_is_over(scan, pass));
}

/* Grace is given by the host; a cgroup at its limit is about to be killed in. */
static bool grace_counts(const struct aoipool_scan *scan)
{
	return scan->polite && aoipool_pressure_in_grace(scan->nid) &&
	       !aoipool_account_is_full(scan->account);
}

/* The passes of one scan, of one pool or of all. */
static void scan_in_passes(struct aoipool_scan *scan, struct aoipool_pool *pool)
{
	enum aoipool_pass last = grace_counts(scan) ? AOIPOOL_PASS_OLD :
						      AOIPOOL_PASS_YOUNG;
	struct pass pass = { .remote = scan->nid == AOIPOOL_ANY_NODE };

	while (pass.nr <= last && scan->wanted) {
		pass.words = scan->words;
		if (pool)
			pass_pool(scan, &pass, pool, ULONG_MAX);
		else
			pass_pools(scan, &pass);
		if (!pass.remote)
			pass.nr++;
		pass.remote = !pass.remote && scan->nid == AOIPOOL_ANY_NODE;
	}
}

/**
 * aoipool_scan_pool() - take from one pool, the oldest first
 * @scan: what is wanted; is told what came of it
 * @pool: the pool
 */
void aoipool_scan_pool(struct aoipool_scan *scan, struct aoipool_pool *pool)
{
	scan_in_passes(scan, pool);
}

/**
 * aoipool_scan_pools() - take from all pools, the oldest first, in turns
 * @scan: what is wanted; is told what came of it
 */
void aoipool_scan_pools(struct aoipool_scan *scan)
{
	int srcu = srcu_read_lock(&aoipool_pools_srcu);

	scan_in_passes(scan, NULL);
	srcu_read_unlock(&aoipool_pools_srcu, srcu);
}

int aoipool_scan_init(void)
{
	turns = kcalloc(2 * NR_TURNS, sizeof(*turns), GFP_KERNEL);
	return turns ? 0 : -ENOMEM;
}

void aoipool_scan_exit(void)
{
	kfree(turns);
}
