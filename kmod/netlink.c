// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generic netlink family: its requests, and those that have one answer.  Dumps
 * are in dump.c, events are sent by notice.c, who may see what asker.c says.
 */
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/nodemask.h>
#include <linux/numa.h>
#include <net/genetlink.h>
#include "asker.h"
#include "attr.h"
#include "block.h"
#include "census.h"
#include "client.h"
#include "count.h"
#include "depot.h"
#include "dump.h"
#include "event.h"
#include "memory.h"
#include "netlink.h"
#include "pool.h"
#include "pressure.h"
#include "reclaim.h"
#include "scan.h"
#include "slab.h"
#include "trim.h"

/* The largest has nineteen attributes of 8 or 16 bytes. */
#define REPLY_BYTES	512

static int put_events(struct sk_buff *skb)
{
	u64 seq, lost;

	aoipool_event_count(&seq, &lost);
	return aoipool_attr_u64(skb, AOIPOOL_A_SEQ, seq) ?:
	       aoipool_attr_u64(skb, AOIPOOL_A_LOST, lost) ?:
	       aoipool_attr_u64(skb, AOIPOOL_A_TIME_NS, ktime_get_ns());
}

static int put_has(struct sk_buff *skb)
{
	struct aoipool_census census;

	aoipool_census_take_all(&census);
	return aoipool_attr_blocks(skb, AOIPOOL_A_LIMIT_BYTES,
				   aoipool_blocks_limit()) ?:
	       aoipool_attr_blocks(skb, AOIPOOL_A_POOL_BYTES,
				   aoipool_slabs_blocks()) ?:
	       aoipool_attr_blocks(skb, AOIPOOL_A_DEPOT_BYTES,
				   aoipool_depot_blocks()) ?:
	       aoipool_attr_blocks(skb, AOIPOOL_A_IDLE_BYTES,
				   census.idle_blocks) ?:
	       aoipool_attr_blocks(skb, AOIPOOL_A_RESERVED_BYTES,
				   census.reserved_blocks) ?:
	       aoipool_attr_blocks(skb, AOIPOOL_A_APART_BYTES,
				   census.apart_blocks);
}

static int put_saw(struct sk_buff *skb)
{
	return aoipool_attr_blocks(skb, AOIPOOL_A_RECLAIMED_BYTES,
				   aoipool_scan_blocks()) ?:
	       aoipool_attr_u64(skb, AOIPOOL_A_SWEPT_SLABS,
				aoipool_swept_slabs()) ?:
	       aoipool_attr_u64(skb, AOIPOOL_A_OOM_CALLS,
				aoipool_oom_calls()) ?:
	       aoipool_attr_blocks(skb, AOIPOOL_A_OOM_BYTES,
				   aoipool_oom_blocks()) ?:
	       aoipool_attr_u64(skb, AOIPOOL_A_FAILURES,
				aoipool_count_failures(NUMA_NO_NODE));
}

static int put_state(struct sk_buff *skb, const void *of)
{
	struct aoipool_memory memory;

	aoipool_memory_of_host(&memory);
	return nla_put_u32(skb, AOIPOOL_A_ABI_VERSION, AOIPOOL_ABI_VERSION) ?:
	       nla_put_u32(skb, AOIPOOL_A_LEVEL, aoipool_pressure_of_host()) ?:
	       nla_put_u32(skb, AOIPOOL_A_NR_POOLS, aoipool_pools_count()) ?:
	       put_events(skb) ?:
	       aoipool_attr_memory(skb, &memory) ?:
	       put_has(skb) ?:
	       put_saw(skb);
}

/* @put: what the answer to @info says, of what is behind @of */
static int reply(struct genl_info *info, u8 cmd,
		 int (*put)(struct sk_buff *skb, const void *of), const void *of)
{
	struct sk_buff *skb = genlmsg_new(REPLY_BYTES, GFP_KERNEL);
	void *head;

	if (!skb)
		return -ENOMEM;
	head = genlmsg_put_reply(skb, info, &aoipool_netlink_family, 0, cmd);
	if (!head || put(skb, of)) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, head);
	return genlmsg_reply(skb, info);
}

static int get_state(struct sk_buff *request, struct genl_info *info)
{
	return reply(info, AOIPOOL_GENL_GET_STATE, put_state, NULL);
}

/* Return: NUMA_NO_NODE: of all; -EINVAL: it has no memory. */
static int node_of(const struct genl_info *info)
{
	const struct nlattr *attr = info->attrs[AOIPOOL_A_NODE];
	u32 nid;

	if (!attr)
		return NUMA_NO_NODE;
	nid = nla_get_u32(attr);
	if (nid < nr_node_ids && node_state(nid, N_MEMORY))
		return nid;
	NL_SET_ERR_MSG_ATTR(info->extack, attr, "aoipool: no such node");
	return -EINVAL;
}

/* A part of a block is a block: who asks for something gets something. */
static unsigned long blocks_of(const struct nlattr *attr)
{
	u64 bytes = attr ? nla_get_u64(attr) : U64_MAX;

	return (bytes >> AOIPOOL_BLOCK_SHIFT) +
	       !!(bytes & (AOIPOOL_BLOCK_BYTES - 1));
}

static u64 pool_of(const struct nlattr *attr)
{
	return attr ? nla_get_u64(attr) : 0;
}

static_assert(NUMA_NO_NODE != -EINVAL);

static int check_trim(const struct genl_info *info,
		      const struct aoipool_trim *trim)
{
	const struct nlattr *pool = info->attrs[AOIPOOL_A_POOL];

	if (trim->nid == -EINVAL)
		return -EINVAL;
	if (pool && !trim->pool)
		return -ENOENT;
	if (!trim->depot_too || trim->asker->sees_all)
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[AOIPOOL_A_DEPOT],
			    "aoipool: the depot is the administrator's");
	return -EPERM;
}

static int put_trim(struct sk_buff *skb, const void *of)
{
	const struct aoipool_trim *trim = of;

	return aoipool_attr_blocks(skb, AOIPOOL_A_RECLAIMED_BYTES,
				   trim->pool_blocks) ?:
	       aoipool_attr_blocks(skb, AOIPOOL_A_DEPOT_BYTES,
				   trim->depot_blocks);
}

static int trim_idle(struct sk_buff *request, struct genl_info *info)
{
	struct aoipool_asker asker;
	struct aoipool_trim trim = {
		.asker = &asker,
		.pool = pool_of(info->attrs[AOIPOOL_A_POOL]),
		.nid = node_of(info),
		.wanted = blocks_of(info->attrs[AOIPOOL_A_MAX_BYTES]),
		.reserve_too = info->attrs[AOIPOOL_A_RESERVE],
		.depot_too = info->attrs[AOIPOOL_A_DEPOT],
	};
	int err;

	aoipool_asker_init(&asker, request);
	err = check_trim(info, &trim) ?: aoipool_trim_run(&trim);
	return err ?: reply(info, AOIPOOL_GENL_TRIM, put_trim, &trim);
}

/* The schema of most requests: what is asked is said by the command alone. */
static const struct nla_policy request_policy[AOIPOOL_A_MAX + 1] = {
	[1 ... AOIPOOL_A_MAX] = {
		.type = NLA_REJECT,
		.reject_message = "aoipool: a request has no attributes",
	},
};

/* And those of two; what is not in them is refused, too. */
static const struct nla_policy slabs_policy[AOIPOOL_A_MAX + 1] = {
	[AOIPOOL_A_POOL] = { .type = NLA_U64 },
};

static const struct nla_policy trim_policy[AOIPOOL_A_MAX + 1] = {
	[AOIPOOL_A_NODE] = { .type = NLA_U32 },
	[AOIPOOL_A_POOL] = { .type = NLA_U64 },
	[AOIPOOL_A_MAX_BYTES] = { .type = NLA_U64 },
	[AOIPOOL_A_RESERVE] = { .type = NLA_FLAG },
	[AOIPOOL_A_DEPOT] = { .type = NLA_FLAG },
};

#define DUMP(name, fn)                                                      \
	{ .cmd = AOIPOOL_GENL_##name, .start = aoipool_dump_start,           \
	  .dumpit = fn, .done = aoipool_dump_done }

static const struct genl_ops ops[] = {
	{ .cmd = AOIPOOL_GENL_GET_STATE, .doit = get_state },
	DUMP(GET_NODES, aoipool_dump_nodes),
	DUMP(GET_POOLS, aoipool_dump_pools),
	DUMP(GET_HOLDERS, aoipool_dump_holders),
	{ .cmd = AOIPOOL_GENL_GET_SLABS, .start = aoipool_dump_start_slabs,
	  .dumpit = aoipool_dump_slabs, .done = aoipool_dump_done,
	  .policy = slabs_policy, .maxattr = AOIPOOL_A_MAX },
	{ .cmd = AOIPOOL_GENL_TRIM, .doit = trim_idle, .policy = trim_policy,
	  .maxattr = AOIPOOL_A_MAX },
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
