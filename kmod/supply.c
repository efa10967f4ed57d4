// SPDX-License-Identifier: GPL-2.0-only
/*
 * A supply: clean blocks that workers bring ahead of one populate of a big range.
 *
 * What takes time in a populate is to allocate and to clear; to put a block into
 * its slab takes none.  So the caller goes through its slabs alone and in order,
 * and what it takes from the supply's shelves (one a node) was brought by workers
 * on the CPUs of that node, on the account of the caller's cgroup.  Where a shelf
 * is empty, the caller brings a block itself.
 *
 * Workers know neither slabs nor words.  They take what lies free, make no room,
 * and end where there is none or where a limit is near: then the caller alone
 * decides, block by block, in its own cpuset, and may be killed.  A worker is
 * never more than one block away from its end, and the supply waits for them
 * all before it is gone.
 */
#include <linux/err.h>
#include <linux/list.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/topology.h>
#include <linux/workqueue.h>
#include "block.h"
#include "charge.h"
#include "pool.h"
#include "populate.h"
#include "supply.h"

/*
 * One CPU clears as fast as 60 GB/s, and two nearly twice as fast (Zen 4): with
 * the caller's, a handful is all that the memory of a node can take.
 */
#define DEFAULT_WORKERS		4

/* To wake a worker for less takes longer than the worker saves. */
#define BLOCKS_A_WORKER		4

/*
 * One in the making and one ready for each worker: they go on while the caller
 * brings a block of its own.  What is not needed in the end was made in vain.
 */
#define AHEAD_A_WORKER		2

/*
 * Near a limit what workers have ready for one caller could be what another one
 * is refused for: leave room for what a few of them have ready.
 */
#define SPARE_BLOCKS		64

struct worker {
	struct work_struct work;
	struct shelf *shelf;
};

/* The blocks are linked through page->lru; they are ours. */
struct shelf {
	spinlock_t lock;		/* protects the next four */
	struct list_head ready;
	unsigned int nr_ready;
	unsigned int nr_making;
	unsigned long nr_wanted;	/* that nobody makes yet */

	struct aoipool_supply *supply;
	int nid;
	unsigned int nr_workers;	/* 0 until the first block is taken */
	struct worker workers[AOIPOOL_MAX_WORKERS];
};

struct aoipool_supply {
	struct aoipool_pool *pool;
	struct mem_cgroup *memcg;	/* who pays; a reference */
	bool is_over;			/* no worker begins another block */
	struct shelf shelves[];		/* nr_node_ids of them */
};

static struct workqueue_struct *workers;

static unsigned int populate_workers = DEFAULT_WORKERS;	/* to begin with */

unsigned int aoipool_supply_workers;	/* read and written as one */

static int set_workers(const char *val, const struct kernel_param *kp)
{
	return param_set_uint_minmax(val, kp, 0, AOIPOOL_MAX_WORKERS);
}

static const struct kernel_param_ops workers_ops = {
	.set = set_workers,
	.get = param_get_uint,
};

module_param_cb(populate_workers, &workers_ops, &populate_workers, 0444);
MODULE_PARM_DESC(populate_workers,
		 "Workers per node that help one populate of a big range, to begin with; 0: none");

static bool room_is_ample(void)
{
	return aoipool_blocks_live() + SPARE_BLOCKS <= aoipool_blocks_limit() &&
	       aoipool_charge_is_calm(SPARE_BLOCKS);
}

static unsigned int ahead_of(const struct shelf *shelf)
{
	return shelf->nr_workers * AHEAD_A_WORKER;
}

static bool is_full(const struct shelf *shelf)
{
	lockdep_assert_held(&shelf->lock);
	return shelf->nr_ready + shelf->nr_making >= ahead_of(shelf);
}

/* Whether to make one more block; then the place for it is kept. */
static bool shelf_reserve(struct shelf *shelf)
{
	bool wanted;

	if (READ_ONCE(shelf->supply->is_over))
		return false;
	spin_lock(&shelf->lock);
	wanted = shelf->nr_wanted && !is_full(shelf);
	if (wanted) {
		shelf->nr_wanted--;
		shelf->nr_making++;
	}
	spin_unlock(&shelf->lock);
	return wanted;
}

static void shelf_put(struct shelf *shelf, struct page *block)
{
	spin_lock(&shelf->lock);
	shelf->nr_making--;
	if (!IS_ERR(block)) {
		list_add_tail(&block->lru, &shelf->ready);
		shelf->nr_ready++;
	}
	spin_unlock(&shelf->lock);
	if (IS_ERR(block))
		WRITE_ONCE(shelf->supply->is_over, true);
}

/* A worker that finds the shelf full ends, and is called when it no longer is. */
static void work(struct work_struct *item)
{
	struct shelf *shelf = container_of(item, struct worker, work)->shelf;
	struct aoipool_supply *supply = shelf->supply;
	struct mem_cgroup *old = set_active_memcg(supply->memcg);
	struct page *block;

	while (shelf_reserve(shelf)) {
		block = ERR_PTR(-ENOSPC);
		if (room_is_ample())
			block = aoipool_populate_bring(supply->pool, shelf->nid,
						       AOIPOOL_EFFORT_LIGHT);
		shelf_put(shelf, block);
		cond_resched();
	}
	set_active_memcg(old);
}

static void call_workers(struct shelf *shelf)
{
	unsigned int i;

	if (READ_ONCE(shelf->supply->is_over))
		return;
	for (i = 0; i < shelf->nr_workers; i++)
		queue_work_node(shelf->nid, workers, &shelf->workers[i].work);
}

/* Only now is it sure that there is something to do for them. */
static void hire_workers(struct shelf *shelf)
{
	unsigned int nr = READ_ONCE(aoipool_supply_workers), i;

	nr = min(nr, cpumask_weight(cpumask_of_node(shelf->nid)));
	nr = min_t(unsigned long, nr, shelf->nr_wanted / BLOCKS_A_WORKER);
	for (i = 0; i < nr; i++) {
		INIT_WORK(&shelf->workers[i].work, work);
		shelf->workers[i].shelf = shelf;
	}
	shelf->nr_workers = nr;
	call_workers(shelf);
}

static struct page *shelf_take(struct shelf *shelf)
{
	struct page *block;
	bool was_full;

	spin_lock(&shelf->lock);
	was_full = is_full(shelf);
	block = list_first_entry_or_null(&shelf->ready, struct page, lru);
	if (block) {
		list_del(&block->lru);
		shelf->nr_ready--;
	} else if (shelf->nr_wanted) {
		shelf->nr_wanted--;	/* the caller makes it */
	}
	spin_unlock(&shelf->lock);
	if (block && was_full)
		call_workers(shelf);
	return block;
}

static void stop_workers(struct aoipool_supply *supply)
{
	unsigned int nid, i;

	WRITE_ONCE(supply->is_over, true);
	for (nid = 0; nid < nr_node_ids; nid++)
		for (i = 0; i < supply->shelves[nid].nr_workers; i++)
			cancel_work_sync(&supply->shelves[nid].workers[i].work);
}

/**
 * aoipool_supply_take() - a clean block of a node, made ahead or made now
 * @supply: the caller's own
 * @nid: the node; one that the caller may have memory of
 *
 * Return: the block, charged, the caller's; or as aoipool_depot_get() with
 * AOIPOOL_EFFORT_LIGHT, and the workers have nothing either.
 */
struct page *aoipool_supply_take(struct aoipool_supply *supply, int nid)
{
	struct shelf *shelf = &supply->shelves[nid];
	struct page *block, *last;

	if (!shelf->nr_workers)
		hire_workers(shelf);
	block = shelf_take(shelf);
	if (block)
		return block;
	block = aoipool_populate_bring(supply->pool, nid, AOIPOOL_EFFORT_LIGHT);
	if (!IS_ERR(block))
		return block;
	/* what was missing may be what they were just about to put there */
	stop_workers(supply);
	last = shelf_take(shelf);
	return last ?: block;
}

/**
 * aoipool_supply_order() - that many blocks are going to be taken
 * @supply: the caller's own, of which nothing was taken yet
 * @nid: the node
 * @nr_blocks: added to what was ordered before
 */
void aoipool_supply_order(struct aoipool_supply *supply, int nid, u32 nr_blocks)
{
	supply->shelves[nid].nr_wanted += nr_blocks;
}

/**
 * aoipool_supply_create() - a supply on the caller's account
 * @pool: for whom
 *
 * Return: the supply, the caller's, without workers until the first block is
 * taken; NULL: no memory for it.
 */
struct aoipool_supply *aoipool_supply_create(struct aoipool_pool *pool)
{
	struct aoipool_supply *supply;
	unsigned int nid;

	supply = kvzalloc(struct_size(supply, shelves, nr_node_ids),
			  GFP_KERNEL_ACCOUNT);
	if (!supply)
		return NULL;
	for (nid = 0; nid < nr_node_ids; nid++) {
		spin_lock_init(&supply->shelves[nid].lock);
		INIT_LIST_HEAD(&supply->shelves[nid].ready);
		supply->shelves[nid].supply = supply;
		supply->shelves[nid].nid = nid;
	}
	supply->pool = pool;
	supply->memcg = aoipool_charge_payer();
	return supply;
}

/* Nobody has a use for what was made ahead and not taken. */
static void clear_out(struct shelf *shelf)
{
	struct page *block, *next;

	list_for_each_entry_safe(block, next, &shelf->ready, lru) {
		list_del(&block->lru);
		aoipool_block_free(block);
	}
}

void aoipool_supply_destroy(struct aoipool_supply *supply)
{
	unsigned int nid;

	stop_workers(supply);
	for (nid = 0; nid < nr_node_ids; nid++)
		clear_out(&supply->shelves[nid]);
	mem_cgroup_put(supply->memcg);
	kvfree(supply);
}

/* However many callers there are: no more workers at once than CPUs. */
int aoipool_supply_init(void)
{
	aoipool_supply_workers = populate_workers;
	workers = alloc_workqueue("aoipool_supply", WQ_UNBOUND,
				  num_possible_cpus());
	return workers ? 0 : -ENOMEM;
}

void aoipool_supply_exit(void)
{
	destroy_workqueue(workers);
}
