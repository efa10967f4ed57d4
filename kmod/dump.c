// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dumps: nodes, pools, holders and slabs, one by one.
 *
 * A dump is a series of calls, with all the time between them that the asker
 * takes to read.  Nothing is locked in between: a call goes on after the pool
 * that was told last, and with the client or the slab of it that comes next, by
 * their numbers, whatever became of them.  Pools have ascending ids that are never
 * used again, so none that was there throughout is missed or told twice; and so
 * with what is inside of them.  What is created meanwhile is not told: who creates
 * pools faster than somebody reads would give that dump no end.
 *
 * Later calls are made by whoever reads, who need not be who asked: who may see
 * what, and in which namespaces, is settled by the first.
 */
#include <linux/cred.h>
#include <linux/nodemask.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/user_namespace.h>
#include <linux/xarray.h>
#include <net/genetlink.h>
#include "asker.h"
#include "attr.h"
#include "census.h"
#include "client.h"
#include "count.h"
#include "depot.h"
#include "dump.h"
#include "event.h"
#include "holder.h"
#include "memory.h"
#include "netlink.h"
#include "pool.h"
#include "pressure.h"
#include "slab.h"

/**
 * struct dump - how far a dump is, and for whom
 * @pool: the id of the pool that was told last, with all that is inside of it; what
 *	is being told of is the one with the next number, if it is there
 * @last: the id of the last pool to tell
 * @next: the number of the client, or the index of the slab, to go on with there; or
 *	the node
 * @asker: what he may see
 * @cred: the asker's, a reference, for the user namespace
 * @pid: the asker's, a reference, for the pid namespace
 */
struct dump {
	u64 pool;
	u64 last;
	u32 next;
	struct aoipool_asker asker;
	const struct cred *cred;
	struct pid *pid;
};

static struct dump *dump_of(struct netlink_callback *cb)
{
	return (struct dump *)cb->ctx;
}

int aoipool_dump_start(struct netlink_callback *cb)
{
	struct dump *dump = dump_of(cb);

	BUILD_BUG_ON(sizeof(*dump) > sizeof(cb->ctx));
	dump->last = aoipool_pools_last_id();
	aoipool_asker_init(&dump->asker, cb->skb);
	dump->cred = get_current_cred();
	dump->pid = get_pid(task_tgid(current));
	return 0;
}

int aoipool_dump_done(struct netlink_callback *cb)
{
	struct dump *dump = dump_of(cb);

	put_cred(dump->cred);
	put_pid(dump->pid);
	return 0;
}

static bool there_is(const struct aoipool_asker *asker, u64 id)
{
	int srcu = srcu_read_lock(&aoipool_pools_srcu);
	struct aoipool_pool *pool = aoipool_pools_find(id);
	bool seen = false;

	if (pool) {
		mutex_lock(&pool->clients_lock);
		seen = aoipool_asker_sees_pool(asker, pool);
		mutex_unlock(&pool->clients_lock);
	}
	srcu_read_unlock(&aoipool_pools_srcu, srcu);
	return seen;
}

/* A start that fails has no end: aoipool_dump_done() is not called. */
int aoipool_dump_start_slabs(struct netlink_callback *cb)
{
	const struct nlattr *of = aoipool_dump_attrs(cb)[AOIPOOL_A_POOL];
	struct dump *dump = dump_of(cb);
	u64 id = of ? nla_get_u64(of) : 0;
	int err = aoipool_dump_start(cb);

	if (err || !of)
		return err;
	if (!there_is(&dump->asker, id)) {
		aoipool_dump_done(cb);
		return -ENOENT;
	}
	dump->pool = id - 1;
	dump->last = id;
	return 0;
}

/* One answer of a dump: @put what is behind @of, or leave no trace of it. */
static int answer(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd,
		  int (*put)(struct sk_buff *skb, const struct dump *dump,
			     void *of),
		  void *of)
{
	void *head = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
				 cb->nlh->nlmsg_seq, &aoipool_netlink_family,
				 NLM_F_MULTI, cmd);
	int err;

	if (!head)
		return -EMSGSIZE;
	err = put(skb, dump_of(cb), of);
	if (err) {
		genlmsg_cancel(skb, head);
		return err;
	}
	genlmsg_end(skb, head);
	return 0;
}

/* A message that is full is sent, and the dump goes on with the next. */
static int answered(struct sk_buff *skb, int err)
{
	return skb->len ? skb->len : err;
}

static int put_node(struct sk_buff *skb, const struct dump *dump, void *of)
{
	struct aoipool_memory memory;
	int nid = *(int *)of;

	aoipool_memory_of_node(nid, &memory);
	return nla_put_u32(skb, AOIPOOL_A_NODE, nid) ?:
	       nla_put_u32(skb, AOIPOOL_A_LEVEL,
			   aoipool_pressure_of_node(nid)) ?:
	       aoipool_attr_memory(skb, &memory) ?:
	       aoipool_attr_blocks(skb, AOIPOOL_A_POOL_BYTES,
				   aoipool_pools_blocks(nid)) ?:
	       aoipool_attr_blocks(skb, AOIPOOL_A_DEPOT_BYTES,
				   aoipool_depot_count(nid)) ?:
	       aoipool_attr_blocks(skb, AOIPOOL_A_RECLAIMED_BYTES,
				   aoipool_event_reclaimed(nid)) ?:
	       aoipool_attr_blocks(skb, AOIPOOL_A_POPULATED_BYTES,
				   aoipool_count_populated(nid)) ?:
	       aoipool_attr_u64(skb, AOIPOOL_A_FAILURES,
				aoipool_count_failures(nid));
}

int aoipool_dump_nodes(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct dump *dump = dump_of(cb);
	int nid, err;

	for_each_node_state(nid, N_MEMORY) {
		if (nid < dump->next)
			continue;
		err = answer(skb, cb, AOIPOOL_GENL_GET_NODES, put_node, &nid);
		if (err)
			return answered(skb, err);
		dump->next = nid + 1;
	}
	return skb->len;
}

static int put_pool_is(struct sk_buff *skb, const struct dump *dump,
		       struct aoipool_pool *pool)
{
	return aoipool_attr_u64(skb, AOIPOOL_A_POOL, pool->id) ?:
	       nla_put_string(skb, AOIPOOL_A_NAME, pool->name) ?:
	       nla_put_string(skb, AOIPOOL_A_TYPE, pool->type) ?:
	       nla_put_u32(skb, AOIPOOL_A_UID,
			   from_kuid_munged(dump->cred->user_ns, pool->uid)) ?:
	       aoipool_attr_u64(skb, AOIPOOL_A_SLOT_BYTES, pool->slot_bytes) ?:
	       aoipool_attr_blocks(skb, AOIPOOL_A_SLAB_BYTES,
				   pool->slab_blocks) ?:
	       nla_put_u32(skb, AOIPOOL_A_NR_SLABS, pool->nr_slabs) ?:
	       nla_put_u32(skb, AOIPOOL_A_NR_CLIENTS,
			   atomic_read(&pool->nr_clients));
}

static int put_pool_has(struct sk_buff *skb, struct aoipool_pool *pool)
{
	struct aoipool_census census;

	aoipool_census_take(&census, pool);
	return nla_put_u32(skb, AOIPOOL_A_HELD_SLABS, census.held_slabs) ?:
	       nla_put_u32(skb, AOIPOOL_A_PARKED_SLABS, census.parked_slabs) ?:
	       aoipool_attr_blocks(skb, AOIPOOL_A_POOL_BYTES,
				   READ_ONCE(pool->nr_blocks)) ?:
	       aoipool_attr_blocks(skb, AOIPOOL_A_HELD_BYTES,
				   census.held_blocks) ?:
	       aoipool_attr_blocks(skb, AOIPOOL_A_IDLE_BYTES,
				   census.idle_blocks) ?:
	       aoipool_attr_blocks(skb, AOIPOOL_A_RESERVED_BYTES,
				   census.reserved_blocks) ?:
	       aoipool_attr_blocks(skb, AOIPOOL_A_APART_BYTES,
				   census.apart_blocks);
}

static int put_pool_saw(struct sk_buff *skb,
			const struct aoipool_pool_info_page *info)
{
	return nla_put_u32(skb, AOIPOOL_A_LEVEL,
			   READ_ONCE(info->pressure_level)) ?:
	       aoipool_attr_blocks(skb, AOIPOOL_A_RECLAIMED_BYTES,
				   READ_ONCE(info->reclaimed_blocks)) ?:
	       aoipool_attr_u64(skb, AOIPOOL_A_SWEPT_SLABS,
				READ_ONCE(info->swept_slabs)) ?:
	       aoipool_attr_u64(skb, AOIPOOL_A_FAILURES,
				READ_ONCE(info->populate_failures));
}

/* What takes long last: the message may be full before. */
static int put_pool(struct sk_buff *skb, const struct dump *dump, void *of)
{
	struct aoipool_pool *pool = of;

	return put_pool_is(skb, dump, pool) ?:
	       put_pool_saw(skb, pool->info) ?:
	       put_pool_has(skb, pool);
}

/* NULL: there is none to tell any more. */
static struct aoipool_pool *next_pool(const struct dump *dump)
{
	struct aoipool_pool *pool = aoipool_pools_after(dump->pool);

	return pool && pool->id <= dump->last ? pool : NULL;
}

static int tell_pools(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct dump *dump = dump_of(cb);
	struct aoipool_pool *pool;
	int err = 0;

	while (!err && (pool = next_pool(dump))) {
		if (aoipool_asker_sees(&dump->asker, pool->uid))
			err = answer(skb, cb, AOIPOOL_GENL_GET_POOLS, put_pool,
				     pool);
		if (!err)
			dump->pool = pool->id;
		cond_resched();
	}
	return err;
}

int aoipool_dump_pools(struct sk_buff *skb, struct netlink_callback *cb)
{
	int srcu = srcu_read_lock(&aoipool_pools_srcu);
	int err = tell_pools(skb, cb);

	srcu_read_unlock(&aoipool_pools_srcu, srcu);
	return answered(skb, err);
}

static int put_holder(struct sk_buff *skb, const struct dump *dump, void *of)
{
	struct aoipool_client *client = of;

	return aoipool_attr_u64(skb, AOIPOOL_A_POOL, client->pool->id) ?:
	       nla_put_string(skb, AOIPOOL_A_NAME, client->pool->name) ?:
	       nla_put_u32(skb, AOIPOOL_A_CLIENT, client->number) ?:
	       nla_put_u32(skb, AOIPOOL_A_PID,
			   pid_nr_ns(client->pid, ns_of_pid(dump->pid))) ?:
	       nla_put_string(skb, AOIPOOL_A_COMM, client->comm) ?:
	       nla_put_u32(skb, AOIPOOL_A_UID,
			   from_kuid_munged(dump->cred->user_ns,
					    client->uid)) ?:
	       nla_put_u32(skb, AOIPOOL_A_HELD_SLABS, client->held_slabs) ?:
	       aoipool_attr_blocks(skb, AOIPOOL_A_HELD_BYTES,
				   client->held_blocks);
}

static bool may_see_client(const struct dump *dump,
			   const struct aoipool_client *client)
{
	return aoipool_asker_sees(&dump->asker, client->uid) ||
	       aoipool_asker_sees(&dump->asker, client->pool->uid);
}

/* The words of a pool are read for nobody who may not see the answer. */
static int tell_clients(struct sk_buff *skb, struct netlink_callback *cb,
			struct aoipool_pool *pool)
{
	struct dump *dump = dump_of(cb);
	struct aoipool_client *client;
	bool are_counted = false;
	unsigned long number;
	int err;

	lockdep_assert_held(&pool->clients_lock);
	xa_for_each_start(&pool->clients, number, client, dump->next) {
		if (!may_see_client(dump, client))
			continue;
		if (!are_counted)
			aoipool_holders_count(pool);
		are_counted = true;
		err = answer(skb, cb, AOIPOOL_GENL_GET_HOLDERS, put_holder,
			     client);
		if (err)
			return err;
		dump->next = number + 1;
	}
	return 0;
}

/**
 * struct held - a slab that somebody holds
 * @pool: of it
 * @client: the owner that its word names; NULL: nobody has that number
 * @index: of it
 * @word: as it was read
 */
struct held {
	struct aoipool_pool *pool;
	const struct aoipool_client *client;
	u32 index;
	u64 word;
};

static int put_owner(struct sk_buff *skb, const struct dump *dump,
		     const struct aoipool_client *client)
{
	pid_t pid = 0;

	if (client)
		pid = pid_nr_ns(client->pid, ns_of_pid(dump->pid));
	return nla_put_u32(skb, AOIPOOL_A_PID, pid) ?:
	       nla_put_u32(skb, AOIPOOL_A_UID,
			   from_kuid_munged(dump->cred->user_ns,
					    client ? client->uid : INVALID_UID));
}

static int put_slab(struct sk_buff *skb, const struct dump *dump, void *of)
{
	const struct held *held = of;

	return aoipool_attr_u64(skb, AOIPOOL_A_POOL, held->pool->id) ?:
	       nla_put_u32(skb, AOIPOOL_A_SLAB, held->index) ?:
	       nla_put_u32(skb, AOIPOOL_A_CLIENT,
			   aoipool_word_owner(held->word)) ?:
	       put_owner(skb, dump, held->client) ?:
	       nla_put_u32(skb, AOIPOOL_A_NODE,
			   aoipool_word_node(held->word)) ?:
	       nla_put_u32(skb, AOIPOOL_A_GENERATION,
			   aoipool_word_gen(held->word)) ?:
	       aoipool_attr_blocks(skb, AOIPOOL_A_HELD_BYTES,
				   aoipool_slab_has(held->pool, held->index));
}

/* Slabs lie in runs of one owner. */
static void find_owner(struct held *held)
{
	u32 owner = aoipool_word_owner(held->word);

	if (!held->client || held->client->number != owner)
		held->client = xa_load(&held->pool->clients, owner);
}

static bool may_see_slab(const struct dump *dump, const struct held *held)
{
	return aoipool_asker_sees(&dump->asker, held->pool->uid) ||
	       (held->client && may_see_client(dump, held->client));
}

static int tell_slab(struct sk_buff *skb, struct netlink_callback *cb,
		     struct held *held)
{
	held->word = READ_ONCE(held->pool->words[held->index]);
	if (aoipool_word_state(held->word) != AOIPOOL_SLAB_HELD)
		return 0;
	find_owner(held);
	if (!may_see_slab(dump_of(cb), held))
		return 0;
	return answer(skb, cb, AOIPOOL_GENL_GET_SLABS, put_slab, held);
}

static int tell_slabs_of(struct sk_buff *skb, struct netlink_callback *cb,
			 struct aoipool_pool *pool)
{
	struct held held = { .pool = pool };
	struct dump *dump = dump_of(cb);
	int err;

	lockdep_assert_held(&pool->clients_lock);
	if (!aoipool_asker_sees_pool(&dump->asker, pool))
		return 0;
	for (; dump->next < pool->nr_slabs; dump->next++) {
		held.index = dump->next;
		err = tell_slab(skb, cb, &held);
		if (err)
			return err;
		if (dump->next % 4096 == 4095)
			cond_resched();
	}
	return 0;
}

/*
 * The pool in which the last call came to an end is gone on with, if it is still
 * there; another one is begun with its first client or slab.  One of a lower id
 * that is published only now comes too late: it would begin this one anew.
 */
static void enter_pool(struct dump *dump, const struct aoipool_pool *pool)
{
	if (dump->pool != pool->id - 1)
		dump->next = 0;
	dump->pool = pool->id - 1;
}

static void leave_pool(struct dump *dump, const struct aoipool_pool *pool)
{
	dump->pool = pool->id;
	dump->next = 0;
}

/* What is inside of pools: @tell of one pool, whose clients are kept meanwhile. */
static int tell_inside(struct sk_buff *skb, struct netlink_callback *cb,
		       int (*tell)(struct sk_buff *skb,
				   struct netlink_callback *cb,
				   struct aoipool_pool *pool))
{
	int srcu = srcu_read_lock(&aoipool_pools_srcu);
	struct dump *dump = dump_of(cb);
	struct aoipool_pool *pool;
	int err = 0;

	while (!err && (pool = next_pool(dump))) {
		enter_pool(dump, pool);
		mutex_lock(&pool->clients_lock);
		err = tell(skb, cb, pool);
		mutex_unlock(&pool->clients_lock);
		if (!err)
			leave_pool(dump, pool);
		cond_resched();
	}
	srcu_read_unlock(&aoipool_pools_srcu, srcu);
	return answered(skb, err);
}

int aoipool_dump_holders(struct sk_buff *skb, struct netlink_callback *cb)
{
	return tell_inside(skb, cb, tell_clients);
}

int aoipool_dump_slabs(struct sk_buff *skb, struct netlink_callback *cb)
{
	return tell_inside(skb, cb, tell_slabs_of);
}
