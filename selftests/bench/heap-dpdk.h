/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* heap of DPDK: a mempool with a cache for each thread, inline. */
#ifndef HEAP_DPDK_H
#define HEAP_DPDK_H

#include <rte_mempool.h>

#include "heap.h"

typedef void *item_t;

extern struct rte_mempool *heap_pool;

static inline void *item_pointer(item_t item)
{
	return item;
}

static inline void heap_get(item_t *item)
{
	if (__builtin_expect(rte_mempool_get(heap_pool, item), 0))
		die("rte_mempool_get fails");
}

static inline void heap_put(item_t item)
{
	rte_mempool_put(heap_pool, item);
}

static inline void heap_get_bulk(item_t *items, unsigned int n)
{
	if (__builtin_expect(rte_mempool_get_bulk(heap_pool, items, n), 0))
		die("rte_mempool_get_bulk fails");
}

static inline void heap_put_bulk(item_t *items, unsigned int n)
{
	rte_mempool_put_bulk(heap_pool, items, n);
}

#endif
