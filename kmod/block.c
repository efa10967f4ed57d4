// SPDX-License-Identifier: GPL-2.0-only
/*
 * Blocks: where memory enters and leaves the module.
 *
 * Every block is a compound page of one node with exactly one reference of
 * ours.  Each is counted from the page allocator to the page allocator, so
 * that "blocks out" equals "blocks in" when all pools are gone; and each that
 * a caller gets is charged to the caller's memory cgroup for as long as it
 * lives (see charge.c).
 */
#include <linux/gfp.h>
#include <linux/kstrtox.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/sched.h>
#include "block.h"
#include "clear.h"
#include "payer.h"
#include "room.h"

/* Of an inspection host that does little else, leave the rest to the system. */
#define DEFAULT_LIMIT_PERCENT	80

/* The core maps a whole block only when it is just what a PMD entry covers. */
static_assert(PMD_SHIFT == AOIPOOL_BLOCK_SHIFT && IS_ENABLED(CONFIG_64BIT),
	      "aoipool needs 2 MiB huge pages: x86-64, or arm64 with 4 KiB pages");

static unsigned int limit_mib;	/* as the module was loaded with */

static u64 limit_blocks;	/* read and written as one; 0: the default */
static atomic_long_t live;	/* blocks that the module has now */
static atomic64_t got;		/* blocks that the page allocator gave, since load */
static atomic64_t freed;	/* blocks given back to it */

static u64 or_default(u64 blocks)
{
	if (blocks)
		return blocks;
	return (u64)totalram_pages() * DEFAULT_LIMIT_PERCENT / 100 /
	       AOIPOOL_BLOCK_PAGES;
}

u64 aoipool_blocks_limit(void)
{
	return or_default(READ_ONCE(limit_blocks));
}

/**
 * aoipool_blocks_set_limit() - the bound from now on
 * @blocks: AOIPOOL_MAX_LIMIT_BLOCKS at most; 0: the default
 *
 * A lower one takes nothing away; a higher one is room, and who was refused hears
 * of it.
 */
void aoipool_blocks_set_limit(u64 blocks)
{
	/* of two who write at once each compares with what it replaces */
	u64 before = xchg(&limit_blocks, blocks);

	if (or_default(blocks) > or_default(before))
		aoipool_room_made();
}

static int set_limit_mib(const char *val, const struct kernel_param *kp)
{
	unsigned int mib;

	if (kstrtouint(val, 0, &mib) ||
	    (mib && mib < AOIPOOL_BLOCK_BYTES >> 20))
		return -EINVAL;
	limit_mib = mib;
	limit_blocks = mib >> (AOIPOOL_BLOCK_SHIFT - 20);
	return 0;
}

static const struct kernel_param_ops limit_ops = {
	.set = set_limit_mib,
	.get = param_get_uint,
};

module_param_cb(limit_mib, &limit_ops, &limit_mib, 0444);
MODULE_PARM_DESC(limit_mib,
		 "Bound on the memory of all pools and the depot in MiB, to begin with; 0: 80 percent of RAM");

u64 aoipool_blocks_live(void)
{
	return atomic_long_read(&live);
}

/*
 * Counted where a block comes, not made of the two others: those pass through
 * values that never were, and a counter must not go back.
 */
u64 aoipool_blocks_out(void)
{
	return atomic64_read(&got);
}

u64 aoipool_blocks_in(void)
{
	return atomic64_read(&freed);
}

static bool live_reserve(void)
{
	long limit = min_t(u64, aoipool_blocks_limit(), LONG_MAX);
	long now = atomic_long_read(&live);

	do {
		if (now >= limit)
			return false;
	} while (!atomic_long_try_cmpxchg(&live, &now, now + 1));
	return true;
}

static gfp_t effort_gfp(enum aoipool_effort effort)
{
	gfp_t gfp = __GFP_COMP | __GFP_THISNODE | __GFP_NOWARN;

	switch (effort) {
	case AOIPOOL_EFFORT_BACKGROUND:
		return gfp | (GFP_USER & ~__GFP_RECLAIM) | __GFP_NORETRY;
	case AOIPOOL_EFFORT_LIGHT:
		return gfp | (GFP_USER & ~__GFP_RECLAIM) | __GFP_NORETRY |
		       __GFP_ACCOUNT;
	case AOIPOOL_EFFORT_FULL:
		break;
	}
	return gfp | GFP_USER | __GFP_RETRY_MAYFAIL | __GFP_ACCOUNT;
}

/*
 * A block that live speaks for already; if there is none, it no longer does.
 * The allocator is asked for a clean block only where it clears anyway: nobody
 * is to clear a second time, and we clear a block faster.
 */
static struct page *alloc_counted(int nid, enum aoipool_effort effort,
				  bool clean)
{
	bool comes_clean = aoipool_blocks_come_clean();
	gfp_t gfp = effort_gfp(effort);
	struct page *block;

	if (clean && comes_clean)
		gfp |= __GFP_ZERO;
	block = alloc_pages_node(nid, gfp, AOIPOOL_BLOCK_ORDER);
	if (!block) {
		atomic_long_dec(&live);
		return ERR_PTR(-ENOMEM);
	}
	atomic64_inc(&got);
	if (clean && !comes_clean)
		aoipool_clear_block(block);
	return block;
}

/**
 * aoipool_block_alloc() - one block of a node
 * @nid: the node; no other one will do
 * @effort: how hard to try
 * @clean: or the content does not matter
 *
 * Return: the head page with one reference, the caller's.
 * ERR_PTR(-ENOSPC): the module's bound is reached;
 * ERR_PTR(-ENOMEM): the node has no free block, or the cgroup is full.
 */
struct page *aoipool_block_alloc(int nid, enum aoipool_effort effort,
				 bool clean)
{
	if (!live_reserve())
		return ERR_PTR(-ENOSPC);
	return alloc_counted(nid, effort, clean);
}

/* The page allocator would hand out a large page again without looking. */
static bool is_poisoned(struct page *block)
{
	unsigned long i;

	for (i = 0; i < AOIPOOL_BLOCK_PAGES; i++)
		if (PageHWPoison(block + i))
			return true;
	return false;
}

/*
 * Our reference goes.  Where somebody still pins the block, the memory lives
 * until they let go, and then goes to the page allocator, never to a pool.  A
 * block with a memory error goes nowhere: nobody is to get it again.  Whoever it
 * was charged to stays charged for it.
 */
static void drop(struct page *block)
{
	aoipool_payer_leave(block);
	if (unlikely(is_poisoned(block)))
		pr_warn("aoipool: block at pfn %#lx has a memory error and is retired\n",
			page_to_pfn(block));
	else
		put_page(block);
	atomic64_inc(&freed);
}

void aoipool_block_free(struct page *block)
{
	drop(block);
	atomic_long_dec(&live);
}

/**
 * aoipool_block_exchange() - a block given back, another in its place
 * @old: consumed
 * @nid: the node of the new one
 * @effort: how hard to try
 * @clean: as above
 *
 * Nobody else can have @old's share of the module's bound in between.
 *
 * Return: as aoipool_block_alloc(), never -ENOSPC.
 */
struct page *aoipool_block_exchange(struct page *old, int nid,
				    enum aoipool_effort effort, bool clean)
{
	drop(old);
	return alloc_counted(nid, effort, clean);
}
