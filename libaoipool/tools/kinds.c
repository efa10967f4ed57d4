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

struct kinds kinds_of_ledgers(const struct sample *sample, uint32_t pid)
{
	const struct aoipool_pool_entry *ledger = sample->ledgers;
	struct kinds kinds = { 0 };
	uint64_t idle;

	for (size_t i = 0; i < sample->nr_ledgers; i++, ledger++) {
		if (ledger->is_kernel || (pid && ledger->pid != pid))
			continue;
		idle = smaller(ledger->idle_bytes, ledger->resident_bytes);
		kinds.leased_bytes += ledger->resident_bytes - idle;
		add_idle(&kinds, idle,
			 smaller(idle, ledger->reserve_slabs *
					       ledger->slab_bytes), 0);
	}
	return kinds;
}
