/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
#ifndef STATS_H
#define STATS_H

#include <stdint.h>

#include "ledger_format.h"

enum stat {
	STAT_GETS,
	STAT_EXHAUSTED,
	STAT_TIMEOUTS,
	STAT_NO_MEMORY,
	STAT_CLAIMS,
	/* of a frame pool only those on rare ways; see fill_frames() */
	STAT_REVIVES,
	STAT_PARKS,
	STAT_REMOTE_GETS,
	STAT_DOUBLE_PUTS,
	STAT_STALE_REFS,
	STAT_FOREIGN_REFS,
	STAT_WRONG_TYPE_REFS,
	STAT_INVALID_REFS,
	STAT_RESET_REFS,
	STAT_RESET_SLOTS,	/* that a reset took back: no puts */
	STAT_WRITTEN_AFTER_PUT,
	NR_STATS
};

/* Few enough to sum quickly, enough that two threads seldom meet. */
#define STATS_SHARDS	8

struct stats {
	struct stats_shard {
		uint64_t count[NR_STATS];
	} __attribute__((aligned(128))) shard[STATS_SHARDS];
	struct ledger_live *live;	/* for others to read; NULL */
};

void stats_add(struct stats *stats, enum stat stat, uint64_t n);
uint64_t stats_sum(const struct stats *stats, enum stat stat);

/* Counts why a get failed, if it did; returns @err. */
int stats_failure(struct stats *stats, int err);

/* Counts what a ref was refused for; returns @err. */
int stats_misuse(struct stats *stats, int err);

#endif
