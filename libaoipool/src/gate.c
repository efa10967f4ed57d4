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

static bool is_worth_waiting(int err)
{
	return err == -EAGAIN || gate_is_hungry(err);
}

/*
 * *@hungry: is counted as such.  Who becomes it tries once more before it
 * sleeps, for the sake of wait.c.
 */
static int try_asleep(struct gate *gate, const struct visit *visit,
		      const struct timespec *deadline, bool *hungry)
{
	struct waiters *waiters = &gate->waiters;
	uint32_t ticket, meal;
	int err = 0, found;

	while (!err) {
		ticket = wait_ticket(waiters, visit->many);
		meal = wait_hungry_ticket(waiters, visit->many);
		found = try(visit);
		if (!is_worth_waiting(found))
			return found;
		if (found == -EAGAIN) {
			err = wait_sleep(waiters, visit->many, ticket, deadline);
		} else if (*hungry) {
			err = wait_sleep_hungry(waiters, visit->many, meal,
						deadline);
		} else {
			wait_hunger(waiters, visit->many);
			*hungry = true;
		}
	}
	/* one was given while the time ran out */
	found = try(visit);
	return found == -EAGAIN ? err : found;
}

int gate_pass_until(struct gate *gate, const struct visit *visit,
		    const struct timespec *deadline)
{
	bool hungry = false;
	int err;

	wait_join(&gate->waiters, visit->many);
	err = try_asleep(gate, visit, deadline, &hungry);
	if (hungry)
		wait_eat(&gate->waiters, visit->many);
	wait_leave(&gate->waiters, visit->many);
	return err;
}

int gate_pass(struct gate *gate, const struct visit *visit, int timeout_ms)
{
	struct timespec room;
	int err = try(visit);

	if (timeout_ms && is_worth_waiting(err))
		return gate_pass_until(gate, visit,
				       wait_deadline(timeout_ms, &room));
	return err == -EAGAIN ? try_armed(gate, visit) : err;
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
