/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A process that holds slabs of a pool as a client of its own, under a name and as
 * a user of the test's choice, until it is told to quit or killed.
 */
#ifndef HOLDER_H
#define HOLDER_H

#include "child.h"
#include "pool.h"

struct holder_args {
	const struct pool *pool;
	const char *comm;
	__u32 first;
	__u32 nr;	/* populated; one more is claimed behind them */
	uid_t user;
};

/* Return: the client's number, or a negative errno. */
int holder_start(struct child *child, struct holder_args *args);

#endif /* HOLDER_H */
