/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Threads that start together.  The work returns how many things it saw wrong;
 * crew_run() returns their sum, for the main thread to check.
 */
#ifndef SELFTESTS_LIB_CREW_H
#define SELFTESTS_LIB_CREW_H

#include <pthread.h>

#define CREW_MAX	8

struct crew {
	unsigned int size;
	unsigned int (*work)(struct crew *crew, unsigned int number);
	void *arg;
	pthread_barrier_t barrier;
};

unsigned int crew_run(unsigned int size,
		      unsigned int (*work)(struct crew *crew,
					   unsigned int number),
		      void *arg);

/* All of them meet; true in exactly one. */
int crew_meet(struct crew *crew);

/* A generator for one thread. */
unsigned int crew_random(unsigned int *seed);

#endif
