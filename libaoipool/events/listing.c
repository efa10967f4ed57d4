// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "listing.h"

#include <errno.h>
#include <linux/aoipool.h>
#include <netlink/attr.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "request.h"

/* Dumps that are not of one piece, until it is told. */
#define TRIES		16
#define FIRST_ROOM	16

static int grow(struct listing *listing)
{
	size_t room = listing->room ? 2 * listing->room : FIRST_ROOM;
	char *entries = reallocarray(listing->entries, room,
				     listing->entry_bytes);

	if (!entries)
		return -ENOMEM;
	listing->entries = entries;
	listing->room = room;
	return 0;
}

/* Zeroed; NULL: no memory. */
static void *add(struct listing *listing)
{
	char *entry;

	if (listing->nr == listing->room && grow(listing))
		return NULL;
	entry = listing->entries + listing->nr++ * listing->entry_bytes;
	return memset(entry, 0, listing->entry_bytes);
}

static int hear_node(void *arg, struct nlmsghdr *header)
{
	struct aoipool_node_state *node = add(arg);

	if (!node)
		return -ENOMEM;
	node->size = sizeof(*node);
	return message_node(header, node);
}

static int hear_pool(void *arg, struct nlmsghdr *header)
{
	struct aoipool_pool_state *pool = add(arg);

	if (!pool)
		return -ENOMEM;
	pool->size = sizeof(*pool);
	return message_pool(header, pool);
}

static int hear_holder(void *arg, struct nlmsghdr *header)
{
	struct aoipool_holder_state *holder = add(arg);

	if (!holder)
		return -ENOMEM;
	holder->size = sizeof(*holder);
	return message_holder(header, holder);
}

static int hear_slab(void *arg, struct nlmsghdr *header)
{
	struct aoipool_held_slab *slab = add(arg);

	if (!slab)
		return -ENOMEM;
	slab->size = sizeof(*slab);
	return message_slab(header, slab);
}

static int put_pool(void *arg, struct nl_msg *message)
{
	const struct listing *listing = arg;

	if (nla_put_u64(message, AOIPOOL_A_POOL, listing->pool))
		return -ENOMEM;
	return 0;
}

static int ask(struct listing *listing, struct request *request)
{
	int err = -EINTR;

	request->flags = NLM_F_DUMP;
	request->arg = listing;
	for (int i = 0; i < TRIES && err == -EINTR; i++) {
		listing->nr = 0;
		err = request_run(request);
	}
	if (err)
		listing_free(listing);
	return err;
}

int listing_nodes(struct listing *listing, int family)
{
	struct request request = {
		.family = family,
		.command = AOIPOOL_GENL_GET_NODES,
		.hear = hear_node,
	};

	*listing = (struct listing){
		.entry_bytes = sizeof(struct aoipool_node_state),
	};
	return ask(listing, &request);
}

int listing_pools(struct listing *listing, int family)
{
	struct request request = {
		.family = family,
		.command = AOIPOOL_GENL_GET_POOLS,
		.hear = hear_pool,
	};

	*listing = (struct listing){
		.entry_bytes = sizeof(struct aoipool_pool_state),
	};
	return ask(listing, &request);
}

int listing_holders(struct listing *listing, int family)
{
	struct request request = {
		.family = family,
		.command = AOIPOOL_GENL_GET_HOLDERS,
		.hear = hear_holder,
	};

	*listing = (struct listing){
		.entry_bytes = sizeof(struct aoipool_holder_state),
	};
	return ask(listing, &request);
}

int listing_slabs(struct listing *listing, int family, uint64_t pool)
{
	struct request request = {
		.family = family,
		.command = AOIPOOL_GENL_GET_SLABS,
		.put = pool ? put_pool : NULL,
		.hear = hear_slab,
	};

	*listing = (struct listing){
		.entry_bytes = sizeof(struct aoipool_held_slab),
		.pool = pool,
	};
	return ask(listing, &request);
}

void listing_free(struct listing *listing)
{
	free(listing->entries);
	*listing = (struct listing){ 0 };
}

const void *listing_at(const struct listing *listing, size_t i)
{
	return listing->entries + i * listing->entry_bytes;
}
