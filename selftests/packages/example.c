// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
// What a user of libaoipool-dev writes first.
#include <aoipool-events.h>
#include <aoipool.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static int show(void *arg, const struct aoipool_node_state *node)
{
	(void)arg;
	printf("node %d\n", node->node);
	return 0;
}

static int use(struct aoipool_pool *pool)
{
	struct aoipool_slot slot;

	if (aoipool_get(pool, &slot))
		return 1;
	memset(slot.ptr, 1, aoipool_pool_slot_bytes(pool));
	if (aoipool_put(pool, slot.ref))
		return 2;
	return aoipool_put(pool, slot.ref) == -EALREADY ? 0 : 3;
}

int main(void)
{
	struct aoipool_attr *attr;
	struct aoipool_pool *pool;
	int err = aoipool_for_each_node(show, NULL);

	if (err && err != -ENODEV && err != -EPROTONOSUPPORT)
		return 4;
	if (aoipool_attr_create(&attr) ||
	    aoipool_attr_set_object(attr, 256, 1000) ||
	    aoipool_attr_set_provider(attr, AOIPOOL_PROVIDER_USER) ||
	    aoipool_pool_open(attr, &pool))
		return 5;
	aoipool_attr_destroy(attr);
	err = use(pool);
	return aoipool_pool_close(pool) ? 6 : err;
}
