// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "message.h"

#include <errno.h>
#include <linux/aoipool.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>

#define NR_ATTRS	(AOIPOOL_A_MAX + 1)

static const struct nla_policy policy[NR_ATTRS] = {
	[AOIPOOL_A_SEQ]			= { .type = NLA_U64 },
	[AOIPOOL_A_TIME_NS]		= { .type = NLA_U64 },
	[AOIPOOL_A_LOST]		= { .type = NLA_U64 },
	[AOIPOOL_A_NODE]		= { .type = NLA_U32 },
	[AOIPOOL_A_LEVEL]		= { .type = NLA_U32 },
	[AOIPOOL_A_LEVEL_BEFORE]	= { .type = NLA_U32 },
	[AOIPOOL_A_AVAILABLE_BYTES]	= { .type = NLA_U64 },
	[AOIPOOL_A_TOTAL_BYTES]		= { .type = NLA_U64 },
	[AOIPOOL_A_POOL_BYTES]		= { .type = NLA_U64 },
	[AOIPOOL_A_DEPOT_BYTES]		= { .type = NLA_U64 },
	[AOIPOOL_A_IDLE_BYTES]		= { .type = NLA_U64 },
	[AOIPOOL_A_RECLAIMED_BYTES]	= { .type = NLA_U64 },
	[AOIPOOL_A_RECLAIMED_SLABS]	= { .type = NLA_U64 },
	[AOIPOOL_A_CAUSES]		= { .type = NLA_U32 },
	[AOIPOOL_A_NR_POOLS]		= { .type = NLA_U32 },
	[AOIPOOL_A_NR_CLIENTS]		= { .type = NLA_U32 },
	[AOIPOOL_A_POOL]		= { .type = NLA_U64 },
	[AOIPOOL_A_NAME]		= { .type = NLA_STRING },
	[AOIPOOL_A_TYPE]		= { .type = NLA_STRING },
	[AOIPOOL_A_SLAB_BYTES]		= { .type = NLA_U64 },
	[AOIPOOL_A_NR_SLABS]		= { .type = NLA_U32 },
	[AOIPOOL_A_HELD_SLABS]		= { .type = NLA_U32 },
	[AOIPOOL_A_PARKED_SLABS]	= { .type = NLA_U32 },
	[AOIPOOL_A_HELD_BYTES]		= { .type = NLA_U64 },
	[AOIPOOL_A_CLIENT]		= { .type = NLA_U32 },
	[AOIPOOL_A_PID]			= { .type = NLA_U32 },
	[AOIPOOL_A_COMM]		= { .type = NLA_STRING },
	[AOIPOOL_A_UID]			= { .type = NLA_U32 },
	[AOIPOOL_A_SLABS]		= { .type = NLA_U32 },
	[AOIPOOL_A_REASON]		= { .type = NLA_U32 },
	[AOIPOOL_A_COUNT]		= { .type = NLA_U64 },
	[AOIPOOL_A_HOLDERS]		= { .type = NLA_NESTED },
	[AOIPOOL_A_HOLDER]		= { .type = NLA_NESTED },
	[AOIPOOL_A_ABI_VERSION]		= { .type = NLA_U32 },
	[AOIPOOL_A_LIMIT_BYTES]		= { .type = NLA_U64 },
	[AOIPOOL_A_RESERVED_BYTES]	= { .type = NLA_U64 },
	[AOIPOOL_A_APART_BYTES]		= { .type = NLA_U64 },
	[AOIPOOL_A_SWEPT_SLABS]		= { .type = NLA_U64 },
	[AOIPOOL_A_OOM_CALLS]		= { .type = NLA_U64 },
	[AOIPOOL_A_OOM_BYTES]		= { .type = NLA_U64 },
	[AOIPOOL_A_FAILURES]		= { .type = NLA_U64 },
	[AOIPOOL_A_POPULATED_BYTES]	= { .type = NLA_U64 },
	[AOIPOOL_A_SLOT_BYTES]		= { .type = NLA_U64 },
	[AOIPOOL_A_SLAB]		= { .type = NLA_U32 },
	[AOIPOOL_A_GENERATION]		= { .type = NLA_U32 },
};

static uint64_t u64(struct nlattr **attrs, int type)
{
	return attrs[type] ? nla_get_u64(attrs[type]) : 0;
}

static uint32_t u32(struct nlattr **attrs, int type)
{
	return attrs[type] ? nla_get_u32(attrs[type]) : 0;
}

static int node_of(struct nlattr **attrs)
{
	return attrs[AOIPOOL_A_NODE] ? (int)u32(attrs, AOIPOOL_A_NODE) :
				       AOIPOOL_EVENT_NODE_HOST;
}

/* The name of a process may hold anything: nothing that a terminal would obey. */
static void text(struct nlattr **attrs, int type, char *to, size_t bytes)
{
	if (!attrs[type])
		return;
	nla_strlcpy(to, attrs[type], bytes);
	for (; *to; to++)
		if (*to < ' ' || *to > '~')
			*to = '?';
}

#define TEXT(attrs, type, to) text(attrs, type, to, sizeof(to))

static int parse(struct nlmsghdr *header, struct nlattr **attrs)
{
	if (!genlmsg_valid_hdr(header, 0) ||
	    genlmsg_parse(header, 0, attrs, AOIPOOL_A_MAX, policy) < 0)
		return -EPROTO;
	return 0;
}

static void fill_holder(struct nlattr **attrs, struct aoipool_holder *holder)
{
	*holder = (struct aoipool_holder){
		.pool = u64(attrs, AOIPOOL_A_POOL),
		.held_bytes = u64(attrs, AOIPOOL_A_HELD_BYTES),
		.client = u32(attrs, AOIPOOL_A_CLIENT),
		.pid = u32(attrs, AOIPOOL_A_PID),
	};
	TEXT(attrs, AOIPOOL_A_NAME, holder->name);
	TEXT(attrs, AOIPOOL_A_COMM, holder->comm);
}

static void fill_holders(struct nlattr *nest, struct aoipool_event *event)
{
	struct nlattr *attrs[NR_ATTRS], *each;
	int left;

	nla_for_each_nested(each, nest, left) {
		if (event->nr_holders == AOIPOOL_EVENT_HOLDERS)
			return;
		if (nla_type(each) != AOIPOOL_A_HOLDER ||
		    nla_parse_nested(attrs, AOIPOOL_A_MAX, each, policy) < 0)
			continue;
		fill_holder(attrs, &event->holders[event->nr_holders++]);
	}
}

static enum aoipool_event_kind kind_of(struct nlmsghdr *header)
{
	switch (genlmsg_hdr(header)->cmd) {
	case AOIPOOL_GENL_LEVEL:
		return AOIPOOL_EVENT_LEVEL;
	case AOIPOOL_GENL_RECLAIM:
		return AOIPOOL_EVENT_RECLAIM;
	case AOIPOOL_GENL_SWEEP:
		return AOIPOOL_EVENT_SWEEP;
	case AOIPOOL_GENL_EXHAUSTED:
		return AOIPOOL_EVENT_EXHAUSTED;
	default:
		return 0;
	}
}

/* SLABS of a sweep and COUNT of an exhausted pool are one field. */
static void fill_event(struct nlattr **attrs, struct aoipool_event *event)
{
	event->node = node_of(attrs);
	event->seq = u64(attrs, AOIPOOL_A_SEQ);
	event->time_ns = u64(attrs, AOIPOOL_A_TIME_NS);
	event->lost = u64(attrs, AOIPOOL_A_LOST);
	event->level = u32(attrs, AOIPOOL_A_LEVEL);
	event->level_before = u32(attrs, AOIPOOL_A_LEVEL_BEFORE);
	event->available_bytes = u64(attrs, AOIPOOL_A_AVAILABLE_BYTES);
	event->total_bytes = u64(attrs, AOIPOOL_A_TOTAL_BYTES);
	event->idle_bytes = u64(attrs, AOIPOOL_A_IDLE_BYTES);
	event->reclaimed_bytes = u64(attrs, AOIPOOL_A_RECLAIMED_BYTES);
	event->reclaimed_slabs = u64(attrs, AOIPOOL_A_RECLAIMED_SLABS);
	event->pool = u64(attrs, AOIPOOL_A_POOL);
	event->count = u64(attrs, AOIPOOL_A_COUNT);
	if (attrs[AOIPOOL_A_SLABS])
		event->count = u32(attrs, AOIPOOL_A_SLABS);
	event->held_bytes = u64(attrs, AOIPOOL_A_HELD_BYTES);
	event->causes = u32(attrs, AOIPOOL_A_CAUSES);
	event->reason = u32(attrs, AOIPOOL_A_REASON);
	event->client = u32(attrs, AOIPOOL_A_CLIENT);
	event->pid = u32(attrs, AOIPOOL_A_PID);
	TEXT(attrs, AOIPOOL_A_NAME, event->name);
	TEXT(attrs, AOIPOOL_A_COMM, event->comm);
}

int message_event(struct nlmsghdr *header, struct aoipool_event *event)
{
	struct nlattr *attrs[NR_ATTRS];
	int err = parse(header, attrs);

	if (err)
		return err;
	if (!attrs[AOIPOOL_A_SEQ])
		return -EPROTO;
	*event = (struct aoipool_event){
		.size = sizeof(*event),
		.kind = kind_of(header),
	};
	fill_event(attrs, event);
	if (attrs[AOIPOOL_A_HOLDERS])
		fill_holders(attrs[AOIPOOL_A_HOLDERS], event);
	return 0;
}

int message_host(struct nlmsghdr *header, struct aoipool_host_state *host)
{
	struct nlattr *attrs[NR_ATTRS];
	int err = parse(header, attrs);

	if (err)
		return err;
	host->level = u32(attrs, AOIPOOL_A_LEVEL);
	host->nr_pools = u32(attrs, AOIPOOL_A_NR_POOLS);
	host->seq = u64(attrs, AOIPOOL_A_SEQ);
	host->lost = u64(attrs, AOIPOOL_A_LOST);
	host->time_ns = u64(attrs, AOIPOOL_A_TIME_NS);
	host->available_bytes = u64(attrs, AOIPOOL_A_AVAILABLE_BYTES);
	host->total_bytes = u64(attrs, AOIPOOL_A_TOTAL_BYTES);
	host->pool_bytes = u64(attrs, AOIPOOL_A_POOL_BYTES);
	host->depot_bytes = u64(attrs, AOIPOOL_A_DEPOT_BYTES);
	host->idle_bytes = u64(attrs, AOIPOOL_A_IDLE_BYTES);
	host->reclaimed_bytes = u64(attrs, AOIPOOL_A_RECLAIMED_BYTES);
	host->abi_version = u32(attrs, AOIPOOL_A_ABI_VERSION);
	host->limit_bytes = u64(attrs, AOIPOOL_A_LIMIT_BYTES);
	host->reserved_bytes = u64(attrs, AOIPOOL_A_RESERVED_BYTES);
	host->apart_bytes = u64(attrs, AOIPOOL_A_APART_BYTES);
	host->swept_slabs = u64(attrs, AOIPOOL_A_SWEPT_SLABS);
	host->oom_calls = u64(attrs, AOIPOOL_A_OOM_CALLS);
	host->oom_bytes = u64(attrs, AOIPOOL_A_OOM_BYTES);
	host->failures = u64(attrs, AOIPOOL_A_FAILURES);
	return 0;
}

int message_node(struct nlmsghdr *header, struct aoipool_node_state *node)
{
	struct nlattr *attrs[NR_ATTRS];
	int err = parse(header, attrs);

	if (err)
		return err;
	node->node = node_of(attrs);
	node->level = u32(attrs, AOIPOOL_A_LEVEL);
	node->available_bytes = u64(attrs, AOIPOOL_A_AVAILABLE_BYTES);
	node->total_bytes = u64(attrs, AOIPOOL_A_TOTAL_BYTES);
	node->pool_bytes = u64(attrs, AOIPOOL_A_POOL_BYTES);
	node->depot_bytes = u64(attrs, AOIPOOL_A_DEPOT_BYTES);
	node->reclaimed_bytes = u64(attrs, AOIPOOL_A_RECLAIMED_BYTES);
	node->populated_bytes = u64(attrs, AOIPOOL_A_POPULATED_BYTES);
	node->failures = u64(attrs, AOIPOOL_A_FAILURES);
	return 0;
}

int message_pool(struct nlmsghdr *header, struct aoipool_pool_state *pool)
{
	struct nlattr *attrs[NR_ATTRS];
	int err = parse(header, attrs);

	if (err)
		return err;
	pool->pool = u64(attrs, AOIPOOL_A_POOL);
	pool->level = u32(attrs, AOIPOOL_A_LEVEL);
	pool->nr_slabs = u32(attrs, AOIPOOL_A_NR_SLABS);
	pool->held_slabs = u32(attrs, AOIPOOL_A_HELD_SLABS);
	pool->parked_slabs = u32(attrs, AOIPOOL_A_PARKED_SLABS);
	pool->nr_clients = u32(attrs, AOIPOOL_A_NR_CLIENTS);
	pool->slab_bytes = u64(attrs, AOIPOOL_A_SLAB_BYTES);
	pool->pool_bytes = u64(attrs, AOIPOOL_A_POOL_BYTES);
	pool->idle_bytes = u64(attrs, AOIPOOL_A_IDLE_BYTES);
	pool->reclaimed_bytes = u64(attrs, AOIPOOL_A_RECLAIMED_BYTES);
	TEXT(attrs, AOIPOOL_A_NAME, pool->name);
	TEXT(attrs, AOIPOOL_A_TYPE, pool->type);
	pool->uid = u32(attrs, AOIPOOL_A_UID);
	pool->slot_bytes = u64(attrs, AOIPOOL_A_SLOT_BYTES);
	pool->held_bytes = u64(attrs, AOIPOOL_A_HELD_BYTES);
	pool->reserved_bytes = u64(attrs, AOIPOOL_A_RESERVED_BYTES);
	pool->apart_bytes = u64(attrs, AOIPOOL_A_APART_BYTES);
	pool->swept_slabs = u64(attrs, AOIPOOL_A_SWEPT_SLABS);
	pool->failures = u64(attrs, AOIPOOL_A_FAILURES);
	return 0;
}

int message_holder(struct nlmsghdr *header, struct aoipool_holder_state *holder)
{
	struct nlattr *attrs[NR_ATTRS];
	int err = parse(header, attrs);

	if (err)
		return err;
	fill_holder(attrs, &holder->holder);
	holder->uid = u32(attrs, AOIPOOL_A_UID);
	holder->held_slabs = u32(attrs, AOIPOOL_A_HELD_SLABS);
	return 0;
}

int message_slab(struct nlmsghdr *header, struct aoipool_held_slab *slab)
{
	struct nlattr *attrs[NR_ATTRS];
	int err = parse(header, attrs);

	if (err)
		return err;
	slab->pool = u64(attrs, AOIPOOL_A_POOL);
	slab->held_bytes = u64(attrs, AOIPOOL_A_HELD_BYTES);
	slab->slab = u32(attrs, AOIPOOL_A_SLAB);
	slab->client = u32(attrs, AOIPOOL_A_CLIENT);
	slab->pid = u32(attrs, AOIPOOL_A_PID);
	slab->uid = u32(attrs, AOIPOOL_A_UID);
	slab->generation = u32(attrs, AOIPOOL_A_GENERATION);
	slab->node = node_of(attrs);
	return 0;
}

int message_trim(struct nlmsghdr *header, struct aoipool_host_trim *trim)
{
	struct nlattr *attrs[NR_ATTRS];
	int err = parse(header, attrs);

	if (err)
		return err;
	trim->freed_bytes = u64(attrs, AOIPOOL_A_RECLAIMED_BYTES);
	trim->depot_bytes = u64(attrs, AOIPOOL_A_DEPOT_BYTES);
	return 0;
}
