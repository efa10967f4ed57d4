// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "tally.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"

/* The ages of aoipool_custody.ages begin at these. */
static const uint64_t age_begins_ns[AOIPOOL_AGES] = {
	0, 1000000ULL, 10000000ULL, 100000000ULL, 1000000000ULL,
	10000000000ULL, 100000000000ULL, 1000000000000ULL, 10000000000000ULL,
};

struct adding {
	struct tallies *tallies;
	uint64_t old_ns;
};

static struct tally *find(struct tallies *tallies, uint64_t pool,
			    const char *tag)
{
	for (size_t i = 0; i < tallies->nr; i++)
		if (tallies->list[i].pool == pool &&
		    !strcmp(tallies->list[i].tag, tag))
			return &tallies->list[i];
	return NULL;
}

static struct tally *make(struct tallies *tallies,
			    const struct aoipool_custody *custody)
{
	struct tally tally = { .pool = custody->pool };

	memcpy(tally.name, custody->name, sizeof(tally.name));
	memcpy(tally.tag, custody->tag, sizeof(tally.tag));
	if (array_add(&tallies->list, &tallies->nr, &tally))
		return NULL;
	return &tallies->list[tallies->nr - 1];
}

/* Those that are surely old: of ages that begin so, or where the oldest is. */
static int64_t old_of(const struct aoipool_custody *custody, uint64_t old_ns)
{
	int64_t nr = 0;

	if (custody->oldest_ns < old_ns)
		return 0;
	if (custody->youngest_ns >= old_ns)
		return custody->count;
	for (int i = 0; i < AOIPOOL_AGES; i++)
		if (age_begins_ns[i] >= old_ns)
			nr += custody->ages[i];
	return nr ? nr : 1;
}

static int add_custody(void *arg, const struct aoipool_custody *custody)
{
	struct adding *adding = arg;
	struct tally *tally = find(adding->tallies, custody->pool,
				       custody->tag);
	int64_t old = old_of(custody, adding->old_ns);

	if (!tally)
		tally = make(adding->tallies, custody);
	if (!tally)
		return -1;
	tally->count += custody->count;
	tally->bytes += custody->bytes;
	tally->old_count += old;
	if (custody->count > 0)
		tally->old_bytes += custody->bytes / custody->count * old;
	if (custody->oldest_ns >= tally->oldest_ns) {
		tally->oldest_ns = custody->oldest_ns;
		tally->tid = custody->tid;
	}
	return 0;
}

static int add_pool(void *arg, const struct aoipool_pool_entry *pool)
{
	struct adding *adding = arg;

	return array_add(&adding->tallies->pools, &adding->tallies->nr_pools,
			 pool);
}

int tallies_of(struct tallies *tallies,
		const struct aoipool_snapshot *snapshot, uint64_t old_ns)
{
	struct adding adding = { tallies, old_ns };
	int err;

	*tallies = (struct tallies){ 0 };
	err = aoipool_snapshot_each_pool(snapshot, add_pool, &adding);
	if (!err)
		err = aoipool_snapshot_each(snapshot, add_custody, &adding);
	if (err)
		tallies_free(tallies);
	return err;
}

void tallies_free(struct tallies *tallies)
{
	free(tallies->list);
	free(tallies->pools);
	*tallies = (struct tallies){ 0 };
}

const struct tally *tallies_find(const struct tallies *tallies,
				    uint64_t pool, const char *tag)
{
	return find((struct tallies *)tallies, pool, tag);
}

const struct aoipool_pool_entry *
tallies_pool(const struct tallies *tallies, uint64_t pool)
{
	for (size_t i = 0; i < tallies->nr_pools; i++)
		if (tallies->pools[i].pool == pool)
			return &tallies->pools[i];
	return NULL;
}
