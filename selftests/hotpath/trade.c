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

	for (i = 0; i < parcel->n; i++)
		wrong += !mark_clear(parcel->slots[i].ptr, mark);
	if (trade->bulk)
		return wrong + (aoipool_put_many(trade->pool, parcel->slots,
						 parcel->n) != 0);
	for (i = 0; i < parcel->n; i++)
		wrong += aoipool_put(trade->pool, parcel->slots[i].ref) != 0;
	return wrong;
}

static void send(struct hand *hand, struct trade *trade)
{
	struct belt *belt = &trade->belts[hand->number];
	struct parcel *parcel = belt_begin(belt);

	if (fetch(trade, parcel)) {
		hand->wrong++;
		parcel->n = 0;
	}
	hand->wrong += look(trade, parcel, hand->number % NODES, MARK);
	belt_send(belt);
}

static void receive(struct hand *hand, struct trade *trade)
{
	struct belt *belt = &trade->belts[hand->number ^ 1];

	hand->wrong += give_back(trade, belt_receive(belt), MARK);
	belt_done(belt);
}

static void swap(struct hand *hand)
{
	struct trade *trade = hand->crew->arg;
	unsigned long left = trade->frees / TRADERS / trade->parcel;

	while (left--) {
		send(hand, trade);
		receive(hand, trade);
	}
}

unsigned long trade_run(struct trade *trade)
{
	int cpus[TRADERS], i;
	struct crew crew;

	for (i = 0; i < TRADERS; i++) {
		belt_init(&trade->belts[i]);
		cpus[i] = cpu_of(i % NODES, i / NODES);
	}
	if (crew_start(&crew, TRADERS, swap, trade, cpus))
		return 1;
	return crew_join(&crew);
}
