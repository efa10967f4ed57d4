// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "sorted.h"

#include <errno.h>
#include <stdlib.h>

static int compare(const void *a, const void *b, void *arg)
{
	const void *const *first = a, *const *second = b;
	const struct sorted *sorted = arg;

	return sorted->compare(*first, *second);
}

int sorted_make(struct sorted *sorted, const void *array, size_t nr,
		size_t bytes, int (*order)(const void *a, const void *b))
{
	*sorted = (struct sorted){ .nr = nr, .compare = order };
	if (!nr)
		return 0;
	sorted->entries = calloc(nr, sizeof(*sorted->entries));
	if (!sorted->entries)
		return -ENOMEM;
	for (size_t i = 0; i < nr; i++)
		sorted->entries[i] = (const char *)array + i * bytes;
	qsort_r(sorted->entries, nr, sizeof(*sorted->entries), compare, sorted);
	return 0;
}

const void *sorted_find(const struct sorted *sorted, const void *key)
{
	size_t low = 0, high = sorted->nr, middle;
	int is;

	while (low < high) {
		middle = low + (high - low) / 2;
		is = sorted->compare(key, sorted->entries[middle]);
		if (!is)
			return sorted->entries[middle];
		if (is < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

void sorted_free(struct sorted *sorted)
{
	free(sorted->entries);
	*sorted = (struct sorted){ 0 };
}
