/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Bringing the memory of many slabs, by several threads where that pays. */
#ifndef POPULATE_H
#define POPULATE_H

#include <stddef.h>
#include <stdint.h>

#include "slab.h"

/* Who wants to know how far it is, called in the caller's thread only. */
struct progress {
	void (*tell)(void *arg, size_t done_bytes, size_t total_bytes);
	void *arg;
};

/**
 * populate_slabs() - see that slabs that are held have all their memory
 * @node: where the caller runs
 * @slabs: as slab_hold_from() gave them
 * @progress: NULL or without a function: nobody
 *
 * Where a node has no memory, another slab takes the place of one that was to
 * be there.  No lock may be held.
 *
 * Return: 0; as slab_take(), and none of them is held any more.
 */
int populate_slabs(struct slab_table *table, uint32_t node, struct slab *slabs,
		   size_t n, const struct progress *progress);

#endif
