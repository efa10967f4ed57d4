/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* heap of malloc: the C library's, or the one that was preloaded. */
#ifndef HEAP_MALLOC_H
#define HEAP_MALLOC_H

#include <stdlib.h>

#include "heap.h"

struct item {
	void *pointer;
};

extern size_t heap_bytes;

/* What the peers say of themselves; looked up where they were preloaded. */
int mi_version(void);
int mallctl(const char *name, void *old, size_t *old_size, void *new,
	    size_t new_size);
const char *tc_version(int *major, int *minor, const char **patch);

static inline void *item_pointer(struct item item)
{
	return item.pointer;
}

static inline void heap_get(struct item *item)
{
	item->pointer = malloc(heap_bytes);
	if (__builtin_expect(!item->pointer, 0))
		die("malloc fails");
}

static inline void heap_put(struct item item)
{
	free(item.pointer);
}

static inline void heap_get_bulk(struct item *items, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		heap_get(&items[i]);
}

static inline void heap_put_bulk(struct item *items, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		heap_put(items[i]);
}

#endif
