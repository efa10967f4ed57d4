// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "rank.h"

#include <errno.h>
#include <stdlib.h>

struct weighed {
	const void *entry;
	uint64_t weight;
};

/* Entries of one array: their addresses are their order. */
static int compare(const void *a, const void *b)
{
	const struct weighed *left = a, *right = b;

	if (left->weight != right->weight)
		return left->weight < right->weight ? 1 : -1;
	return left->entry > right->entry ? 1 : -1;
}

static int take_top(struct rank *rank, const struct weighed *all, size_t nr)
{
	rank->entries = calloc(nr + 1, sizeof(*rank->entries));
	if (!rank->entries)
		return -ENOMEM;
	for (rank->nr = 0; rank->nr < nr; rank->nr++)
		rank->entries[rank->nr] = all[rank->nr].entry;
	return 0;
}

int rank_make(struct rank *rank, const void *array, size_t nr, size_t bytes,
	      size_t top, uint64_t (*weight)(const void *entry))
{
	struct weighed *all = calloc(nr + 1, sizeof(*all));
	int err;

	*rank = (struct rank){0};
	if (!all)
		return -ENOMEM;
	for (size_t i = 0; i < nr; i++) {
		all[i].entry = (const char *)array + i * bytes;
		all[i].weight = weight(all[i].entry);
	}
	qsort(all, nr, sizeof(*all), compare);
	err = take_top(rank, all, nr < top ? nr : top);
	free(all);
	return err;
}

void rank_free(struct rank *rank)
{
	free(rank->entries);
	*rank = (struct rank){0};
}
