/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* What is out of a process's pools, added up by pool and tag. */
#ifndef TALLY_H
#define TALLY_H

#include <stddef.h>
#include <stdint.h>

#include <aoipool/custody.h>

/**
 * struct tally - of one pool for one tag
 * @old_count: slots that are surely older than was asked for
 */
struct tally {
	uint64_t pool;
	char name[32];
	char tag[AOIPOOL_TAG_BYTES];
	int64_t count, bytes;
	int64_t old_count, old_bytes;
	uint64_t oldest_ns;
	uint32_t tid;	/* of the oldest */
};

struct tallies {
	struct tally *list;
	size_t nr;
	struct aoipool_pool_entry *pools;
	size_t nr_pools;
};

/**
 * tallies_of() - add up a snapshot
 * @old_ns: what is old
 *
 * Return: 0, and tallies_free() is the caller's to call; -ENOMEM.
 */
int tallies_of(struct tallies *tallies,
		const struct aoipool_snapshot *snapshot, uint64_t old_ns);
void tallies_free(struct tallies *tallies);

/* NULL: there is no such one. */
const struct tally *tallies_find(const struct tallies *tallies,
				    uint64_t pool, const char *tag);
const struct aoipool_pool_entry *
tallies_pool(const struct tallies *tallies, uint64_t pool);

#endif
