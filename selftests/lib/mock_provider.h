/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * A provider whose words and data are plain memory and whose kernel does what
 * a test tells it, at the moment that the test chooses: it takes parked slabs,
 * at once or in two halves, counts their age, sweeps a dead peer, lets a living
 * peer win a race, and has no memory to populate with.
 *
 * It watches every change of a word.  One that is no arc of the contract is
 * remembered, with the first of them in words.
 */
#ifndef SELFTESTS_LIB_MOCK_PROVIDER_H
#define SELFTESTS_LIB_MOCK_PROVIDER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "aoipool.h"
#include "pool.h"
#include "provider.h"
#include "slab.h"

#define MOCK_SLABS	8
#define MOCK_BLOCKS	4	/* a slab, at most */
#define MOCK_STEPS	(SLAB_STEP_READ + 1)
#define MOCK_CLIENT	1	/* the pool under test */
#define MOCK_PEER	2	/* somebody else with the same pool */

enum mock_action {
	MOCK_NOTHING,
	MOCK_RECLAIM,		/* this slab */
	MOCK_RECLAIM_LATE,	/* its word now, its memory at the populate */
	MOCK_RECLAIM_ALL,
	MOCK_AGE,		/* this slab's word changes, its state does not */
	MOCK_RIVAL_TAKES,	/* a peer claims or revives this slab */
	MOCK_RIVAL_USES,	/* and has given it up again: park, new content */
	MOCK_SWEEP,		/* a dead peer's slabs are parked */
	MOCK_NO_MEMORY,		/* populate gives -ENOMEM from now on */
	MOCK_LIMIT,		/* the same with -ENOSPC */
	MOCK_CGROUP_FULL,	/* the same with -EDQUOT */
	MOCK_HALF_A_SLAB,	/* -ENOMEM after the first block */
	NR_MOCK_ACTIONS
};

struct mock {
	/* protects what follows; the words are changed by swap only */
	pthread_mutex_t lock;
	uint64_t words[MOCK_SLABS];
	uint64_t seen[MOCK_SLABS];	/* the words at the last look */
	bool populated[MOCK_SLABS][MOCK_BLOCKS];
	bool taking[MOCK_SLABS];	/* word ABSENT, memory not gone yet */
	uint64_t peer_uses;
	uint64_t peer_seed[MOCK_SLABS];	/* what a peer wrote last, or 0 */
	struct aoipool_pool_info_page info;
	unsigned char *data;
	uint32_t nr_slabs;
	uint32_t slab_blocks;
	uint64_t nodes;		/* that the host has; 0 is node 0 */
	uint64_t empty_nodes;	/* without memory */

	bool watch;	/* check arcs: where nobody else changes words */
	int populate_err;
	bool populate_half;

	/* one shot: the action at this step's nth time from now */
	enum mock_action action;
	enum slab_step at;
	unsigned int skip;
	bool armed;
	bool fired;
	uint32_t fired_slab;

	unsigned int reached[MOCK_STEPS];
	unsigned int done[NR_MOCK_ACTIONS];	/* actions that had an effect */
	unsigned int illegal;
	char illegal_text[160];
};

const char *mock_step_name(enum slab_step step);
const char *mock_action_name(enum mock_action action);

/*
 * Opens @attr on the mock, which is zero but for its nodes; the hook is set.
 * Close as any pool.
 */
struct aoipool_pool *mock_open(struct mock *mock,
			       const struct aoipool_attr *attr);

/* Do @action when the library is at @step for the nth time, n from 0. */
void mock_arm(struct mock *mock, enum slab_step step, unsigned int nth,
	      enum mock_action action);
/* Memory is there again, nothing is armed. */
void mock_disarm(struct mock *mock);

/* Now, whatever the library is doing.  Return: it had an effect. */
bool mock_act(struct mock *mock, enum mock_action action, uint32_t slab);

/* A peer holds an absent or parked slab, then gives it up. */
bool mock_peer_take(struct mock *mock, uint32_t slab);
bool mock_peer_park(struct mock *mock, uint32_t slab);

uint64_t mock_word(struct mock *mock, uint32_t slab);
uint32_t mock_slab_of(const struct mock *mock, const void *ptr);
/* Slabs in @state. */
uint32_t mock_count(struct mock *mock, enum aoipool_slab_state state);
/* All its memory is there, and nobody is about to take it. */
bool mock_present(struct mock *mock, uint32_t slab);
size_t mock_slab_bytes(const struct mock *mock);

#endif
