// SPDX-License-Identifier: GPL-2.0-only
/*
 * Payers: what is charged to whom, so that a cgroup at its limit gets back what
 * lies idle on its own account, and nothing of anybody else's.
 *
 * A payer is one cgroup on one node.  It comes with the first block charged
 * there and goes with the last, and each block that is a pool's or on its way
 * into one knows its payer.  Blocks that are charged to nobody have one, too.
 *
 * For a cgroup's limit the kernel calls only shrinkers that have said they have
 * something of that cgroup on that node.  The one way for a module to say so is
 * to put an object of the cgroup on a list_lru: hence the beacon, an entry on a
 * list that nobody ever walks.  Where a cgroup is removed, the core hands its
 * charges and its entries to the parent, so both are found there.
 */
#include <linux/jiffies.h>
#include <linux/list_lru.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/rculist.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include "charge.h"
#include "payer.h"

/* Never the OOM killer's business: who cannot have it is refused. */
#define PAYER_GFP	(GFP_KERNEL | __GFP_RETRY_MAYFAIL | __GFP_NOWARN)

/* More than is charged at once: a huge page, and the stock of a CPU. */
#define ROOM_BLOCKS	2

/* One reclaim for a limit is over by then, on all nodes. */
#define RELIEF		(2 * HZ)

/**
 * struct aoipool_payer - one cgroup on one node
 * @link: in payers
 * @beacon: on the list_lru; tells by where the payer lies in memory of which
 *	node it speaks, and by whom it is charged to of which cgroup
 * @objcg: what stands in the blocks, with a reference; NULL: nobody pays
 * @nr_blocks: charged; not 0 while the payer can be found
 * @nid: the node
 * @pressed: jiffies when a limit above was last seen to be short of room
 * @rcu: readers may still be at it when it goes
 */
struct aoipool_payer {
	struct list_head link;
	struct list_head beacon;
	struct obj_cgroup *objcg;
	atomic_t nr_blocks;
	int nid;
	unsigned long pressed;
	struct rcu_head rcu;
};

static LIST_HEAD(payers);		/* read under RCU */
static DEFINE_SPINLOCK(payers_lock);	/* protects changes of it, nr_payers */
static unsigned int nr_payers;
static struct aoipool_payer *nobody;	/* nr_node_ids of them, in no list */
static struct kmem_cache *cache;
static struct list_lru beacons;

module_param_named(payers, nr_payers, uint, 0444);
MODULE_PARM_DESC(payers,
		 "Cgroups, once for each node, that blocks are charged to");

static bool is_root(struct mem_cgroup *memcg)
{
	return !memcg || !parent_mem_cgroup(memcg);
}

/* Under RCU; NULL: nobody.  Changes when the cgroup is removed. */
static struct mem_cgroup *memcg_of(const struct aoipool_payer *payer)
{
	return payer->objcg ? aoipool_charge_memcg(payer->objcg) : NULL;
}

static bool is_of(const struct aoipool_payer *payer,
		  const struct aoipool_account *account)
{
	struct mem_cgroup *memcg = memcg_of(payer);

	if (is_root(memcg) || is_root(account->memcg))
		return is_root(memcg) && is_root(account->memcg);
	return memcg == account->memcg ||
	       (account->below_too &&
		aoipool_charge_is_below(memcg, account->memcg));
}

static struct aoipool_payer *find(const struct obj_cgroup *objcg, int nid)
{
	struct aoipool_payer *payer;

	lockdep_assert_held(&payers_lock);
	list_for_each_entry(payer, &payers, link) {
		if (payer->objcg != objcg || payer->nid != nid)
			continue;
		atomic_inc(&payer->nr_blocks);
		return payer;
	}
	return NULL;
}

static struct aoipool_payer *get_known(const struct obj_cgroup *objcg, int nid)
{
	struct aoipool_payer *payer;

	spin_lock(&payers_lock);
	payer = find(objcg, nid);
	spin_unlock(&payers_lock);
	return payer;
}

/*
 * The list_lru has no place for a cgroup before an object is allocated for it,
 * and then on no node of our choice: hence one for the place and one to keep.
 */
static struct aoipool_payer *alloc_in(struct mem_cgroup *memcg, int nid)
{
	struct mem_cgroup *old = set_active_memcg(memcg);
	struct aoipool_payer *first, *payer = NULL;

	first = kmem_cache_alloc_lru(cache, &beacons, PAYER_GFP);
	if (first)
		payer = kmem_cache_alloc_node(cache, PAYER_GFP | __GFP_THISNODE,
					      nid);
	if (first)
		kmem_cache_free(cache, first);
	set_active_memcg(old);
	return payer;
}

/* With one block, for its maker, and not to be found yet. */
static struct aoipool_payer *make(struct obj_cgroup *objcg, int nid)
{
	struct mem_cgroup *memcg = aoipool_charge_get_memcg(objcg);
	struct aoipool_payer *payer = alloc_in(memcg, nid);

	mem_cgroup_put(memcg);
	if (!payer)
		return NULL;
	aoipool_charge_get(objcg);
	payer->objcg = objcg;
	payer->nid = nid;
	payer->pressed = jiffies - RELIEF;
	atomic_set(&payer->nr_blocks, 1);
	list_lru_add_obj(&beacons, &payer->beacon);
	return payer;
}

static void free_in_time(struct rcu_head *rcu)
{
	kmem_cache_free(cache, container_of(rcu, struct aoipool_payer, rcu));
}

/* Of a payer that can no longer be found. */
static void discard(struct aoipool_payer *payer)
{
	list_lru_del_obj(&beacons, &payer->beacon);
	obj_cgroup_put(payer->objcg);
	call_rcu(&payer->rcu, free_in_time);
}

/* The one that is known: @made, or what somebody else made meanwhile. */
static struct aoipool_payer *publish(struct aoipool_payer *made)
{
	struct aoipool_payer *payer;

	spin_lock(&payers_lock);
	payer = find(made->objcg, made->nid);
	if (!payer) {
		payer = made;
		list_add_rcu(&made->link, &payers);
		nr_payers++;
	}
	spin_unlock(&payers_lock);
	return payer;
}

static struct aoipool_payer *payer_get(struct obj_cgroup *objcg, int nid)
{
	struct aoipool_payer *payer = get_known(objcg, nid), *made;

	if (payer)
		return payer;
	made = make(objcg, nid);
	if (!made)
		return NULL;
	payer = publish(made);
	if (payer != made)
		discard(made);
	return payer;
}

static struct aoipool_payer *nobody_get(int nid)
{
	atomic_inc(&nobody[nid].nr_blocks);
	return &nobody[nid];
}

static void payer_put(struct aoipool_payer *payer)
{
	if (!payer->objcg) {
		atomic_dec(&payer->nr_blocks);
		return;
	}
	if (!atomic_dec_and_lock(&payer->nr_blocks, &payers_lock))
		return;
	list_del_rcu(&payer->link);
	nr_payers--;
	spin_unlock(&payers_lock);
	discard(payer);
}

/**
 * aoipool_payer_join() - count a block for whom it is charged to
 * @block: on its way into a pool; its charge stays as it is until
 *	aoipool_payer_leave()
 *
 * Allocates, for a payer that is new.
 *
 * Return: 0; -EDQUOT: the cgroup has no room for the record.
 */
int aoipool_payer_join(struct page *block)
{
	struct obj_cgroup *objcg = aoipool_charge_objcg(block);
	int nid = page_to_nid(block);
	struct aoipool_payer *payer;

	payer = objcg ? payer_get(objcg, nid) : nobody_get(nid);
	if (!payer)
		return -EDQUOT;
	set_page_private(block, (unsigned long)payer);
	return 0;
}

/* Of a block that leaves the module, whether it had a payer or not. */
void aoipool_payer_leave(struct page *block)
{
	struct aoipool_payer *payer = (void *)page_private(block);

	if (!payer)
		return;
	set_page_private(block, 0);
	payer_put(payer);
}

/* Of a block that joined and does not leave meanwhile. */
bool aoipool_payer_is_of(struct page *block,
			 const struct aoipool_account *account)
{
	bool is;

	rcu_read_lock();
	is = is_of((void *)page_private(block), account);
	rcu_read_unlock();
	return is;
}

bool aoipool_account_is_nobodys(const struct aoipool_account *account)
{
	return is_root(account->memcg);
}

/**
 * aoipool_account_blocks() - the blocks of an account
 * @account: whose
 * @nid: on this node
 *
 * Called from reclaim: takes as long as there are payers, and no lock.
 */
unsigned long aoipool_account_blocks(const struct aoipool_account *account,
				     int nid)
{
	struct aoipool_payer *payer;
	unsigned long nr = 0;

	if (is_root(account->memcg))
		nr += atomic_read(&nobody[nid].nr_blocks);
	rcu_read_lock();
	list_for_each_entry_rcu(payer, &payers, link)
		if (payer->nid == nid && is_of(payer, account))
			nr += atomic_read(&payer->nr_blocks);
	rcu_read_unlock();
	return nr;
}

static void mark_pressed(const struct aoipool_account *account)
{
	struct aoipool_payer *payer;

	list_for_each_entry_rcu(payer, &payers, link)
		if (is_of(payer, account))
			WRITE_ONCE(payer->pressed, jiffies);
}

static bool was_pressed(const struct aoipool_account *account)
{
	struct aoipool_payer *payer;

	list_for_each_entry_rcu(payer, &payers, link)
		if (is_of(payer, account) &&
		    time_before(jiffies, READ_ONCE(payer->pressed) + RELIEF))
			return true;
	return false;
}

/* Is a limit above it short of room?  Else it is the host who asks for its blocks. */
bool aoipool_account_is_full(const struct aoipool_account *account)
{
	bool full;

	if (is_root(account->memcg))
		return false;
	rcu_read_lock();
	full = aoipool_charge_felt(account->memcg, ROOM_BLOCKS);
	rcu_read_unlock();
	return full;
}

/**
 * aoipool_account_is_relieved() - has enough been taken for a limit?
 * @account: whose blocks are asked for now
 *
 * A reclaim for a limit does not see what a shrinker gave and asks for more and
 * more, up to all there is.  Once it has begun, everybody below the limit is
 * marked; when there is room again, who is marked has given enough.
 */
bool aoipool_account_is_relieved(const struct aoipool_account *account)
{
	struct aoipool_account full = { .below_too = true };
	bool relieved = false;

	if (is_root(account->memcg))
		return false;
	rcu_read_lock();
	full.memcg = aoipool_charge_felt(account->memcg, ROOM_BLOCKS);
	if (full.memcg)
		mark_pressed(&full);
	else
		relieved = was_pressed(account);
	rcu_read_unlock();
	return relieved;
}

/* A beacon that is free is on no list. */
static void construct(void *object)
{
	struct aoipool_payer *payer = object;

	INIT_LIST_HEAD(&payer->beacon);
}

int aoipool_payer_init(void)
{
	nobody = kcalloc(nr_node_ids, sizeof(*nobody), GFP_KERNEL);
	if (!nobody)
		return -ENOMEM;
	cache = kmem_cache_create("aoipool_payer", sizeof(struct aoipool_payer),
				  0, SLAB_ACCOUNT, construct);
	if (!cache) {
		kfree(nobody);
		return -ENOMEM;
	}
	return 0;
}

void aoipool_payer_exit(void)
{
	rcu_barrier();
	kmem_cache_destroy(cache);
	kfree(nobody);
}

/**
 * aoipool_payer_watch() - have a shrinker called for the payers to come
 * @shrinker: registered; of no use where cgroups are not accounted
 *
 * Return: 0 or -ENOMEM.
 */
int aoipool_payer_watch(struct shrinker *shrinker)
{
	return list_lru_init_memcg(&beacons, shrinker);
}

void aoipool_payer_unwatch(void)
{
	list_lru_destroy(&beacons);
}
