/* SPDX-License-Identifier: GPL-2.0-only */
/* The charge of a block to a memory cgroup. */
#ifndef AOIPOOL_CHARGE_H
#define AOIPOOL_CHARGE_H

#include <linux/types.h>

struct mem_cgroup;
struct obj_cgroup;
struct page;

bool aoipool_charge_is_due(void);
bool aoipool_charge_fits(unsigned long nr_blocks);
bool aoipool_charge_is_calm(unsigned long nr_blocks);
struct mem_cgroup *aoipool_charge_full(unsigned long nr_blocks);
struct mem_cgroup *aoipool_charge_felt(struct mem_cgroup *memcg,
				       unsigned long nr_blocks);
struct mem_cgroup *aoipool_charge_payer(void);
void aoipool_charge_move(struct page *from, struct page *to);

/* Whom a block is charged to */
struct obj_cgroup *aoipool_charge_objcg(struct page *block);
void aoipool_charge_get(struct obj_cgroup *objcg);
struct mem_cgroup *aoipool_charge_memcg(struct obj_cgroup *objcg);
struct mem_cgroup *aoipool_charge_get_memcg(struct obj_cgroup *objcg);
bool aoipool_charge_is_below(struct mem_cgroup *memcg, struct mem_cgroup *top);

#endif /* AOIPOOL_CHARGE_H */
