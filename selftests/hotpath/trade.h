/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Each CPU gets slots, which a partner on the other node puts, and puts those
 * that its partner got: whatever a CPU frees is from the wrong node.
 */
#ifndef TRADE_H
#define TRADE_H

#include <stdbool.h>

#include "belt.h"
#include "cpu.h"
#include "homes.h"

#define TRADERS	CPUS

struct trade {
	struct aoipool_pool *pool;
	const struct homes *homes;
	unsigned long frees;	/* in all, a multiple of traders and parcel */
	size_t parcel;		/* slots, PARCEL_MAX at most */
	bool bulk;		/* by get_many and put_many */
	struct belt belts[TRADERS];	/* from each of them */
};

/*
 * So many slots of a node may be out at once: a trader has one parcel under
 * way when he fills the next.
 */
static inline size_t trade_under_way(const struct trade *trade)
{
	return 2 * NODE_CPUS * trade->parcel;
}

/*
 * Return: how many things went wrong: an error, a slot of another node than the
 * getter's, a slot that somebody else had.
 */
unsigned long trade_run(struct trade *trade);

#endif /* TRADE_H */
