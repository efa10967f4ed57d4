// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pools: made complete before anyone can see them, gone when the last client's
 * descriptor is closed.
 *
 * The array of pools is what reclaim walks.  It is read under SRCU, because
 * taking a slab may sleep; a pool leaves the array and waits for the readers
 * before its memory goes.
 */
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <linux/xarray.h>
#include "block.h"
#include "depot.h"
#include "event.h"
#include "governor.h"
#include "inode.h"
#include "pool.h"
#include "pressure.h"
#include "room.h"
#include "slab.h"

static DEFINE_XARRAY(pools);		/* by id; NULL: not published yet */
DEFINE_SRCU(aoipool_pools_srcu);
static atomic64_t last_id;
static atomic_t nr_pools;

u32 aoipool_pools_count(void)
{
	return atomic_read(&nr_pools);
}

/* Of the pool that was created last, be it gone or not published yet. */
u64 aoipool_pools_last_id(void)
{
	return atomic64_read(&last_id);
}

/**
 * aoipool_pools_after() - the next pool in the order of their creation
 * @id: of a pool that there is or was; 0: the first one
 *
 * To be called under aoipool_pools_srcu, which keeps the pool.
 *
 * Return: the pool or NULL.
 */
struct aoipool_pool *aoipool_pools_after(u64 id)
{
	unsigned long index = id;

	lockdep_assert(srcu_read_lock_held(&aoipool_pools_srcu));
	return xa_find_after(&pools, &index, ULONG_MAX, XA_PRESENT);
}

/**
 * aoipool_pools_find() - the pool of an id
 * @id: as user space gave it
 *
 * To be called under aoipool_pools_srcu, which keeps the pool.
 *
 * Return: the pool; NULL: there is none.
 */
struct aoipool_pool *aoipool_pools_find(u64 id)
{
	lockdep_assert(srcu_read_lock_held(&aoipool_pools_srcu));
	return xa_load(&pools, id);
}

/**
 * aoipool_pools_blocks() - blocks that all pools have on a node
 * @nid: the node
 */
u64 aoipool_pools_blocks(int nid)
{
	int srcu = srcu_read_lock(&aoipool_pools_srcu);
	struct aoipool_pool *pool;
	u64 nr = 0;

	aoipool_for_each_pool(pool) {
		nr += READ_ONCE(pool->node_blocks[nid]);
		cond_resched();
	}
	srcu_read_unlock(&aoipool_pools_srcu, srcu);
	return nr;
}

/* Blocks of parked slabs, of all pools, at their last ageing rounds. */
u64 aoipool_pools_idle_blocks(void)
{
	int srcu = srcu_read_lock(&aoipool_pools_srcu);
	struct aoipool_pool *pool;
	u64 nr = 0;

	aoipool_for_each_pool(pool)
		nr += READ_ONCE(pool->info->idle_blocks);
	srcu_read_unlock(&aoipool_pools_srcu, srcu);
	return nr;
}

static bool label_is_valid(const u8 *label, size_t bytes)
{
	size_t len = strnlen(label, bytes), i;

	if (!len || len == bytes)
		return false;
	for (i = 0; i < len; i++)
		if (label[i] < ' ' || label[i] > '~')
			return false;
	return true;
}

/* The name is seen as that of a file, in /proc/PID/maps. */
static bool name_is_valid(const u8 *name)
{
	return label_is_valid(name, AOIPOOL_NAME_BYTES) && !strchr(name, '/');
}

static bool nodes_from_mask(nodemask_t *nodes, const __u64 *mask)
{
	unsigned int nid;

	nodes_clear(*nodes);
	for (nid = 0; nid < AOIPOOL_NODEMASK_WORDS * 64; nid++) {
		if (!(mask[nid / 64] >> (nid % 64) & 1))
			continue;
		if (nid >= MAX_NUMNODES || !node_state(nid, N_MEMORY))
			return false;
		node_set(nid, *nodes);
	}
	return true;
}

static int nodes_init(struct aoipool_pool *pool,
		      const struct aoipool_pool_create *args)
{
	if (args->node_policy > AOIPOOL_NODE_INTERLEAVE)
		return -EINVAL;
	if (!nodes_from_mask(&pool->nodes, args->nodemask))
		return -EINVAL;
	if (nodes_empty(pool->nodes) !=
	    (args->node_policy == AOIPOOL_NODE_LOCAL))
		return -EINVAL;
	if (args->node_policy == AOIPOOL_NODE_LOCAL)
		pool->nodes = node_states[N_MEMORY];
	return 0;
}

static int check_sizes(const struct aoipool_pool_create *args)
{
	if (!args->slab_blocks || args->slab_blocks > AOIPOOL_MAX_SLAB_BLOCKS)
		return -EINVAL;
	if (!args->nr_slabs || args->nr_slabs > AOIPOOL_MAX_SLABS)
		return -EINVAL;
	if (!args->slot_bytes ||
	    args->slot_bytes > args->slab_blocks * AOIPOOL_BLOCK_BYTES)
		return -EINVAL;
	if (args->reserve_slabs > args->nr_slabs)
		return -EINVAL;
	if ((u64)args->slab_blocks * args->nr_slabs > aoipool_blocks_limit())
		return -ENOSPC;
	return 0;
}

static int check_args(const struct aoipool_pool_create *args)
{
	if (args->flags & ~AOIPOOL_CREATE_GIVE_RESERVE || args->linger_ms ||
	    args->reserved)
		return -EINVAL;
	if (!name_is_valid(args->name) ||
	    !label_is_valid(args->type, sizeof(args->type)))
		return -EINVAL;
	return check_sizes(args);
}

static void layout_init(struct aoipool_pool *pool)
{
	struct aoipool_pool_layout *l = &pool->layout;

	l->info_offset = 0;
	l->info_bytes = PAGE_SIZE;
	l->words_offset = l->info_offset + l->info_bytes;
	l->words_bytes = PAGE_ALIGN((u64)pool->nr_slabs * sizeof(u64));
	l->data_offset = ALIGN(l->words_offset + l->words_bytes,
			       AOIPOOL_BLOCK_BYTES);
	l->data_bytes = (u64)pool->nr_slabs * pool->slab_blocks *
			AOIPOOL_BLOCK_BYTES;
}

static void copy_args(struct aoipool_pool *pool,
		      const struct aoipool_pool_create *args)
{
	strscpy(pool->name, args->name, sizeof(pool->name));
	strscpy(pool->type, args->type, sizeof(pool->type));
	pool->slot_bytes = args->slot_bytes;
	pool->slab_blocks = args->slab_blocks;
	pool->nr_slabs = args->nr_slabs;
	pool->reserve_slabs = args->reserve_slabs;
	pool->node_policy = args->node_policy;
	pool->gives_reserve = args->flags & AOIPOOL_CREATE_GIVE_RESERVE;
	pool->decay_ms = AOIPOOL_DECAY_OF_HOST;
	pool->idle_max_blocks = AOIPOOL_IDLE_OF_HOST;
	pool->home_node = numa_node_id();
	pool->uid = current_euid();
}

static void init_locks(struct aoipool_pool *pool)
{
	kref_init(&pool->ref);
	mutex_init(&pool->clients_lock);
	xa_init_flags(&pool->clients, XA_FLAGS_ALLOC1 | XA_FLAGS_ACCOUNT);
	aoipool_event_pool_begin(pool);
	init_waitqueue_head(&pool->freed);
	spin_lock_init(&pool->stats_lock);
}

/* What of these is NULL was never allocated; freeing NULL is nothing. */
static void free_memory(struct aoipool_pool *pool)
{
	kvfree(pool->slabs);
	kvfree(pool->blocks);
	kfree(pool->node_blocks);
	kfree(pool->rounds);
	vfree(pool->words);
	vfree(pool->info);
	xa_destroy(&pool->clients);
	kfree(pool);
}

static void rounds_init(struct aoipool_pool *pool)
{
	int nid;

	for (nid = 0; nid < nr_node_ids; nid++)
		pool->rounds[nid] = jiffies;
	pool->counted = jiffies;
}

static int alloc_memory(struct aoipool_pool *pool)
{
	size_t nr_blocks = (size_t)pool->nr_slabs * pool->slab_blocks;

	pool->slabs = kvcalloc(pool->nr_slabs, sizeof(*pool->slabs),
			       GFP_KERNEL_ACCOUNT);
	pool->blocks = kvcalloc(nr_blocks, sizeof(*pool->blocks),
				GFP_KERNEL_ACCOUNT);
	pool->node_blocks = kcalloc(nr_node_ids, sizeof(*pool->node_blocks),
				    GFP_KERNEL_ACCOUNT);
	pool->rounds = kcalloc(nr_node_ids, sizeof(*pool->rounds),
			       GFP_KERNEL_ACCOUNT);
	/* who asks for too much hears of it, not the kernel's log */
	pool->words = __vmalloc(pool->layout.words_bytes,
				GFP_KERNEL_ACCOUNT | __GFP_ZERO | __GFP_NOWARN);
	pool->info = __vmalloc(pool->layout.info_bytes,
			       GFP_KERNEL_ACCOUNT | __GFP_ZERO | __GFP_NOWARN);
	if (!pool->slabs || !pool->blocks || !pool->node_blocks ||
	    !pool->rounds || !pool->words || !pool->info)
		return -ENOMEM;
	rounds_init(pool);
	aoipool_slabs_init(pool);
	pool->info->abi_version = AOIPOOL_ABI_VERSION;
	return 0;
}

/**
 * aoipool_pool_create() - a pool that nobody can see yet
 * @args: from user space, read but not checked
 *
 * Return: the pool with one reference, for its first client; or as
 * AOIPOOL_POOL_CREATE.
 */
struct aoipool_pool *
aoipool_pool_create(const struct aoipool_pool_create *args)
{
	struct aoipool_pool *pool;
	int err = check_args(args);

	if (err)
		return ERR_PTR(err);
	pool = kzalloc(sizeof(*pool), GFP_KERNEL_ACCOUNT);
	if (!pool)
		return ERR_PTR(-ENOMEM);
	init_locks(pool);
	copy_args(pool, args);
	layout_init(pool);
	err = nodes_init(pool, args);
	if (err)
		goto free_pool;
	err = alloc_memory(pool);
	if (err)
		goto free_pool;
	pool->inode = aoipool_inode_alloc(pool->layout.data_offset +
					  pool->layout.data_bytes);
	if (IS_ERR(pool->inode)) {
		err = PTR_ERR(pool->inode);
		goto free_pool;
	}
	pool->id = atomic64_inc_return(&last_id);
	err = xa_reserve(&pools, pool->id, GFP_KERNEL);
	if (err)
		goto free_inode;
	aoipool_depot_open();
	return pool;

free_inode:
	aoipool_inode_free(pool->inode);
free_pool:
	free_memory(pool);
	return ERR_PTR(err);
}

/* From here on reclaim finds the pool.  Cannot fail: the place is reserved. */
void aoipool_pool_publish(struct aoipool_pool *pool)
{
	xa_store(&pools, pool->id, pool, GFP_KERNEL);
	pool->is_published = true;
	atomic_inc(&nr_pools);
	aoipool_pool_publish_level(pool);
	aoipool_governor_call();
}

static void unpublish(struct aoipool_pool *pool)
{
	xa_erase(&pools, pool->id);
	if (pool->is_published)
		atomic_dec(&nr_pools);
	synchronize_srcu(&aoipool_pools_srcu);
}

/*
 * No descriptor is left, so no mapping is: the blocks are in nobody's page
 * table.
 */
static void pool_destroy(struct kref *ref)
{
	struct aoipool_pool *pool = container_of(ref, struct aoipool_pool, ref);

	unpublish(pool);
	aoipool_event_pool_end(pool);
	aoipool_slabs_free(pool);
	aoipool_room_made();
	aoipool_depot_close();
	aoipool_inode_free(pool->inode);
	free_memory(pool);
}

void aoipool_pool_get(struct aoipool_pool *pool)
{
	kref_get(&pool->ref);
}

void aoipool_pool_put(struct aoipool_pool *pool)
{
	kref_put(&pool->ref, pool_destroy);
}

/*
 * Of those that wait exclusively only one is woken: as long as there are any, each
 * slab is wanted.  It is not cleared in between, or a slab that is parked just then
 * is nobody's news; and who comes to wait sets it after he has come.
 */
static void forget_wanted(struct aoipool_pool *pool)
{
	struct wait_queue_entry *entry;
	unsigned long flags;
	u32 wanted = 0;

	spin_lock_irqsave(&pool->freed.lock, flags);
	list_for_each_entry(entry, &pool->freed.head, entry)
		if (entry->flags & WQ_FLAG_EXCLUSIVE)
			wanted = 1;
	WRITE_ONCE(pool->info->wanted, wanted);
	spin_unlock_irqrestore(&pool->freed.lock, flags);
}

/* One waiter hears of it, as far as they wait exclusively; of the other all do. */
void aoipool_pool_wake(struct aoipool_pool *pool)
{
	forget_wanted(pool);
	wake_up_interruptible_poll(&pool->freed, EPOLLIN | EPOLLRDNORM);
}

void aoipool_pool_wake_all(struct aoipool_pool *pool)
{
	WRITE_ONCE(pool->info->wanted, 0);
	__wake_up(&pool->freed, TASK_INTERRUPTIBLE, 0,
		  poll_to_key(EPOLLIN | EPOLLRDNORM));
}

/**
 * aoipool_pool_publish_level() - the level on the pool's page, and to pollers
 * @pool: the pool
 *
 * By the governor, and once by whoever publishes the pool.
 */
void aoipool_pool_publish_level(struct aoipool_pool *pool)
{
	struct aoipool_pool_info_page *info = pool->info;
	enum aoipool_pressure level;
	bool changed;

	spin_lock(&pool->stats_lock);
	/* not before: who comes last is to write what is newest */
	level = aoipool_pressure_of_nodes(&pool->nodes);
	changed = info->pressure_level != level;
	WRITE_ONCE(info->host_level, aoipool_pressure_of_host());
	WRITE_ONCE(info->grace_ns, aoipool_pressure_grace_ns(&pool->nodes));
	WRITE_ONCE(info->pressure_level, level);
	if (changed)
		WRITE_ONCE(info->pressure_seq, info->pressure_seq + 1);
	spin_unlock(&pool->stats_lock);
	if (changed)
		wake_up_interruptible_poll(&pool->freed, EPOLLPRI);
}

/* Only for the governor. */
void aoipool_pool_publish_idle(struct aoipool_pool *pool, u64 nr_blocks)
{
	WRITE_ONCE(pool->info->idle_blocks, nr_blocks);
}

/* Words are counted as they pass; nothing keeps them still. */
void aoipool_pool_count_words(struct aoipool_pool *pool,
			      struct aoipool_pool_info *info)
{
	u32 i;

	info->absent_slabs = 0;
	info->held_slabs = 0;
	info->parked_slabs = 0;
	for (i = 0; i < pool->nr_slabs; i++) {
		switch (aoipool_word_state(READ_ONCE(pool->words[i]))) {
		case AOIPOOL_SLAB_ABSENT:
			info->absent_slabs++;
			break;
		case AOIPOOL_SLAB_HELD:
			info->held_slabs++;
			break;
		case AOIPOOL_SLAB_PARKED:
			info->parked_slabs++;
			break;
		}
		if (i % 4096 == 4095)
			cond_resched();
	}
}

bool aoipool_pool_has_free_slab(struct aoipool_pool *pool)
{
	u32 i;

	for (i = 0; i < pool->nr_slabs; i++) {
		if (aoipool_word_state(READ_ONCE(pool->words[i])) !=
		    AOIPOOL_SLAB_HELD)
			return true;
		if (i % 4096 == 4095)
			cond_resched();
	}
	return false;
}
