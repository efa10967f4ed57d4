/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Many slots in a slab.  All that is known of a slot is in the library's own
 * memory, since what is in a parked slab may vanish.
 */
#ifndef OBJECT_H
#define OBJECT_H

#include <pthread.h>
#include <stdint.h>

#include "layout.h"
#include "slab.h"

struct object_slab {
	struct object_slab *next, *prev;	/* on its node's list */
	uint32_t head;		/* first free slot that was used before */
	uint32_t carved;	/* slots from here on were never used */
	uint32_t free;
	uint32_t node;		/* home, while the slab is held */
	uint32_t gen;		/* of the slab word, to park it */
};

struct object_node {
	/* protects the list, and of the slabs at home here all fields */
	pthread_mutex_t lock;
	struct object_slab *partial;	/* slabs with a free slot */
} __attribute__((aligned(64)));

/*
 * Lock order: refill, then one node's lock.  Neither is held around a log.
 */
struct object_store {
	struct slab_table *table;
	struct geometry geometry;
	struct object_slab *slabs;
	uint64_t *slots;	/* generation << 32 | link; see object.c */
	/* one thread at a time brings slabs; the others find its slots */
	pthread_mutex_t refill;
	struct object_node nodes[PROVIDER_MAX_NODES];
};

int object_store_init(struct object_store *store, struct slab_table *table,
		      const struct geometry *geometry);
void object_store_exit(struct object_store *store);

/**
 * object_get() - a free slot, for a caller whom the budget has served
 * @node: where the caller runs
 * @home: out, where the slot is
 *
 * Return: 0, *@slot and *@gen; -ENOMEM, -ENOSPC as slab_take(); -EAGAIN: none
 * was found, the words must be damaged.
 */
int object_get(struct object_store *store, uint32_t node, uint32_t *slot,
	       uint32_t *gen, uint32_t *home);

/* Return: 0; -EALREADY, -ESTALE as the generation says. */
int object_put(struct object_store *store, uint32_t slot, uint32_t gen);
int object_check(const struct object_store *store, uint32_t slot, uint32_t gen);

void *object_ptr(const struct object_store *store, uint32_t slot);

/* Park what is wholly free but was kept warm. */
void object_drain(struct object_store *store);

#endif
