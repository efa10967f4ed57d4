// SPDX-License-Identifier: GPL-2.0-only
/*
 * The depot keeps clearing off the path of whoever touches memory first.
 *
 * Each node has a store of clean blocks, and each CPU a short list of its own
 * in front of its node's store.  Below its low watermark a worker fills the store
 * up to the high one, with what the page allocator has lying free; it
 * never makes the kernel reclaim for it.
 *
 * Who is charged for nothing gets a clean block as it is.  Who is charged gets
 * one in trade for a dirty block with a charge, where the page allocator makes
 * dirty ones, else a block that the allocator cleared (see charge.c).  Blocks that
 * were traded in wait on the dirty list until the worker has cleared them.
 *
 * The depot is empty while there are no pools, and the shrinker may empty it at
 * any time: what it keeps is a convenience.
 */
#include <linux/cpumask.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/nodemask.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/topology.h>
#include <linux/workqueue.h>
#include "block.h"
#include "charge.h"
#include "clear.h"
#include "depot.h"
#include "payer.h"

/* A CPU populates a frame of about this many blocks between two refills. */
#define CPU_BLOCKS		4

/* 64 MiB a node: about one frame of a large camera, and 16 MiB as the alarm. */
#define DEFAULT_HIGH_BLOCKS	32
#define DEFAULT_LOW_BLOCKS	8

/* A worker that somebody waits for at the module's bound: some milliseconds. */
#define REFILL_BATCH		16

/* Not before whoever was short of memory has had the time to use it. */
#define REFILL_PAUSE		HZ

/* The lists of blocks are linked through page->lru; the blocks are ours. */
struct depot_node {
	spinlock_t lock;		/* protects the next five */
	struct list_head clean;
	struct list_head dirty;
	unsigned int nr_clean;
	unsigned int nr_dirty;
	bool filling;			/* from low up to high, not in between */
	unsigned long refill_after;	/* jiffies; read and written as one */
	enum aoipool_keep keep;		/* the same; what the level leaves it */
	unsigned int watermarks[2];	/* the same; by enum aoipool_watermark */
	int nid;
	struct work_struct work;
};

struct depot_cpu {
	spinlock_t lock;		/* protects the list; outside of the node's */
	struct list_head clean;
	unsigned int nr_clean;
};

static struct depot_node *nodes;	/* nr_node_ids of them */
static DEFINE_PER_CPU(struct depot_cpu, cpus);
static struct workqueue_struct *workers;
static atomic_long_t total;

static DEFINE_MUTEX(users_lock);	/* protects users, orders open and close */
static unsigned int users;
static bool is_open;

/* To begin with, on each node. */
static unsigned int depot_high_blocks = DEFAULT_HIGH_BLOCKS;
static unsigned int depot_low_blocks = DEFAULT_LOW_BLOCKS;

static unsigned int high_of(const struct depot_node *node)
{
	return READ_ONCE(node->watermarks[AOIPOOL_DEPOT_HIGH]);
}

/* They can be written in any order: a low one above the high one counts as that. */
static unsigned int low_of(const struct depot_node *node)
{
	return min(READ_ONCE(node->watermarks[AOIPOOL_DEPOT_LOW]),
		   high_of(node));
}

/* What the store of a node may have, and below which it is filled up to that. */
static unsigned int most_of(const struct depot_node *node)
{
	switch (READ_ONCE(node->keep)) {
	case AOIPOOL_KEEP_HIGH:
		return high_of(node);
	case AOIPOOL_KEEP_LOW:
		return low_of(node);
	default:
		return 0;
	}
}

static unsigned int least_of(const struct depot_node *node)
{
	return min(low_of(node), most_of(node));
}

u64 aoipool_depot_blocks(void)
{
	return atomic_long_read(&total);
}

static void push(struct list_head *list, unsigned int *nr, struct page *block)
{
	list_add(&block->lru, list);
	(*nr)++;
}

static struct page *pop(struct list_head *list, unsigned int *nr)
{
	struct page *block = list_first_entry_or_null(list, struct page, lru);

	if (block) {
		list_del(&block->lru);
		(*nr)--;
	}
	return block;
}

static void kick(struct depot_node *node)
{
	bool wanted;

	spin_lock(&node->lock);
	if (node->nr_clean < least_of(node))
		node->filling = true;
	wanted = node->filling || node->nr_dirty;
	spin_unlock(&node->lock);
	if (wanted && READ_ONCE(is_open))
		queue_work_node(node->nid, workers, &node->work);
}

static void cpu_refill(struct depot_cpu *cpu, struct depot_node *node)
{
	struct page *block;

	lockdep_assert_held(&cpu->lock);
	spin_lock(&node->lock);
	while (cpu->nr_clean < CPU_BLOCKS) {
		block = pop(&node->clean, &node->nr_clean);
		if (!block)
			break;
		push(&cpu->clean, &cpu->nr_clean, block);
	}
	spin_unlock(&node->lock);
}

static struct page *take_from_cpu(struct depot_cpu *cpu,
				  struct depot_node *node)
{
	struct page *block;

	spin_lock(&cpu->lock);
	if (!cpu->nr_clean)
		cpu_refill(cpu, node);
	block = pop(&cpu->clean, &cpu->nr_clean);
	spin_unlock(&cpu->lock);
	return block;
}

static struct page *take_from_node(struct depot_node *node)
{
	struct page *block;

	spin_lock(&node->lock);
	block = pop(&node->clean, &node->nr_clean);
	spin_unlock(&node->lock);
	return block;
}

/* Migrating between the two steps costs a remote list, nothing else. */
static struct page *take_clean(int nid)
{
	int cpu = raw_smp_processor_id();
	struct page *block;

	if (cpu_to_node(cpu) == nid)
		block = take_from_cpu(per_cpu_ptr(&cpus, cpu), &nodes[nid]);
	else
		block = take_from_node(&nodes[nid]);
	if (block)
		atomic_long_dec(&total);
	return block;
}

static void give_dirty(struct depot_node *node, struct page *block)
{
	atomic_long_inc(&total);
	spin_lock(&node->lock);
	push(&node->dirty, &node->nr_dirty, block);
	spin_unlock(&node->lock);
}

static struct page *take_from_node_any(struct depot_node *node)
{
	struct page *block;

	spin_lock(&node->lock);
	block = pop(&node->dirty, &node->nr_dirty);
	if (!block)
		block = pop(&node->clean, &node->nr_clean);
	spin_unlock(&node->lock);
	return block;
}

static struct page *take_from_cpu_any(struct depot_cpu *cpu)
{
	struct page *block;

	if (!READ_ONCE(cpu->nr_clean))
		return NULL;
	spin_lock(&cpu->lock);
	block = pop(&cpu->clean, &cpu->nr_clean);
	spin_unlock(&cpu->lock);
	return block;
}

/*
 * Any block of a node, the least useful first.  A CPU that went offline keeps
 * its list until this or the end of the last pool empties it, hence all
 * possible CPUs.
 */
static struct page *take_any(int nid)
{
	struct page *block = take_from_node_any(&nodes[nid]);
	int cpu;

	for_each_possible_cpu(cpu) {
		if (block)
			break;
		if (cpu_to_node(cpu) == nid)
			block = take_from_cpu_any(per_cpu_ptr(&cpus, cpu));
	}
	if (block)
		atomic_long_dec(&total);
	return block;
}

static struct page *take_any_of_all(void)
{
	struct page *block = NULL;
	int nid;

	for_each_node_state(nid, N_MEMORY) {
		block = take_any(nid);
		if (block)
			break;
	}
	return block;
}

/* At the bound a block in a worker's hands counts, too: let them finish. */
static struct page *take_last_of_all(void)
{
	struct page *block = take_any_of_all();
	int nid;

	if (block)
		return block;
	for_each_node_state(nid, N_MEMORY)
		flush_work(&nodes[nid].work);
	return take_any_of_all();
}

/*
 * What the depot holds is no use to a caller who is to be charged for it, but
 * exchanged with the page allocator it is: so the depot also helps when the
 * node is out of free blocks or the module at its bound.  It is not spent on a
 * caller whose cgroup is full.
 */
static struct page *alloc_charged(int nid, enum aoipool_effort effort,
				  bool clean)
{
	struct page *block, *old = NULL;

	/* the allocator would clear a block before it finds out */
	if (effort == AOIPOOL_EFFORT_LIGHT && !aoipool_charge_fits(1))
		return ERR_PTR(-EDQUOT);
	block = aoipool_block_alloc(nid, AOIPOOL_EFFORT_LIGHT, clean);
	if (!IS_ERR(block))
		return block;
	if (PTR_ERR(block) == -ENOSPC)
		old = take_last_of_all();
	else if (aoipool_charge_fits(1))
		old = take_any(nid);
	if (old)
		block = aoipool_block_exchange(old, nid, effort, clean);
	else if (effort != AOIPOOL_EFFORT_LIGHT)
		block = aoipool_block_alloc(nid, effort, clean);
	if (block == ERR_PTR(-ENOMEM) && !aoipool_charge_fits(1))
		return ERR_PTR(-EDQUOT);
	return block;
}

/* Does it make sense to ask for a dirty block and trade it for a clean one? */
static bool can_trade(struct depot_node *node)
{
	return !aoipool_blocks_come_clean() && READ_ONCE(node->nr_clean);
}

static struct page *trade(struct depot_node *node, struct page *dirty)
{
	struct page *clean = take_clean(node->nid);

	if (!clean) {
		aoipool_clear_block(dirty);
		return dirty;
	}
	aoipool_charge_move(dirty, clean);
	give_dirty(node, dirty);
	return clean;
}

static struct page *get_charged(struct depot_node *node,
				enum aoipool_effort effort)
{
	bool dirty = can_trade(node);
	struct page *block;

	block = alloc_charged(node->nid, effort, !dirty);
	return dirty && !IS_ERR(block) ? trade(node, block) : block;
}

static struct page *with_payer(struct page *block)
{
	int err = aoipool_payer_join(block);

	if (!err)
		return block;
	aoipool_block_free(block);
	return ERR_PTR(err);
}

/**
 * aoipool_depot_get() - a clean block of a node, charged to the caller
 * @nid: the node; no other one will do
 * @effort: AOIPOOL_EFFORT_LIGHT for what is there, AOIPOOL_EFFORT_FULL to make
 *	the kernel reclaim; may sleep in any case
 *
 * Return: the block with one reference, the caller's;
 * ERR_PTR(-ENOSPC): the module's bound is reached;
 * ERR_PTR(-ENOMEM): the node has no free block;
 * ERR_PTR(-EDQUOT): it has, but the caller's memory cgroup is full.
 */
struct page *aoipool_depot_get(int nid, enum aoipool_effort effort)
{
	struct depot_node *node = &nodes[nid];
	struct page *block = NULL;

	if (!aoipool_charge_is_due())
		block = take_clean(nid);
	if (!block)
		block = get_charged(node, effort);
	if (!IS_ERR(block))
		block = with_payer(block);
	if (IS_ERR(block))
		aoipool_depot_pause(nid);
	else
		kick(node);
	return block;
}

/*
 * Blocks of a node, those of CPUs that went offline too, as take_any() finds them:
 * not exact while others move them.
 */
unsigned long aoipool_depot_count(int nid)
{
	struct depot_node *node = &nodes[nid];
	unsigned long nr = READ_ONCE(node->nr_clean) + READ_ONCE(node->nr_dirty);
	int cpu;

	for_each_possible_cpu(cpu)
		if (cpu_to_node(cpu) == nid)
			nr += READ_ONCE(per_cpu_ptr(&cpus, cpu)->nr_clean);
	return nr;
}

static void free_block(struct page *block)
{
	atomic_long_dec(&total);
	aoipool_block_free(block);
}

/**
 * aoipool_depot_reclaim() - give blocks of a node back to the page allocator
 * @nid: the node
 * @nr_blocks: at most so many
 *
 * Called from reclaim: nothing is allocated here or under the depot's locks, so
 * taking them cannot wait for memory.
 *
 * Return: how many.
 */
unsigned long aoipool_depot_reclaim(int nid, unsigned long nr_blocks)
{
	unsigned long done = 0;
	struct page *block;

	while (done < nr_blocks && (block = take_any(nid))) {
		aoipool_block_free(block);
		done++;
		cond_resched();	/* a depot may have 128 GiB */
	}
	return done;
}

/*
 * Somebody is short of memory on the node: the worker would take what they are
 * being given.
 */
void aoipool_depot_pause(int nid)
{
	WRITE_ONCE(nodes[nid].refill_after, jiffies + REFILL_PAUSE);
}

static void reclaim_all(void)
{
	int nid;

	for (nid = 0; nid < nr_node_ids; nid++)
		aoipool_depot_reclaim(nid, ULONG_MAX);
}

/* Whether the store is to grow now; ends the filling that kick() began. */
static bool wants_more(struct depot_node *node)
{
	bool more;

	spin_lock(&node->lock);
	if (node->nr_clean >= most_of(node))
		node->filling = false;
	more = node->filling &&
	       time_after(jiffies, READ_ONCE(node->refill_after));
	spin_unlock(&node->lock);
	return more;
}

static struct page *take_dirty(struct depot_node *node)
{
	struct page *block;

	spin_lock(&node->lock);
	block = pop(&node->dirty, &node->nr_dirty);
	spin_unlock(&node->lock);
	if (block)
		aoipool_clear_block(block);
	return block;
}

static struct page *take_new(struct depot_node *node)
{
	struct page *block;

	if (!wants_more(node))
		return NULL;
	block = aoipool_block_alloc(node->nid, AOIPOOL_EFFORT_BACKGROUND,
				    true);
	if (IS_ERR(block))
		return NULL;
	atomic_long_inc(&total);
	return block;
}

static void give_clean(struct depot_node *node, struct page *block)
{
	bool surplus;

	spin_lock(&node->lock);
	surplus = node->nr_clean >= most_of(node);
	if (!surplus)
		push(&node->clean, &node->nr_clean, block);
	spin_unlock(&node->lock);
	if (surplus)
		free_block(block);
}

/* One more clean block for the store; false: there is nothing to do. */
static bool refill_one(struct depot_node *node)
{
	struct page *block = take_dirty(node);

	if (!block)
		block = take_new(node);
	if (block)
		give_clean(node, block);
	return block;
}

/* A few at a time, so that flush_work() has an end. */
static void refill(struct work_struct *work)
{
	struct depot_node *node = container_of(work, struct depot_node, work);
	int left = REFILL_BATCH;

	while (READ_ONCE(is_open) && refill_one(node)) {
		if (--left)
			continue;
		queue_work_node(node->nid, workers, &node->work);
		break;
	}
}

static void kick_all(void)
{
	int nid;

	for_each_node_state(nid, N_MEMORY)
		kick(&nodes[nid]);
}

static void end_pauses(void)
{
	int nid;

	for (nid = 0; nid < nr_node_ids; nid++)
		WRITE_ONCE(nodes[nid].refill_after, jiffies - 1);
}

/* The first pool is about to exist: start filling. */
void aoipool_depot_open(void)
{
	mutex_lock(&users_lock);
	if (!users++) {
		end_pauses();
		WRITE_ONCE(is_open, true);
		kick_all();
	}
	mutex_unlock(&users_lock);
}

static void stop_workers(void)
{
	int nid;

	WRITE_ONCE(is_open, false);
	for (nid = 0; nid < nr_node_ids; nid++)
		cancel_work_sync(&nodes[nid].work);
}

/* The last pool is gone, all its blocks too: keep nothing. */
void aoipool_depot_close(void)
{
	mutex_lock(&users_lock);
	if (!--users) {
		stop_workers();
		reclaim_all();
	}
	mutex_unlock(&users_lock);
}

static void give_surplus(int nid)
{
	unsigned long most = most_of(&nodes[nid]);
	unsigned long nr = aoipool_depot_count(nid);

	if (nr > most)
		aoipool_depot_reclaim(nid, nr - most);
}

/**
 * aoipool_depot_keep() - what the level of a node leaves the depot
 * @nid: the node
 * @keep: from now on
 *
 * Only for the governor.
 */
void aoipool_depot_keep(int nid, enum aoipool_keep keep)
{
	struct depot_node *node = &nodes[nid];

	if (node->keep == keep)
		return;
	WRITE_ONCE(node->keep, keep);
	give_surplus(nid);
	spin_lock(&node->lock);
	node->filling = node->nr_clean < most_of(node);
	spin_unlock(&node->lock);
	kick(node);
}

unsigned int aoipool_depot_watermark(int nid, enum aoipool_watermark which)
{
	return READ_ONCE(nodes[nid].watermarks[which]);
}

/**
 * aoipool_depot_set_watermark() - what a node's depot keeps from now on
 * @nid: the node
 * @which: the high one is what it is filled up to, the low one below what
 * @blocks: AOIPOOL_DEPOT_MAX_BLOCKS at most
 *
 * What is above a lower high one is given back at once; what is below a higher low
 * one is brought in the background.
 */
void aoipool_depot_set_watermark(int nid, enum aoipool_watermark which,
				 unsigned int blocks)
{
	struct depot_node *node = &nodes[nid];

	WRITE_ONCE(node->watermarks[which], blocks);
	give_surplus(nid);
	kick(node);
}

static int set_watermark(const char *val, const struct kernel_param *kp)
{
	return param_set_uint_minmax(val, kp, 0, AOIPOOL_DEPOT_MAX_BLOCKS);
}

static const struct kernel_param_ops watermark_ops = {
	.set = set_watermark,
	.get = param_get_uint,
};

module_param_cb(depot_high_blocks, &watermark_ops, &depot_high_blocks, 0444);
MODULE_PARM_DESC(depot_high_blocks,
		 "Clean 2 MiB blocks kept per node, to begin with");
module_param_cb(depot_low_blocks, &watermark_ops, &depot_low_blocks, 0444);
MODULE_PARM_DESC(depot_low_blocks,
		 "Clean 2 MiB blocks per node below which the worker refills, to begin with");

static void node_init(struct depot_node *node, int nid)
{
	spin_lock_init(&node->lock);
	INIT_LIST_HEAD(&node->clean);
	INIT_LIST_HEAD(&node->dirty);
	INIT_WORK(&node->work, refill);
	node->nid = nid;
	node->keep = AOIPOOL_KEEP_HIGH;
	node->watermarks[AOIPOOL_DEPOT_LOW] = depot_low_blocks;
	node->watermarks[AOIPOOL_DEPOT_HIGH] = depot_high_blocks;
	node->refill_after = jiffies - 1;
}

static void cpu_list_init(struct depot_cpu *cpu)
{
	spin_lock_init(&cpu->lock);
	INIT_LIST_HEAD(&cpu->clean);
}

int aoipool_depot_init(void)
{
	struct depot_node *made;
	int i;

	workers = alloc_workqueue("aoipool_depot", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	if (!workers)
		return -ENOMEM;
	made = kcalloc(nr_node_ids, sizeof(*made), GFP_KERNEL);
	if (!made) {
		destroy_workqueue(workers);
		return -ENOMEM;
	}
	for (i = 0; i < nr_node_ids; i++)
		node_init(&made[i], i);
	for_each_possible_cpu(i)
		cpu_list_init(per_cpu_ptr(&cpus, i));
	nodes = made;
	return 0;
}

void aoipool_depot_exit(void)
{
	destroy_workqueue(workers);
	kfree(nodes);
}
