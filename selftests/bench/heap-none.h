/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * heap of nothing: always the same item, one for each thread.  What it takes is
 * what the loop, the write and the ring take, a part of every other number.
 */
#ifndef HEAP_NONE_H
#define HEAP_NONE_H

#include <stdint.h>

#include "heap.h"

struct item {
	void *pointer;
};

#define NONE_BYTES	4096

extern _Thread_local char heap_item[NONE_BYTES];

static inline void *item_pointer(struct item item)
{
	return item.pointer;
}

static inline void heap_get(struct item *item)
{
	item->pointer = heap_item;
	__asm__ volatile("" : "+m"(item->pointer));
}

static inline void heap_put(struct item item)
{
	__asm__ volatile("" : : "r"(item.pointer) : "memory");
}

static inline void heap_get_bulk(struct item *items, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		items[i].pointer = heap_item;
	__asm__ volatile("" : : "r"(items) : "memory");
}

static inline void heap_put_bulk(struct item *items, unsigned int n)
{
	__asm__ volatile("" : : "r"(items), "r"(n) : "memory");
}

#endif
