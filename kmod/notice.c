// SPDX-License-Identifier: GPL-2.0-only
/*
 * Notices: an event becomes a message for the initial network namespace and one
 * for all others, without what is another's business there.
 *
 * A namespace is kept by a reference while it is served, and no lock is held:
 * messages are allocated on the way, and memory may be short.  They are asked
 * for without insisting (no reserves, no OOM killer): who waits for the news of
 * a shortage must not make it worse.
 */
#include <linux/rtnetlink.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include "attr.h"
#include "event.h"
#include "holder.h"
#include "netlink.h"
#include "notice.h"
#include "pool.h"
#include "pressure.h"
#include "slab.h"

/* The largest has 5 holders of about 110 bytes, and 200 bytes of its own. */
#define NOTICE_BYTES		1024

#define NOTICE_GFP		(GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN)

#define PRESSURE_GROUP		0

#define NOBODY			NULL

static int put_opener(struct sk_buff *skb, u32 pid, const char *comm)
{
	return nla_put_u32(skb, AOIPOOL_A_PID, pid) ?:
	       nla_put_string(skb, AOIPOOL_A_COMM, comm);
}

static int put_holder(struct sk_buff *skb, const struct aoipool_holder *holder)
{
	struct nlattr *nest = nla_nest_start(skb, AOIPOOL_A_HOLDER);
	int err;

	if (!nest)
		return -EMSGSIZE;
	err = aoipool_attr_u64(skb, AOIPOOL_A_POOL, holder->pool) ?:
	      nla_put_string(skb, AOIPOOL_A_NAME, holder->name) ?:
	      nla_put_u32(skb, AOIPOOL_A_CLIENT, holder->client) ?:
	      put_opener(skb, holder->pid, holder->comm) ?:
	      aoipool_attr_blocks(skb, AOIPOOL_A_HELD_BYTES, holder->blocks);
	if (!err)
		nla_nest_end(skb, nest);
	return err;
}

static int put_holders(struct sk_buff *skb, struct aoipool_holders *holders)
{
	struct nlattr *nest;
	int err = 0;
	u32 i;

	if (holders == NOBODY)
		return 0;
	aoipool_holders_find(holders);
	nest = nla_nest_start(skb, AOIPOOL_A_HOLDERS);
	if (!nest)
		return -EMSGSIZE;
	for (i = 0; i < holders->nr && !err; i++)
		err = put_holder(skb, &holders->top[i]);
	if (!err)
		nla_nest_end(skb, nest);
	return err;
}

static int put_pool(struct sk_buff *skb, const struct aoipool_event *event)
{
	return aoipool_attr_u64(skb, AOIPOOL_A_POOL, event->pool) ?:
	       nla_put_string(skb, AOIPOOL_A_NAME, event->name);
}

static u64 populated_blocks(int nid)
{
	return nid == NUMA_NO_NODE ? aoipool_slabs_blocks() :
				     aoipool_pools_blocks(nid);
}

/* What is idle is known of the host only. */
static int put_level(struct sk_buff *skb, const struct aoipool_event *event,
		     struct aoipool_holders *holders)
{
	int err = 0;

	if (event->nid != NUMA_NO_NODE)
		err = nla_put_u32(skb, AOIPOOL_A_NODE, event->nid);
	return err ?:
	       nla_put_u32(skb, AOIPOOL_A_LEVEL, event->level) ?:
	       nla_put_u32(skb, AOIPOOL_A_LEVEL_BEFORE, event->before) ?:
	       aoipool_attr_pages(skb, AOIPOOL_A_AVAILABLE_BYTES,
				  event->memory.available) ?:
	       aoipool_attr_pages(skb, AOIPOOL_A_TOTAL_BYTES,
				  event->memory.total) ?:
	       aoipool_attr_blocks(skb, AOIPOOL_A_POOL_BYTES,
				   populated_blocks(event->nid)) ?:
	       aoipool_attr_blocks(skb, AOIPOOL_A_IDLE_BYTES,
				   aoipool_pools_idle_blocks()) ?:
	       put_holders(skb, holders);
}

static int put_reclaim(struct sk_buff *skb, const struct aoipool_event *event,
		       struct aoipool_holders *holders)
{
	return nla_put_u32(skb, AOIPOOL_A_NODE, event->nid) ?:
	       aoipool_attr_blocks(skb, AOIPOOL_A_RECLAIMED_BYTES,
				   event->blocks) ?:
	       aoipool_attr_u64(skb, AOIPOOL_A_RECLAIMED_SLABS,
				event->count) ?:
	       nla_put_u32(skb, AOIPOOL_A_CAUSES, event->key) ?:
	       nla_put_u32(skb, AOIPOOL_A_LEVEL,
			   aoipool_pressure_of_node(event->nid)) ?:
	       put_holders(skb, holders);
}

static int put_sweep(struct sk_buff *skb, const struct aoipool_event *event,
		     struct aoipool_holders *holders)
{
	int err = put_pool(skb, event) ?:
		  nla_put_u32(skb, AOIPOOL_A_CLIENT, event->client);

	if (!err && holders != NOBODY)
		err = put_opener(skb, event->pid, event->comm);
	return err ?:
	       nla_put_u32(skb, AOIPOOL_A_SLABS, event->count) ?:
	       aoipool_attr_blocks(skb, AOIPOOL_A_HELD_BYTES, event->blocks);
}

static int put_exhausted(struct sk_buff *skb, const struct aoipool_event *event,
			 struct aoipool_holders *holders)
{
	return put_pool(skb, event) ?:
	       nla_put_u32(skb, AOIPOOL_A_REASON, event->key) ?:
	       aoipool_attr_u64(skb, AOIPOOL_A_COUNT, event->count) ?:
	       nla_put_u32(skb, AOIPOOL_A_LEVEL, event->level) ?:
	       put_holders(skb, holders);
}

static int put_event(struct sk_buff *skb, const struct aoipool_event *event,
		     struct aoipool_holders *holders)
{
	int err = aoipool_attr_u64(skb, AOIPOOL_A_SEQ, event->seq) ?:
		  aoipool_attr_u64(skb, AOIPOOL_A_TIME_NS, event->time_ns) ?:
		  aoipool_attr_u64(skb, AOIPOOL_A_LOST, event->nr_lost);

	if (err)
		return err;
	switch (event->cmd) {
	case AOIPOOL_GENL_LEVEL:
		return put_level(skb, event, holders);
	case AOIPOOL_GENL_RECLAIM:
		return put_reclaim(skb, event, holders);
	case AOIPOOL_GENL_SWEEP:
		return put_sweep(skb, event, holders);
	case AOIPOOL_GENL_EXHAUSTED:
		return put_exhausted(skb, event, holders);
	default:
		return -EINVAL;
	}
}

/* @holders: NOBODY for a message that names nobody.  Return: NULL: no memory. */
static struct sk_buff *compose(const struct aoipool_event *event,
			       struct aoipool_holders *holders)
{
	struct sk_buff *skb = genlmsg_new(NOTICE_BYTES, NOTICE_GFP);
	void *head;

	if (!skb)
		return NULL;
	head = genlmsg_put(skb, 0, 0, &aoipool_netlink_family, 0, event->cmd);
	if (!head || WARN_ON_ONCE(put_event(skb, event, holders))) {
		nlmsg_free(skb);
		return NULL;
	}
	genlmsg_end(skb, head);
	return skb;
}

static bool has_listeners(struct net *net)
{
	return genl_has_listeners(&aoipool_netlink_family, net, PRESSURE_GROUP);
}

/* That a socket had no room, and lost it, is between it and its owner. */
static void multicast(struct net *net, struct sk_buff *skb)
{
	genlmsg_multicast_netns(&aoipool_netlink_family, net, skb, 0,
				PRESSURE_GROUP, NOTICE_GFP);
}

static int send_named(const struct aoipool_event *event,
		      struct aoipool_holders *holders)
{
	struct sk_buff *skb;

	if (!has_listeners(&init_net))
		return 0;
	skb = compose(event, holders);
	if (!skb)
		return -ENOMEM;
	multicast(&init_net, skb);
	return 0;
}

/*
 * The namespace after @net, whose reference is consumed, with a reference; NULL
 * after the last one.  That of a namespace is what keeps it in the list.
 */
static struct net *next_net(struct net *net)
{
	struct net *next = net;
	bool found = false;

	down_read(&net_rwsem);
	list_for_each_entry_continue(next, &net_namespace_list, list) {
		found = maybe_get_net(next);
		if (found)
			break;
	}
	up_read(&net_rwsem);
	put_net(net);
	return found ? next : NULL;
}

/* @skb: made when the first namespace has a listener */
static int send_copy(struct net *net, const struct aoipool_event *event,
		     struct sk_buff **skb)
{
	struct sk_buff *copy;

	if (!has_listeners(net))
		return 0;
	if (!*skb)
		*skb = compose(event, NOBODY);
	if (!*skb)
		return -ENOMEM;
	copy = skb_clone(*skb, NOTICE_GFP);
	if (!copy)
		return -ENOMEM;
	multicast(net, copy);
	return 0;
}

/* The initial namespace is the first of the list, and always there. */
static int send_nameless(const struct aoipool_event *event)
{
	struct sk_buff *skb = NULL;
	struct net *net = &init_net;
	int err = 0;

	get_net(net);
	while ((net = next_net(net)))
		err = send_copy(net, event, &skb) ?: err;
	consume_skb(skb);
	return err;
}

/**
 * aoipool_notice_send() - send an event to all who listen
 * @event: the event
 * @holders: the largest ones, found when the first message asks for them
 *
 * Return: 0, also where nobody listens; -ENOMEM: somebody who listens was not
 * served, nor told by his socket.
 */
int aoipool_notice_send(const struct aoipool_event *event,
			struct aoipool_holders *holders)
{
	int named = send_named(event, holders);

	return send_nameless(event) ?: named;
}
