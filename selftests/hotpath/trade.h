/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two pairs of threads: in the first one gets on node 0 and the other puts on
 * node 1, in the second it is the other way round.  Each on a CPU of its own.
 */
#ifndef TRADE_H
#define TRADE_H

#include <stdbool.h>

#include "belt.h"
#include "cpu.h"
#include "homes.h"

#define TRADE_PAIRS	2

struct trade {
	struct aoipool_pool *pool;
	const struct homes *homes;
	unsigned long frees;	/* in all, a multiple of pairs and parcel */
	size_t parcel;		/* slots, PARCEL_MAX at most */
	bool bulk;		/* got by aoipool_get_many() */
	struct belt belts[TRADE_PAIRS];
};

/* So many slots of a node may be out at once. */
static inline size_t trade_under_way(const struct trade *trade)
{
	return trade->parcel * BELT_DEPTH;
}

/*
 * Return: how many things went wrong: an error, a slot of another node than the
 * getter's, a slot that somebody else had.
 */
unsigned long trade_run(struct trade *trade);

#endif /* TRADE_H */
