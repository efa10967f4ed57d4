/* SPDX-License-Identifier: GPL-2.0-only */
/* Dumps: questions of the netlink family that have many answers. */
#ifndef AOIPOOL_DUMP_H
#define AOIPOOL_DUMP_H

struct netlink_callback;
struct sk_buff;

int aoipool_dump_start(struct netlink_callback *cb);
int aoipool_dump_start_slabs(struct netlink_callback *cb);
int aoipool_dump_done(struct netlink_callback *cb);

int aoipool_dump_nodes(struct sk_buff *skb, struct netlink_callback *cb);
int aoipool_dump_pools(struct sk_buff *skb, struct netlink_callback *cb);
int aoipool_dump_holders(struct sk_buff *skb, struct netlink_callback *cb);
int aoipool_dump_slabs(struct sk_buff *skb, struct netlink_callback *cb);

#endif /* AOIPOOL_DUMP_H */
