/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Free slots at hand: two lists of refs for each CPU, of the slots that live on
 * the node that serves the CPU (near) and of those that are to go home (away).
 * What a list is and how it is used without a lock says aoipool/inline.h.
 *
 * Where restartable sequences cannot be had each CPU's lists have a lock.
 *
 * The valve opens and closes all lists at once.  While they are closed every
 * get and put comes by the library's slow side, where slots are counted one by
 * one; and only then may lists_take() look at another CPU's.
 */
#ifndef LISTS_H
#define LISTS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aoipool.h"
#include "log.h"

/* What is moved at once, at most: half a list. */
#define LISTS_BATCH	(AOIPOOL_LIST_REFS / 2)

enum lists_mode {
	LISTS_NONE,		/* the pool is too small to keep slots back */
	LISTS_LOCKED,
	LISTS_RSEQ,
};

enum lists_side {
	LISTS_NEAR,
	LISTS_AWAY,
};

struct lists {
	struct aoipool_list *list;	/* [2 * cpu + side]; wiped in a child */
	void *region;			/* that they lie in */
	size_t region_bytes;
	enum lists_mode mode;
	uint32_t nr_cpus;		/* that may ever be there */
	uint32_t online;		/* when the pool was opened */
	/* the valve: nr_cpus or 0; atomic.  Where inline calls look, or here. */
	uint32_t *valve_cpus;
	uint32_t own_valve;
	intptr_t rseq;
	uint16_t limit[2];		/* of a side, at most */
	/* LISTS_LOCKED: of a CPU, protects its two lists */
	struct lists_lock {
		pthread_mutex_t mutex;
	} __attribute__((aligned(64))) *locks;
	/* protects what follows and the valve; the lock that is taken first */
	pthread_mutex_t valve;
	bool at_rest;			/* closed, and nobody is in a sequence */
};

/**
 * lists_init() - make lists, closed
 * @ask: what the caller of the library wants
 * @slots: of the pool
 * @stride: bytes of a slot
 *
 * Return: 0; -ENOMEM; -EOPNOTSUPP: sequences were asked for and cannot be had;
 * -EINVAL: the environment variable AOIPOOL_LISTS is none of those known.
 */
int lists_init(struct lists *lists, enum aoipool_lists ask, uint64_t slots,
	       size_t stride, const struct log *log);
void lists_exit(struct lists *lists);

/* "rseq", "locked", "none" */
const char *lists_name(const struct lists *lists);

uint32_t lists_cpu(const struct lists *lists);

/*
 * @n near slots of the CPU that this runs on, or none; they count as handed
 * out.  Return: whether there were so many.
 */
bool lists_pop(struct lists *lists, uint64_t *refs, size_t n);

/* Return: how many of them are on the list now, the first ones. */
uint32_t lists_push(struct lists *lists, enum lists_side side,
		    const uint64_t *refs, uint32_t n);

/* Up to @n, and not to be handed out.  Return: how many. */
uint32_t lists_spill(struct lists *lists, enum lists_side side, uint64_t *refs,
		     uint32_t n);

/*
 * How many to bring to the list, or to take off it, at once: few at first, each
 * time twice as many.
 */
uint32_t lists_batch(struct lists *lists, enum lists_side side);

/*
 * The valve is locked.  Closed they are in any case.  Return: whether they are
 * at rest, too; if not, the kernel had no barrier for us, and what is on them
 * must stay there until it has.
 */
bool lists_close(struct lists *lists);
/* Unless @free slots at home are too few for lists. */
void lists_open(struct lists *lists, uint64_t free);
bool lists_may_open(const struct lists *lists, uint64_t free);

/* Nothing could be put on it: begin with small batches again. */
void lists_calm(struct lists *lists, enum lists_side side);

/* Sets the limit of this CPU's list by how many slots are at home. */
void lists_adapt(struct lists *lists, enum lists_side side, uint64_t free);

/* Closes and empties them; nobody is in a sequence, nor will be. */
void lists_forget(struct lists *lists);

/* Of lists at rest: up to @n refs of @list.  Return: how many. */
uint32_t lists_take(struct lists *lists, uint32_t list, uint64_t *refs,
		    uint32_t n);

static inline uint32_t lists_nr(const struct lists *lists)
{
	return 2 * lists->nr_cpus;
}

static inline bool lists_are_open(const struct lists *lists)
{
	return __atomic_load_n(lists->valve_cpus, __ATOMIC_SEQ_CST);
}

/* Refs on all lists, and those that were ever handed out, at about this time. */
uint64_t lists_fill(const struct lists *lists);
uint64_t lists_gets(const struct lists *lists);

#endif
