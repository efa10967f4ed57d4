// SPDX-License-Identifier: GPL-2.0-only
/*
 * Slabs: the kernel's arcs of the slab word, and the memory behind it.
 *
 * The arcs are defined in uapi/linux/aoipool.h.  The kernel's are
 *
 *	PARKED -> ABSENT	aoipool_slab_take()
 *	PARKED -> PARKED	aoipool_slab_age()
 *	HELD   -> PARKED	aoipool_slab_sweep(), for a dead owner
 *
 * and each is one compare-and-swap against user space.  What a slab really has
 * is in pool->blocks, under slab->lock.
 *
 * Taking a slab has to be invisible to an owner that revives it at any moment,
 * and final for one that comes later:
 *
 *	1. lock every block that is there: no fault is about to map it
 *	2. unmap them: whoever touches the slab now faults and waits for
 *	   slab->lock
 *	3. nobody else has a reference, or the slab is pinned: leave it
 *	4. PARKED -> ABSENT; if user space was faster: leave it
 *	5. forget the blocks
 *
 * Where it is left, the next touch maps the same blocks again and the content
 * is as it was.  Where it is not, a claim that follows step 4 faults, waits for
 * slab->lock and finds no blocks: it gets new, clean ones.
 *
 * A fault hands its block to the core locked, so step 1 fails while one is in
 * flight between slab->lock and the page table.
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include "block.h"
#include "count.h"
#include "event.h"
#include "payer.h"
#include "pool.h"
#include "room.h"
#include "slab.h"
#include "trace.h"

static atomic_long_t pool_blocks;	/* of all pools */

u64 aoipool_slabs_blocks(void)
{
	return atomic_long_read(&pool_blocks);
}

static_assert(BIT(AOIPOOL_RECLAIM_SHRINKER) == AOIPOOL_CAUSE_SHRINKER);
static_assert(BIT(AOIPOOL_RECLAIM_OOM) == AOIPOOL_CAUSE_OOM);
static_assert(BIT(AOIPOOL_RECLAIM_TRIM) == AOIPOOL_CAUSE_TRIM);
static_assert(BIT(AOIPOOL_RECLAIM_LIMIT) == AOIPOOL_CAUSE_LIMIT);
static_assert(BIT(AOIPOOL_RECLAIM_DECAY) == AOIPOOL_CAUSE_DECAY);
static_assert(BIT(AOIPOOL_RECLAIM_IDLE_MAX) == AOIPOOL_CAUSE_IDLE_MAX);

static struct page **blocks_of(struct aoipool_pool *pool, u32 index)
{
	return pool->blocks + (size_t)index * pool->slab_blocks;
}

static loff_t data_offset_of(struct aoipool_pool *pool, u32 index)
{
	return pool->layout.data_offset +
	       (u64)index * pool->slab_blocks * AOIPOOL_BLOCK_BYTES;
}

/* The information page says what the counters say, at every moment. */
static void publish_stats(struct aoipool_pool *pool)
{
	lockdep_assert_held(&pool->stats_lock);
	WRITE_ONCE(pool->info->populated_slabs, pool->full_slabs);
	WRITE_ONCE(pool->info->populated_blocks, pool->nr_blocks);
}

static void count_block(struct aoipool_pool *pool, struct page *block, bool full)
{
	int nid = page_to_nid(block);

	spin_lock(&pool->stats_lock);
	pool->nr_blocks++;
	WRITE_ONCE(pool->node_blocks[nid], pool->node_blocks[nid] + 1);
	if (full)
		pool->full_slabs++;
	publish_stats(pool);
	spin_unlock(&pool->stats_lock);
	atomic_long_inc(&pool_blocks);
	aoipool_count_add_populated(nid);
}

static void uncount_block(struct aoipool_pool *pool, struct page *block)
{
	int nid = page_to_nid(block);

	lockdep_assert_held(&pool->stats_lock);
	pool->nr_blocks--;
	WRITE_ONCE(pool->node_blocks[nid], pool->node_blocks[nid] - 1);
	atomic_long_dec(&pool_blocks);
}

/**
 * aoipool_slab_block() - a block of a slab, or NULL while it is not there
 * @pool: the pool
 * @index: of the slab, whose lock is held
 * @nth: of the slab's blocks
 */
struct page *aoipool_slab_block(struct aoipool_pool *pool, u32 index, u32 nth)
{
	lockdep_assert_held(&pool->slabs[index].lock);
	return blocks_of(pool, index)[nth];
}

/* How many blocks a slab has, and lacks: without its lock only a hint. */
u32 aoipool_slab_has(struct aoipool_pool *pool, u32 index)
{
	return READ_ONCE(pool->slabs[index].nr_blocks);
}

u32 aoipool_slab_missing(struct aoipool_pool *pool, u32 index)
{
	return pool->slab_blocks - aoipool_slab_has(pool, index);
}

/**
 * aoipool_slab_install() - a missing block is there from now on
 * @pool: the pool
 * @index: of the slab, whose lock is held
 * @nth: of the slab's blocks
 * @block: clean; the slab's from here on
 */
void aoipool_slab_install(struct aoipool_pool *pool, u32 index, u32 nth,
			  struct page *block)
{
	struct aoipool_slab *slab = &pool->slabs[index];

	lockdep_assert_held(&slab->lock);
	/* finish_fault() compares this with the size of the file */
	page_folio(block)->index =
		(data_offset_of(pool, index) >> PAGE_SHIFT) +
		nth * AOIPOOL_BLOCK_PAGES;
	blocks_of(pool, index)[nth] = block;
	WRITE_ONCE(slab->nr_blocks, slab->nr_blocks + 1);
	count_block(pool, block, slab->nr_blocks == pool->slab_blocks);
}

static void unlock_blocks(struct page **blocks, u32 nr)
{
	while (nr--)
		if (blocks[nr])
			unlock_page(blocks[nr]);
}

static bool trylock_blocks(struct page **blocks, u32 nr)
{
	u32 i;

	for (i = 0; i < nr; i++) {
		if (!blocks[i] || trylock_page(blocks[i]))
			continue;
		unlock_blocks(blocks, i);
		return false;
	}
	return true;
}

static bool any_pinned(struct page **blocks, u32 nr)
{
	while (nr--)
		if (blocks[nr] && page_ref_count(blocks[nr]) != 1)
			return true;
	return false;
}

/*
 * The same of a block that is mapped: it has more references than ours and those
 * of its mappings.  A fault on its way to a page table has one, too, and has the
 * block locked; an unmapping may have one for a moment longer than the mapping.
 */
static bool is_pinned(struct page *block)
{
	struct folio *folio = page_folio(block);
	int others = folio_ref_count(folio) - 1;

	if (others <= folio_entire_mapcount(folio) || folio_test_locked(folio))
		return false;
	/* of a block that is mapped in parts, page by page on older kernels */
	return others > aoipool_folio_mapcount(folio);
}

/**
 * aoipool_slab_is_apart() - whether a slab could not be taken, for it is pinned
 * @pool: the pool
 * @index: of the slab
 *
 * A look from outside: nothing is unmapped, as it is where the slab is taken.  Of
 * one that somebody works on it is not said.
 */
bool aoipool_slab_is_apart(struct aoipool_pool *pool, u32 index)
{
	struct aoipool_slab *slab = &pool->slabs[index];
	struct page **blocks = blocks_of(pool, index);
	bool apart = false;
	u32 nth;

	if (!mutex_trylock(&slab->lock))
		return false;
	for (nth = 0; nth < pool->slab_blocks && !apart; nth++)
		apart = blocks[nth] && is_pinned(blocks[nth]);
	mutex_unlock(&slab->lock);
	return apart;
}

/* Speak for one of the full slabs above the reserve. */
static bool reserve_allows(struct aoipool_pool *pool, bool full, bool reserve_too)
{
	bool allowed = true;

	if (!full)
		return true;
	spin_lock(&pool->stats_lock);
	if (!reserve_too && pool->full_slabs <= pool->reserve_slabs)
		allowed = false;
	else
		pool->full_slabs--;
	publish_stats(pool);
	spin_unlock(&pool->stats_lock);
	return allowed;
}

static void reserve_give_back(struct aoipool_pool *pool, bool full)
{
	if (!full)
		return;
	spin_lock(&pool->stats_lock);
	pool->full_slabs++;
	publish_stats(pool);
	spin_unlock(&pool->stats_lock);
}

static void count_taken(struct aoipool_pool *pool, struct page **blocks,
			u32 nr_blocks)
{
	u32 nth;

	spin_lock(&pool->stats_lock);
	for (nth = 0; nth < pool->slab_blocks; nth++)
		if (blocks[nth])
			uncount_block(pool, blocks[nth]);
	WRITE_ONCE(pool->info->reclaimed_slabs, pool->info->reclaimed_slabs + 1);
	WRITE_ONCE(pool->info->reclaimed_blocks,
		   pool->info->reclaimed_blocks + nr_blocks);
	publish_stats(pool);
	spin_unlock(&pool->stats_lock);
}

/* Step 5: the slab is ABSENT, its blocks are ours alone. */
static void forget_blocks(struct aoipool_pool *pool, u32 index)
{
	struct page **blocks = blocks_of(pool, index);
	u32 nth;

	for (nth = 0; nth < pool->slab_blocks; nth++) {
		struct page *block = blocks[nth];

		if (!block)
			continue;
		blocks[nth] = NULL;
		unlock_page(block);
		aoipool_block_free(block);
	}
	WRITE_ONCE(pool->slabs[index].nr_blocks, 0);
}

/* PARKED -> ABSENT, against a revive at the same moment. */
static bool arc_reclaim(struct aoipool_pool *pool, u32 index)
{
	u64 word = READ_ONCE(pool->words[index]);

	return aoipool_word_state(word) == AOIPOOL_SLAB_PARKED &&
	       cmpxchg(&pool->words[index], word, aoipool_word_absent(word)) ==
		       word;
}

/* Steps 1 to 4.  On AOIPOOL_TAKE_DONE the blocks are still locked. */
static enum aoipool_take detach_blocks(struct aoipool_pool *pool, u32 index)
{
	struct page **blocks = blocks_of(pool, index);
	enum aoipool_take result = AOIPOOL_TAKE_DONE;

	if (!trylock_blocks(blocks, pool->slab_blocks))
		return AOIPOOL_TAKE_BUSY;
	unmap_mapping_range(pool->inode->i_mapping, data_offset_of(pool, index),
			    (loff_t)pool->slab_blocks << AOIPOOL_BLOCK_SHIFT, 1);
	if (any_pinned(blocks, pool->slab_blocks))
		result = AOIPOOL_TAKE_PINNED;
	else if (!arc_reclaim(pool, index))
		result = AOIPOOL_TAKE_LOST;
	if (result != AOIPOOL_TAKE_DONE)
		unlock_blocks(blocks, pool->slab_blocks);
	return result;
}

/* The first block speaks for all: few slabs have more than one payer. */
static bool is_charged_to(struct aoipool_pool *pool, u32 index,
			  const struct aoipool_account *account)
{
	struct page **blocks = blocks_of(pool, index);
	u32 nth;

	for (nth = 0; nth < pool->slab_blocks; nth++)
		if (blocks[nth])
			return aoipool_payer_is_of(blocks[nth], account);
	return false;
}

/* A slab is on one node, unless its words were scribbled over. */
static void tell_taken(struct aoipool_pool *pool, u32 index,
		       enum aoipool_reclaim_cause cause)
{
	struct page **blocks = blocks_of(pool, index);
	u32 nth;

	for (nth = 0; nth < pool->slab_blocks; nth++) {
		if (!blocks[nth])
			continue;
		aoipool_event_reclaim(page_to_nid(blocks[nth]), BIT(cause), 1,
				      pool->slabs[index].nr_blocks);
		return;
	}
}

static enum aoipool_take take_locked(struct aoipool_pool *pool, u32 index,
				     const struct aoipool_account *account,
				     bool reserve_too,
				     enum aoipool_reclaim_cause cause,
				     unsigned long *nr_blocks)
{
	struct aoipool_slab *slab = &pool->slabs[index];
	bool full = slab->nr_blocks == pool->slab_blocks;
	enum aoipool_take result;

	lockdep_assert_held(&slab->lock);
	if (account && !is_charged_to(pool, index, account))
		return AOIPOOL_TAKE_ELSEWHERE;
	if (!reserve_allows(pool, full, reserve_too))
		return AOIPOOL_TAKE_RESERVED;
	result = detach_blocks(pool, index);
	if (result != AOIPOOL_TAKE_DONE) {
		reserve_give_back(pool, full);
		return result;
	}
	*nr_blocks = slab->nr_blocks;
	count_taken(pool, blocks_of(pool, index), slab->nr_blocks);
	tell_taken(pool, index, cause);
	forget_blocks(pool, index);
	return result;
}

/**
 * aoipool_slab_take() - PARKED -> ABSENT, and the memory goes
 * @pool: the pool
 * @index: of the slab
 * @account: whose it must be; NULL: whoever's it is
 * @reserve_too: even where fewer than the reserve stay populated
 * @cause: for the tracepoint and the event
 * @nr_blocks: out, on AOIPOOL_TAKE_DONE: blocks given back
 *
 * Called from reclaim, too: waits for no lock of the module's.
 */
enum aoipool_take aoipool_slab_take(struct aoipool_pool *pool, u32 index,
				    const struct aoipool_account *account,
				    bool reserve_too,
				    enum aoipool_reclaim_cause cause,
				    unsigned long *nr_blocks)
{
	struct aoipool_slab *slab = &pool->slabs[index];
	u64 word = READ_ONCE(pool->words[index]);
	enum aoipool_take result;

	if (aoipool_word_state(word) != AOIPOOL_SLAB_PARKED)
		return AOIPOOL_TAKE_NOT_PARKED;
	if (!mutex_trylock(&slab->lock))
		return AOIPOOL_TAKE_BUSY;
	result = take_locked(pool, index, account, reserve_too, cause,
			     nr_blocks);
	mutex_unlock(&slab->lock);
	if (result != AOIPOOL_TAKE_DONE)
		return result;
	trace_aoipool_reclaim(pool, index, aoipool_word_node(word), *nr_blocks,
			      cause);
	aoipool_room_made();
	return result;
}

/**
 * aoipool_slab_age() - PARKED stays PARKED, an ageing round older
 * @pool: the pool
 * @index: of the slab
 * @word: as it was read, parked
 *
 * Who loses against user space has nothing to do: the slab is young again.
 *
 * Return: whether it is older now.
 */
bool aoipool_slab_age(struct aoipool_pool *pool, u32 index, u64 word)
{
	if (aoipool_word_age(word) == AOIPOOL_MAX_AGE)
		return false;
	return cmpxchg(&pool->words[index], word, aoipool_word_older(word)) ==
	       word;
}

/**
 * aoipool_slab_spare() - age a young slab that would have been taken
 * @pool: the pool
 * @index: of the slab
 * @account: whose it must be; NULL: whoever's it is
 *
 * Called from reclaim, too: waits for no lock of the module's.
 *
 * Return: whether it is older now.
 */
bool aoipool_slab_spare(struct aoipool_pool *pool, u32 index,
			const struct aoipool_account *account)
{
	struct aoipool_slab *slab = &pool->slabs[index];
	u64 word = READ_ONCE(pool->words[index]);
	bool spared;

	if (aoipool_word_state(word) != AOIPOOL_SLAB_PARKED ||
	    aoipool_word_age(word) || !mutex_trylock(&slab->lock))
		return false;
	spared = (!account || is_charged_to(pool, index, account)) &&
		 aoipool_slab_age(pool, index, word);
	mutex_unlock(&slab->lock);
	return spared;
}

/**
 * aoipool_slab_sweep() - HELD -> PARKED for an owner that is gone
 * @pool: the pool
 * @index: of the slab
 * @client: the dead owner
 *
 * A living client that scribbles over the words can make the swap fail, and
 * only hurts its own pool: so no more than a few tries.
 *
 * Return: true when the slab was the owner's and is parked now.
 */
bool aoipool_slab_sweep(struct aoipool_pool *pool, u32 index, u32 client)
{
	int tries = 8;

	while (tries--) {
		u64 word = READ_ONCE(pool->words[index]);

		if (aoipool_word_state(word) != AOIPOOL_SLAB_HELD ||
		    aoipool_word_owner(word) != client)
			return false;
		if (cmpxchg(&pool->words[index], word,
			    aoipool_word_parked(word)) == word)
			return true;
	}
	return false;
}

void aoipool_slabs_init(struct aoipool_pool *pool)
{
	u32 i;

	for (i = 0; i < pool->nr_slabs; i++)
		mutex_init(&pool->slabs[i].lock);
}

/* The pool is in nobody's hands: no mapping, no reclaim. */
void aoipool_slabs_free(struct aoipool_pool *pool)
{
	size_t nr = (size_t)pool->nr_slabs * pool->slab_blocks, i;

	for (i = 0; i < nr; i++) {
		struct page *block = pool->blocks[i];

		if (!block)
			continue;
		atomic_long_dec(&pool_blocks);
		aoipool_block_free(block);
		cond_resched();
	}
}
