// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generic netlink family: questions and their answers.  Events are sent by
 * notice.c.
 *
 * A dump is a series of calls, with all the time between them that the asker
 * takes to read.  Nothing is locked in between: a call goes on after the pool
 * and the client that were told last, by their numbers, whatever became of them.
 * Pools have ascending ids that are never used again, so none that was there
 * throughout is missed or told twice.
 *
 * Later calls are made by whoever reads, who need not be who asked: who may see
 * what, and in which namespaces, is settled by the first.
 */
#include <linux/cred.h>
#include <linux/file.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/user_namespace.h>
#include <linux/xarray.h>
#include <net/genetlink.h>
#include <net/sock.h>
#include "attr.h"
#include "client.h"
#include "depot.h"
#include "event.h"
#include "holder.h"
#include "memory.h"
#include "netlink.h"
#include "pool.h"
#include "pressure.h"
#include "scan.h"
#include "slab.h"

/* Eleven attributes of 12 or 16 bytes. */
#define STATE_BYTES		256

/**
 * struct dump - how far a dump is, and for whom
 * @next_nid: the node to go on with
 * @pool: the id of the pool that was told last, with all its clients
 * @inside: the id of the pool whose clients are being told
 * @client: the number of the one of them that was told last; 0: none
 * @sees_all: not only what is the asker's own
 * @uid: as whom he asked
 * @cred: the asker's, a reference, for the user namespace
 * @pid: the asker's, a reference, for the pid namespace
 */
struct dump {
	u64 pool;
	u64 inside;
	u32 client;
	u16 next_nid;
	bool sees_all;
	kuid_t uid;
	const struct cred *cred;
	struct pid *pid;
};

static struct dump *dump_of(struct netlink_callback *cb)
{
	return (struct dump *)cb->ctx;
}

/*
 * Who gets somebody else to write to a socket of his sees no more by it than he
 * could have asked for himself.  Who names the receiver is not a dupe: so the
 * kernel draws the line for capabilities, too.
 */
static bool asker_means_it(const struct sk_buff *request)
{
	const struct netlink_skb_parms *from = &NETLINK_CB(request);
	const struct file *file = from->sk->sk_socket->file;

	return from->flags & NETLINK_SKB_DST ||
	       uid_eq(file->f_cred->euid, current_euid());
}

static int dump_start(struct netlink_callback *cb)
{
	struct dump *dump = dump_of(cb);

	BUILD_BUG_ON(sizeof(*dump) > sizeof(cb->ctx));
	dump->sees_all = netlink_capable(cb->skb, CAP_SYS_ADMIN);
	dump->uid = asker_means_it(cb->skb) ? current_euid() : INVALID_UID;
	dump->cred = get_current_cred();
	dump->pid = get_pid(task_tgid(current));
	return 0;
}

static int dump_done(struct netlink_callback *cb)
{
	struct dump *dump = dump_of(cb);

	put_cred(dump->cred);
	put_pid(dump->pid);
	return 0;
}

static bool may_see(const struct dump *dump, kuid_t owner)
{
	return dump->sees_all || uid_eq(owner, dump->uid);
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

static int put_memory(struct sk_buff *skb, const struct aoipool_memory *memory)
{
	return aoipool_attr_pages(skb, AOIPOOL_A_AVAILABLE_BYTES,
				  memory->available) ?:
	       aoipool_attr_pages(skb, AOIPOOL_A_TOTAL_BYTES, memory->total);
}

static int put_events(struct sk_buff *skb)
{
	u64 seq, lost;

	aoipool_event_count(&seq, &lost);
	return aoipool_attr_u64(skb, AOIPOOL_A_SEQ, seq) ?:
	       aoipool_attr_u64(skb, AOIPOOL_A_LOST, lost) ?:
	       aoipool_attr_u64(skb, AOIPOOL_A_TIME_NS, ktime_get_ns());
}

static int put_state(struct sk_buff *skb)
{
	struct aoipool_memory memory;

	aoipool_memory_of_host(&memory);
	return nla_put_u32(skb, AOIPOOL_A_LEVEL, aoipool_pressure_of_host()) ?:
	       put_events(skb) ?:
	       put_memory(skb, &memory) ?:
	       aoipool_attr_blocks(skb, AOIPOOL_A_POOL_BYTES,
				   aoipool_slabs_blocks()) ?:
	       aoipool_attr_blocks(skb, AOIPOOL_A_DEPOT_BYTES,
				   aoipool_depot_blocks()) ?:
	       aoipool_attr_blocks(skb, AOIPOOL_A_IDLE_BYTES,
				   aoipool_pools_idle_blocks()) ?:
	       aoipool_attr_blocks(skb, AOIPOOL_A_RECLAIMED_BYTES,
				   aoipool_scan_blocks()) ?:
	       nla_put_u32(skb, AOIPOOL_A_NR_POOLS, aoipool_pools_count());
}

static int get_state(struct sk_buff *request, struct genl_info *info)
{
	struct sk_buff *skb = genlmsg_new(STATE_BYTES, GFP_KERNEL);
	void *head;

	if (!skb)
		return -ENOMEM;
	head = genlmsg_put_reply(skb, info, &aoipool_netlink_family, 0,
				 AOIPOOL_GENL_GET_STATE);
	if (!head || put_state(skb)) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, head);
	return genlmsg_reply(skb, info);
}

static int put_node(struct sk_buff *skb, const struct dump *dump, void *of)
{
	struct aoipool_memory memory;
	int nid = *(int *)of;

	aoipool_memory_of_node(nid, &memory);
	return nla_put_u32(skb, AOIPOOL_A_NODE, nid) ?:
	       nla_put_u32(skb, AOIPOOL_A_LEVEL,
			   aoipool_pressure_of_node(nid)) ?:
	       put_memory(skb, &memory) ?:
	       aoipool_attr_blocks(skb, AOIPOOL_A_POOL_BYTES,
				   aoipool_pools_blocks(nid)) ?:
	       aoipool_attr_blocks(skb, AOIPOOL_A_DEPOT_BYTES,
				   aoipool_depot_count(nid)) ?:
	       aoipool_attr_blocks(skb, AOIPOOL_A_RECLAIMED_BYTES,
				   aoipool_event_reclaimed(nid));
}

static int get_nodes(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct dump *dump = dump_of(cb);
	int nid, err;

	for_each_node_state(nid, N_MEMORY) {
		if (nid < dump->next_nid)
			continue;
		err = answer(skb, cb, AOIPOOL_GENL_GET_NODES, put_node, &nid);
		if (err)
			return answered(skb, err);
		dump->next_nid = nid + 1;
	}
	return skb->len;
}

static int put_pool_size(struct sk_buff *skb, struct aoipool_pool *pool)
{
	struct aoipool_pool_info info;

	aoipool_pool_count_words(pool, &info);
	return nla_put_u32(skb, AOIPOOL_A_NR_SLABS, pool->nr_slabs) ?:
	       nla_put_u32(skb, AOIPOOL_A_HELD_SLABS, info.held_slabs) ?:
	       nla_put_u32(skb, AOIPOOL_A_PARKED_SLABS, info.parked_slabs) ?:
	       nla_put_u32(skb, AOIPOOL_A_NR_CLIENTS,
			   atomic_read(&pool->nr_clients));
}

static int put_pool(struct sk_buff *skb, const struct dump *dump, void *of)
{
	struct aoipool_pool *pool = of;
	const struct aoipool_pool_info_page *info = pool->info;

	return aoipool_attr_u64(skb, AOIPOOL_A_POOL, pool->id) ?:
	       nla_put_string(skb, AOIPOOL_A_NAME, pool->name) ?:
	       nla_put_string(skb, AOIPOOL_A_TYPE, pool->type) ?:
	       nla_put_u32(skb, AOIPOOL_A_LEVEL,
			   READ_ONCE(info->pressure_level)) ?:
	       aoipool_attr_blocks(skb, AOIPOOL_A_SLAB_BYTES,
				   pool->slab_blocks) ?:
	       aoipool_attr_blocks(skb, AOIPOOL_A_POOL_BYTES,
				   READ_ONCE(pool->nr_blocks)) ?:
	       aoipool_attr_blocks(skb, AOIPOOL_A_IDLE_BYTES,
				   READ_ONCE(info->idle_blocks)) ?:
	       aoipool_attr_blocks(skb, AOIPOOL_A_RECLAIMED_BYTES,
				   READ_ONCE(info->reclaimed_blocks)) ?:
	       put_pool_size(skb, pool);
}

static int tell_pools(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct dump *dump = dump_of(cb);
	struct aoipool_pool *pool;
	int err = 0;

	while (!err && (pool = aoipool_pools_after(dump->pool))) {
		if (may_see(dump, pool->uid))
			err = answer(skb, cb, AOIPOOL_GENL_GET_POOLS, put_pool,
				     pool);
		if (!err)
			dump->pool = pool->id;
	}
	return err;
}

static int get_pools(struct sk_buff *skb, struct netlink_callback *cb)
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
	xa_for_each_start(&pool->clients, number, client, dump->client + 1) {
		if (!may_see(dump, client->uid))
			continue;
		if (!are_counted)
			aoipool_holders_count(pool);
		are_counted = true;
		err = answer(skb, cb, AOIPOOL_GENL_GET_HOLDERS, put_holder,
			     client);
		if (err)
			return err;
		dump->client = number;
	}
	return 0;
}

/*
 * The pool in which the last call came to an end is gone on with, if it is still
 * there; another one is begun with its first client.
 */
static void enter_pool(struct dump *dump, const struct aoipool_pool *pool)
{
	if (dump->inside != pool->id)
		dump->client = 0;
	dump->inside = pool->id;
}

static int tell_holders(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct dump *dump = dump_of(cb);
	struct aoipool_pool *pool;
	int err = 0;

	while (!err && (pool = aoipool_pools_after(dump->pool))) {
		enter_pool(dump, pool);
		mutex_lock(&pool->clients_lock);
		err = tell_clients(skb, cb, pool);
		mutex_unlock(&pool->clients_lock);
		if (!err)
			dump->pool = pool->id;
		cond_resched();
	}
	return err;
}

static int get_holders(struct sk_buff *skb, struct netlink_callback *cb)
{
	int srcu = srcu_read_lock(&aoipool_pools_srcu);
	int err = tell_holders(skb, cb);

	srcu_read_unlock(&aoipool_pools_srcu, srcu);
	return answered(skb, err);
}

/* The schema of all requests: what is asked is said by the command alone. */
static const struct nla_policy request_policy[AOIPOOL_A_MAX + 1] = {
	[1 ... AOIPOOL_A_MAX] = {
		.type = NLA_REJECT,
		.reject_message = "aoipool: a request has no attributes",
	},
};

#define DUMP(name, fn)                                                      \
	{ .cmd = AOIPOOL_GENL_##name, .start = dump_start, .dumpit = fn,     \
	  .done = dump_done }

static const struct genl_ops ops[] = {
	{ .cmd = AOIPOOL_GENL_GET_STATE, .doit = get_state },
	DUMP(GET_NODES, get_nodes),
	DUMP(GET_POOLS, get_pools),
	DUMP(GET_HOLDERS, get_holders),
};

static const struct genl_multicast_group groups[] = {
	{ .name = AOIPOOL_GENL_GROUP },
};

/* Calls share nothing but what has locks of its own. */
struct genl_family aoipool_netlink_family __ro_after_init = {
	.name = AOIPOOL_GENL_NAME,
	.version = AOIPOOL_GENL_VERSION,
	.maxattr = AOIPOOL_A_MAX,
	.policy = request_policy,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.ops = ops,
	.n_ops = ARRAY_SIZE(ops),
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
};

int aoipool_netlink_init(void)
{
	return genl_register_family(&aoipool_netlink_family);
}

/* The number of a family that is gone may be another's: the last event first. */
void aoipool_netlink_exit(void)
{
	aoipool_event_end();
	genl_unregister_family(&aoipool_netlink_family);
}
