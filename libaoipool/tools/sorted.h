/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Pointers to the entries of an array, in an order, to look one up quickly. */
#ifndef SORTED_H
#define SORTED_H

#include <stddef.h>

struct sorted {
	const void **entries;
	size_t nr;
	int (*compare)(const void *a, const void *b);
};

/**
 * sorted_make() - of an array that stays where it is
 * @compare: two entries, as for qsort()
 *
 * Return: 0, and sorted_free() is the caller's to call; -ENOMEM.
 */
int sorted_make(struct sorted *sorted, const void *array, size_t nr,
		size_t bytes, int (*compare)(const void *a, const void *b));

/* One that compares as equal to @key, or NULL. */
const void *sorted_find(const struct sorted *sorted, const void *key);

void sorted_free(struct sorted *sorted);

#endif
