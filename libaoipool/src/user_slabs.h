/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * The user provider's stand-in for the kernel's records: the words, what each
 * slab has, and the kernel's arcs on them.
 */
#ifndef USER_SLABS_H
#define USER_SLABS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include <linux/aoipool.h>

#include "user_memory.h"

#define USER_STRIPES	64

/* The youngest that user_slabs_take() takes: ageing rounds that it outlived */
#define USER_SLABS_ANY		0	/* parked just now, too */
#define USER_SLABS_SPARED	1	/* it was passed over once */
#define USER_SLABS_DECAYED	4	/* rounds are a quarter of the decay time */

/*
 * Lock order: taking, then one stripe.
 */
struct user_slabs {
	struct user_memory *memory;
	struct aoipool_pool_info_page *info;	/* atomics */
	uint64_t *words;			/* atomics */
	uint32_t nr;
	uint32_t slab_blocks;
	uint32_t reserve;
	uint32_t small_blocks;	/* came in 4 KiB pages; atomic, only grows */
	struct aoipool_pool_info_page own_info;
	uint64_t *own_words;	/* NULL once they were moved */
	uint64_t coming;	/* blocks that populates under way need; atomic */
	uint16_t *have;		/* blocks of each slab; by its stripe */
	/* pages of the host's pool of huge pages: giving them back relieves nobody */
	bool kept;
	bool governed;		/* somebody wants to know what was brought */
	bool yields;		/* the reserve, too, when nothing else helps */
	uint32_t decay_ms;	/* AOIPOOL_DECAY_*, as the uapi has them */
	uint64_t idle_max_blocks;
	/* one thread at a time takes slabs, so that the reserve is exact */
	pthread_mutex_t taking;
	/* orders populate of a slab against the punch of the same slab */
	pthread_mutex_t stripe[USER_STRIPES];
};

int user_slabs_init(struct user_slabs *slabs, struct user_memory *memory,
		    uint32_t nr, uint32_t slab_blocks, uint32_t reserve);
void user_slabs_exit(struct user_slabs *slabs);

/* Before anybody uses them: words and page lie there from now on. */
void user_slabs_move(struct user_slabs *slabs, uint64_t *words,
		     struct aoipool_pool_info_page *info);

/* Return: 0; -ENOMEM; -EDQUOT: of the cgroup; -ESTALE: the slab is not held. */
int user_slabs_populate(struct user_slabs *slabs, uint32_t slab);

/**
 * user_slabs_take() - take parked slabs, oldest first
 * @youngest: USER_SLABS_*, leave those that are younger
 * @reserve_too: else that stays
 *
 * Return: blocks.
 */
uint64_t user_slabs_take(struct user_slabs *slabs, uint64_t max_blocks,
			 uint32_t youngest, bool reserve_too);

/* One ageing round.  Return: how many slabs are parked. */
uint32_t user_slabs_age(struct user_slabs *slabs);

#endif
