/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
#ifndef LAYOUT_H
#define LAYOUT_H

#include <stddef.h>
#include <stdint.h>

/* Both answer how a pool is cut into slabs and a slab into slots. */
struct geometry {
	size_t slot_bytes;	/* for the caller */
	size_t stride;		/* from one slot of a slab to the next */
	uint32_t slab_blocks;
	uint32_t slab_slots;
	uint32_t nr_slabs;
	uint32_t index_shift;	/* a slab has 1 << this indices in refs */
};

/* Slabs that so many slots fill. */
static inline uint32_t geometry_slabs_of(const struct geometry *g, size_t slots)
{
	return slots / g->slab_slots + !!(slots % g->slab_slots);
}

/* Return: 0; -EINVAL: more than a slab or a pool can have. */
int geometry_of_frames(size_t bytes, size_t count, struct geometry *g);
int geometry_of_objects(size_t bytes, size_t count, struct geometry *g);

#endif
