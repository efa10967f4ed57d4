// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: unit_kinds
 *
 * Kinds of memory of numbers that do not fit each other, as those of different
 * moments and of forged ledgers: they add up all the same.
 */
#include <stdio.h>
#include <stdlib.h>

#include "kinds.h"

static void check(int holds, const char *what)
{
	if (holds)
		return;
	printf("not so: %s\n", what);
	exit(1);
}

static uint64_t sum(const struct kinds *kinds)
{
	return kinds->leased_bytes + kinds->reclaimable_bytes +
	       kinds->reserved_bytes + kinds->apart_bytes;
}

static void a_reserve_keeps_no_more_than_is_idle(void)
{
	const struct aoipool_host_state host = {
		.pool_bytes = 10, .idle_bytes = 4, .reserved_bytes = 3,
		.apart_bytes = 2,
	};
	struct kinds kinds = kinds_of_module(&host);

	check(sum(&kinds) == 10, "the module's kinds add up to its pools");
	check(kinds.reserved_bytes == 3 && kinds.apart_bytes == 1,
	      "what is reserved and pinned is counted once");
}

static void more_idle_than_there_is_is_not_believed(void)
{
	const struct aoipool_host_state host = { .pool_bytes = 4,
						 .idle_bytes = 10 };
	const struct aoipool_pool_entry ledger = {
		.resident_bytes = 4, .idle_bytes = UINT64_MAX,
		.reserve_slabs = UINT32_MAX, .slab_bytes = UINT64_MAX / 2,
	};
	struct kinds kinds = kinds_of_module(&host);

	check(sum(&kinds) == 4, "idle is a part of the module's pools");
	kinds = kinds_of_ledger(&ledger);
	check(sum(&kinds) == 4, "idle is a part of what a ledger has");
}

/* Notes of frames say what is out now; what was idle last is of no use then. */
static void a_sample_is_its_module_and_its_ledgers(void)
{
	struct aoipool_pool_entry ledger = {
		.pid = 1, .is_frames = 1, .mode = AOIPOOL_CUSTODY_SLABS,
		.slab_bytes = 2, .slots_out = 3, .resident_bytes = 10,
		.reserve_slabs = 4,
	};
	const struct sample sample = {
		.has_module = true, .host = { .pool_bytes = 7, .depot_bytes = 5 },
		.ledgers = &ledger, .nr_ledgers = 1,
	};
	struct kinds kinds = kinds_of_sample(&sample);

	check(kinds.leased_bytes == 7 + 6, "what is out is leased");
	check(kinds.reserved_bytes == 2 && kinds.reclaimable_bytes == 2,
	      "what is held counts for the reserve");
	check(kinds.depot_bytes == 5, "the depot is there");
}

int main(void)
{
	a_reserve_keeps_no_more_than_is_idle();
	more_idle_than_there_is_is_not_believed();
	a_sample_is_its_module_and_its_ledgers();
	return 0;
}
