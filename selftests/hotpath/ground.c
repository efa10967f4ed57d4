// SPDX-License-Identifier: GPL-2.0-only
#include "ground.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Rows of 2112 bytes with their padding, so that a frame fits in one block. */
#define FRAME_WIDTH	2048
#define FRAME_HEIGHT	960

static int choose_lists(const char *lists)
{
	int failed = lists ? setenv("AOIPOOL_LISTS", lists, 1) :
			     unsetenv("AOIPOOL_LISTS");

	return failed ? -errno : 0;
}

static int describe(struct aoipool_attr *attr, const struct ground *ground,
		    const struct want *want)
{
	int err = aoipool_attr_set_provider(attr, ground->provider);

	if (!err && want->bytes)
		err = aoipool_attr_set_object(attr, want->bytes, want->count);
	if (!err && !want->bytes)
		err = aoipool_attr_set_frame(attr, FRAME_WIDTH, FRAME_HEIGHT,
					     AOIPOOL_PIXEL_MONO8, want->count);
	if (!err)
		err = aoipool_attr_set_reserve(attr, want->reserve);
	if (!err && want->bind)
		err = aoipool_attr_set_numa(attr, AOIPOOL_NUMA_BIND,
					    want->bind);
	return err;
}

/* By itself the library chooses the best of lists, which each machine has. */
static const char *lists_expected(const struct ground *ground,
				  const struct want *want)
{
	if (!want->bytes)
		return "none";
	return ground->lists ? ground->lists : "rseq";
}

static int check(const struct ground *ground, const struct want *want,
		 struct aoipool_pool *pool)
{
	const char *provider = ground->provider == AOIPOOL_PROVIDER_USER ?
				       "user" : "kernel";

	if (strcmp(aoipool_pool_provider(pool), provider) ||
	    strcmp(aoipool_pool_lists(pool), lists_expected(ground, want)))
		return -ESTALE;
	return 0;
}

int ground_open(const struct ground *ground, const struct want *want,
		struct aoipool_pool **pool)
{
	struct aoipool_attr *attr;
	int err = choose_lists(ground->lists);

	if (!err)
		err = aoipool_attr_create(&attr);
	if (err)
		return err;
	err = describe(attr, ground, want);
	if (!err)
		err = aoipool_pool_open(attr, pool);
	aoipool_attr_destroy(attr);
	return err ? err : check(ground, want, *pool);
}

struct aoipool_stats ground_stats(struct aoipool_pool *pool)
{
	struct aoipool_stats stats = { .size = sizeof(stats) };

	if (aoipool_pool_stats(pool, &stats))
		return (struct aoipool_stats){ 0 };
	return stats;
}
