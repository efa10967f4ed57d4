// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* What there is, one after the other, to a function of the caller's. */
#include "aoipool-events.h"

#include "listing.h"

#define FOR_EACH(listing, each, arg) \
	do { \
		for (size_t i = 0; !err && i < (listing)->nr; i++) \
			err = (each)((arg), listing_at((listing), i)); \
		listing_free(listing); \
	} while (0)

int aoipool_for_each_node(int (*each)(void *arg,
				      const struct aoipool_node_state *node),
			  void *arg)
{
	struct listing listing;
	int err = listing_nodes(&listing, 0);

	FOR_EACH(&listing, each, arg);
	return err;
}

int aoipool_for_each_pool(int (*each)(void *arg,
				      const struct aoipool_pool_state *pool),
			  void *arg)
{
	struct listing listing;
	int err = listing_pools(&listing, 0);

	FOR_EACH(&listing, each, arg);
	return err;
}

int aoipool_for_each_holder(int (*each)(void *arg,
					const struct aoipool_holder_state *),
			    void *arg)
{
	struct listing listing;
	int err = listing_holders(&listing, 0);

	FOR_EACH(&listing, each, arg);
	return err;
}

int aoipool_for_each_held_slab(uint64_t pool,
			       int (*each)(void *arg,
					   const struct aoipool_held_slab *slab),
			       void *arg)
{
	struct listing listing;
	int err = listing_slabs(&listing, 0, pool);

	FOR_EACH(&listing, each, arg);
	return err;
}
