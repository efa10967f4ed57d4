/* SPDX-License-Identifier: GPL-2.0-only */
/* A supply: clean blocks that workers bring ahead of one big populate. */
#ifndef AOIPOOL_SUPPLY_H
#define AOIPOOL_SUPPLY_H

#include <linux/types.h>

struct aoipool_pool;
struct aoipool_supply;
struct page;

#define AOIPOOL_MAX_WORKERS	16

/* Workers that help one caller on each node; the next caller goes by it. */
extern unsigned int aoipool_supply_workers;

struct aoipool_supply *aoipool_supply_create(struct aoipool_pool *pool);
void aoipool_supply_order(struct aoipool_supply *supply, int nid, u32 nr_blocks);
struct page *aoipool_supply_take(struct aoipool_supply *supply, int nid);
void aoipool_supply_destroy(struct aoipool_supply *supply);

int aoipool_supply_init(void);
void aoipool_supply_exit(void);

#endif /* AOIPOOL_SUPPLY_H */
