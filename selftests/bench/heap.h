/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * heap - what is compared.  One header for each, inline as its users have it,
 * is compiled under the same loops.  It offers
 *
 *	struct item			what a get returns and a put takes
 *	item_pointer(item)
 *	heap_get(&item)
 *	heap_put(item)
 *	heap_get_bulk(items, n)		a loop where there is no such call
 *	heap_put_bulk(items, n)
 *
 * None of these fails: a heap that does is no measurement, and dies.
 */
#ifndef HEAP_H
#define HEAP_H

#include <stdbool.h>
#include <stddef.h>

#include "work.h"

struct heap_need {
	size_t bytes;		/* of an item */
	unsigned int out;	/* items that are out at once, all threads */
	unsigned int threads;
	bool frames;
};

/* NULL, or why this host cannot; text lives on. */
const char *heap_open(const struct heap_need *need, const char *mode);

/* In each thread but the first, before its first get or put. */
void heap_enter(void);

const char *heap_note(void);

#endif
