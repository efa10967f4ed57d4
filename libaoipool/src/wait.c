/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Sleeping for what another thread gives.
 *
 * No wake-up is lost: a waiter first counts itself, then looks once more for
 * the thing; a giver first gives the thing, then looks at the count.  All four
 * accesses are sequentially consistent, so they stand in one order that both
 * sides agree on, and it cannot be that each looked before the other wrote:
 * either the waiter sees the thing or the giver sees the waiter.  (Two pairs of
 * seq_cst accesses instead of two fences: the same argument, the same code on
 * x86, and ThreadSanitizer can follow it.)
 *
 * A giver that saw the waiter moves the sequence before it wakes.  A waiter
 * that took its ticket earlier and is not asleep yet is then sent back by the
 * futex's own comparison.
 */
#include "wait.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>

#include "sys.h"

/* Looks for memory of who waits for it, while nobody says that there is some */
#define HUNGRY_MS	100

static uint32_t *count_of(struct waiters *waiters, bool greedy)
{
	return greedy ? &waiters->greedy : &waiters->single;
}

void wait_join(struct waiters *waiters, bool greedy)
{
	__atomic_fetch_add(count_of(waiters, greedy), 1, __ATOMIC_SEQ_CST);
}

void wait_leave(struct waiters *waiters, bool greedy)
{
	__atomic_fetch_sub(count_of(waiters, greedy), 1, __ATOMIC_SEQ_CST);
}

uint32_t wait_ticket(const struct waiters *waiters, bool greedy)
{
	return __atomic_load_n(greedy ? &waiters->greedy_seq :
					&waiters->single_seq,
			       __ATOMIC_SEQ_CST);
}

int wait_sleep(struct waiters *waiters, bool greedy, uint32_t ticket,
	       const struct timespec *deadline)
{
	uint32_t *seq = greedy ? &waiters->greedy_seq : &waiters->single_seq;
	int err = sys_futex_wait(seq, ticket, deadline);

	return err == -ETIMEDOUT ? err : 0;
}

void wait_hunger(struct waiters *waiters, bool greedy)
{
	__atomic_fetch_add(&waiters->hungry[greedy], 1, __ATOMIC_SEQ_CST);
}

void wait_eat(struct waiters *waiters, bool greedy)
{
	__atomic_fetch_sub(&waiters->hungry[greedy], 1, __ATOMIC_SEQ_CST);
}

uint32_t wait_hungry_ticket(const struct waiters *waiters, bool greedy)
{
	return __atomic_load_n(&waiters->hungry_seq[greedy], __ATOMIC_SEQ_CST);
}

static bool is_before(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec < b->tv_sec ||
	       (a->tv_sec == b->tv_sec && a->tv_nsec < b->tv_nsec);
}

int wait_sleep_hungry(struct waiters *waiters, bool greedy, uint32_t ticket,
		      const struct timespec *deadline)
{
	struct timespec room;
	const struct timespec *until = wait_deadline(HUNGRY_MS, &room);
	bool last = deadline && is_before(deadline, until);
	int err = sys_futex_wait(&waiters->hungry_seq[greedy], ticket,
				 last ? deadline : until);

	return last && err == -ETIMEDOUT ? err : 0;
}

static void wake(const uint32_t *count, uint32_t *seq, int how_many)
{
	if (!__atomic_load_n(count, __ATOMIC_SEQ_CST))
		return;
	__atomic_fetch_add(seq, 1, __ATOMIC_SEQ_CST);
	sys_futex_wake(seq, how_many);
}

static void wake_sated(struct waiters *waiters, int singles)
{
	wake(&waiters->single, &waiters->single_seq, singles);
	wake(&waiters->greedy, &waiters->greedy_seq, INT_MAX);
}

static void wake_hungry(struct waiters *waiters, int singles)
{
	wake(&waiters->hungry[false], &waiters->hungry_seq[false], singles);
	wake(&waiters->hungry[true], &waiters->hungry_seq[true], INT_MAX);
}

/* One who needs many may not be served by what one other left: wake them all. */
void wait_wake(struct waiters *waiters, bool many)
{
	wake_sated(waiters, many ? INT_MAX : 1);
	wake_hungry(waiters, many ? INT_MAX : 1);
}

void wait_wake_sated(struct waiters *waiters)
{
	wake_sated(waiters, INT_MAX);
}

void wait_feed(struct waiters *waiters)
{
	wake_hungry(waiters, INT_MAX);
}

const struct timespec *wait_deadline(int timeout_ms, struct timespec *room)
{
	if (timeout_ms < 0)
		return NULL;
	sys_now(room);
	room->tv_sec += timeout_ms / 1000;
	room->tv_nsec += timeout_ms % 1000 * 1000000L;
	if (room->tv_nsec >= 1000000000L) {
		room->tv_sec++;
		room->tv_nsec -= 1000000000L;
	}
	return room;
}
