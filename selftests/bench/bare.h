/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * bare - a pool of the module by its ioctls, without the library: for what a
 * library does not do, such as two clients of one pool, or ten thousand pools.
 * What fails where it must not ends the worker.
 */
#ifndef BARE_H
#define BARE_H

#include <stdint.h>

#include <linux/aoipool.h>

struct bare {
	int fd;
	uint32_t client;
	uint32_t nr_slabs;
	struct aoipool_pool_layout layout;
	uint64_t *words;	/* NULL: not mapped, as the next */
	char *data;
};

/** Return: NULL; why this host cannot.  Nothing is mapped yet. */
const char *bare_open(struct bare *bare, uint32_t nr_slabs,
		      uint32_t slab_blocks);

/** One more client of the pool @of, with a descriptor of its own. */
void bare_join(struct bare *bare, const struct bare *of);

void bare_map_words(struct bare *bare);
void bare_map_data(struct bare *bare);
void bare_close(struct bare *bare);

/* The arcs of all slabs at once; the caller is the only one who moves them. */
void bare_claim(struct bare *bare);
void bare_park(struct bare *bare);

/** The memory of the first @nr slabs, which are held. */
void bare_populate(const struct bare *bare, uint32_t nr);

/** Writes to each block of the data, so that it is in the page tables. */
void bare_touch(const struct bare *bare);

/** Return: the blocks that parked slabs gave back. */
uint64_t bare_trim(const struct bare *bare);

/** What the module has at this moment. */
struct aoipool_info bare_info(void);

#endif
