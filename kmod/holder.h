/* SPDX-License-Identifier: GPL-2.0-only */
/* A holder: a client by what it holds. */
#ifndef AOIPOOL_HOLDER_H
#define AOIPOOL_HOLDER_H

#include <linux/types.h>
#include <linux/aoipool.h>

struct aoipool_pool;

struct aoipool_holder {
	u64 pool;
	char name[AOIPOOL_NAME_BYTES];
	u32 client;
	u32 pid;			/* in the initial namespace */
	char comm[AOIPOOL_COMM_BYTES];
	u64 blocks;
};

/* The largest of all pools, the largest first. */
struct aoipool_holders {
	bool are_known;
	u32 nr;
	struct aoipool_holder top[AOIPOOL_MAX_HOLDERS];
};

void aoipool_holders_count(struct aoipool_pool *pool);
void aoipool_holders_find(struct aoipool_holders *holders);

#endif /* AOIPOOL_HOLDER_H */
