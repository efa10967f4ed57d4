/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* How much a second: differences between one sample and the one before. */
#ifndef RATES_H
#define RATES_H

#include <stddef.h>
#include <stdint.h>

#include "pool_row.h"
#include "sample.h"

struct rates_pool;

/**
 * struct rates - of the module
 * @reclaimed: bytes a second; RATE_UNKNOWN before there are two samples, also
 *	where the module was loaded anew in between
 * @populated: likewise
 * The rest is what was seen last.
 */
struct rates {
	double reclaimed;
	double populated;
	uint64_t last_ns;
	uint64_t last_reclaimed;
	uint64_t last_populated;
	struct rates_pool *pools;
	size_t nr_pools;
	uint64_t pools_ns;
};

#define RATE_UNKNOWN	(-1.0)

void rates_init(struct rates *rates);
void rates_free(struct rates *rates);

/* @sample: has SAMPLE_NODES. */
void rates_of_module(struct rates *rates, const struct sample *sample);

/**
 * rates_of_pools() - fill in their reclaimed_rate, since they were given last
 * @pools: in the order of pool_rows_make()
 *
 * Without memory they are not known next time.
 */
void rates_of_pools(struct rates *rates, struct pool_rows *pools);

/* "1.2 MiB/s", "-" of unknown. */
void rates_text(double rate, char *text, size_t bytes);

#endif
