/* SPDX-License-Identifier: GPL-2.0-only */
/* Attributes of netlink messages: counts go in as bytes. */
#ifndef AOIPOOL_ATTR_H
#define AOIPOOL_ATTR_H

#include <net/netlink.h>
#include <linux/aoipool.h>
#include "memory.h"

static inline int aoipool_attr_u64(struct sk_buff *skb, int attr, u64 value)
{
	return nla_put_u64_64bit(skb, attr, value, AOIPOOL_A_PAD);
}

static inline int aoipool_attr_blocks(struct sk_buff *skb, int attr, u64 blocks)
{
	return aoipool_attr_u64(skb, attr, blocks << AOIPOOL_BLOCK_SHIFT);
}

static inline int aoipool_attr_pages(struct sk_buff *skb, int attr, u64 pages)
{
	return aoipool_attr_u64(skb, attr, pages << PAGE_SHIFT);
}

static inline int aoipool_attr_memory(struct sk_buff *skb,
				      const struct aoipool_memory *memory)
{
	return aoipool_attr_pages(skb, AOIPOOL_A_AVAILABLE_BYTES,
				  memory->available) ?:
	       aoipool_attr_pages(skb, AOIPOOL_A_TOTAL_BYTES, memory->total);
}

#endif /* AOIPOOL_ATTR_H */
