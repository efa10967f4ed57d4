/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * A test for each way in which free objects are kept at hand: a set-up leaves
 * the kind in *state, the test opens its pools by open_kind().
 */
#ifndef SELFTESTS_LIB_KINDS_H
#define SELFTESTS_LIB_KINDS_H

#include <unistd.h>

#include "fixture.h"

struct kind {
	enum aoipool_lists lists;
	const char *name; /* as aoipool_pool_lists() says it */
};

int kind_rseq(void **state);
int kind_locked(void **state);
int kind_none(void **state);

/*
 * Skips the test where this kind cannot be had: rseq under an instrument that
 * has none, or on a host without it.
 */
void need_kind(const struct kind *kind);

/* Attributes of such a pool of objects. */
struct aoipool_attr *kind_attr(const struct kind *kind, size_t bytes,
			       size_t count);
/* Large enough to have lists, if its kind is to have any. */
struct aoipool_pool *open_kind(const struct kind *kind, size_t bytes,
			       size_t count);

/* Slots are kept on lists of CPUs. */
bool has_lists(const struct kind *kind);

/*
 * A pool has lists from 8 slots a list on, four lists' worth of it being out,
 * so how many slots it takes depends on the machine.
 */
#define LISTED_MIN	(32 * (size_t)sysconf(_SC_NPROCESSORS_ONLN))
/* Little more, and no power of two. */
#define LISTED_FEW	(2 * LISTED_MIN - 1)

/* The calling thread stays on the n-th of the CPUs that it may run on. */
void pin(unsigned int n);
/* On any of those again. */
void unpin(void);
unsigned int cpus(void);
int cpu_of(unsigned int n);

/*
 * Under their names, not inline.  Never through the macro of a header: a
 * pointer is what other languages have.
 */
extern int (*const volatile library_get)(struct aoipool_pool *pool,
					 struct aoipool_slot *slot);
extern int (*const volatile library_put)(struct aoipool_pool *pool,
					 aoipool_ref_t ref);

#define on_each_kind(test)                                        \
	{#test "_rseq", test, kind_rseq, NULL, NULL},             \
		{#test "_locked", test, kind_locked, NULL, NULL}, \
	{                                                         \
#test "_none", test, kind_none, NULL, NULL        \
	}

#define on_kinds_with_lists(test)                              \
	{#test "_rseq", test, kind_rseq, NULL, NULL},          \
	{                                                      \
#test "_locked", test, kind_locked, NULL, NULL \
	}

#endif
