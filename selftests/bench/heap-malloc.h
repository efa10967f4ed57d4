/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* heap of malloc: the C library's, or the one that was preloaded. */
#ifndef HEAP_MALLOC_H
#define HEAP_MALLOC_H

#include <stdlib.h>

#include "heap.h"

typedef void *item_t;

extern size_t heap_bytes;

static inline void *item_pointer(item_t item)
{
	return item;
}

static inline void heap_get(item_t *item)
{
	*item = malloc(heap_bytes);
	if (__builtin_expect(!*item, 0))
		die("malloc fails");
}

static inline void heap_put(item_t item)
{
	free(item);
}

static inline void heap_get_bulk(item_t *items, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		heap_get(&items[i]);
}

static inline void heap_put_bulk(item_t *items, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		heap_put(items[i]);
}

#endif
