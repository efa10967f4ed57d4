/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * How many slots of a pool are free.  A getter first takes as many as it wants
 * from the budget, all or none, and then finds the slots; a putter first lays
 * down the slot and then gives it to the budget.  So a getter that has been
 * served knows that its slots are there, n at once cost no more than one, and
 * two who want many cannot starve each other with what each already has.
 */
#ifndef BUDGET_H
#define BUDGET_H

#include <stdbool.h>
#include <stdint.h>

#include "gate.h"

struct budget {
	uint64_t slots;
	/* where it is free for others to read, or own_free */
	uint64_t *free;
	uint64_t own_free __attribute__((aligned(64)));
	uint64_t peak;		/* most that were ever out */
	struct gate gate;
};

int budget_init(struct budget *budget, uint64_t slots);
/* Before anybody uses it: those that are free are counted there from now on. */
void budget_move(struct budget *budget, uint64_t *free);
void budget_exit(struct budget *budget);

/**
 * budget_take() - @n or none
 * @timeout_ms: 0 does not wait, -1 waits without bound
 *
 * Return: 0; -EAGAIN: not so many are free; -ETIMEDOUT the same after a wait.
 */
int budget_take(struct budget *budget, uint64_t n, int timeout_ms);
void budget_give(struct budget *budget, uint64_t n);
/* The same by who had no memory for them. */
void budget_return(struct budget *budget, uint64_t n);

/* @least or more, up to @most.  Return: how many; 0: fewer are free. */
uint64_t budget_take_some(struct budget *budget, uint64_t least, uint64_t most);

uint64_t budget_free(const struct budget *budget);
uint64_t budget_out(const struct budget *budget);

/* The descriptor to poll. */
int budget_fd(struct budget *budget);

#endif
