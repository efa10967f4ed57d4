/* SPDX-License-Identifier: GPL-2.0-only */
/* Reclaim: idle memory goes back before anyone is refused or killed. */
#ifndef AOIPOOL_RECLAIM_H
#define AOIPOOL_RECLAIM_H

#include <linux/types.h>

struct aoipool_pool;
struct aoipool_pool_trim;

bool aoipool_reclaim_own(struct aoipool_pool *pool, int nid, int err);
bool aoipool_reclaim_others(struct aoipool_pool *pool, int nid, int err);
bool aoipool_reclaim_cgroup(struct aoipool_pool *pool);
int aoipool_reclaim_trim(struct aoipool_pool *pool,
			 struct aoipool_pool_trim *args);

u64 aoipool_oom_calls(void);
u64 aoipool_oom_blocks(void);

int aoipool_reclaim_init(void);
void aoipool_reclaim_exit(void);

#endif /* AOIPOOL_RECLAIM_H */
