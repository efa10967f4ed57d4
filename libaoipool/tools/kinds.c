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

static void add_idle(struct kinds *kinds, uint64_t idle, uint64_t reserved,
		     uint64_t apart)
{
	kinds->reclaimable_bytes += less(idle, reserved + apart);
	kinds->reserved_bytes += reserved;
	kinds->apart_bytes += apart;
}

struct kinds kinds_of_module(const struct aoipool_host_state *host)
{
	struct kinds kinds = {
		.leased_bytes = less(host->pool_bytes, host->idle_bytes),
		.free_bytes = free_bytes(host),
	};

	add_idle(&kinds, host->idle_bytes, host->reserved_bytes,
		 host->apart_bytes);
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
	add_idle(&kinds, idle,
		 smaller(idle, less(ledger->reserve_slabs * ledger->slab_bytes,
				    kinds.leased_bytes)),
		 0);
	return kinds;
}

struct kinds kinds_of_ledgers(const struct sample *sample, uint32_t pid)
{
	const struct aoipool_pool_entry *ledger = sample->ledgers;
	struct kinds kinds = { 0 }, of_one;

	for (size_t i = 0; i < sample->nr_ledgers; i++, ledger++) {
		if (ledger->is_kernel || (pid && ledger->pid != pid))
			continue;
		of_one = kinds_of_ledger(ledger);
		kinds.leased_bytes += of_one.leased_bytes;
		kinds.reclaimable_bytes += of_one.reclaimable_bytes;
		kinds.reserved_bytes += of_one.reserved_bytes;
	}
	return kinds;
}
