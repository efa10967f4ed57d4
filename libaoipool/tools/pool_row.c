// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "pool_row.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "kinds.h"
#include "process.h"
#include "user.h"

static struct pool_row of_module(const struct aoipool_pool_state *pool)
{
	struct pool_row row = {
		.number = pool->pool,
		.is_kernel = true,
		.has_module = true,
		.nr_clients = pool->nr_clients,
		.uid = pool->uid,
		.level = pool->level,
		.slot_bytes = pool->slot_bytes,
		.slab_bytes = pool->slab_bytes,
		.nr_slabs = pool->nr_slabs,
		.held_slabs = pool->held_slabs,
		.parked_slabs = pool->parked_slabs,
		.pool_bytes = pool->pool_bytes,
		.held_bytes = pool->held_bytes,
		.idle_bytes = pool->idle_bytes,
		.reserved_bytes = pool->reserved_bytes,
		.apart_bytes = pool->apart_bytes,
		.reclaimed_bytes = pool->reclaimed_bytes,
		.swept_slabs = pool->swept_slabs,
		.failures = pool->failures,
	};

	snprintf(row.id, sizeof(row.id), "%llu",
		 (unsigned long long)pool->pool);
	memcpy(row.name, pool->name, sizeof(row.name));
	memcpy(row.type, pool->type, sizeof(row.type));
	return row;
}

static uint32_t in_slabs(uint64_t bytes, uint64_t slab_bytes)
{
	return slab_bytes ? (bytes + slab_bytes - 1) / slab_bytes : 0;
}

/* Of the user provider, the ledger is all there is. */
static void size_by_ledger(struct pool_row *row,
			   const struct aoipool_pool_entry *ledger)
{
	struct kinds kinds = kinds_of_ledger(ledger);

	row->pool_bytes = ledger->resident_bytes;
	row->held_bytes = kinds.leased_bytes;
	row->idle_bytes = row->pool_bytes - row->held_bytes;
	row->reserved_bytes = kinds.reserved_bytes;
	row->reclaimed_bytes = ledger->reclaimed_slabs * ledger->slab_bytes;
	row->failures = ledger->no_memory;
	row->held_slabs = in_slabs(row->held_bytes, ledger->slab_bytes);
	row->parked_slabs = in_slabs(row->idle_bytes, ledger->slab_bytes);
}

/* Ledgers of one process follow one another. */
static uint32_t owner_of(pid_t pid)
{
	static struct process last;

	if (last.pid != pid && process_look_briefly(pid, &last))
		return USER_UNKNOWN;
	return last.uid;
}

static struct pool_row of_ledger(const struct aoipool_pool_entry *ledger)
{
	struct pool_row row = {
		.number = ledger->is_kernel ? ledger->kernel_pool : ledger->pool,
		.is_kernel = ledger->is_kernel,
		.nr_clients = 1,
		.uid = owner_of(ledger->pid),
		.level = ledger->level,
		.slot_bytes = ledger->slot_bytes,
		.slab_bytes = ledger->slab_bytes,
		.nr_slabs = ledger->nr_slabs,
	};

	if (row.is_kernel)
		snprintf(row.id, sizeof(row.id), "%llu",
			 (unsigned long long)row.number);
	else
		snprintf(row.id, sizeof(row.id), "%u:%llu", ledger->pid,
			 (unsigned long long)row.number);
	memcpy(row.name, ledger->name, sizeof(row.name));
	memcpy(row.type, ledger->type, sizeof(row.type));
	size_by_ledger(&row, ledger);
	return row;
}

/* One of several is enough: who wants all asks for holders. */
static void name_process(struct pool_row *row, uint32_t pid, const char *comm)
{
	if (row->pid)
		return;
	row->pid = pid;
	snprintf(row->comm, sizeof(row->comm), "%.15s", comm);
}

static void join_ledger(struct pool_row *row,
			const struct aoipool_pool_entry *ledger)
{
	name_process(row, ledger->pid, ledger->comm);
	row->has_ledger = true;
	row->mode = ledger->mode;
	row->block_bytes = ledger->block_bytes;
	row->slots = ledger->slots;
	row->slots_out += ledger->slots_out;
	row->exhausted += ledger->exhausted;
	row->misuses += ledger->misuses;
}

static int by_number(const void *a, const void *b)
{
	const struct pool_row *first = a, *second = b;

	if (first->is_kernel != second->is_kernel)
		return second->is_kernel - first->is_kernel;
	if (!first->is_kernel && first->pid != second->pid)
		return first->pid < second->pid ? -1 : 1;
	return (first->number > second->number) -
	       (first->number < second->number);
}

/* Among the first @nr, which are the module's and in order. */
static struct pool_row *find_kernel(const struct pool_rows *pools, size_t nr,
				    uint64_t number)
{
	struct pool_row key = { .is_kernel = true, .number = number };

	return nr ? bsearch(&key, pools->rows, nr, sizeof(key), by_number) :
		    NULL;
}

static int add_ledger(struct pool_rows *pools, size_t nr_module,
		      const struct aoipool_pool_entry *ledger)
{
	struct pool_row *row = NULL, fresh;

	if (ledger->is_kernel)
		row = find_kernel(pools, nr_module, ledger->kernel_pool);
	if (row) {
		join_ledger(row, ledger);
		return 0;
	}
	fresh = of_ledger(ledger);
	join_ledger(&fresh, ledger);
	return array_add(&pools->rows, &pools->nr, &fresh);
}

static int add_all(struct pool_rows *pools, const struct sample *sample)
{
	struct pool_row row;
	size_t i, nr_module;
	int err = 0;

	for (i = 0; !err && i < sample->nr_pools; i++) {
		row = of_module(&sample->pools[i]);
		err = array_add(&pools->rows, &pools->nr, &row);
	}
	nr_module = pools->nr;
	if (nr_module)
		qsort(pools->rows, nr_module, sizeof(row), by_number);
	for (i = 0; !err && i < sample->nr_ledgers; i++)
		err = add_ledger(pools, nr_module, &sample->ledgers[i]);
	return err;
}

static void add_holders(struct pool_rows *pools, const struct sample *sample)
{
	const struct aoipool_holder *holder;
	struct pool_row *row;

	for (size_t i = 0; i < sample->nr_holders; i++) {
		holder = &sample->holders[i].holder;
		row = find_kernel(pools, sample->nr_pools, holder->pool);
		if (row)
			name_process(row, holder->pid, holder->comm);
	}
}

int pool_rows_make(struct pool_rows *pools, const struct sample *sample)
{
	int err;

	*pools = (struct pool_rows){ 0 };
	err = add_all(pools, sample);
	if (err) {
		pool_rows_free(pools);
		return err;
	}
	add_holders(pools, sample);
	if (pools->nr)
		qsort(pools->rows, pools->nr, sizeof(*pools->rows), by_number);
	return 0;
}

void pool_rows_free(struct pool_rows *pools)
{
	free(pools->rows);
	*pools = (struct pool_rows){ 0 };
}

uint64_t pool_row_reclaimable(const struct pool_row *pool)
{
	uint64_t kept = pool->reserved_bytes + pool->apart_bytes;

	return pool->idle_bytes > kept ? pool->idle_bytes - kept : 0;
}
