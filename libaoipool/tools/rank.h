/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* The heaviest of an array, without touching it. */
#ifndef RANK_H
#define RANK_H

#include <stddef.h>
#include <stdint.h>

struct rank {
	const void **entries; /* the heaviest first */
	size_t nr;
};

/**
 * rank_make() - look for them
 * @array: of @nr entries, of @bytes each
 * @top: so many at most
 *
 * Equals stay in their order.  Return: 0, and rank_free() is the caller's to
 * call; -ENOMEM.
 */
int rank_make(struct rank *rank, const void *array, size_t nr, size_t bytes,
	      size_t top, uint64_t (*weight)(const void *entry));

void rank_free(struct rank *rank);

#endif
