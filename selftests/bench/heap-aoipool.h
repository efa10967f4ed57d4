/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* heap of aoipool: checked refs, as its users have them. */
#ifndef HEAP_AOIPOOL_H
#define HEAP_AOIPOOL_H

#include <aoipool.h>

#include "heap.h"

/* No more than that: an array of them is one of slots. */
struct item {
	struct aoipool_slot slot;
};

extern struct aoipool_pool *heap_pool;

static inline void *item_pointer(struct item item)
{
	return item.slot.ptr;
}

static inline void heap_get(struct item *item)
{
	int err = aoipool_get(heap_pool, &item->slot);

	if (__builtin_expect(err, 0))
		die("get: %s", aoipool_strerror(err));
}

static inline void heap_put(struct item item)
{
	int err = aoipool_put(heap_pool, item.slot.ref);

	if (__builtin_expect(err, 0))
		die("put: %s", aoipool_strerror(err));
}

static inline void heap_get_bulk(struct item *items, unsigned int n)
{
	int err = aoipool_get_many(heap_pool, &items->slot, n, 0);

	if (__builtin_expect(err, 0))
		die("get_many: %s", aoipool_strerror(err));
}

static inline void heap_put_bulk(struct item *items, unsigned int n)
{
	int err = aoipool_put_many(heap_pool, &items->slot, n);

	if (__builtin_expect(err, 0))
		die("put_many: %s", aoipool_strerror(err));
}

#endif
