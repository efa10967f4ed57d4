/* SPDX-License-Identifier: GPL-2.0-only */
/* A trim: idle memory goes back because somebody asks, of whatever pool. */
#ifndef AOIPOOL_TRIM_H
#define AOIPOOL_TRIM_H

#include <linux/types.h>

struct aoipool_asker;

/**
 * struct aoipool_trim - what is asked for, and what came of it
 * @asker: of pools that he may see
 * @pool: of the pool with this id only; 0: of all
 * @nid: of this node only; NUMA_NO_NODE: of all
 * @wanted: blocks still wanted; the last slab is taken whole
 * @reserve_too: take from the reserves as well
 * @depot_too: and what pools do not give from the depot
 * @pool_blocks: that pools gave
 * @depot_blocks: that the depot gave
 */
struct aoipool_trim {
	const struct aoipool_asker *asker;
	u64 pool;
	int nid;
	unsigned long wanted;
	bool reserve_too;
	bool depot_too;
	unsigned long pool_blocks;
	unsigned long depot_blocks;
};

int aoipool_trim_run(struct aoipool_trim *trim);

#endif /* AOIPOOL_TRIM_H */
