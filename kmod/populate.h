/* SPDX-License-Identifier: GPL-2.0-only */
/* Populating: a held slab comes by its memory. */
#ifndef AOIPOOL_POPULATE_H
#define AOIPOOL_POPULATE_H

#include <linux/types.h>
#include "block.h"

struct aoipool_pool;
struct page;

void aoipool_populate_ahead(struct aoipool_pool *pool, u32 first, u32 nr,
			    u32 client);
int aoipool_populate_slab(struct aoipool_pool *pool, u32 index, u32 client);
struct page *aoipool_populate_fault(struct aoipool_pool *pool, u32 index,
				    u32 nth);

struct page *aoipool_populate_bring(struct aoipool_pool *pool, int nid,
				    enum aoipool_effort effort);

#endif /* AOIPOOL_POPULATE_H */
