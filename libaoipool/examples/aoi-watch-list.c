// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* aoi-watch - what there is: the host, its nodes, pools and holders. */
#include <inttypes.h>
#include <stdio.h>

#include "aoi-watch.h"

static int list_host(void)
{
	struct aoipool_host_state host = { .size = sizeof(host) };
	int err = aoipool_listener_state(NULL, &host);

	if (err)
		return err;
	printf("host      %-8s  available %" PRIu64 " of %" PRIu64
	       " MiB, pools %" PRIu64 ", depot %" PRIu64 ", idle %" PRIu64
	       " MiB, %" PRIu64 " events, %" PRIu64 " dropped\n",
	       watch_level(host.level), host.available_bytes / MIB,
	       host.total_bytes / MIB, host.pool_bytes / MIB,
	       host.depot_bytes / MIB, host.idle_bytes / MIB, host.seq,
	       host.lost);
	return 0;
}

static int list_node(void *arg, const struct aoipool_node_state *node)
{
	(void)arg;
	printf("node %-4d %-8s  available %" PRIu64 " of %" PRIu64
	       " MiB, pools %" PRIu64 ", depot %" PRIu64 " MiB\n",
	       node->node, watch_level(node->level),
	       node->available_bytes / MIB, node->total_bytes / MIB,
	       node->pool_bytes / MIB, node->depot_bytes / MIB);
	return 0;
}

static int list_pool(void *arg, const struct aoipool_pool_state *pool)
{
	(void)arg;
	printf("pool %-4" PRIu64 " %-8s  \"%s\" %s, %" PRIu32 " clients, %" PRIu32
	       " of %" PRIu32 " slabs held, %" PRIu32 " parked, %" PRIu64
	       " MiB, idle %" PRIu64 " MiB\n",
	       pool->pool, watch_level(pool->level), pool->name, pool->type,
	       pool->nr_clients, pool->held_slabs, pool->nr_slabs,
	       pool->parked_slabs, pool->pool_bytes / MIB,
	       pool->idle_bytes / MIB);
	return 0;
}

static int list_holder(void *arg, const struct aoipool_holder_state *state)
{
	const struct aoipool_holder *holder = &state->holder;

	(void)arg;
	printf("holder    %" PRIu64 "/%-6" PRIu32 "  \"%s\" by %" PRIu32
	       " %s of user %" PRIu32 ", %" PRIu32 " slabs, %" PRIu64 " MiB\n",
	       holder->pool, holder->client, holder->name, holder->pid,
	       holder->comm, state->uid, state->held_slabs,
	       holder->held_bytes / MIB);
	return 0;
}

int watch_list(void)
{
	int err = list_host();

	if (!err)
		err = aoipool_for_each_node(list_node, NULL);
	if (!err)
		err = aoipool_for_each_pool(list_pool, NULL);
	if (!err)
		err = aoipool_for_each_holder(list_holder, NULL);
	return err;
}
