/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * A slab is a slot.  The slab words are all there is: a word's generation is the
 * ref's, park is put, and whether anything is free is asked of the words.  A get
 * or put of a warm frame is one swap of one word; beside it there are notes,
 * which say where to look first and may be wrong.
 */
#ifndef FRAME_H
#define FRAME_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "gate.h"
#include "here.h"
#include "slab.h"

/* How many notes a CPU keeps, a power of two; what is over is found by a scan */
#define FRAME_NOTES	128
#define FRAME_NO_NOTE	UINT32_MAX

/*
 * Slabs that were put by threads on one CPU, last first, in a ring.  Plain loads
 * and stores of a thread that may be sent elsewhere in between: so a note may be
 * lost or be there twice.  Whatever it says, the swap of the word decides.
 */
struct frame_notes {
	uint32_t top;
	uint32_t slab[FRAME_NOTES];
} __attribute__((aligned(128)));

struct frame_store {
	struct slab_table *table;
	struct frame_notes *notes;
	uint32_t notes_mask;	/* CPU to notes */
	uint32_t cpus;
	/*
	 * 1 a slab that a get may revive without counting, see frame.c.  Atomics,
	 * written under the lock; whoever has revived a whole slab may read his.
	 */
	uint8_t *known;
	struct gate gate;
	struct here_nodes nodes;
	/* protects what follows; held around no populate and no log */
	pthread_mutex_t lock __attribute__((aligned(64)));
	uint32_t nr_known;
	uint64_t first_gens;	/* sum of all generations at first */
	/*
	 * Of each slab: one more than the generation that somebody has begun to
	 * put it under; NULL where nothing is done to slots.  Atomic.
	 */
	uint32_t *leaving;
	uint32_t *retired;	/* what a reset left each with; or NULL */
};

struct frame_counts {
	uint64_t out;		/* held by this client, now */
	uint64_t peak;		/* most that ever were */
	uint64_t parks;		/* of all slabs, since the store was made */
};

/* @dressed: something is done to slots when they are put. */
int frame_store_init(struct frame_store *store, struct slab_table *table,
		     bool dressed);
void frame_store_exit(struct frame_store *store);

/**
 * frame_get() - hold @n free slabs with all their memory, or none
 * @timeout_ms: 0 does not wait, -1 waits without bound
 *
 * Return: 0; -EAGAIN, -ETIMEDOUT: not so many were free at one moment; as
 * slab_take().
 */
int frame_get(struct frame_store *store, struct here here, struct slab *slabs,
	      size_t n, int timeout_ms);

struct frame_counts frame_count(struct frame_store *store);

/* Slabs that are held, counted while nobody is in a call. */
uint64_t frame_out(const struct frame_store *store);

/*
 * Gives up all slabs that this client holds; nobody else is in a call.
 * @slabs: out, how many
 * Return: 0; -ENOMEM.
 */
int frame_reset(struct frame_store *store, uint32_t *slabs);

/* The descriptor to poll. */
int frame_fd(struct frame_store *store);

/* The rest of this file is the way of one warm frame, inline. */

/**
 * frame_accept() - make a slab that was held fit for the caller
 *
 * Return: 0; as slab_complete(), and it is not held any more.
 */
int frame_accept(struct frame_store *store, const struct slab *slab);

static inline struct frame_notes *frame_notes_of(const struct frame_store *store,
						 uint32_t cpu)
{
	return &store->notes[cpu & store->notes_mask];
}

static inline uint32_t frame_read_note(struct frame_notes *notes)
{
	uint32_t top = __atomic_load_n(&notes->top, __ATOMIC_RELAXED) - 1;
	uint32_t *at = &notes->slab[top % FRAME_NOTES];
	uint32_t slab = __atomic_load_n(at, __ATOMIC_RELAXED);

	if (__builtin_expect(slab == FRAME_NO_NOTE, 0))
		return slab;
	__atomic_store_n(at, FRAME_NO_NOTE, __ATOMIC_RELAXED);
	__atomic_store_n(&notes->top, top, __ATOMIC_RELAXED);
	return slab;
}

static inline void frame_leave_note(struct frame_notes *notes, uint32_t top,
				    uint32_t slab)
{
	__atomic_store_n(&notes->slab[top % FRAME_NOTES], slab,
			 __ATOMIC_RELAXED);
	__atomic_store_n(&notes->top, top + 1, __ATOMIC_RELAXED);
}

/* The slab is held: may it go to the caller as it is? */
static inline bool frame_is_good(const struct frame_store *store,
				 const struct slab_table *table, uint32_t slab)
{
	return !slab_is_incomplete(table, slab) &&
	       __atomic_load_n(&store->known[slab], __ATOMIC_SEQ_CST);
}

/*
 * Holds the slab of a note, if it is parked near.  frame_is_good() or
 * frame_accept() is next.
 */
static inline bool frame_hold_noted(struct frame_store *store,
				    struct slab_table *table, uint32_t cpu,
				    uint32_t node, struct slab *slab)
{
	uint32_t note = frame_read_note(frame_notes_of(store, cpu));

	return slab_revive_near(table, note, node, slab);
}

/* Return: as slab_park(). */
static inline int frame_put(struct frame_store *store, struct slab_table *table,
			    uint32_t cpu, uint32_t slab, uint32_t gen)
{
	struct frame_notes *notes = frame_notes_of(store, cpu);
	uint32_t top = __atomic_load_n(&notes->top, __ATOMIC_RELAXED);
	int err = slab_leave(table, slab, gen);

	if (__builtin_expect(err, 0))
		return err;
	frame_leave_note(notes, top, slab);
	gate_rouse(&store->gate, false);
	return 0;
}

#endif
