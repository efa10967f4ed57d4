/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * The five kinds of memory: what is leased, what could be taken back, what
 * reserves keep, what is pinned, and what is still to be had.
 *
 * The one place that counts them: a byte is of one of the first four only, and
 * they add up, also where numbers of one sample are of moments a little apart.
 */
#ifndef KINDS_H
#define KINDS_H

#include <stdint.h>

#include "sample.h"

/**
 * struct kinds - of the module's pools, or of those of the user provider
 * @leased_bytes: somebody holds it; never taken
 * @reclaimable_bytes: idle: taken when memory is short
 * @reserved_bytes: idle, and kept for a pool that asked for it
 * @apart_bytes: idle, but pinned by somebody: cannot be taken now
 * @free_bytes: what pools could get besides: from the depot, and of what is
 *	available up to the limit
 * @depot_bytes: clean, in the module's depot; part of @free_bytes
 */
struct kinds {
	uint64_t leased_bytes;
	uint64_t reclaimable_bytes;
	uint64_t reserved_bytes;
	uint64_t apart_bytes;
	uint64_t free_bytes;
	uint64_t depot_bytes;
};

/* Of all pools of the module, also those that the caller may not see. */
struct kinds kinds_of_module(const struct aoipool_host_state *host);

/* Of one pool of the user provider; what is free is not known: 0. */
struct kinds kinds_of_ledger(const struct aoipool_pool_entry *ledger);

/* Of the user provider: of one process, or of all where @pid is 0. */
struct kinds kinds_of_ledgers(const struct sample *sample, uint32_t pid);

/* Of the module, where it is there, and of all pools of the user provider. */
struct kinds kinds_of_sample(const struct sample *sample);

#endif
