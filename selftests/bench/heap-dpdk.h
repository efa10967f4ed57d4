/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* heap of DPDK: a mempool with a cache for each thread, inline. */
#ifndef HEAP_DPDK_H
#define HEAP_DPDK_H

#include <rte_mempool.h>

#include "heap.h"

struct item {
	void *pointer;
};

extern struct rte_mempool *heap_pool;

static inline void *item_pointer(struct item item)
{
	return item.pointer;
}

static inline void heap_get(struct item *item)
{
	if (__builtin_expect(rte_mempool_get(heap_pool, &item->pointer), 0))
		die("rte_mempool_get fails");
}

static inline void heap_put(struct item item)
{
	rte_mempool_put(heap_pool, item.pointer);
}

static inline void heap_get_bulk(struct item *items, unsigned int n)
{
	if (__builtin_expect(rte_mempool_get_bulk(heap_pool, &items->pointer,
						  n), 0))
		die("rte_mempool_get_bulk fails");
}

static inline void heap_put_bulk(struct item *items, unsigned int n)
{
	rte_mempool_put_bulk(heap_pool, &items->pointer, n);
}

#endif
