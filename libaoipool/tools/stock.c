// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "stock.h"

/* Numbers of one sample may be of moments that lie a little apart. */
static uint64_t less(uint64_t from, uint64_t what)
{
	return from > what ? from - what : 0;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static void add_module(struct stock *stock,
		       const struct aoipool_host_state *host)
{
	uint64_t reserved = least(host->reserved_bytes, host->idle_bytes);
	uint64_t apart = least(host->apart_bytes, host->idle_bytes - reserved);

	stock->leased += less(host->pool_bytes, host->idle_bytes);
	stock->reserved += reserved;
	stock->apart += apart;
	stock->reclaimable += host->idle_bytes - reserved - apart;
	stock->depot += host->depot_bytes;
}

/* The reserve keeps whole slabs populated, be they held or idle. */
static void add_ledger(struct stock *stock,
		       const struct aoipool_pool_entry *pool)
{
	uint64_t leased = less(pool->resident_bytes, pool->idle_bytes);
	uint64_t reserve = pool->reserve_slabs * pool->slab_bytes;
	uint64_t reserved = least(less(reserve, leased), pool->idle_bytes);

	stock->leased += leased;
	stock->reserved += reserved;
	stock->reclaimable += pool->idle_bytes - reserved;
}

void stock_of(struct stock *stock, const struct sample *sample)
{
	*stock = (struct stock){ 0 };
	if (sample->has_module)
		add_module(stock, &sample->host);
	for (size_t i = 0; i < sample->nr_ledgers; i++)
		if (!sample->ledgers[i].is_kernel)
			add_ledger(stock, &sample->ledgers[i]);
}
