// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * Looking again.  What the host and its nodes say is cheap.  Lists of many pools
 * cost, and ledgers of processes that have many cost most: each is read so seldom
 * that it takes its share of a CPU at most, and no more than the view shows.
 */
#include <stdlib.h>

#include "array.h"
#include "ledgers.h"
#include "top.h"

/* One part in so many of a CPU; with the rest, below 1 %. */
#define SHARE_OF_LISTS		250
#define SHARE_OF_LEDGERS	500

void top_forget(struct top *top)
{
	pool_rows_free(&top->pools);
	holdings_free(&top->holdings);
	if (top->has_sample)
		sample_free(&top->sample);
	top->has_sample = false;
	top->nr_rows = 0;
}

/* Those with pools of the user provider: of all others the module tells. */
static int note_users(struct top *top, const struct sample *sample)
{
	const struct aoipool_pool_entry *ledger = sample->ledgers;
	pid_t pid = 0;
	int err = 0;

	top->nr_users = 0;
	free(top->users);
	top->users = NULL;
	for (size_t i = 0; !err && i < sample->nr_ledgers; i++, ledger++) {
		if (ledger->is_kernel || (pid_t)ledger->pid == pid)
			continue;
		pid = ledger->pid;
		err = array_add(&top->users, &top->nr_users, &pid);
	}
	return err;
}

static int walk(struct top *top, struct sample *sample)
{
	int err;

	pace_begin(&top->walks);
	err = ledgers_take(sample, SAMPLE_LEDGERS);
	if (!err)
		err = note_users(top, sample);
	pace_end(&top->walks, SHARE_OF_LEDGERS);
	return err;
}

static int take_users(struct top *top, struct sample *sample)
{
	int err = 0;

	sample->hidden_processes = top->sample.hidden_processes;
	for (size_t i = 0; !err && i < top->nr_users; i++)
		err = ledgers_take_of(sample, SAMPLE_LEDGERS, top->users[i]);
	return err;
}

static int take_pools(struct top *top, struct sample *sample, bool is_forced)
{
	int err = sample_take(sample, SAMPLE_NODES | SAMPLE_POOLS |
					      SAMPLE_HOLDERS);

	if (err)
		return err;
	if (is_forced || !top->has_sample || pace_is_due(&top->walks))
		err = walk(top, sample);
	else
		err = take_users(top, sample);
	if (err)
		sample_free(sample);
	return err;
}

static int take(struct top *top, struct sample *sample, bool is_forced)
{
	if (top->kind == TOP_POOLS)
		return take_pools(top, sample, is_forced);
	return sample_take(sample, SAMPLE_NODES | SAMPLE_HOLDERS |
					   SAMPLE_LEDGERS | SAMPLE_CUSTODY);
}

static int make_rows(struct top *top)
{
	int err;

	if (top->kind == TOP_POOLS) {
		err = pool_rows_make(&top->pools, &top->sample);
		if (!err)
			rates_of_pools(&top->rates, &top->pools);
		return err;
	}
	err = holdings_make(&top->holdings, &top->sample);
	if (!err && top->kind == TOP_PROCESSES)
		holdings_group(&top->holdings, HOLDING_PROCESS);
	return err;
}

static int take_all(struct top *top, bool is_forced)
{
	struct sample sample;
	int err = take(top, &sample, is_forced);

	if (err)
		return err;
	top_forget(top);
	top->sample = sample;
	top->has_sample = true;
	top->listed = sample.time;
	err = make_rows(top);
	top_arrange(top);
	return err;
}

/* The rows stay as they are. */
static int take_host(struct top *top)
{
	struct sample *old = &top->sample, fresh;
	int err = sample_take(&fresh, SAMPLE_NODES);

	if (err)
		return err;
	free(old->nodes);
	old->nodes = fresh.nodes;
	old->nr_nodes = fresh.nr_nodes;
	old->host = fresh.host;
	old->has_module = fresh.has_module;
	old->time = fresh.time;
	return 0;
}

int top_sample(struct top *top, bool is_forced)
{
	if (is_forced || !top->has_sample || pace_is_due(&top->lists)) {
		pace_begin(&top->lists);
		top->error = take_all(top, is_forced);
		pace_end(&top->lists, SHARE_OF_LISTS);
	} else {
		top->error = take_host(top);
	}
	if (!top->error)
		rates_of_module(&top->rates, &top->sample);
	return top->error;
}
