/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * The arcs of user space on a pool's slab words, and the choice of a slab.
 * The words and who may change them are described in linux/aoipool.h.
 */
#ifndef SLAB_H
#define SLAB_H

#include <stdbool.h>
#include <stdint.h>

#include "provider.h"
#include "stats.h"

/*
 * Moments between two steps of an arc, where the other side may act.  A test
 * that is built with AOIPOOL_STEP_HOOK plays the kernel there.
 */
enum slab_step {
	SLAB_STEP_CLAIM,	/* word read as ABSENT, swap not tried yet */
	SLAB_STEP_CLAIMED,	/* HELD, no memory yet */
	SLAB_STEP_POPULATED,	/* HELD, memory there, not yet the caller's */
	SLAB_STEP_REVIVE,	/* word read as PARKED, swap not tried yet */
	SLAB_STEP_REVIVED,	/* HELD, content as it was left */
	SLAB_STEP_PARK,		/* word read as HELD, swap not tried yet */
	SLAB_STEP_PARKED,	/* PARKED: may vanish from now on */
};

struct slab_table {
	struct provider *provider;
	struct stats *stats;
	uint64_t *words;
	uint32_t nr;
	uint32_t owner;
	/*
	 * 1 a slab that is parked with a part of its memory missing, since
	 * populate failed.  Written by the holder only; the swap of the word
	 * hands it over.
	 */
	uint8_t *incomplete;
	/* where to look first: the slab of each node that was parked last */
	uint32_t recent[PROVIDER_MAX_NODES];
#ifdef AOIPOOL_STEP_HOOK
	void (*step)(void *arg, enum slab_step step, uint32_t slab);
	void *step_arg;
#endif
};

/* A slab that the caller holds. */
struct slab {
	uint32_t index;
	uint32_t node;
	uint32_t gen;
	bool fresh;	/* some of its memory is new */
};

int slab_table_init(struct slab_table *table, struct provider *provider,
		    struct stats *stats);
void slab_table_exit(struct slab_table *table);

/**
 * slab_take() - hold a free slab, populated
 * @node: where the caller runs
 *
 * Looks for a parked slab on the node, an absent one, a parked one elsewhere.
 * A node without memory is passed over where the policy allows another.
 *
 * Return: 0; -EAGAIN: none was seen free; -ENOMEM, -ENOSPC: none of the free
 * ones could be populated.
 */
int slab_take(struct slab_table *table, uint32_t node, struct slab *slab);

/*
 * How many takes in a row may find nothing though the budget has promised a
 * slab.  Each such scan was overtaken: a slab behind it was given up and one
 * before it taken, so another thread got on.  So many mean that somebody has
 * scribbled over the words; the bound is on the words that are looked at.
 */
uint32_t slab_patience(const struct slab_table *table);

/* The node that slab_take() looks on first for a caller on @node. */
uint32_t slab_near(const struct slab_table *table, uint32_t node);

/*
 * The arcs, one compare-and-swap each.  @word is what the caller has read.
 * Return: 0 and the slab is held; -EAGAIN: somebody else was faster.
 */
int slab_claim(struct slab_table *table, uint32_t index, uint64_t word,
	       uint32_t node);
int slab_revive(struct slab_table *table, uint32_t index, uint64_t word);

/**
 * slab_park() - give up a slab
 * @gen: the generation under which it is held
 *
 * Return: 0; -EALREADY: it was given up under this very generation; -ESTALE:
 * @gen is none that is held by this client now.
 */
int slab_park(struct slab_table *table, uint32_t index, uint32_t gen);

/* Return: as slab_park(), but nothing changes. */
int slab_check(const struct slab_table *table, uint32_t index, uint32_t gen);

static inline uint64_t slab_word(const struct slab_table *table, uint32_t index)
{
	return __atomic_load_n(&table->words[index], __ATOMIC_ACQUIRE);
}

#ifdef AOIPOOL_STEP_HOOK
static inline void slab_step(struct slab_table *table, enum slab_step step,
			     uint32_t slab)
{
	if (table->step)
		table->step(table->step_arg, step, slab);
}
#else
static inline void slab_step(struct slab_table *table, enum slab_step step,
			     uint32_t slab)
{
	(void)table;
	(void)step;
	(void)slab;
}
#endif

#endif
