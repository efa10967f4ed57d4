/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * What the module says, as structs.  The policy in message.c is the schema; an
 * attribute that is missing leaves 0, one that is unknown is passed over, one
 * that breaks the schema makes the whole message -EPROTO.
 */
#ifndef MESSAGE_H
#define MESSAGE_H

#include <netlink/netlink.h>

#include "aoipool-events.h"

/* Return: 0, with kind 0 where the kind is unknown; -EPROTO, also without SEQ. */
int message_event(struct nlmsghdr *header, struct aoipool_event *event);

/* Each fills all but size.  Return: 0; -EPROTO. */
int message_host(struct nlmsghdr *header, struct aoipool_host_state *host);
int message_node(struct nlmsghdr *header, struct aoipool_node_state *node);
int message_pool(struct nlmsghdr *header, struct aoipool_pool_state *pool);
int message_holder(struct nlmsghdr *header,
		   struct aoipool_holder_state *holder);
int message_slab(struct nlmsghdr *header, struct aoipool_held_slab *slab);

/* What was freed.  Return: 0; -EPROTO. */
int message_trim(struct nlmsghdr *header, struct aoipool_host_trim *trim);

#endif
