/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* All answers to a dump, kept until it is known to be of one piece. */
#ifndef LISTING_H
#define LISTING_H

#include <stddef.h>
#include <stdint.h>

struct listing {
	size_t entry_bytes;
	size_t nr;
	size_t room;
	char *entries;
	uint64_t pool;	/* that is asked about; 0: all */
};

/*
 * Fill a new listing with the struct aoipool_*_state of all there are.
 * @family: 0: to be found.  Return: 0, and it is to be freed; as request_run(),
 * and there is nothing to free.
 */
int listing_nodes(struct listing *listing, int family);
int listing_pools(struct listing *listing, int family);
int listing_holders(struct listing *listing, int family);

/*
 * @pool: its number; 0: the slabs of all.  Return: also -ENOENT, there is no such
 * pool.
 */
int listing_slabs(struct listing *listing, int family, uint64_t pool);

void listing_free(struct listing *listing);

const void *listing_at(const struct listing *listing, size_t i);

#endif
