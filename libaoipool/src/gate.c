/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
#include "gate.h"

#include <errno.h>

int gate_init(struct gate *gate)
{
	gate->waiters = (struct waiters){ 0 };
	return bell_init(&gate->bell);
}

void gate_exit(struct gate *gate)
{
	bell_exit(&gate->bell);
}

static int try(const struct visit *visit)
{
	return visit->try(visit->arg);
}

/*
 * Arm the bell and look again: a put between the failed look and the arming
 * would be heard by nobody.  Arming has silenced a ring that another poller may
 * need, one who wants fewer than were asked for here; while anything is there
 * it rings again.  Once too often does no harm.
 */
static int try_armed(struct gate *gate, const struct visit *visit)
{
	int err;

	if (!__atomic_load_n(&gate->bell.wanted, __ATOMIC_SEQ_CST))
		return -EAGAIN;
	bell_arm(&gate->bell);
	err = try(visit);
	if (err != -EAGAIN || visit->any(visit->arg))
		bell_ring(&gate->bell);
	return err;
}

static int try_asleep(struct gate *gate, const struct visit *visit,
		      const struct timespec *deadline)
{
	uint32_t ticket;
	int err = 0, found;

	while (!err) {
		ticket = wait_ticket(&gate->waiters, visit->many);
		found = try(visit);
		if (found != -EAGAIN)
			return found;
		err = wait_sleep(&gate->waiters, visit->many, ticket, deadline);
	}
	/* one was given while the time ran out */
	found = try(visit);
	return found == -EAGAIN ? err : found;
}

static int try_waiting(struct gate *gate, const struct visit *visit,
		       int timeout_ms)
{
	struct timespec room;
	const struct timespec *deadline = wait_deadline(timeout_ms, &room);
	int err;

	wait_join(&gate->waiters, visit->many);
	err = try_asleep(gate, visit, deadline);
	wait_leave(&gate->waiters, visit->many);
	return err;
}

int gate_pass(struct gate *gate, const struct visit *visit, int timeout_ms)
{
	int err = try(visit);

	if (err != -EAGAIN)
		return err;
	if (timeout_ms)
		return try_waiting(gate, visit, timeout_ms);
	return try_armed(gate, visit);
}

int gate_fd(struct gate *gate, const struct visit *visit)
{
	struct bell *bell = &gate->bell;

	if (__atomic_exchange_n(&bell->wanted, 1, __ATOMIC_SEQ_CST))
		return bell->fd;
	/* for a getter that failed before the descriptor was asked for */
	__atomic_store_n(&bell->armed, 1, __ATOMIC_SEQ_CST);
	if (visit->any(visit->arg))
		bell_ring(bell);
	return bell->fd;
}
