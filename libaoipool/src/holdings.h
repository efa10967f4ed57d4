/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * What is held, added up: an entry for each pool, thread, node and tag.
 */
#ifndef HOLDINGS_H
#define HOLDINGS_H

#include <stddef.h>
#include <stdint.h>

#include "aoipool.h"

struct holdings {
	struct aoipool_custody *entries;
	size_t nr;
	size_t room;
	uint32_t *places;	/* by the key's hash: entry + 1, or 0 */
	size_t nr_places;	/* a power of two, or 0 */
};

void holdings_free(struct holdings *holdings);

/**
 * holdings_find() - the entry with the key of @like
 * @like: pool, tid, node and tag count; the rest is taken over by a new entry
 *
 * Return: the entry, until the next one is added; NULL: there is no memory.
 */
struct aoipool_custody *holdings_find(struct holdings *holdings,
				      const struct aoipool_custody *like);

/* One more of @bytes, so old; UINT64_MAX: nobody knows. */
void holdings_add(struct aoipool_custody *entry, uint64_t bytes, uint64_t age_ns);

/* The largest first; nothing can be found in them any more. */
void holdings_sort(struct holdings *holdings);

#endif
