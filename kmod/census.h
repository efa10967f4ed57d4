/* SPDX-License-Identifier: GPL-2.0-only */
/* A census: what a pool has, by who could have it, slab by slab. */
#ifndef AOIPOOL_CENSUS_H
#define AOIPOOL_CENSUS_H

#include <linux/types.h>

struct aoipool_pool;

/**
 * struct aoipool_census - what a pool has, or what pools have together
 * @absent_slabs: counted from the words, as are the next two
 * @held_slabs: somebody's
 * @parked_slabs: nobody's
 * @held_blocks: of slabs that are held
 * @idle_blocks: of slabs that are parked
 * @reserved_blocks: of those, what the reserve keeps; none that is apart
 * @apart_blocks: of those, what is in slabs that somebody pins
 */
struct aoipool_census {
	u32 absent_slabs;
	u32 held_slabs;
	u32 parked_slabs;
	u64 held_blocks;
	u64 idle_blocks;
	u64 reserved_blocks;
	u64 apart_blocks;
};

void aoipool_census_take(struct aoipool_census *census,
			 struct aoipool_pool *pool);
void aoipool_census_take_all(struct aoipool_census *census);

#endif /* AOIPOOL_CENSUS_H */
