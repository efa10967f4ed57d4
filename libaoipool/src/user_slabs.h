/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * The user provider's stand-in for the kernel's records: the words, what each
 * slab has, and the kernel's arcs on them.
 */
#ifndef USER_SLABS_H
#define USER_SLABS_H

#include <pthread.h>
#include <stdint.h>

#include <linux/aoipool.h>

#include "user_memory.h"

#define USER_STRIPES	64

/*
 * Lock order: taking, then one stripe.
 */
struct user_slabs {
	struct user_memory *memory;
	struct aoipool_pool_info_page info;	/* atomics */
	uint64_t *words;			/* atomics */
	uint32_t nr;
	uint32_t slab_blocks;
	uint32_t reserve;
	uint32_t small_blocks;	/* came in 4 KiB pages; atomic, only grows */
	uint64_t coming;	/* blocks that populates under way need; atomic */
	uint16_t *have;		/* blocks of each slab; by its stripe */
	/* one thread at a time takes slabs, so that the reserve is exact */
	pthread_mutex_t taking;
	/* orders populate of a slab against the punch of the same slab */
	pthread_mutex_t stripe[USER_STRIPES];
};

int user_slabs_init(struct user_slabs *slabs, struct user_memory *memory,
		    uint32_t nr, uint32_t slab_blocks, uint32_t reserve);
void user_slabs_exit(struct user_slabs *slabs);

/* Return: 0; -ENOMEM; -ESTALE: the slab is not held. */
int user_slabs_populate(struct user_slabs *slabs, uint32_t slab);

/* Take parked slabs, oldest first, but for the reserve.  Return: blocks. */
uint64_t user_slabs_take(struct user_slabs *slabs, uint64_t max_blocks);

/* One ageing round.  Return: how many slabs are parked. */
uint32_t user_slabs_age(struct user_slabs *slabs);

#endif
