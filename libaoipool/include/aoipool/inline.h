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
 * has moved, the pool is no plain one) is for the library to finish.
 */
#ifndef AOIPOOL_INLINE_H
#define AOIPOOL_INLINE_H

/* so many that a list with its head fills two pages */
#define AOIPOOL_LIST_REFS	1016
#define AOIPOOL_LIST_SHIFT	13

/*
 * Pops want more than @floor, pushes less than @ceiling refs; a list is closed
 * by a floor that is never exceeded and a ceiling of 0.  The bounds are any
 * thread's to change, the rest belongs to the CPU while the list is open.
 *
 * @head: refs on the list in bits 0 to 15, above them how many were handed out
 *	since the pool was opened: one store commits both.
 */
struct aoipool_list {
	uint64_t head;
	uint16_t floor;
	uint16_t ceiling;
	uint32_t batch;		/* the library's: how many to move at once */
	uint64_t reserved[6];
	uint64_t refs[AOIPOOL_LIST_REFS];
};

/*
 * Each CPU has two lists: of slots that live on the node that serves it, and of
 * those on their way home to another.
 *
 * The first member of struct aoipool_pool.  Written when the pool is opened,
 * except for @homes.
 */
struct aoipool_hot {
	struct aoipool_list *lists;
	intptr_t rseq;		/* of each thread, from its thread pointer */
	uint32_t nr_cpus;	/* 0: not for the code below to get */
	uint32_t span;		/* indices; 0: not for the code below to put */
	uint32_t base;		/* first index in refs of this pool */
	uint32_t shift;		/* index >> shift is the slab */
	uint32_t *gens;		/* what the slot's next put must have */
	unsigned char *data;
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
int aoipool_get_cold(struct aoipool_pool *pool, struct aoipool_slot *slot);
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

#if !defined(AOIPOOL_NO_INLINE) && !defined(AOIPOOL_NO_SEQUENCES)

AOIPOOL_INLINE void *aoipool_hot_ptr(const struct aoipool_hot *hot,
				    aoipool_ref_t ref)
{
	uint32_t index = (uint32_t)ref - hot->base;

	return hot->data + (index * hot->stride +
			    (index >> hot->shift) * hot->skip);
}

AOIPOOL_INLINE aoipool_ref_t aoipool_hot_pop(const struct aoipool_hot *hot)
{
	uint32_t cpu = aoipool_sequence_cpu(hot->rseq);

	if (__builtin_expect(cpu >= hot->nr_cpus, 0))
		return 0;
	return aoipool_sequence_pop(hot->rseq, cpu, &hot->lists[2 * cpu]);
}

/* Return: whether @ref was the one to put the slot, which has another now. */
AOIPOOL_INLINE int aoipool_hot_release(const struct aoipool_hot *hot,
				      aoipool_ref_t ref)
{
	uint32_t gen = (uint32_t)(ref >> 32);
	uint32_t index = (uint32_t)ref - hot->base;

	/* a slab that was never used has generations of 0, and so has rubbish */
	if (__builtin_expect(index >= hot->span || !gen, 0))
		return 0;
	return __atomic_compare_exchange_n(&hot->gens[index], &gen, gen + 1, 0,
					   __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

AOIPOOL_INLINE int aoipool_hot_push(const struct aoipool_hot *hot,
				   aoipool_ref_t ref)
{
	uint32_t cpu = aoipool_sequence_cpu(hot->rseq);
	uint32_t index = (uint32_t)ref - hot->base;
	uint32_t list = 2 * cpu;

	if (__builtin_expect(cpu >= hot->nr_cpus, 0))
		return 0;
	if (hot->homes)
		list += hot->homes[index >> hot->shift] != hot->cpu_nodes[cpu];
	return aoipool_sequence_push(hot->rseq, cpu, &hot->lists[list], ref);
}

AOIPOOL_INLINE int aoipool_get(struct aoipool_pool *pool,
			       struct aoipool_slot *slot)
{
	const struct aoipool_hot *hot = (const struct aoipool_hot *)pool;
	aoipool_ref_t ref = aoipool_hot_pop(hot);

	if (__builtin_expect(!ref, 0))
		return aoipool_get_cold(pool, slot);
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
	if (__builtin_expect(!aoipool_hot_push(hot, next), 0))
		return aoipool_put_rest(pool, next);
	return 0;
}

#endif
#endif
