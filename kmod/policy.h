/* SPDX-License-Identifier: GPL-2.0-only */
/* Policy: what is done on each level of pressure. */
#ifndef AOIPOOL_POLICY_H
#define AOIPOOL_POLICY_H

#include <linux/types.h>
#include <linux/aoipool.h>

#define AOIPOOL_NR_LEVELS	(AOIPOOL_PRESSURE_CRITICAL + 1)

/* How much the depot keeps */
enum aoipool_keep {
	AOIPOOL_KEEP_NOTHING,
	AOIPOOL_KEEP_LOW,	/* up to its low watermark */
	AOIPOOL_KEEP_HIGH,	/* up to its high watermark */
};

/**
 * struct aoipool_policy - a line of the table; each field is read as one
 * @decay_ms: a parked slab is taken after that time; 0 as soon as it was spared
 *	once, AOIPOOL_DECAY_NEVER not for its age
 * @grace_ms: what owners have from the event of a rise to this level until young
 *	slabs are taken
 * @keep: enum aoipool_keep
 * @gives_reserve: pools that allow it lose their reserve, too
 */
struct aoipool_policy {
	u32 decay_ms;
	u32 grace_ms;
	u32 keep;
	bool gives_reserve;
};

extern struct aoipool_policy aoipool_policies[AOIPOOL_NR_LEVELS];

/* Blocks of parked slabs that all pools together may keep, whatever their age */
extern u64 aoipool_idle_max_blocks;

u32 aoipool_policy_decay_ms(enum aoipool_pressure level, u32 pool_decay_ms);

#endif /* AOIPOOL_POLICY_H */
