// SPDX-License-Identifier: GPL-2.0-only
/*
 * Charges: what is known of the page allocator's bookkeeping for memory cgroups.
 *
 * A block's charge is made by the page allocator (__GFP_ACCOUNT) and travels
 * with the page; no charging function is open to modules.  A block from the
 * depot was allocated by a worker, for nobody.  It is handed out by moving the
 * charge of a freshly allocated, uncleared block over to it: the caller gets the
 * clean block, the depot the dirty one, and the books stay right.
 *
 * That needs an allocator that can leave a block uncleared.  With init_on_alloc,
 * which many distributions switch on, it cannot: its block is as clean as the
 * depot's, and the depot serves those to whom nothing is charged.
 */
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/page_counter.h>
#include <linux/sched.h>
#include "block.h"
#include "charge.h"

#ifdef CONFIG_MEMCG
/* Whom an allocation of this task is charged to; the root cgroup never is. */
static struct mem_cgroup *payer(void)
{
	if (mem_cgroup_disabled() || !memcg_kmem_online())
		return NULL;
	return current->active_memcg ?: mem_cgroup_from_task(current);
}

/**
 * aoipool_charge_is_due() - whether an allocation by this task is charged at all
 *
 * Not in the root cgroup, and not where the kernel was told not to account
 * kernel memory.
 */
bool aoipool_charge_is_due(void)
{
	struct mem_cgroup *memcg;
	bool due;

	rcu_read_lock();
	memcg = payer();
	due = memcg && parent_mem_cgroup(memcg);
	rcu_read_unlock();
	return due;
}

static bool fits_within(struct mem_cgroup *memcg, unsigned long nr_blocks,
			bool high_too)
{
	unsigned long bound = READ_ONCE(memcg->memory.max);

	if (high_too)
		bound = min(bound, READ_ONCE(memcg->memory.high));
	return page_counter_read(&memcg->memory) +
		       nr_blocks * AOIPOOL_BLOCK_PAGES <=
	       bound;
}

/* From @memcg upwards; under RCU. */
static struct mem_cgroup *first_full(struct mem_cgroup *memcg,
				     unsigned long nr_blocks, bool high_too)
{
	while (memcg && fits_within(memcg, nr_blocks, high_too))
		memcg = parent_mem_cgroup(memcg);
	return memcg;
}

/**
 * aoipool_charge_fits() - whether so much more would be within all limits
 * @nr_blocks: how much
 *
 * Asked after a refusal: was it the node, or the charge?  (Of cgroup v1 the limit
 * on memory and swap together is not looked at.)
 */
bool aoipool_charge_fits(unsigned long nr_blocks)
{
	bool fits;

	rcu_read_lock();
	fits = !first_full(payer(), nr_blocks, false);
	rcu_read_unlock();
	return fits;
}

/**
 * aoipool_charge_is_calm() - whether so much more would not be felt either
 * @nr_blocks: how much
 *
 * Beyond memory.high it is the task that is charged that is slowed down, on its
 * way back to user space, which a worker never takes.
 */
bool aoipool_charge_is_calm(unsigned long nr_blocks)
{
	bool calm;

	rcu_read_lock();
	calm = !first_full(payer(), nr_blocks, true);
	rcu_read_unlock();
	return calm;
}

/**
 * aoipool_charge_full() - whose limit does not allow so much more
 * @nr_blocks: how much
 *
 * Return: the lowest such cgroup, with a reference, for mem_cgroup_put(); NULL:
 * it fits.
 */
struct mem_cgroup *aoipool_charge_full(unsigned long nr_blocks)
{
	struct mem_cgroup *memcg;

	rcu_read_lock();
	do
		memcg = first_full(payer(), nr_blocks, false);
	while (memcg && !css_tryget(&memcg->css));
	rcu_read_unlock();
	return memcg;
}

/**
 * aoipool_charge_felt() - who would feel so much more
 * @memcg: charged to this one
 * @nr_blocks: how much
 *
 * Return: the lowest from @memcg upwards that would be beyond its memory.max or
 * memory.high, for as long as RCU keeps it; NULL: nobody.
 */
struct mem_cgroup *aoipool_charge_felt(struct mem_cgroup *memcg,
				       unsigned long nr_blocks)
{
	return first_full(memcg, nr_blocks, true);
}

/**
 * aoipool_charge_payer() - whom this task's allocations are charged to
 *
 * Not always the owner of its memory: threads may be in cgroups of their own.
 *
 * Return: with a reference, for mem_cgroup_put(); NULL: nobody pays.
 */
struct mem_cgroup *aoipool_charge_payer(void)
{
	struct mem_cgroup *memcg;

	rcu_read_lock();
	do
		memcg = payer();
	while (memcg && !css_tryget(&memcg->css));
	rcu_read_unlock();
	return memcg;
}

/**
 * aoipool_charge_move() - let the books follow the memory
 * @from: a block nobody else knows, charged or not; is uncharged afterwards
 * @to: an uncharged block of the same node that nobody else knows
 *
 * The page allocator uncharges by what it finds in the page it is given back,
 * so a charge moves by moving that field.
 */
void aoipool_charge_move(struct page *from, struct page *to)
{
	struct folio *src = page_folio(from), *dst = page_folio(to);

	VM_WARN_ON_ONCE(dst->memcg_data);
	dst->memcg_data = src->memcg_data;
	src->memcg_data = 0;
}

/**
 * aoipool_charge_objcg() - what stands in a block for its cgroup
 * @block: one that does not change its charge
 *
 * It stays the same when the cgroup is removed and its charges go to the parent.
 *
 * Return: with the block's reference; NULL: it is charged to nobody.
 */
struct obj_cgroup *aoipool_charge_objcg(struct page *block)
{
	struct folio *folio = page_folio(block);

	return folio->memcg_data ? folio_objcg(folio) : NULL;
}

void aoipool_charge_get(struct obj_cgroup *objcg)
{
	obj_cgroup_get(objcg);
}

/* The cgroup that it stands for now, for as long as RCU keeps it. */
struct mem_cgroup *aoipool_charge_memcg(struct obj_cgroup *objcg)
{
	return obj_cgroup_memcg(objcg);
}

/* The same with a reference, for mem_cgroup_put(). */
struct mem_cgroup *aoipool_charge_get_memcg(struct obj_cgroup *objcg)
{
	return get_mem_cgroup_from_objcg(objcg);
}

/* Whatever the limits of @top bound, @top included. */
bool aoipool_charge_is_below(struct mem_cgroup *memcg, struct mem_cgroup *top)
{
	return mem_cgroup_is_descendant(memcg, top);
}
#else
bool aoipool_charge_is_due(void)
{
	return false;
}

bool aoipool_charge_fits(unsigned long nr_blocks)
{
	return true;
}

bool aoipool_charge_is_calm(unsigned long nr_blocks)
{
	return true;
}

struct mem_cgroup *aoipool_charge_full(unsigned long nr_blocks)
{
	return NULL;
}

struct mem_cgroup *aoipool_charge_felt(struct mem_cgroup *memcg,
				       unsigned long nr_blocks)
{
	return NULL;
}

struct mem_cgroup *aoipool_charge_payer(void)
{
	return NULL;
}

void aoipool_charge_move(struct page *from, struct page *to)
{
}

struct obj_cgroup *aoipool_charge_objcg(struct page *block)
{
	return NULL;
}

void aoipool_charge_get(struct obj_cgroup *objcg)
{
}

struct mem_cgroup *aoipool_charge_memcg(struct obj_cgroup *objcg)
{
	return NULL;
}

struct mem_cgroup *aoipool_charge_get_memcg(struct obj_cgroup *objcg)
{
	return NULL;
}

bool aoipool_charge_is_below(struct mem_cgroup *memcg, struct mem_cgroup *top)
{
	return false;
}
#endif
