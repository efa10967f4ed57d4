/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Threads that start together.  The work returns how many things it saw wrong;
 * crew_run() returns their sum, for the main thread to check.
 */
#ifndef SELFTESTS_LIB_CREW_H
#define SELFTESTS_LIB_CREW_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#define CREW_MAX	32

struct crew {
	unsigned int size;
	unsigned int (*work)(struct crew *crew, unsigned int number);
	void *arg;
	atomic_uint arrived, met;	/* see crew_meet() */
};

unsigned int crew_run(unsigned int size,
		      unsigned int (*work)(struct crew *crew,
					   unsigned int number),
		      void *arg);

/*
 * All of them meet; true in exactly one.  They spin, so that they go on within
 * nanoseconds of each other where there are CPUs enough.
 */
bool crew_meet(struct crew *crew);

/* A generator for one thread. */
unsigned int crew_random(unsigned int *seed);

#endif
