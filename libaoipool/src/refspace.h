/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * The 32-bit indices of refs are one space for the whole process; each pool
 * has a range of its own.  A ref that strays into another pool is out of
 * range there, and only then somebody asks here whose it is.
 *
 * The one piece of state that all pools share.
 */
#ifndef REFSPACE_H
#define REFSPACE_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/aoipool.h>

struct refrange {
	uint32_t base;
	uint32_t slots;
	uint32_t align;		/* base is a multiple of it, a power of two */
	uint32_t salt;		/* of the generations in its refs */
	char type[AOIPOOL_TYPE_BYTES];
	uint64_t process;	/* who opened it: one number a fork() */
	struct refrange *next;	/* ascending base */
};

/* The number of this process, once a range was added; changes in a child. */
extern const uint64_t *refspace_process;

/* Return: 0; -ENOMEM; -ENOSPC: no range of that length is left. */
int refspace_add(struct refrange *range);
void refspace_remove(struct refrange *range);

/* Return: why @index is refused: -EXDEV, -EPROTOTYPE, -EINVAL. */
int refspace_misuse(const struct refrange *range, uint32_t index);

/* The process that opened the range was another one, and this is its child. */
static inline bool refspace_forked(const struct refrange *range)
{
	const uint64_t *now = __atomic_load_n(&refspace_process,
					      __ATOMIC_RELAXED);

	return __atomic_load_n(now, __ATOMIC_RELAXED) != range->process;
}

#endif
