// SPDX-License-Identifier: GPL-2.0-only
/*
 * Populating: how a held slab comes by its memory, by a touch or by request, and
 * who has to make room for it.
 */
#include <linux/cpuset.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/sched/signal.h>
#include "count.h"
#include "depot.h"
#include "event.h"
#include "pool.h"
#include "populate.h"
#include "reclaim.h"
#include "room.h"
#include "slab.h"
#include "supply.h"
#include "trace.h"

/* Below this the caller is done before a worker is awake: about a millisecond. */
#define AHEAD_MIN_BLOCKS	8

#define NO_SUPPLY		NULL

static enum aoipool_exhausted reason_of(int err)
{
	switch (err) {
	case -ENOSPC:
		return AOIPOOL_EXHAUSTED_LIMIT;
	case -EDQUOT:
		return AOIPOOL_EXHAUSTED_CGROUP;
	default:
		return AOIPOOL_EXHAUSTED_MEMORY;
	}
}

static void count_failure(struct aoipool_pool *pool, int nid, int err,
			  long seen)
{
	aoipool_count_add_failure(nid);
	spin_lock(&pool->stats_lock);
	WRITE_ONCE(pool->info->populate_failures,
		   pool->info->populate_failures + 1);
	spin_unlock(&pool->stats_lock);
	aoipool_room_missed(pool, seen);
	aoipool_event_exhausted(pool, reason_of(err), 1);
}

static int node_of_word(struct aoipool_pool *pool, u64 word)
{
	u32 nid = aoipool_word_node(word);

	if (nid >= MAX_NUMNODES || !node_isset(nid, pool->nodes))
		return -EPERM;
	return nid;
}

/* Elsewhere no room that could be made would be the caller's. */
static bool node_is_allowed(int nid)
{
	return node_isset(nid, cpuset_current_mems_allowed);
}

static atomic_t bringing;	/* blocks that are being brought, by anybody */

/**
 * aoipool_populate_bring() - a clean block, and the time that it takes
 * @pool: for whom, to be traced
 * @nid: as aoipool_depot_get()
 * @effort: as aoipool_depot_get()
 *
 * Return: as aoipool_depot_get().
 */
struct page *aoipool_populate_bring(struct aoipool_pool *pool, int nid,
				    enum aoipool_effort effort)
{
	int at_once = atomic_inc_return(&bringing);
	struct page *block;

	trace_aoipool_bring(pool, nid, at_once);
	block = aoipool_depot_get(nid, effort);
	atomic_dec(&bringing);
	return block;
}

static bool make_room(struct aoipool_pool *pool, int nid, int err)
{
	return err == -EDQUOT ? aoipool_reclaim_cgroup(pool) :
				aoipool_reclaim_own(pool, nid, err);
}

static bool make_more_room(struct aoipool_pool *pool, int nid, int err)
{
	return err != -EDQUOT && aoipool_reclaim_others(pool, nid, err);
}

/*
 * What lies free, then what this pool leaves idle (in a full cgroup: what any
 * pool leaves idle on its account), then what the kernel can reclaim from
 * everybody, then what other pools leave idle.
 */
static struct page *try_block(struct aoipool_pool *pool, int nid)
{
	struct page *block;

	if (!node_is_allowed(nid))
		return ERR_PTR(-ENOMEM);
	block = aoipool_populate_bring(pool, nid, AOIPOOL_EFFORT_LIGHT);
	if (IS_ERR(block) && make_room(pool, nid, PTR_ERR(block)))
		block = aoipool_populate_bring(pool, nid, AOIPOOL_EFFORT_LIGHT);
	if (IS_ERR(block))
		block = aoipool_populate_bring(pool, nid, AOIPOOL_EFFORT_FULL);
	if (IS_ERR(block) && make_more_room(pool, nid, PTR_ERR(block)))
		block = aoipool_populate_bring(pool, nid, AOIPOOL_EFFORT_FULL);
	return block;
}

static struct page *get_block(struct aoipool_pool *pool, int nid)
{
	long seen = aoipool_room_seen();
	struct page *block = try_block(pool, nid);

	if (IS_ERR(block))
		count_failure(pool, nid, PTR_ERR(block), seen);
	return block;
}

/* What lies free only, with the help of workers; refusals are nobody's news. */
static struct page *get_ahead(struct aoipool_supply *supply, int nid)
{
	if (!node_is_allowed(nid))
		return ERR_PTR(-ENOMEM);
	return aoipool_supply_take(supply, nid);
}

static int bring_block(struct aoipool_pool *pool, u32 index, u32 nth, int nid,
		       struct aoipool_supply *supply)
{
	struct page *block = supply ? get_ahead(supply, nid) :
				      get_block(pool, nid);

	if (IS_ERR(block))
		return PTR_ERR(block);
	aoipool_slab_install(pool, index, nth, block);
	trace_aoipool_populate(pool, index, nth, nid);
	return 0;
}

#define ANY_CLIENT	0

/* Only a held slab is brought memory: nobody would ever park another one. */
static int held_node(struct aoipool_pool *pool, u32 index, u32 client)
{
	u64 word = READ_ONCE(pool->words[index]);

	if (aoipool_word_state(word) != AOIPOOL_SLAB_HELD)
		return -ESTALE;
	if (client != ANY_CLIENT && aoipool_word_owner(word) != client)
		return -ESTALE;
	return node_of_word(pool, word);
}

static int bring_missing(struct aoipool_pool *pool, u32 index, int nid,
			 struct aoipool_supply *supply)
{
	int err = 0;
	u32 nth;

	for (nth = 0; nth < pool->slab_blocks && !err; nth++) {
		if (aoipool_slab_block(pool, index, nth))
			continue;
		if (fatal_signal_pending(current))
			return -EINTR;
		err = bring_block(pool, index, nth, nid, supply);
	}
	return err;
}

static bool lacks_much(struct aoipool_pool *pool, u32 first, u32 nr)
{
	u32 missing = 0, i;

	for (i = 0; i < nr && missing < AHEAD_MIN_BLOCKS; i++) {
		missing += aoipool_slab_missing(pool, first + i);
		if (i % 4096 == 4095)
			cond_resched();
	}
	return missing >= AHEAD_MIN_BLOCKS;
}

/* What the slabs lack, as far as this caller will get with them. */
static void order_missing(struct aoipool_supply *supply,
			  struct aoipool_pool *pool, u32 first, u32 nr,
			  u32 client)
{
	u32 i;
	int nid;

	for (i = 0; i < nr; i++) {
		nid = held_node(pool, first + i, client);
		if (nid < 0 || !node_is_allowed(nid))
			break;
		aoipool_supply_order(supply, nid,
				     aoipool_slab_missing(pool, first + i));
		if (i % 4096 == 4095)
			cond_resched();
	}
}

static int ahead_slab(struct aoipool_pool *pool, u32 index, u32 client,
		      struct aoipool_supply *supply)
{
	struct aoipool_slab *slab = &pool->slabs[index];
	int nid, err;

	if (!mutex_trylock(&slab->lock))
		return 0;	/* somebody is at it: on to the next */
	nid = held_node(pool, index, client);
	err = nid < 0 ? nid : bring_missing(pool, index, nid, supply);
	mutex_unlock(&slab->lock);
	return err;
}

/**
 * aoipool_populate_ahead() - where much is missing, bring what is easily had
 * @pool: the pool
 * @first: slab
 * @nr: of slabs
 * @client: who must hold them
 *
 * Workers help, and callers who populate the same slabs share them out instead
 * of waiting for each other.  Nothing is promised, and nobody is refused here:
 * whatever is still missing aoipool_populate_slab() brings, in order, or says
 * why not.
 */
void aoipool_populate_ahead(struct aoipool_pool *pool, u32 first, u32 nr,
			    u32 client)
{
	struct aoipool_supply *supply;
	u32 i;

	if (!lacks_much(pool, first, nr))
		return;
	supply = aoipool_supply_create(pool);
	if (!supply)
		return;
	order_missing(supply, pool, first, nr, client);
	for (i = 0; i < nr; i++) {
		if (ahead_slab(pool, first + i, client, supply))
			break;
		cond_resched();
	}
	aoipool_supply_destroy(supply);
}

/**
 * aoipool_populate_slab() - bring all missing blocks of a slab
 * @pool: the pool
 * @index: of the slab
 * @client: who must hold it
 *
 * Return: 0 or as AOIPOOL_POOL_POPULATE; what came stays.
 */
int aoipool_populate_slab(struct aoipool_pool *pool, u32 index, u32 client)
{
	struct aoipool_slab *slab = &pool->slabs[index];
	int nid, err;

	/* a free lock is taken without a look at signals */
	if (fatal_signal_pending(current) || mutex_lock_killable(&slab->lock))
		return -EINTR;
	nid = held_node(pool, index, client);
	err = nid < 0 ? nid : bring_missing(pool, index, nid, NO_SUPPLY);
	mutex_unlock(&slab->lock);
	return err;
}

/**
 * aoipool_populate_fault() - the block behind an address, brought if need be
 * @pool: the pool
 * @index: of the slab
 * @nth: block of the slab
 *
 * Return: the block's head page, locked and with a reference, both the
 * caller's; or as AOIPOOL_POOL_POPULATE.
 */
struct page *aoipool_populate_fault(struct aoipool_pool *pool, u32 index,
				    u32 nth)
{
	struct aoipool_slab *slab = &pool->slabs[index];
	struct page *block;
	int nid, err = 0;

	if (mutex_lock_killable(&slab->lock))
		return ERR_PTR(-EINTR);
	if (!aoipool_slab_block(pool, index, nth)) {
		nid = held_node(pool, index, ANY_CLIENT);
		err = nid < 0 ? nid : bring_block(pool, index, nth, nid,
						NO_SUPPLY);
	}
	if (err) {
		block = ERR_PTR(err);
	} else {
		block = aoipool_slab_block(pool, index, nth);
		get_page(block);
		/* whoever has it locked now needs nothing of ours to go on */
		lock_page(block);
	}
	mutex_unlock(&slab->lock);
	return block;
}
