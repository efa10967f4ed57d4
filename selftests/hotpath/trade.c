// SPDX-License-Identifier: GPL-2.0-only
#include "trade.h"

#include "crew.h"
#include "mark.h"

#define MARK	0x7400000000000001ULL

static int fetch(const struct trade *trade, struct parcel *parcel)
{
	int err = 0;

	if (trade->bulk) {
		parcel->n = trade->parcel;
		return aoipool_get_many(trade->pool, parcel->slots, parcel->n,
					-1);
	}
	for (parcel->n = 0; parcel->n < trade->parcel && !err; parcel->n++)
		err = aoipool_get(trade->pool, &parcel->slots[parcel->n]);
	return err;
}

static unsigned long look(const struct trade *trade,
			  const struct parcel *parcel, int node, uint64_t mark)
{
	unsigned long wrong = 0;
	size_t i;

	for (i = 0; i < parcel->n; i++) {
		void *slot = parcel->slots[i].ptr;

		wrong += homes_node(trade->homes, slot) != node;
		wrong += !mark_set(slot, mark);
	}
	return wrong;
}

static unsigned long give_back(const struct trade *trade,
			       const struct parcel *parcel, uint64_t mark)
{
	unsigned long wrong = 0;
	size_t i;

	for (i = 0; i < parcel->n; i++) {
		const struct aoipool_slot *slot = &parcel->slots[i];

		wrong += !mark_clear(slot->ptr, mark);
		wrong += aoipool_put(trade->pool, slot->ref) != 0;
	}
	return wrong;
}

static unsigned long parcels(const struct trade *trade)
{
	return trade->frees / TRADE_PAIRS / trade->parcel;
}

static void get_here(struct hand *hand, struct trade *trade, int pair)
{
	struct belt *belt = &trade->belts[pair];
	struct parcel *parcel;
	unsigned long i;

	for (i = 0; i < parcels(trade); i++) {
		parcel = belt_begin(belt);
		if (fetch(trade, parcel)) {
			hand->wrong++;
			parcel->n = 0;
		}
		hand->wrong += look(trade, parcel, pair, MARK + pair);
		belt_send(belt);
	}
}

static void put_there(struct hand *hand, struct trade *trade, int pair)
{
	struct belt *belt = &trade->belts[pair];
	unsigned long i;

	for (i = 0; i < parcels(trade); i++) {
		hand->wrong += give_back(trade, belt_receive(belt),
					 MARK + pair);
		belt_done(belt);
	}
}

static void carry(struct hand *hand)
{
	struct trade *trade = hand->crew->arg;
	int pair = hand->number / 2;

	if (hand->number % 2)
		put_there(hand, trade, pair);
	else
		get_here(hand, trade, pair);
}

unsigned long trade_run(struct trade *trade)
{
	const int cpus[2 * TRADE_PAIRS] = { cpu_of(0, 0), cpu_of(1, 0),
					    cpu_of(1, 1), cpu_of(0, 1) };
	struct crew crew;
	int pair;

	for (pair = 0; pair < TRADE_PAIRS; pair++)
		belt_init(&trade->belts[pair]);
	if (crew_start(&crew, 2 * TRADE_PAIRS, carry, trade, cpus))
		return 1;
	return crew_join(&crew);
}
