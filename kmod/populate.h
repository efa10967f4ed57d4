/* SPDX-License-Identifier: GPL-2.0-only */
/* Populating: a held slab comes by its memory. */
#ifndef AOIPOOL_POPULATE_H
#define AOIPOOL_POPULATE_H

#include <linux/types.h>

struct aoipool_pool;
struct page;

int aoipool_populate_slab(struct aoipool_pool *pool, u32 index, u32 client);
struct page *aoipool_populate_fault(struct aoipool_pool *pool, u32 index,
				    u32 nth);

#endif /* AOIPOOL_POPULATE_H */
