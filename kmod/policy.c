// SPDX-License-Identifier: GPL-2.0-only
/*
 * Policy: what is done on each level of pressure.
 *
 * Where the defaults come from: an engine that streams panels uses a frame again
 * within some seconds, so what was idle for ten is not missed; on low a second
 * spares what the panel at hand needs.  On high and critical whatever was idle for
 * two looks of the governor goes.  The grace is what a thread of the library needs
 * to drain the lists of all CPUs and to have its caller's say, many times over,
 * also where the machine is busy; at critical there is no time for manners.
 * kmod/docs/pressure.md has what was measured.
 */
#include <linux/kernel.h>
#include "policy.h"

struct aoipool_policy aoipool_policies[AOIPOOL_NR_LEVELS] = {
	[AOIPOOL_PRESSURE_NONE] = {
		.decay_ms = 10000,
		.keep = AOIPOOL_KEEP_HIGH,
	},
	[AOIPOOL_PRESSURE_LOW] = {
		.decay_ms = 1000,
		.grace_ms = 500,
		.keep = AOIPOOL_KEEP_LOW,
	},
	[AOIPOOL_PRESSURE_HIGH] = {
		.decay_ms = 0,
		.grace_ms = 100,
		.keep = AOIPOOL_KEEP_NOTHING,
	},
	[AOIPOOL_PRESSURE_CRITICAL] = {
		.decay_ms = 0,
		.grace_ms = 0,
		.keep = AOIPOOL_KEEP_NOTHING,
		.gives_reserve = true,
	},
};

u64 aoipool_idle_max_blocks = U64_MAX;

/**
 * aoipool_policy_decay_ms() - after what time a parked slab is taken
 * @level: of its node or of the host, whichever is higher
 * @pool_decay_ms: what its pool asked for, or AOIPOOL_DECAY_OF_HOST
 *
 * A pool may keep its slabs for longer than others as long as nobody needs the
 * memory; for less time always.
 */
u32 aoipool_policy_decay_ms(enum aoipool_pressure level, u32 pool_decay_ms)
{
	u32 decay_ms = READ_ONCE(aoipool_policies[level].decay_ms);

	if (pool_decay_ms == AOIPOOL_DECAY_OF_HOST)
		return decay_ms;
	if (level == AOIPOOL_PRESSURE_NONE)
		return pool_decay_ms;
	return min(decay_ms, pool_decay_ms);
}
