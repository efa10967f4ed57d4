/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Where the free slots of a node are at home: its slabs, and magazines of refs
 * that one CPU's list has handed over and another's may take over as a whole,
 * without a look at the slabs and with the lock held for two pointers only.
 */
#ifndef HOME_H
#define HOME_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "aoipool.h"
#include "layout.h"
#include "lists.h"
#include "slab.h"

/* So many refs are moved in one go. */
#define HAUL	128

/*
 * Refs on their way.  @raw: nobody has had this slot since its memory came, so
 * that it is to be constructed before anybody has.
 */
struct haul {
	uint32_t nr;
	uint64_t refs[HAUL];
	bool raw[HAUL];
};

struct magazine {
	struct magazine *next;
	uint32_t nr;
	uint64_t refs[LISTS_BATCH];
};

struct home_slab {
	struct home_slab *next, *prev;	/* on its node's list */
	uint32_t head;		/* first free slot that was used before */
	uint32_t carved;	/* slots from here on were never used */
	uint32_t free;
	uint32_t gen;		/* of the slab word, to park it */
	bool born;		/* its slots have generations */
};

struct home {
	/* protects what follows, and all fields of the slabs at home here */
	pthread_mutex_t lock;
	struct home_slab *partial;	/* slabs with a free slot */
	struct magazine *full;		/* not all are, but none is empty */
	struct magazine *empty;
	uint32_t magazines;		/* that were ever made */
} __attribute__((aligned(64)));

struct homes {
	struct slab_table *table;
	const struct geometry *geometry;
	struct home_slab *slabs;
	uint32_t *links;	/* of each index: the next free slot of its slab */
	uint32_t *gens;		/* of each index; see object.c */
	uint8_t *nodes;		/* of each slab that is held; atomic */
	uint32_t base;		/* first index in refs */
	uint32_t shift;		/* index >> shift is the slab */
	uint32_t first_gen;
	uint32_t max_magazines;		/* of a node */
	bool many_nodes;
	/* until a slab is parked: none was to be had; atomic */
	bool dry;
	/* there was no memory for one, and that is so until; ms, 0; atomic */
	uint64_t poor_until;
	struct home node[PROVIDER_MAX_NODES];
};

int homes_init(struct homes *homes, struct slab_table *table,
	       const struct geometry *geometry, uint32_t max_magazines);
/* @forked: leaves what another thread may have been changing at the fork. */
void homes_exit(struct homes *homes, bool forked);

/*
 * Free slots of @node, up to @n more in the haul; @raw: raw ones, too.
 * Return: how many.
 */
uint32_t home_take(struct homes *homes, uint32_t node, struct haul *haul,
		   uint32_t n, bool raw);

/*
 * Gives slots back to their slabs, each on the node it lives on; a slab that
 * becomes wholly free is parked.
 */
void home_give(struct homes *homes, const uint64_t *refs, uint32_t n);

/* The node that all of @refs live on; PROVIDER_MAX_NODES where they differ. */
uint32_t home_of_all(const struct homes *homes, const uint64_t *refs, uint32_t n);

/* An empty magazine, to be filled with slots of @node; NULL: enough are full. */
struct magazine *home_magazine(struct homes *homes, uint32_t node);

/* What became of it: full, it is for all to take; empty, to be filled again. */
void home_hand_over(struct homes *homes, uint32_t node, struct magazine *magazine);

/* Whether there is one to be taken over, a moment ago. */
static inline bool home_has_magazine(const struct homes *homes, uint32_t node)
{
	return __atomic_load_n(&homes->node[node].full, __ATOMIC_RELAXED);
}

/*
 * A magazine that the caller empties and hands over again, of @least to @most
 * slots, for all of which the budget has served him; or NULL.
 */
struct magazine *home_take_over(struct homes *homes, uint32_t node,
				uint32_t least, uint32_t most);

/*
 * Adds a slab, just taken, to the node it lives on, and up to @n of its slots
 * to the haul before anyone else can have them.  Return: how many.
 */
uint32_t home_add(struct homes *homes, const struct slab *slab,
		  struct haul *haul, uint32_t n);

/* All magazines back to their slabs; parks what is wholly free, the warm too. */
void homes_drain(struct homes *homes);

/*
 * Every slot becomes free and raw, and has another generation than before;
 * parks all slabs.  @retired: out, of each index its generation from then on.
 */
void homes_reset(struct homes *homes, uint32_t *retired, bool odd_is_held);

static inline bool homes_are_dry(const struct homes *homes)
{
	return __atomic_load_n(&homes->dry, __ATOMIC_RELAXED);
}

static inline void homes_set_dry(struct homes *homes, bool dry)
{
	if (homes_are_dry(homes) != dry)
		__atomic_store_n(&homes->dry, dry, __ATOMIC_RELAXED);
}

static inline uint32_t home_index(const struct homes *homes, uint64_t ref)
{
	return (uint32_t)ref - homes->base;
}

static inline uint32_t home_node(const struct homes *homes, uint32_t slab)
{
	return __atomic_load_n(&homes->nodes[slab], __ATOMIC_RELAXED);
}

#endif
