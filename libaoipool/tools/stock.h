/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* The memory of all pools, by what could be done with it. */
#ifndef STOCK_H
#define STOCK_H

#include <stdint.h>

#include "sample.h"

/**
 * struct stock - bytes, each counted once
 * @leased: of slabs that somebody holds
 * @reclaimable: idle, to be taken at any moment
 * @reserved: idle, and kept by reserves
 * @apart: idle, and pinned by somebody
 * @depot: clean, of the module's depot
 */
struct stock {
	uint64_t leased;
	uint64_t reclaimable;
	uint64_t reserved;
	uint64_t apart;
	uint64_t depot;
};

/* Of the module's pools, and of those of the user provider that have ledgers. */
void stock_of(struct stock *stock, const struct sample *sample);

#endif
