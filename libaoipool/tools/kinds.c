// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "kinds.h"

static uint64_t less(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t free_bytes(const struct aoipool_host_state *host)
{
	uint64_t used = host->pool_bytes + host->depot_bytes;

	return host->depot_bytes + smaller(host->available_bytes,
					   less(host->limit_bytes, used));
}

/* What is both in a reserve and pinned is kept by the reserve. */
static void split_idle(struct kinds *kinds, uint64_t idle, uint64_t reserved,
		       uint64_t apart)
{
	kinds->reserved_bytes = smaller(reserved, idle);
	idle -= kinds->reserved_bytes;
	kinds->apart_bytes = smaller(apart, idle);
	kinds->reclaimable_bytes = idle - kinds->apart_bytes;
}

struct kinds kinds_of_module(const struct aoipool_host_state *host)
{
	uint64_t idle = smaller(host->idle_bytes, host->pool_bytes);
	struct kinds kinds = {
		.leased_bytes = host->pool_bytes - idle,
		.free_bytes = free_bytes(host),
		.depot_bytes = host->depot_bytes,
	};

	split_idle(&kinds, idle, host->reserved_bytes, host->apart_bytes);
	return kinds;
}

/*
 * Of frames the notes tell how many are out now, of objects only what was idle
 * when slabs grew older last.
 */
static uint64_t idle_bytes(const struct aoipool_pool_entry *ledger)
{
	uint64_t held = ledger->slots_out * ledger->slab_bytes;

	if (ledger->is_frames && ledger->mode != AOIPOOL_CUSTODY_NONE)
		return less(ledger->resident_bytes, held);
	return smaller(ledger->idle_bytes, ledger->resident_bytes);
}

struct kinds kinds_of_ledger(const struct aoipool_pool_entry *ledger)
{
	uint64_t idle = idle_bytes(ledger);
	struct kinds kinds = {
		.leased_bytes = ledger->resident_bytes - idle,
	};

	/* what is held counts for the reserve, too */
	split_idle(&kinds, idle,
		   less(ledger->reserve_slabs * ledger->slab_bytes,
			kinds.leased_bytes), 0);
	return kinds;
}

static void add(struct kinds *kinds, const struct kinds *more)
{
	kinds->leased_bytes += more->leased_bytes;
	kinds->reclaimable_bytes += more->reclaimable_bytes;
	kinds->reserved_bytes += more->reserved_bytes;
	kinds->apart_bytes += more->apart_bytes;
	kinds->free_bytes += more->free_bytes;
	kinds->depot_bytes += more->depot_bytes;
}

struct kinds kinds_of_ledgers(const struct sample *sample, uint32_t pid)
{
	const struct aoipool_pool_entry *ledger = sample->ledgers;
	struct kinds kinds = { 0 }, of_one;

	for (size_t i = 0; i < sample->nr_ledgers; i++, ledger++) {
		if (ledger->is_kernel || (pid && ledger->pid != pid))
			continue;
		of_one = kinds_of_ledger(ledger);
		add(&kinds, &of_one);
	}
	return kinds;
}

struct kinds kinds_of_sample(const struct sample *sample)
{
	struct kinds kinds = kinds_of_ledgers(sample, 0), of_module;

	if (!sample->has_module)
		return kinds;
	of_module = kinds_of_module(&sample->host);
	add(&kinds, &of_module);
	return kinds;
}
