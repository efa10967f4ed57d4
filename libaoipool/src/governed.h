/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * A pool as the governor has it: at which level it is, what was done about that
 * and what its owner was told.
 *
 * Of a pool of the module the module decides, and this follows; of the user
 * provider's this plays the module's part.
 */
#ifndef GOVERNED_H
#define GOVERNED_H

#include <stdbool.h>
#include <stdint.h>

#include "outlook.h"
#include "teller.h"

#define GOVERNED_REASONS	4	/* enum aoipool_event_reason */

struct aoipool_pool;

struct governed {
	struct governed *next;		/* ascending id */
	struct aoipool_pool *pool;
	uint64_t id;			/* never used again */
	uint32_t reserve;		/* slabs */
	bool joined;
	bool ready;			/* atomic: open as a whole */
	bool deaf;			/* the module's descriptor tells nothing */
	/* of whoever fails, trims or hears; atomics */
	uint64_t failed[GOVERNED_REASONS];
	uint32_t failing;		/* the thread was told so */
	uint32_t causes;		/* of what was taken, as in events */
	uint32_t heard;			/* the module has room or slabs again */
	/* of the thread */
	struct teller teller;
	enum aoipool_pressure_level level;	/* others may read it: atomic */
	uint64_t grace_ns;		/* nothing is taken before */
	uint64_t drained_ns;
	uint64_t round_ns;		/* of ageing, the next */
	uint64_t fill_ns;		/* of bringing ahead of need, the next */
	uint64_t reported_ns;		/* of what was taken, the last */
	uint64_t reported_slabs, reported_blocks;
	uint64_t complained_ns;		/* of failures, the last */
	uint64_t complained[GOVERNED_REASONS];
};

/*
 * The steps of one turn, in this order.  Called by the thread, which keeps the
 * pool open and holds no lock.
 */

/* A level that has changed: says so, and makes what is at hand reclaimable. */
void governed_warn(struct governed *governed, const struct outlook *outlook,
		   uint64_t now_ns);

/* An ageing round, if it is time; takes what has decayed.  Return: blocks. */
uint64_t governed_age(struct governed *governed, uint64_t now_ns);

/* What was taken and who was refused since; a slab ahead of need. */
void governed_report(struct governed *governed, const struct outlook *outlook,
		     uint64_t now_ns);

/* When the next turn has something to do for it; UINT64_MAX: when told. */
uint64_t governed_due(const struct governed *governed,
		      const struct outlook *outlook, uint64_t now_ns);

/*
 * The rest is for whoever takes from several pools.
 */

/* At a level at which memory is taken for the asking, and warned in time. */
bool governed_is_ripe(const struct governed *governed,
		      const struct outlook *outlook, uint64_t now_ns);

/* Its memory relieves the host, at whatever level. */
bool governed_is_ours(const struct governed *governed);

/* Blocks of parked slabs, without the reserve if that stays. */
uint64_t governed_idle(const struct governed *governed);

/* @spare: those that were parked just now.  Return: blocks. */
uint64_t governed_take(struct governed *governed, uint64_t blocks, bool spare,
		       uint32_t cause);

/* It has memory that it could be made to give. */
bool governed_gives(const struct governed *governed);

/* Memory is there again: wakes who waits for it. */
void governed_feed(struct governed *governed);

#endif
