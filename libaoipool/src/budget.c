/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
#include "budget.h"

#include <errno.h>

int budget_init(struct budget *budget, uint64_t slots)
{
	*budget = (struct budget){ .slots = slots, .free = slots };
	return bell_init(&budget->bell);
}

void budget_exit(struct budget *budget)
{
	bell_exit(&budget->bell);
}

uint64_t budget_free(const struct budget *budget)
{
	return __atomic_load_n(&budget->free, __ATOMIC_SEQ_CST);
}

uint64_t budget_take_some(struct budget *budget, uint64_t least, uint64_t most)
{
	uint64_t free = budget_free(budget), n;

	do {
		n = free < most ? free : most;
		if (n < least)
			return 0;
	} while (!__atomic_compare_exchange_n(&budget->free, &free, free - n,
					      true, __ATOMIC_SEQ_CST,
					      __ATOMIC_SEQ_CST));
	return n;
}

uint64_t budget_out(const struct budget *budget)
{
	return budget->slots - __atomic_load_n(&budget->free, __ATOMIC_RELAXED);
}

void budget_note_peak(struct budget *budget)
{
	uint64_t out = budget_out(budget);
	uint64_t peak = __atomic_load_n(&budget->peak, __ATOMIC_RELAXED);

	while (peak < out)
		if (__atomic_compare_exchange_n(&budget->peak, &peak, out, true,
						__ATOMIC_RELAXED,
						__ATOMIC_RELAXED))
			return;
}

/* seq_cst for the sake of wait.c and of try_armed() */
static bool try_take(struct budget *budget, uint64_t n)
{
	uint64_t free = __atomic_load_n(&budget->free, __ATOMIC_SEQ_CST);

	while (free >= n) {
		if (!__atomic_compare_exchange_n(&budget->free, &free, free - n,
						 true, __ATOMIC_SEQ_CST,
						 __ATOMIC_SEQ_CST))
			continue;
		return true;
	}
	return false;
}

/*
 * Arm the bell and look again: a put between the failed look and the arming
 * would be heard by nobody.  Arming has silenced a ring that another poller may
 * need, one who wants fewer slots than were asked for here; while any is free
 * it rings again.  Once too often does no harm.
 */
static bool try_armed(struct budget *budget, uint64_t n)
{
	bool taken;

	if (!__atomic_load_n(&budget->bell.wanted, __ATOMIC_SEQ_CST))
		return false;
	bell_arm(&budget->bell);
	taken = try_take(budget, n);
	if (taken || __atomic_load_n(&budget->free, __ATOMIC_SEQ_CST))
		bell_ring(&budget->bell);
	return taken;
}

static int take_asleep(struct budget *budget, uint64_t n,
		       const struct timespec *deadline)
{
	uint32_t ticket;
	int err = 0;

	while (!err) {
		ticket = wait_ticket(&budget->waiters, n > 1);
		if (try_take(budget, n))
			return 0;
		err = wait_sleep(&budget->waiters, n > 1, ticket, deadline);
	}
	/* one was given while the time ran out */
	return try_take(budget, n) ? 0 : err;
}

static int take_waiting(struct budget *budget, uint64_t n, int timeout_ms)
{
	struct timespec room;
	const struct timespec *deadline = wait_deadline(timeout_ms, &room);
	int err;

	wait_join(&budget->waiters, n > 1);
	err = take_asleep(budget, n, deadline);
	wait_leave(&budget->waiters, n > 1);
	return err;
}

int budget_take(struct budget *budget, uint64_t n, int timeout_ms)
{
	if (try_take(budget, n))
		return 0;
	if (timeout_ms)
		return take_waiting(budget, n, timeout_ms);
	return try_armed(budget, n) ? 0 : -EAGAIN;
}

void budget_give(struct budget *budget, uint64_t n)
{
	__atomic_fetch_add(&budget->free, n, __ATOMIC_SEQ_CST);
	wait_wake(&budget->waiters, n > 1);
	bell_ring(&budget->bell);
}

int budget_fd(struct budget *budget)
{
	struct bell *bell = &budget->bell;

	if (__atomic_exchange_n(&bell->wanted, 1, __ATOMIC_SEQ_CST))
		return bell->fd;
	/* for a getter that failed before the descriptor was asked for */
	__atomic_store_n(&bell->armed, 1, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(&budget->free, __ATOMIC_SEQ_CST))
		bell_ring(bell);
	return bell->fd;
}
