// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * From a sample to holdings.  A client whose ledger can be read is told by that;
 * every other one by what the module counts.
 */
#include <stdio.h>
#include <string.h>

#include "array.h"
#include "holding.h"
#include "sorted.h"

#define DIFFERENCE(a, b)	(((a) > (b)) - ((a) < (b)))

/* How things that belong together are found. */
struct ties {
	const struct sample *sample;
	struct sorted ledgers;		/* by process and its pool */
	struct sorted kernel_ledgers;	/* by process and the module's pool */
	struct sorted holders;		/* by the module's pool and client */
	struct holdings *holdings;
};

static int by_ledger(const void *a, const void *b)
{
	const struct aoipool_pool_entry *first = a, *second = b;

	return DIFFERENCE(first->pid, second->pid) ?:
	       DIFFERENCE(first->pool, second->pool);
}

/* Without notes a ledger is of no use here: those come last, and are not found. */
static uint64_t noted_pool(const struct aoipool_pool_entry *ledger)
{
	return ledger->is_kernel && ledger->mode != AOIPOOL_CUSTODY_NONE ?
		       ledger->kernel_pool : UINT64_MAX;
}

static int by_kernel_pool(const void *a, const void *b)
{
	const struct aoipool_pool_entry *first = a, *second = b;

	return DIFFERENCE(first->pid, second->pid) ?:
	       DIFFERENCE(noted_pool(first), noted_pool(second));
}

static int by_client(const void *a, const void *b)
{
	const struct aoipool_holder_state *first = a, *second = b;

	return DIFFERENCE(first->holder.pool, second->holder.pool) ?:
	       DIFFERENCE(first->holder.client, second->holder.client);
}

static void name_pool(struct holding *row,
		      const struct aoipool_pool_entry *ledger)
{
	row->is_kernel = ledger->is_kernel;
	if (row->is_kernel)
		snprintf(row->pool_id, sizeof(row->pool_id), "%llu",
			 (unsigned long long)ledger->kernel_pool);
	else
		snprintf(row->pool_id, sizeof(row->pool_id), "%u:%llu",
			 ledger->pid, (unsigned long long)ledger->pool);
	memcpy(row->comm, ledger->comm, sizeof(row->comm));
}

/* Without a note, what is out is seen, but not since when. */
static bool has_ages(const struct aoipool_custody *custody)
{
	for (size_t i = 0; i < AOIPOOL_AGES; i++)
		if (custody->ages[i])
			return true;
	return false;
}

static struct holding of_custody(const struct aoipool_custody *custody)
{
	struct holding row = {
		.by = HOLDING_ALL,
		.pid = custody->pid,
		.tid = custody->tid,
		.node = custody->node,
		.count = custody->count,
		.bytes = custody->bytes,
		.has_ages = has_ages(custody),
		.oldest_ns = custody->oldest_ns,
		.youngest_ns = custody->youngest_ns,
	};

	memcpy(row.tag, custody->tag, sizeof(row.tag));
	memcpy(row.pool, custody->name, sizeof(row.pool));
	memcpy(row.ages, custody->ages, sizeof(row.ages));
	return row;
}

static int add_custody(struct ties *ties, const struct aoipool_custody *custody)
{
	struct aoipool_pool_entry key = { .pid = custody->pid,
					  .pool = custody->pool };
	const struct aoipool_pool_entry *ledger;
	struct holding row = of_custody(custody);

	ledger = sorted_find(&ties->ledgers, &key);
	if (!ledger)
		return 0;
	name_pool(&row, ledger);
	return array_add(&ties->holdings->rows, &ties->holdings->nr, &row);
}

static bool has_ledger(const struct ties *ties, uint32_t pid, uint64_t pool)
{
	struct aoipool_pool_entry key = {
		.pid = pid,
		.is_kernel = true,
		.mode = AOIPOOL_CUSTODY_SLABS,
		.kernel_pool = pool,
	};

	return sorted_find(&ties->kernel_ledgers, &key);
}

static struct holding of_holder(const struct aoipool_holder_state *state)
{
	const struct aoipool_holder *holder = &state->holder;
	struct holding row = {
		.by = HOLDING_ALL,
		.pid = holder->pid,
		.is_kernel = true,
		.node = -1,
		.count = state->held_slabs,
		.bytes = holder->held_bytes,
	};

	snprintf(row.pool_id, sizeof(row.pool_id), "%llu",
		 (unsigned long long)holder->pool);
	memcpy(row.comm, holder->comm, sizeof(row.comm));
	memcpy(row.pool, holder->name, sizeof(row.pool));
	return row;
}

static int add_holder(struct ties *ties,
		      const struct aoipool_holder_state *state)
{
	struct holding row = of_holder(state);

	if (!state->held_slabs ||
	    has_ledger(ties, state->holder.pid, state->holder.pool))
		return 0;
	return array_add(&ties->holdings->rows, &ties->holdings->nr, &row);
}

/* One by one they are added up later. */
static int add_slab(struct ties *ties, const struct aoipool_held_slab *slab)
{
	struct aoipool_holder_state key = {
		.holder = { .pool = slab->pool, .client = slab->client },
	};
	const struct aoipool_holder_state *state;
	struct holding row;

	state = sorted_find(&ties->holders, &key);
	if (!state || has_ledger(ties, state->holder.pid, slab->pool))
		return 0;
	row = of_holder(state);
	row.node = slab->node;
	row.count = 1;
	row.bytes = slab->held_bytes;
	return array_add(&ties->holdings->rows, &ties->holdings->nr, &row);
}

static int add_module(struct ties *ties)
{
	const struct sample *sample = ties->sample;
	int err = 0;
	size_t i;

	for (i = 0; !err && i < sample->nr_slabs; i++)
		err = add_slab(ties, &sample->slabs[i]);
	for (i = 0; !err && !sample->nr_slabs && i < sample->nr_holders; i++)
		err = add_holder(ties, &sample->holders[i]);
	return err;
}

static int tie(struct ties *ties)
{
	const struct sample *sample = ties->sample;

	return sorted_make(&ties->ledgers, sample->ledgers, sample->nr_ledgers,
			   sizeof(*sample->ledgers), by_ledger) ?:
	       sorted_make(&ties->kernel_ledgers, sample->ledgers,
			   sample->nr_ledgers, sizeof(*sample->ledgers),
			   by_kernel_pool) ?:
	       sorted_make(&ties->holders, sample->holders, sample->nr_holders,
			   sizeof(*sample->holders), by_client);
}

static void untie(struct ties *ties)
{
	sorted_free(&ties->ledgers);
	sorted_free(&ties->kernel_ledgers);
	sorted_free(&ties->holders);
}

int holdings_make(struct holdings *holdings, const struct sample *sample)
{
	struct ties ties = { .sample = sample, .holdings = holdings };
	int err;

	*holdings = (struct holdings){ 0 };
	err = tie(&ties);
	for (size_t i = 0; !err && i < sample->nr_custody; i++)
		err = add_custody(&ties, &sample->custody[i]);
	if (!err)
		err = add_module(&ties);
	untie(&ties);
	if (err)
		holdings_free(holdings);
	else
		holdings_group(holdings, HOLDING_ALL);
	return err;
}
