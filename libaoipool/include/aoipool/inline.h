/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * The path of a get and a put that need nobody else, for aoipool.h to include.
 * What is declared here is no interface: it is what the code that was compiled
 * into a program and the library that it meets have agreed upon, and changes
 * only together with the library's soname.
 *
 * Every CPU has a list of free slots.  Its owner is whoever runs on that CPU:
 * restartable sequences (rseq) let a thread pop or push without a lock and
 * without an atomic operation, and start it anew when it is preempted, migrated
 * or handed a signal before the one store that commits.  Only put's check of
 * the ref is atomic, for any thread may put any ref at any time.
 *
 * A list has whole refs on it, so that a get reads nothing of the slot.  A slot
 * that lies on a list already has the generation under which it will be handed
 * out next.
 *
 * Whatever does not work at once (the list is empty, full or closed, the thread
 * was interrupted, the pool is no plain one) is for the library to finish.
 */
#ifndef AOIPOOL_INLINE_H
#define AOIPOOL_INLINE_H

/* so many that a list with its head fills two pages */
#define AOIPOOL_LIST_REFS	1016
#define AOIPOOL_LIST_BYTES	8192

/*
 * @head: refs on the list in bits 0 to 15, above them how many were handed out
 *	since the pool was opened: one store commits both.
 * @limit: pushes want fewer refs than this
 */
struct aoipool_list {
	uint64_t head;
	uint16_t limit;
	uint16_t pad;
	uint32_t batch;		/* the library's: how many to move at once */
	uint64_t reserved[6];
	uint64_t refs[AOIPOOL_LIST_REFS];
};

/*
 * Each CPU has two lists, one behind the other: of slots that live on the node
 * that serves it, and of those on their way home to another.
 *
 * The first member of struct aoipool_pool.  Written when the pool is opened,
 * but for @homes and @nr_cpus, which is the valve: with 0 no sequence touches
 * a list.
 */
struct aoipool_hot {
	struct aoipool_list *lists;
	/* of each thread, from its thread pointer; also where it is of no use */
	intptr_t rseq;
	uint32_t nr_cpus;	/* that have lists */
	uint32_t span;		/* indices; 0: not for the code below to put */
	uint32_t base;		/* first index in refs; a multiple of a slab's */
	uint32_t shift;		/* index >> shift is the slab */
	/* both as if the indices of the pool began at 0 */
	uintptr_t gens;		/* uint32_t each: what the next put must have */
	uintptr_t data;
	uint64_t stride;	/* from slot to slot in a slab */
	/* more from slab to slab than as many strides as there are indices;
	 * less for the most part, and then its two's complement */
	uint64_t skip;
	uint8_t *homes;		/* node of each slab; NULL: all are at home */
	const uint8_t *cpu_nodes; /* which node serves the CPU */
};

#ifdef __cplusplus
extern "C" {
#endif

/* The library's part of the calls below. */

/* As aoipool_get(); on an error ptr is NULL, and ref the negative number. */
struct aoipool_slot aoipool_get_cold(struct aoipool_pool *pool);
int aoipool_put_cold(struct aoipool_pool *pool, aoipool_ref_t ref);
/* The ref was checked and its slot is nobody's now; @next is its next ref. */
int aoipool_put_rest(struct aoipool_pool *pool, aoipool_ref_t next);

#ifdef __cplusplus
}
#endif

/* Never compiled by themselves: what has a name of its own is in the library. */
#define AOIPOOL_INLINE \
	extern __inline__ __attribute__((__gnu_inline__, __always_inline__, \
				     __artificial__))

/* ThreadSanitizer sees only what it has compiled itself. */
#if defined(__SANITIZE_THREAD__)
#define AOIPOOL_NO_SEQUENCES
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define AOIPOOL_NO_SEQUENCES
#endif
#endif

#if defined(AOIPOOL_NO_SEQUENCES)
#elif defined(__x86_64__) && defined(__LP64__)
#include "sequence-x86_64.h"
#elif defined(__aarch64__) && defined(__LP64__) && defined(__AARCH64EL__)
#include "sequence-aarch64.h"
#else
#define AOIPOOL_NO_SEQUENCES
#endif

AOIPOOL_INLINE void *aoipool_hot_ptr(const struct aoipool_hot *hot,
				     aoipool_ref_t ref)
{
	uint32_t index = (uint32_t)ref;

	return (void *)(hot->data + index * hot->stride +
			(index >> hot->shift) * hot->skip);
}

/* Return: whether @ref was the one to put the slot, which has another now. */
AOIPOOL_INLINE int aoipool_hot_release(const struct aoipool_hot *hot,
				       aoipool_ref_t ref)
{
	uint32_t gen = (uint32_t)(ref >> 32), index = (uint32_t)ref;
	uint32_t *now = (uint32_t *)(hot->gens +
				     sizeof(*now) * (uintptr_t)index);

	/* a slab that was never used has generations of 0, and so has rubbish */
	if (__builtin_expect(index - hot->base >= hot->span || !gen, 0))
		return 0;
	return __atomic_compare_exchange_n(now, &gen, gen + 1, 0,
					   __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

#if !defined(AOIPOOL_NO_INLINE) && !defined(AOIPOOL_NO_SEQUENCES)

/*
 * The list for a slot that is put.  If the thread moves to another CPU's before
 * it gets there, the slot goes home by a detour.
 */
AOIPOOL_INLINE struct aoipool_list *
aoipool_hot_side(const struct aoipool_hot *hot, aoipool_ref_t ref)
{
	uint32_t slab, cpu;

	if (!hot->homes)
		return hot->lists;
	slab = ((uint32_t)ref - hot->base) >> hot->shift;
	cpu = aoipool_sequence_cpu(hot->rseq);
	return hot->lists + (hot->homes[slab] != hot->cpu_nodes[cpu]);
}

AOIPOOL_INLINE int aoipool_get(struct aoipool_pool *pool,
			       struct aoipool_slot *slot)
{
	const struct aoipool_hot *hot = (const struct aoipool_hot *)pool;
	aoipool_ref_t ref = aoipool_sequence_pop(hot->rseq, &hot->nr_cpus,
						 hot->lists);

	if (__builtin_expect(!ref, 0)) {
		/* by value: what has no address stays in registers */
		struct aoipool_slot cold = aoipool_get_cold(pool);
		int err = cold.ptr ? 0 : (int)cold.ref;

		slot->ptr = cold.ptr;
		slot->ref = err ? 0 : cold.ref;
		return err;
	}
	slot->ptr = aoipool_hot_ptr(hot, ref);
	slot->ref = ref;
	return 0;
}

AOIPOOL_INLINE int aoipool_put(struct aoipool_pool *pool, aoipool_ref_t ref)
{
	const struct aoipool_hot *hot = (const struct aoipool_hot *)pool;
	aoipool_ref_t next = ref + ((aoipool_ref_t)1 << 32);

	if (__builtin_expect(!aoipool_hot_release(hot, ref), 0))
		return aoipool_put_cold(pool, ref);
	if (__builtin_expect(!aoipool_sequence_push(hot->rseq, &hot->nr_cpus,
						    aoipool_hot_side(hot, ref),
						    next), 0))
		return aoipool_put_rest(pool, next);
	return 0;
}

#endif
#endif
