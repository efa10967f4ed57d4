// SPDX-License-Identifier: GPL-2.0-only
/*
 * Decay: what nobody uses goes, by time and by amount.
 *
 * User space parks a slab without a word to the kernel, so idle time is counted in
 * ageing rounds: each makes every parked slab of the node one round older, and
 * takes those that have outlived as many as the decay time has.  A round comes
 * every quarter of the decay time: a slab is idle for that time at least, and for
 * a quarter more at most.  Where the decay time is 0, rounds come as fast as the
 * governor looks, and a slab that was parked since the last one is spared once.
 *
 * Each node of each pool has rounds of its own, by the level of the node and the
 * policy of the pool.  A round also counts what is idle, for the bounds on that:
 * what is beyond is taken at once, the oldest first.
 */
#include <linux/jiffies.h>
#include <linux/nodemask.h>
#include <linux/sched.h>
#include "block.h"
#include "decay.h"
#include "policy.h"
#include "pool.h"
#include "pressure.h"
#include "scan.h"
#include "slab.h"

#define ROUNDS_A_DECAY	4

/* Twice as fast as the level can change. */
#define ROUND_MIN_MS	100

/* Where nothing decays for its age, ages are for the bounds and the shrinker. */
#define ROUND_NEVER_MS	15000

/* What is idle is counted as often, however long a round is. */
#define COUNT_MS	60000

/**
 * struct round - one walk over the words of a pool
 * @due: the nodes whose slabs grow older now
 * @limit: by node: at that age a slab goes
 * @idle: blocks of parked slabs, all nodes
 */
struct round {
	nodemask_t due;
	u8 limit[MAX_NUMNODES];
	u64 idle;
};

static struct round this_round;	/* there is one governor */

static unsigned int round_ms(u32 decay_ms)
{
	if (decay_ms == AOIPOOL_DECAY_NEVER)
		return ROUND_NEVER_MS;
	return max_t(u32, decay_ms / ROUNDS_A_DECAY, ROUND_MIN_MS);
}

/* So many rounds of that length are the decay time; one is the least. */
static u8 age_limit(u32 decay_ms, unsigned int ms)
{
	if (decay_ms == AOIPOOL_DECAY_NEVER)
		return AOIPOOL_MAX_AGE + 1;
	return max_t(u64, DIV_ROUND_UP_ULL(decay_ms, ms), 1);
}

/* Return: milliseconds until the next round of the node, after this one. */
static unsigned int plan_node(struct aoipool_pool *pool, int nid)
{
	enum aoipool_pressure level = aoipool_pressure_on_node(nid);
	u32 decay_ms = aoipool_policy_decay_ms(level, READ_ONCE(pool->decay_ms));
	unsigned int ms = round_ms(decay_ms);
	unsigned long next;

	this_round.limit[nid] = age_limit(decay_ms, ms);
	next = pool->rounds[nid] + msecs_to_jiffies(ms);
	if (time_before(jiffies, next))
		return jiffies_to_msecs(next - jiffies) + 1;
	pool->rounds[nid] = jiffies;
	node_set(nid, this_round.due);
	return ms;
}

static unsigned int plan(struct aoipool_pool *pool)
{
	unsigned int ms = COUNT_MS;
	int nid;

	nodes_clear(this_round.due);
	this_round.idle = 0;
	for_each_node_mask(nid, pool->nodes)
		if (READ_ONCE(pool->node_blocks[nid]))
			ms = min(ms, plan_node(pool, nid));
	return ms;
}

static bool take(struct aoipool_pool *pool, u32 index)
{
	struct aoipool_scan scan = { .cause = AOIPOOL_RECLAIM_DECAY };

	aoipool_scan_slab(&scan, pool, index);
	return scan.taken;
}

static void visit(struct aoipool_pool *pool, u32 index)
{
	u64 word = READ_ONCE(pool->words[index]);
	u32 nid = aoipool_word_node(word);

	if (aoipool_word_state(word) != AOIPOOL_SLAB_PARKED)
		return;
	/* a node that the pool has nothing on is one that a client made up */
	if (nid < nr_node_ids && node_isset(nid, this_round.due)) {
		if (aoipool_word_age(word) >= this_round.limit[nid] &&
		    !aoipool_pressure_in_grace(nid) && take(pool, index))
			return;
		aoipool_slab_age(pool, index, word);
	}
	this_round.idle += aoipool_slab_has(pool, index);
}

static void walk(struct aoipool_pool *pool)
{
	u32 index;

	for (index = 0; index < pool->nr_slabs; index++) {
		visit(pool, index);
		if (index % 4096 == 4095)
			cond_resched();
	}
}

/* Return: blocks taken. */
static u64 keep_bound(struct aoipool_pool *pool, u64 idle, u64 most)
{
	struct aoipool_scan scan = {
		.nid = AOIPOOL_ANY_NODE,
		.words = ULONG_MAX,
		.cause = AOIPOOL_RECLAIM_IDLE_MAX,
	};

	if (idle <= most)
		return 0;
	scan.wanted = idle - most;
	if (pool)
		aoipool_scan_pool(&scan, pool);
	else
		aoipool_scan_pools(&scan);
	return scan.taken;
}

static void run_round(struct aoipool_pool *pool)
{
	walk(pool);
	this_round.idle -= min(this_round.idle,
			  keep_bound(pool, this_round.idle,
				     READ_ONCE(pool->idle_max_blocks)));
	aoipool_pool_publish_idle(pool, this_round.idle);
	pool->counted = jiffies;
}

static bool count_is_due(const struct aoipool_pool *pool)
{
	return READ_ONCE(pool->nr_blocks) &&
	       time_after_eq(jiffies, pool->counted + msecs_to_jiffies(COUNT_MS));
}

static unsigned int run_pool(struct aoipool_pool *pool, u64 *idle)
{
	unsigned int ms = plan(pool);

	if (!nodes_empty(this_round.due) || count_is_due(pool))
		run_round(pool);
	else if (!READ_ONCE(pool->nr_blocks) && pool->info->idle_blocks)
		aoipool_pool_publish_idle(pool, 0);
	*idle += pool->info->idle_blocks;
	return ms;
}

/* Of all pools, now: the last round of some may be long ago. */
static u64 count_idle(void)
{
	struct aoipool_pool *pool;
	u64 idle = 0;

	aoipool_for_each_pool(pool) {
		nodes_clear(this_round.due);
		this_round.idle = 0;
		if (READ_ONCE(pool->nr_blocks))
			walk(pool);
		aoipool_pool_publish_idle(pool, this_round.idle);
		idle += this_round.idle;
		cond_resched();
	}
	return idle;
}

/* By what there is, not by what there was: it looks more often than it counts. */
static void keep_bound_of_host(u64 idle)
{
	u64 most = READ_ONCE(aoipool_idle_max_blocks);

	if (idle > most)
		keep_bound(NULL, count_idle(), most);
}

/**
 * aoipool_decay_run() - the ageing rounds that are due
 *
 * Only for the governor.
 *
 * Return: milliseconds until the next is, of a pool that has memory.
 */
unsigned int aoipool_decay_run(void)
{
	int srcu = srcu_read_lock(&aoipool_pools_srcu);
	unsigned int ms = COUNT_MS;
	struct aoipool_pool *pool;
	u64 idle = 0;

	aoipool_for_each_pool(pool) {
		ms = min(ms, run_pool(pool, &idle));
		cond_resched();
	}
	keep_bound_of_host(idle);
	srcu_read_unlock(&aoipool_pools_srcu, srcu);
	return ms;
}
