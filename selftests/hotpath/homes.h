/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the blocks of a pool really are, as the kernel says of their pages. */
#ifndef HOMES_H
#define HOMES_H

#include <stddef.h>
#include <stdint.h>

#include "cpu.h"
#include "hoard.h"

#define HOMES_MAX	64	/* blocks */

struct homes {
	uintptr_t first;		/* the lowest block */
	int node[HOMES_MAX];
	size_t slots[NODES];		/* how many slots each node has */
};

/* From all slots of a pool.  -ERANGE: it has too many blocks. */
int homes_learn(struct homes *homes, struct hoard *all);

static inline int homes_node(const struct homes *homes, const void *slot)
{
	return homes->node[((uintptr_t)slot - homes->first) >> 21];
}

#endif /* HOMES_H */
