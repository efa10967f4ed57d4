/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* What the programs share that are built against the installed library. */
#ifndef SELFTESTS_LIB_PROGRAM_H
#define SELFTESTS_LIB_PROGRAM_H

#include <stdio.h>
#include <stdlib.h>

#include <aoipool.h>

#define THREADS	4

/* There is no test frame here: say where, and be gone. */
#define must(what) \
	do { \
		if (!(what)) { \
			fprintf(stderr, "# %s:%d: %s\n", __FILE__, __LINE__, \
				#what); \
			_Exit(1); \
		} \
	} while (0)

static inline struct aoipool_pool *open_objects(size_t bytes, size_t count)
{
	struct aoipool_pool *pool;
	struct aoipool_attr *attr;

	must(!aoipool_attr_create(&attr));
	must(!aoipool_attr_set_object(attr, bytes, count));
	must(!aoipool_attr_set_provider(attr, AOIPOOL_PROVIDER_USER));
	must(!aoipool_pool_open(attr, &pool));
	aoipool_attr_destroy(attr);
	return pool;
}

/* Every slot is there; closes the pool. */
static inline void close_whole(struct aoipool_pool *pool)
{
	size_t n = aoipool_pool_slots(pool), i;
	struct aoipool_slot *slots, more;

	slots = (struct aoipool_slot *)calloc(n, sizeof(*slots));
	must(slots);
	for (i = 0; i < n; i++)
		must(!aoipool_get(pool, &slots[i]));
	must(aoipool_get(pool, &more) < 0);
	must(!aoipool_put_many(pool, slots, n));
	must(aoipool_put(pool, slots[0].ref) < 0);
	free(slots);
	must(!aoipool_pool_close(pool));
}

#endif
