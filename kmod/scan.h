/* SPDX-License-Identifier: GPL-2.0-only */
/* A scan: going round the words of pools for parked slabs to take. */
#ifndef AOIPOOL_SCAN_H
#define AOIPOOL_SCAN_H

#include <linux/types.h>
#include <linux/uidgid.h>
#include "slab.h"

struct aoipool_account;
struct aoipool_pool;

#define AOIPOOL_ANY_NODE	NUMA_NO_NODE

/**
 * struct aoipool_scan - what one call of reclaim is to get
 * @nid: blocks of this node only, or AOIPOOL_ANY_NODE
 * @wanted: blocks still wanted; the last slab is taken whole
 * @words: words that each pass may still look at
 * @account: whose slabs only; NULL: whoever's they are
 * @uid: of pools that this user created only; NULL: of all
 * @polite: a slab that was parked since the last ageing round is made one round
 *	older instead of being taken, and in times of grace only old ones are taken
 * @reserve_too: take from the reserves as well
 * @cause: for the tracepoint and the events
 * @taken: blocks so far
 * @spared: slabs that were made older
 * @pinned: parked slabs left alone for a pinned block
 */
struct aoipool_scan {
	int nid;
	unsigned long wanted;
	unsigned long words;
	const struct aoipool_account *account;
	const kuid_t *uid;
	bool polite;
	bool reserve_too;
	enum aoipool_reclaim_cause cause;
	unsigned long taken;
	unsigned long spared;
	unsigned long pinned;
};

void aoipool_scan_slab(struct aoipool_scan *scan, struct aoipool_pool *pool,
		       u32 index);
void aoipool_scan_pool(struct aoipool_scan *scan, struct aoipool_pool *pool);
void aoipool_scan_pools(struct aoipool_scan *scan);

u64 aoipool_scan_blocks(void);

int aoipool_scan_init(void);
void aoipool_scan_exit(void);

#endif /* AOIPOOL_SCAN_H */
