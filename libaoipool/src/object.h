/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Objects: many slots in a slab.  What the inline calls of aoipool.h cannot do
 * alone, and the same calls for pools that those do not serve.
 */
#ifndef OBJECT_H
#define OBJECT_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

#include "aoipool.h"
#include "home.h"
#include "lists.h"

/*
 * Lock order: valve of the lists, refill, a node's home, a list's lock.  The
 * caller's functions and the log are called with none of them held.
 */
struct object_store {
	struct homes homes;
	struct lists lists;
	/* one thread at a time brings slabs; the others find its slots */
	pthread_mutex_t refill;
	struct aoipool_hot shape;	/* also where inline calls have none */
	bool marks;		/* the lowest bit of a generation says: held */
	uint32_t *retired;	/* of each index: what a reset left; or NULL */
	uint8_t *cpu_nodes;	/* the node that serves a CPU */
	/* threads with slots in hand that are neither out nor in the budget */
	uint32_t moving __attribute__((aligned(64)));
};

int object_store_init(struct aoipool_pool *pool,
		      const struct aoipool_attr *attr);
/* @forked: in a child, which may have been made in the midst of anything. */
void object_store_exit(struct aoipool_pool *pool, bool forked);

/* The refs of the pool are known: lists may open. */
void object_store_publish(struct aoipool_pool *pool);

/*
 * @n slots or none.  Return: 0; -EAGAIN: so many are not free; -ETIMEDOUT: nor
 * were they in time; -ENOMEM, -ENOSPC, -EDQUOT as slab_take().
 */
int object_get(struct aoipool_pool *pool, struct aoipool_slot *slots, size_t n,
	       int timeout_ms);

/* Return: 0; why the ref is refused. */
int object_put(struct aoipool_pool *pool, aoipool_ref_t ref);
int object_put_many(struct aoipool_pool *pool, const struct aoipool_slot *slots,
		    size_t n);
int object_put_ptr(struct aoipool_pool *pool, const void *ptr);
int object_look_up(const struct aoipool_pool *pool, aoipool_ref_t ref,
		   void **ptr);

/* The slot behind the ref is nobody's, @next is its next one. */
void object_put_rest(struct aoipool_pool *pool, aoipool_ref_t next);

/* The descriptor to poll. */
int object_fd(struct aoipool_pool *pool);

/* All that is free back to its slab, and parked where the slab is empty. */
void object_drain(struct aoipool_pool *pool);

/* All slots free and raw.  Return: 0; -ENOMEM, and nothing has changed. */
int object_reset(struct aoipool_pool *pool);

/* Slots that are held by somebody now. */
uint64_t object_out(const struct aoipool_pool *pool);

/*
 * What follows is for object.c, object_get.c and object_put.c.
 */
void *object_ptr(const struct aoipool_pool *pool, uint32_t index);

/* To their slabs and to the budget, for whoever asks it next. */
void object_give_back(struct aoipool_pool *pool, const uint64_t *refs, size_t n);

/* Nothing is to be done to a slot: such pools inline calls may serve. */
bool object_is_plain(const struct aoipool_pool *pool);

/* Closes the lists and brings home what is on them. */
void object_tighten(struct aoipool_pool *pool);

/* Opens the lists if they are closed for no reason any more. */
void object_loosen(struct aoipool_pool *pool);

/* A move begins before the slots leave where others could find them. */
static inline void object_begin_move(struct object_store *store)
{
	__atomic_fetch_add(&store->moving, 1, __ATOMIC_SEQ_CST);
}

static inline void object_end_move(struct object_store *store)
{
	__atomic_fetch_sub(&store->moving, 1, __ATOMIC_SEQ_CST);
}

/*
 * The last attempt to bring memory failed: what is free is not, as it were.  For
 * a second, or until a slab is parked or brought.
 */
bool object_is_poor(const struct object_store *store);
void object_set_poor(struct object_store *store, bool poor);

#endif
