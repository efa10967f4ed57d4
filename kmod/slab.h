/* SPDX-License-Identifier: GPL-2.0-only */
/* A slab: a run of blocks that is held, parked and reclaimed as one. */
#ifndef AOIPOOL_SLAB_H
#define AOIPOOL_SLAB_H

#include <linux/mutex.h>
#include <linux/types.h>

struct aoipool_account;
struct aoipool_pool;
struct page;

/**
 * struct aoipool_slab - the kernel's own record of a slab
 * @lock: protects nr_blocks and the slab's part of pool->blocks; held while
 *	blocks are brought and while they are taken
 * @nr_blocks: how many of its blocks are there
 */
struct aoipool_slab {
	struct mutex lock;	/* see above */
	u32 nr_blocks;
};

/* Why a slab is taken; also what the tracepoint says; the bits of AOIPOOL_CAUSE_* */
enum aoipool_reclaim_cause {
	AOIPOOL_RECLAIM_SHRINKER,
	AOIPOOL_RECLAIM_OOM,
	AOIPOOL_RECLAIM_TRIM,
	AOIPOOL_RECLAIM_LIMIT,	/* to make room for a populate that failed */
	AOIPOOL_RECLAIM_DECAY,	/* idle for long enough */
	AOIPOOL_RECLAIM_IDLE_MAX, /* more was idle than may be */
};

/* What became of an attempt to take a slab */
enum aoipool_take {
	AOIPOOL_TAKE_DONE,
	AOIPOOL_TAKE_NOT_PARKED,
	AOIPOOL_TAKE_BUSY,	/* somebody works on it; no use waiting */
	AOIPOOL_TAKE_RESERVED,
	AOIPOOL_TAKE_ELSEWHERE,	/* charged to another account, or empty */
	AOIPOOL_TAKE_PINNED,
	AOIPOOL_TAKE_LOST,	/* user space revived it first */
};

enum aoipool_take aoipool_slab_take(struct aoipool_pool *pool, u32 index,
				    const struct aoipool_account *account,
				    bool reserve_too,
				    enum aoipool_reclaim_cause cause,
				    unsigned long *nr_blocks);
bool aoipool_slab_age(struct aoipool_pool *pool, u32 index, u64 word);
bool aoipool_slab_spare(struct aoipool_pool *pool, u32 index,
			const struct aoipool_account *account);
struct page *aoipool_slab_block(struct aoipool_pool *pool, u32 index, u32 nth);
u32 aoipool_slab_has(struct aoipool_pool *pool, u32 index);
bool aoipool_slab_is_apart(struct aoipool_pool *pool, u32 index);
u32 aoipool_slab_missing(struct aoipool_pool *pool, u32 index);
void aoipool_slab_install(struct aoipool_pool *pool, u32 index, u32 nth,
			  struct page *block);
bool aoipool_slab_sweep(struct aoipool_pool *pool, u32 index, u32 client);

void aoipool_slabs_init(struct aoipool_pool *pool);
void aoipool_slabs_free(struct aoipool_pool *pool);
u64 aoipool_slabs_blocks(void);

#endif /* AOIPOOL_SLAB_H */
