/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
#ifndef WAIT_H
#define WAIT_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* Threads that sleep until something is given; what, is not known here. */
struct waiters {
	/* in wait_join()..wait_leave(): who need one, and who need more */
	uint32_t single, greedy;
	/* a futex for each, so that a wake for one is not eaten by who needs more */
	uint32_t single_seq, greedy_seq;
	/*
	 * Those of them, single and greedy, that have found a thing but no
	 * memory for it.  Each of their attempts gives the thing up again, and
	 * that is no reason for the others of their kind to try.
	 */
	uint32_t hungry[2], hungry_seq[2];
};

void wait_join(struct waiters *waiters, bool greedy);
void wait_leave(struct waiters *waiters, bool greedy);

/* Take the ticket, look once more, then sleep on that ticket. */
uint32_t wait_ticket(const struct waiters *waiters, bool greedy);

/**
 * wait_sleep() - until somebody has called wait_wake() after @ticket
 * @deadline: of CLOCK_MONOTONIC; NULL is never
 *
 * Return: 0, also for no reason; -ETIMEDOUT.
 */
int wait_sleep(struct waiters *waiters, bool greedy, uint32_t ticket,
	       const struct timespec *deadline);

/* The same for who waits for memory, and is in wait_join() already. */
void wait_hunger(struct waiters *waiters, bool greedy);
void wait_eat(struct waiters *waiters, bool greedy);
uint32_t wait_hungry_ticket(const struct waiters *waiters, bool greedy);
/* No longer than 100 ms: memory comes back in ways that nobody tells. */
int wait_sleep_hungry(struct waiters *waiters, bool greedy, uint32_t ticket,
		      const struct timespec *deadline);

/* Whether wait_wake() would have something to do; a load each, for hot paths. */
static inline bool wait_anybody(const struct waiters *waiters)
{
	return __atomic_load_n(&waiters->single, __ATOMIC_SEQ_CST) ||
	       __atomic_load_n(&waiters->greedy, __ATOMIC_SEQ_CST);
}

/*
 * After @many things or one were given: wakes one single, or all; all greedy; and
 * of the hungry as many again.
 */
void wait_wake(struct waiters *waiters, bool many);
/* After something was given up for want of memory: all but the hungry. */
void wait_wake_sated(struct waiters *waiters);
/* Memory is there: all hungry. */
void wait_feed(struct waiters *waiters);

/* NULL for -1: no bound. */
const struct timespec *wait_deadline(int timeout_ms, struct timespec *room);

#endif
