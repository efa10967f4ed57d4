/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Where getters wait: asleep, or with a descriptor that they poll. */
#ifndef GATE_H
#define GATE_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

#include "bell.h"
#include "wait.h"

/* What a put looks at lies close together. */
struct gate {
	struct bell bell;
	struct waiters waiters;
};

/*
 * What somebody wants.  Both look at atomics that who gives changes by seq_cst
 * before gate_rouse(), for the sake of wait.c.
 */
struct visit {
	/*
	 * 0: has it; -EAGAIN: there is not enough; -ENOMEM, -ENOSPC, -EDQUOT:
	 * there is, but no memory for it; else why it never will be
	 */
	int (*try)(void *arg);
	/* whether there is anything at all */
	bool (*any)(void *arg);
	void *arg;
	bool many;
};

int gate_init(struct gate *gate);
void gate_exit(struct gate *gate);

/**
 * gate_pass() - try, and try again whenever something was given
 * @timeout_ms: 0 does not wait, -1 waits without bound
 *
 * Return: what visit->try() says; -ETIMEDOUT instead of -EAGAIN after a wait.
 */
int gate_pass(struct gate *gate, const struct visit *visit, int timeout_ms);

/* Of who has tried already; NULL is without bound. */
int gate_pass_until(struct gate *gate, const struct visit *visit,
		    const struct timespec *deadline);

/* What is worth waiting for besides what somebody gives: memory. */
static inline bool gate_is_hungry(int err)
{
	return err == -ENOMEM || err == -ENOSPC || err == -EDQUOT;
}

/* The descriptor to poll; only any() of @visit is asked. */
int gate_fd(struct gate *gate, const struct visit *visit);

/* One thing was given, or many. */
static inline void gate_rouse(struct gate *gate, bool many)
{
	if (wait_anybody(&gate->waiters))
		wait_wake(&gate->waiters, many);
	if (bell_armed(&gate->bell))
		bell_ring(&gate->bell);
}

/* The same for what was taken and given up again, as it had no memory. */
static inline void gate_rouse_sated(struct gate *gate)
{
	if (wait_anybody(&gate->waiters))
		wait_wake_sated(&gate->waiters);
	if (bell_armed(&gate->bell))
		bell_ring(&gate->bell);
}

/* Memory has come back. */
static inline void gate_feed(struct gate *gate)
{
	wait_feed(&gate->waiters);
}

#endif
