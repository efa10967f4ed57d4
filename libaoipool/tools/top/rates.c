// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "rates.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "unit.h"

struct rates_pool {
	bool is_kernel;
	uint32_t pid;
	uint64_t number;
	uint64_t reclaimed;
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

void rates_init(struct rates *rates)
{
	*rates = (struct rates){ .reclaimed = RATE_UNKNOWN,
				 .populated = RATE_UNKNOWN };
}

void rates_free(struct rates *rates)
{
	free(rates->pools);
	rates_init(rates);
}

/* 0: never. */
static double seconds_since(uint64_t ns)
{
	return ns ? (now_ns() - ns) / 1e9 : 0;
}

static double rate(uint64_t now, uint64_t last, double seconds)
{
	return seconds > 0 && now >= last ? (now - last) / seconds :
					    RATE_UNKNOWN;
}

static uint64_t populated_bytes(const struct sample *sample)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < sample->nr_nodes; i++)
		bytes += sample->nodes[i].populated_bytes;
	return bytes;
}

void rates_of_module(struct rates *rates, const struct sample *sample)
{
	uint64_t populated = populated_bytes(sample);
	uint64_t reclaimed = sample->host.reclaimed_bytes;
	double seconds = seconds_since(rates->last_ns);

	if (!sample->has_module) {
		rates->reclaimed = rates->populated = RATE_UNKNOWN;
		rates->last_ns = 0;
		return;
	}
	rates->reclaimed = rate(reclaimed, rates->last_reclaimed, seconds);
	rates->populated = rate(populated, rates->last_populated, seconds);
	rates->last_ns = now_ns();
	rates->last_reclaimed = reclaimed;
	rates->last_populated = populated;
}

/* The order of pool_rows_make(), in which both lists are. */
static int compare(const struct rates_pool *last, const struct pool_row *pool)
{
	if (last->is_kernel != pool->is_kernel)
		return last->is_kernel ? -1 : 1;
	if (!last->is_kernel && last->pid != pool->pid)
		return last->pid < pool->pid ? -1 : 1;
	return (last->number > pool->number) - (last->number < pool->number);
}

static void keep(struct rates *rates, const struct pool_rows *pools)
{
	const struct pool_row *pool = pools->rows;
	struct rates_pool *kept = reallocarray(rates->pools, pools->nr + 1,
					       sizeof(*kept));

	rates->nr_pools = 0;
	if (!kept)
		return;
	rates->pools = kept;
	for (size_t i = 0; i < pools->nr; i++, pool++)
		kept[rates->nr_pools++] = (struct rates_pool){
			.is_kernel = pool->is_kernel,
			.pid = pool->pid,
			.number = pool->number,
			.reclaimed = pool->reclaimed_bytes,
		};
}

void rates_of_pools(struct rates *rates, struct pool_rows *pools)
{
	double seconds = seconds_since(rates->pools_ns);
	const struct rates_pool *last = rates->pools;
	const struct rates_pool *end = last + rates->nr_pools;
	struct pool_row *pool = pools->rows;

	for (size_t i = 0; i < pools->nr; i++, pool++) {
		while (last < end && compare(last, pool) < 0)
			last++;
		pool->reclaimed_rate = RATE_UNKNOWN;
		if (last < end && !compare(last, pool))
			pool->reclaimed_rate = rate(pool->reclaimed_bytes,
						    last->reclaimed, seconds);
	}
	keep(rates, pools);
	rates->pools_ns = now_ns();
}

void rates_text(double rate, char *text, size_t bytes)
{
	if (rate < 0)
		snprintf(text, bytes, "-");
	else
		snprintf(text, bytes, "%s/s", unit_bytes(rate).text);
}
