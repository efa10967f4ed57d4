/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* What was out of the pools of a process at about one moment. */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include <stddef.h>
#include <stdint.h>

#include "aoipool.h"
#include "holdings.h"

struct aoipool_snapshot {
	uint32_t pid;
	uint64_t start_ticks;	/* of the process */
	struct aoipool_pool_entry *pools;
	size_t nr_pools;
	size_t pools_room;
	uint64_t highest;	/* number of a pool, while it is taken */
	struct holdings holdings;
};

#endif
