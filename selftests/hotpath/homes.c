// SPDX-License-Identifier: GPL-2.0-only
#include "homes.h"

#include <errno.h>
#include <string.h>

#include "node.h"

#define BLOCK_SHIFT	21

static uintptr_t lowest(const struct hoard *all)
{
	uintptr_t low = UINTPTR_MAX;
	size_t i;

	for (i = 0; i < all->n; i++)
		if ((uintptr_t)all->slots[i].ptr < low)
			low = (uintptr_t)all->slots[i].ptr;
	return low >> BLOCK_SHIFT << BLOCK_SHIFT;
}

/*
 * A slot begins in each block, and the block is asked for by the first one met.
 * The question faults the page in: it may be populated and not yet mapped.
 */
int homes_learn(struct homes *homes, struct hoard *all)
{
	size_t i, block;
	char *slot;
	int node;

	memset(homes, 0xff, sizeof(*homes));
	memset(homes->slots, 0, sizeof(homes->slots));
	homes->first = lowest(all);
	for (i = 0; i < all->n; i++) {
		slot = all->slots[i].ptr;
		block = ((uintptr_t)slot - homes->first) >> BLOCK_SHIFT;
		if (block >= HOMES_MAX)
			return -ERANGE;
		if (homes->node[block] < 0)
			homes->node[block] = node_of_policy(slot);
		node = homes->node[block];
		if (node < 0 || node >= NODES)
			return -ENODATA;
		homes->slots[node]++;
	}
	return 0;
}
