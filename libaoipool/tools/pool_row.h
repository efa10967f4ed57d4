/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * A pool, of either provider: what the module says of it and what the ledgers of
 * its processes say, joined.
 */
#ifndef POOL_ROW_H
#define POOL_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "column.h"
#include "sample.h"

#define POOL_ID_BYTES	24

/**
 * struct pool_row - one
 * @id: how people name it: the module's number, or PID:NUMBER of a process
 * @number: the module's number, or that of the process
 * @is_kernel: the provider is the module, else the user provider
 * @has_module: what the module says is there
 * @has_ledger: what a ledger says is there
 * @pid: of one of its processes; 0: not known
 * @comm: of the same
 * @nr_clients: of the module's; of the user provider's, 1
 * @uid: of who made it; USER_UNKNOWN
 * @held_slabs: of slabs, as are the next two
 * @idle_bytes: of parked slabs; reserved and apart are parts of it
 * @slots_out: of a ledger, as are @slots, @exhausted, @misuses, @mode,
 *	@block_bytes; sums over processes where there are several
 * @reclaimed_rate: bytes a second, of rates_of_pools(); else 0
 */
struct pool_row {
	char id[POOL_ID_BYTES];
	uint64_t number;
	bool is_kernel;
	bool has_module;
	bool has_ledger;
	uint32_t pid;
	char comm[16];
	unsigned int nr_clients;
	uint32_t uid;
	char name[32];
	char type[32];
	unsigned int level;
	uint64_t slot_bytes;
	uint64_t slab_bytes;
	uint32_t nr_slabs;
	uint32_t held_slabs;
	uint32_t parked_slabs;
	uint64_t pool_bytes;
	uint64_t held_bytes;
	uint64_t idle_bytes;
	uint64_t reserved_bytes;
	uint64_t apart_bytes;
	uint64_t reclaimed_bytes;
	uint64_t swept_slabs;
	uint64_t failures;
	uint64_t slots;
	uint64_t slots_out;
	uint64_t exhausted;
	uint64_t misuses;
	uint32_t mode;
	uint64_t block_bytes;
	double reclaimed_rate;
};

struct pool_rows {
	struct pool_row *rows;
	size_t nr;
};

/**
 * pool_rows_make() - all pools of a sample
 * @sample: has SAMPLE_POOLS and SAMPLE_LEDGERS; with SAMPLE_HOLDERS, processes of
 *	pools without ledgers are known, too
 *
 * The module's come first, each kind in the order of its numbers.
 *
 * Return: 0, and pool_rows_free() is the caller's to call; -ENOMEM.
 */
int pool_rows_make(struct pool_rows *pools, const struct sample *sample);

void pool_rows_free(struct pool_rows *pools);

/* Idle, and neither in a reserve nor pinned. */
uint64_t pool_row_reclaimable(const struct pool_row *pool);

json_t *pool_row_json(const struct pool_row *pool);

extern const struct column pool_row_columns[];

#endif
