// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "listing.h"

#include <errno.h>
#include <linux/aoipool.h>
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

static int ask(struct listing *listing, const struct request *request)
{
	int err = -EINTR;

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
	const struct request request = {
		.family = family,
		.command = AOIPOOL_GENL_GET_NODES,
		.flags = NLM_F_DUMP,
		.hear = hear_node,
		.arg = listing,
	};

	*listing = (struct listing){
		.entry_bytes = sizeof(struct aoipool_node_state),
	};
	return ask(listing, &request);
}

int listing_pools(struct listing *listing, int family)
{
	const struct request request = {
		.family = family,
		.command = AOIPOOL_GENL_GET_POOLS,
		.flags = NLM_F_DUMP,
		.hear = hear_pool,
		.arg = listing,
	};

	*listing = (struct listing){
		.entry_bytes = sizeof(struct aoipool_pool_state),
	};
	return ask(listing, &request);
}

int listing_holders(struct listing *listing, int family)
{
	const struct request request = {
		.family = family,
		.command = AOIPOOL_GENL_GET_HOLDERS,
		.flags = NLM_F_DUMP,
		.hear = hear_holder,
		.arg = listing,
	};

	*listing = (struct listing){
		.entry_bytes = sizeof(struct aoipool_holder_state),
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
