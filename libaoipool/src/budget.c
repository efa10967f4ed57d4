/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
#include "budget.h"

#include <errno.h>

int budget_init(struct budget *budget, uint64_t slots)
{
	*budget = (struct budget){ .slots = slots, .own_free = slots };
	budget->free = &budget->own_free;
	return gate_init(&budget->gate);
}

void budget_move(struct budget *budget, uint64_t *free)
{
	*free = budget->slots;
	budget->free = free;
}

void budget_exit(struct budget *budget)
{
	gate_exit(&budget->gate);
}

uint64_t budget_free(const struct budget *budget)
{
	return __atomic_load_n(budget->free, __ATOMIC_SEQ_CST);
}

uint64_t budget_out(const struct budget *budget)
{
	return budget->slots - __atomic_load_n(budget->free, __ATOMIC_RELAXED);
}

/* What was out at the moment of a take, and not what is when it is noted. */
static void note_peak(struct budget *budget, uint64_t out)
{
	uint64_t peak = __atomic_load_n(&budget->peak, __ATOMIC_RELAXED);

	while (peak < out)
		if (__atomic_compare_exchange_n(&budget->peak, &peak, out, true,
						__ATOMIC_RELAXED,
						__ATOMIC_RELAXED))
			return;
}

/* seq_cst for the sake of the gate */
uint64_t budget_take_some(struct budget *budget, uint64_t least, uint64_t most)
{
	uint64_t free = budget_free(budget), n;

	do {
		n = free < most ? free : most;
		if (n < least)
			return 0;
	} while (!__atomic_compare_exchange_n(budget->free, &free, free - n,
					      true, __ATOMIC_SEQ_CST,
					      __ATOMIC_SEQ_CST));
	note_peak(budget, budget->slots - (free - n));
	return n;
}

struct wish {
	struct budget *budget;
	uint64_t n;
};

static int try_wish(void *arg)
{
	struct wish *wish = arg;

	return budget_take_some(wish->budget, wish->n, wish->n) ? 0 : -EAGAIN;
}

static bool any_free(void *arg)
{
	struct wish *wish = arg;

	return budget_free(wish->budget);
}

int budget_take(struct budget *budget, uint64_t n, int timeout_ms)
{
	struct wish wish = { .budget = budget, .n = n };
	struct visit visit = {
		.try = try_wish,
		.any = any_free,
		.arg = &wish,
		.many = n > 1,
	};

	if (budget_take_some(budget, n, n))
		return 0;
	return gate_pass(&budget->gate, &visit, timeout_ms);
}

void budget_give(struct budget *budget, uint64_t n)
{
	__atomic_fetch_add(budget->free, n, __ATOMIC_SEQ_CST);
	gate_rouse(&budget->gate, n > 1);
}

void budget_return(struct budget *budget, uint64_t n)
{
	__atomic_fetch_add(budget->free, n, __ATOMIC_SEQ_CST);
	gate_rouse_sated(&budget->gate);
}

int budget_fd(struct budget *budget)
{
	struct wish wish = { .budget = budget };
	struct visit visit = { .any = any_free, .arg = &wish };

	return gate_fd(&budget->gate, &visit);
}
