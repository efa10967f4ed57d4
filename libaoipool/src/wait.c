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

void wait_join(struct waiters *waiters, bool greedy)
{
	if (greedy)
		__atomic_fetch_add(&waiters->greedy, 1, __ATOMIC_SEQ_CST);
	__atomic_fetch_add(&waiters->count, 1, __ATOMIC_SEQ_CST);
}

void wait_leave(struct waiters *waiters, bool greedy)
{
	__atomic_fetch_sub(&waiters->count, 1, __ATOMIC_SEQ_CST);
	if (greedy)
		__atomic_fetch_sub(&waiters->greedy, 1, __ATOMIC_SEQ_CST);
}

uint32_t wait_ticket(const struct waiters *waiters)
{
	return __atomic_load_n(&waiters->seq, __ATOMIC_SEQ_CST);
}

int wait_sleep(struct waiters *waiters, uint32_t ticket,
	       const struct timespec *deadline)
{
	int err = sys_futex_wait(&waiters->seq, ticket, deadline);

	return err == -ETIMEDOUT ? err : 0;
}

void wait_wake(struct waiters *waiters, bool all)
{
	if (!__atomic_load_n(&waiters->count, __ATOMIC_SEQ_CST))
		return;
	/* one who needs many may not be served by what one other left */
	if (__atomic_load_n(&waiters->greedy, __ATOMIC_SEQ_CST))
		all = true;
	__atomic_fetch_add(&waiters->seq, 1, __ATOMIC_SEQ_CST);
	sys_futex_wake(&waiters->seq, all ? INT_MAX : 1);
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
