/* SPDX-License-Identifier: GPL-2.0-only */
/* The three mappings of a pool: information page, slab words, data. */
#ifndef AOIPOOL_MAP_H
#define AOIPOOL_MAP_H

struct aoipool_pool;
struct vm_area_struct;

int aoipool_map(struct aoipool_pool *pool, struct vm_area_struct *vma);

#endif /* AOIPOOL_MAP_H */
