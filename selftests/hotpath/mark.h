/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whoever has a slot leaves his mark in it, and takes it away before he gives
 * the slot back.  A slot that two have at once shows one of them the mark of
 * the other: the swaps see to that, however close they meet.
 */
#ifndef MARK_H
#define MARK_H

#include <stdbool.h>
#include <stdint.h>

#define NOBODY	0ULL	/* the mark of memory that came new, too */

/* False: the slot was somebody else's, or a mark was left behind. */
static inline bool mark_move(void *slot, uint64_t from, uint64_t to)
{
	return __atomic_exchange_n((uint64_t *)slot, to, __ATOMIC_RELAXED) ==
	       from;
}

static inline bool mark_set(void *slot, uint64_t mark)
{
	return mark_move(slot, NOBODY, mark);
}

static inline bool mark_clear(void *slot, uint64_t mark)
{
	return mark_move(slot, mark, NOBODY);
}

#endif /* MARK_H */
