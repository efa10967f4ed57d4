/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
#ifndef WAIT_H
#define WAIT_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* Threads that sleep until something is given; what, is not known here. */
struct waiters {
	uint32_t count;		/* in wait_join()..wait_leave() */
	uint32_t greedy;	/* of these, who need more than one */
	uint32_t seq;		/* the futex */
};

void wait_join(struct waiters *waiters, bool greedy);
void wait_leave(struct waiters *waiters, bool greedy);

/* Take the ticket, look once more, then sleep on that ticket. */
uint32_t wait_ticket(const struct waiters *waiters);

/**
 * wait_sleep() - until somebody has called wait_wake() after @ticket
 * @deadline: of CLOCK_MONOTONIC; NULL is never
 *
 * Return: 0, also for no reason; -ETIMEDOUT.
 */
int wait_sleep(struct waiters *waiters, uint32_t ticket,
	       const struct timespec *deadline);

/* After the thing was given: wakes one, or all where one may not be enough. */
void wait_wake(struct waiters *waiters, bool all);

/* NULL for -1: no bound. */
const struct timespec *wait_deadline(int timeout_ms, struct timespec *room);

#endif
