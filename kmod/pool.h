/* SPDX-License-Identifier: GPL-2.0-only */
/* A pool: equal slabs of one type, a bound on its size, one accounting. */
#ifndef AOIPOOL_POOL_H
#define AOIPOOL_POOL_H

#include <linux/atomic.h>
#include <linux/kref.h>
#include <linux/mutex.h>
#include <linux/nodemask.h>
#include <linux/spinlock.h>
#include <linux/srcu.h>
#include <linux/uidgid.h>
#include <linux/wait.h>
#include <linux/xarray.h>
#include <linux/aoipool.h>
#include "event.h"

struct aoipool_slab;
struct inode;
struct page;

/* The passes of a scan, see scan.c */
enum aoipool_pass {
	AOIPOOL_PASS_OLD,
	AOIPOOL_PASS_SPARED,
	AOIPOOL_PASS_YOUNG,
	AOIPOOL_NR_PASSES,
};

/**
 * struct aoipool_pool - what all descriptors of one pool share
 *
 * Lock order, outermost first; nothing else is taken in between:
 *
 *	mmap_lock			(fault, mmap: the kernel's)
 *	  slab->lock			the blocks of one slab, see slab.c
 *	    page lock			a block on its way into a page table
 *	    i_mmap_rwsem		(unmap_mapping_range: the kernel's)
 *	    stats_lock			the counters and the information page
 *	    depot's cpu lock, node lock	see depot.c
 *	    a supply's shelf->lock	see supply.c
 *
 * Alone: clients_lock, under which the words are read and nothing is allocated;
 * and the lock of event.c, inside of everything.
 *
 * Reclaim runs inside anybody's allocation, so also under any of the kernel's
 * locks and under a slab->lock of ours: it only ever tries slab->lock and page
 * lock, and no spinlock is held around an allocation.
 */
struct aoipool_pool {
	struct kref ref;		/* one per client */
	u64 id;				/* never used again while loaded */
	bool is_published;		/* in the array of pools */

	/* fixed at creation */
	char name[AOIPOOL_NAME_BYTES];
	char type[AOIPOOL_TYPE_BYTES];
	u64 slot_bytes;
	u32 slab_blocks;
	u32 nr_slabs;
	u32 reserve_slabs;
	u32 node_policy;
	kuid_t uid;			/* as whom it was created */
	nodemask_t nodes;		/* that claims may name */
	struct aoipool_pool_layout layout;
	struct inode *inode;		/* one address space for all clients */

	/* shared with user space: never trusted, read once */
	u64 *words;
	struct aoipool_pool_info_page *info;

	struct aoipool_slab *slabs;	/* nr_slabs of them */
	struct page **blocks;		/* slab_blocks for each slab */
	unsigned int hands[AOIPOOL_NR_PASSES];	/* where scans go on; hints */
	int home_node;			/* where memory was asked for last; a hint */

	/* the policy of this pool; each is read as one */
	bool gives_reserve;
	u32 decay_ms;			/* or AOIPOOL_DECAY_OF_HOST */
	u64 idle_max_blocks;

	/* the governor's alone */
	unsigned long *rounds;		/* jiffies of each node's last ageing round */
	unsigned long counted;		/* jiffies of the last count of what is idle */

	struct mutex clients_lock;	/* keeps clients, protects their counts */
	struct xarray clients;		/* by number */
	atomic_t nr_clients;
	struct aoipool_tally exhausted[AOIPOOL_EXHAUSTED_REASONS];
	wait_queue_head_t freed;	/* poll: a slab came free, or the level changed */
	bool starves;			/* a populate was refused; see room.c */

	spinlock_t stats_lock;		/* protects the rest and *info */
	unsigned long full_slabs;
	unsigned long nr_blocks;
	unsigned long *node_blocks;	/* nr_node_ids; read without the lock */
};

struct aoipool_pool *
aoipool_pool_create(const struct aoipool_pool_create *args);
void aoipool_pool_get(struct aoipool_pool *pool);
void aoipool_pool_put(struct aoipool_pool *pool);
void aoipool_pool_publish(struct aoipool_pool *pool);
void aoipool_pool_publish_level(struct aoipool_pool *pool);
void aoipool_pool_publish_idle(struct aoipool_pool *pool, u64 nr_blocks);
void aoipool_pool_wake(struct aoipool_pool *pool);
void aoipool_pool_wake_all(struct aoipool_pool *pool);

void aoipool_pool_count_words(struct aoipool_pool *pool,
			      struct aoipool_pool_info *info);
bool aoipool_pool_has_free_slab(struct aoipool_pool *pool);

/* Pools that exist, newest last; walk them between the two of SRCU. */
extern struct srcu_struct aoipool_pools_srcu;
struct aoipool_pool *aoipool_pools_after(u64 id);
struct aoipool_pool *aoipool_pools_find(u64 id);
u64 aoipool_pools_last_id(void);
u32 aoipool_pools_count(void);
u64 aoipool_pools_blocks(int nid);
u64 aoipool_pools_idle_blocks(void);

#define aoipool_for_each_pool(pool)                                         \
	for (pool = aoipool_pools_after(0); pool;                           \
	     pool = aoipool_pools_after(pool->id))

#endif /* AOIPOOL_POOL_H */
