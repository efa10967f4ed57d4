/* SPDX-License-Identifier: GPL-2.0-only */
/* A block: one huge page on one node, counted against the module's bound. */
#ifndef AOIPOOL_BLOCK_H
#define AOIPOOL_BLOCK_H

#include <linux/mm.h>
#include <linux/aoipool.h>

/* Base pages in a block; a block is one PMD entry of x86-64 and arm64/4K. */
#define AOIPOOL_BLOCK_ORDER	(AOIPOOL_BLOCK_SHIFT - PAGE_SHIFT)
#define AOIPOOL_BLOCK_PAGES	(1UL << AOIPOOL_BLOCK_ORDER)

/* Above what any host has: 4 PiB */
#define AOIPOOL_MAX_LIMIT_BLOCKS	(1ULL << 31)

/* How hard the page allocator may try */
enum aoipool_effort {
	/* for the depot: no reclaim, no charge, wakes nobody */
	AOIPOOL_EFFORT_BACKGROUND,
	/* for a caller: what is free now, charged */
	AOIPOOL_EFFORT_LIGHT,
	/* for a caller: reclaim and compact, never the OOM killer, charged */
	AOIPOOL_EFFORT_FULL,
};

/* Whether all that the page allocator hands out is clean, asked for or not */
static inline bool aoipool_blocks_come_clean(void)
{
	return want_init_on_alloc(0) || want_init_on_free();
}

struct page *aoipool_block_alloc(int nid, enum aoipool_effort effort,
				 bool clean);
struct page *aoipool_block_exchange(struct page *old, int nid,
				    enum aoipool_effort effort, bool clean);
void aoipool_block_free(struct page *block);

u64 aoipool_blocks_limit(void);
void aoipool_blocks_set_limit(u64 blocks);
u64 aoipool_blocks_out(void);
u64 aoipool_blocks_in(void);
u64 aoipool_blocks_live(void);

#endif /* AOIPOOL_BLOCK_H */
