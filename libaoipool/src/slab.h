/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * The arcs of user space on a pool's slab words, and the choice of a slab.
 * The words and who may change them are described in linux/aoipool.h.
 */
#ifndef SLAB_H
#define SLAB_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

#include "ledger.h"
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
	SLAB_STEP_READ,		/* of all words, this one is read next */
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
	/*
	 * 1 a slab whose memory came new since this was cleared; written by the
	 * holder, as the other.
	 */
	uint8_t *raw;
	struct ledger_note *notes;	/* of who has a slab; NULL */
	/* the same where no words beside them tell that nobody has it; NULL */
	struct ledger_note *lone_notes;
	/* where slab_take() begins: the slab of each node that was parked last */
	uint32_t recent[PROVIDER_MAX_NODES];
	uint64_t wraps;		/* parks that made a generation 0 */
#ifdef AOIPOOL_STEP_HOOK
	void (*step)(void *arg, enum slab_step step, uint32_t slab);
	void *step_arg;
#endif
};

#define SLAB_NONE	UINT32_MAX

/* A slab that the caller holds. */
struct slab {
	uint32_t index;
	uint32_t node;
	uint32_t gen;
	bool fresh;		/* some of its memory came new, or is to come */
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
 * Return: 0; -EAGAIN: none was seen free; -ENOMEM, -ENOSPC, -EDQUOT: none of the
 * free ones could be populated.
 */
int slab_take(struct slab_table *table, uint32_t node, struct slab *slab);
/* The same, looking from the slab @from on, round about. */
int slab_take_from(struct slab_table *table, uint32_t node, uint32_t from,
		   struct slab *slab);

/**
 * slab_hold_from() - the same, without its memory
 *
 * What is fresh lacks some: slab_complete() or slab_drop() is next.
 *
 * Return: 0; -EAGAIN: none was seen free.
 */
int slab_hold_from(struct slab_table *table, uint32_t node, uint32_t from,
		   struct slab *slab);
/*
 * One that has no memory, to bring it ahead of need; never the only slab that is
 * free.  Return: 0; -EAGAIN: there is none just now.
 */
int slab_hold_absent(struct slab_table *table, uint32_t node,
		     struct slab *slab);
/* Parks what was held so. */
void slab_drop(struct slab_table *table, const struct slab *slab);

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

/**
 * slab_complete() - bring what a held slab lacks
 *
 * The one place where a slab gets memory that is new.  May be called by several
 * threads, for different slabs.
 *
 * Return: 0; as slab_take(), and the slab is parked, incomplete.
 */
int slab_complete(struct slab_table *table, const struct slab *slab);

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

static inline bool slab_swap(struct slab_table *table, uint32_t index,
			     uint64_t from, uint64_t to, int order)
{
	return __atomic_compare_exchange_n(&table->words[index], &from, to,
					   false, order, __ATOMIC_RELAXED);
}

/* The slab is the caller's from now on. */
static inline void slab_note(const struct slab_table *table,
			     const struct slab *slab)
{
	if (table->notes)
		ledger_note_get(&table->notes[slab->index], slab->node,
				slab->gen);
}

/* The errors of slab_park(). */
static inline int slab_check_word(const struct slab_table *table, uint64_t word,
				  uint32_t gen)
{
	if (aoipool_word_gen(word) != gen)
		return aoipool_word_gen(word) == gen + 1 ? -EALREADY : -ESTALE;
	if (aoipool_word_state(word) != AOIPOOL_SLAB_HELD ||
	    aoipool_word_owner(word) != table->owner)
		return -ESTALE;
	return 0;
}

/*
 * The park of slab_park(), which is neither counted nor looked for first.
 *
 * Of racing parks under one generation the first swap wins; the others find
 * the generation moved.  seq_cst for the sake of wait.c.
 */
static inline int slab_leave(struct slab_table *table, uint32_t index,
			     uint32_t gen)
{
	uint64_t word;
	int err;

	do {
		word = slab_word(table, index);
		err = slab_check_word(table, word, gen);
		if (err)
			return err;
		slab_step(table, SLAB_STEP_PARK, index);
		if (table->lone_notes)
			ledger_note_put(&table->lone_notes[index]);
	} while (!slab_swap(table, index, word, aoipool_word_parked(word),
			    __ATOMIC_SEQ_CST));
	slab_step(table, SLAB_STEP_PARKED, index);
	if (gen == UINT32_MAX)
		__atomic_fetch_add(&table->wraps, 1, __ATOMIC_RELAXED);
	return 0;
}

/* Before the slab is held: a guess, to be looked at again when it is. */
static inline bool slab_is_incomplete(const struct slab_table *table,
				      uint32_t index)
{
	return __atomic_load_n(&table->incomplete[index], __ATOMIC_RELAXED);
}

/**
 * slab_revive_near() - revive one very slab, if it is parked near
 * @index: any number
 * @node: where the caller runs
 *
 * Not counted; seq_cst for the sake of frame.c.  Return: whether it is held now;
 * a fresh one is as after slab_hold_from().
 */
static inline bool slab_revive_near(struct slab_table *table, uint32_t index,
				    uint32_t node, struct slab *slab)
{
	uint64_t word;

	if (__builtin_expect(index >= table->nr, 0))
		return false;
	word = __atomic_load_n(&table->words[index], __ATOMIC_RELAXED);
	slab->index = index;
	slab->node = aoipool_word_node(word);
	slab->gen = aoipool_word_gen(word);
	if (aoipool_word_state(word) != AOIPOOL_SLAB_PARKED ||
	    (slab->node != node &&
	     table->provider->numa != AOIPOOL_NUMA_INTERLEAVE))
		return false;
	slab_step(table, SLAB_STEP_REVIVE, index);
	if (!slab_swap(table, index, word,
		       aoipool_word_held(word, slab->node, table->owner),
		       __ATOMIC_SEQ_CST))
		return false;
	slab_step(table, SLAB_STEP_REVIVED, index);
	slab->fresh = slab_is_incomplete(table, index);
	return true;
}

#endif
