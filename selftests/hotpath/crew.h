/* SPDX-License-Identifier: GPL-2.0-only */
/* Threads that start together, each pinned where the test wants it. */
#ifndef CREW_H
#define CREW_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

#define CREW_MAX	8

struct crew;

struct hand {
	struct crew *crew;
	unsigned int number;
	int cpu;		/* -1: not pinned */
	atomic_int tid;
	pthread_t thread;
	unsigned long wrong;	/* things that this thread saw go wrong */
};

struct crew {
	unsigned int size;
	void (*work)(struct hand *hand);
	void *arg;
	atomic_bool stop;	/* for the work to heed, where it has no end */
	pthread_barrier_t ready;
	struct hand hands[CREW_MAX];
};

/*
 * @cpus: one a hand; NULL leaves all unpinned.  Returns when all hands are in
 * their places, about to begin; an errno, negative, when not all can be.
 */
int crew_start(struct crew *crew, unsigned int size,
	       void (*work)(struct hand *hand), void *arg, const int *cpus);

/* Waits for all; what they saw go wrong, together. */
unsigned long crew_join(struct crew *crew);
/* The same after telling them to stop. */
unsigned long crew_stop(struct crew *crew);

static inline pid_t crew_tid(const struct crew *crew, unsigned int number)
{
	return atomic_load(&crew->hands[number].tid);
}

/* A generator for one thread. */
static inline unsigned int crew_random(unsigned int *seed)
{
	*seed = *seed * 1103515245 + 12345;
	return *seed >> 12;
}

#endif /* CREW_H */
