// SPDX-License-Identifier: GPL-2.0-only
#include "juggler.h"

#include "crew.h"
#include "mark.h"

#define FEW	8

void juggler_init(struct juggler *juggler, struct aoipool_pool *pool,
		  unsigned int number)
{
	*juggler = (struct juggler){
		.pool = pool,
		.mark = 0x6a00000000000001ULL + number,
		.random = 12345 + number,
	};
}

static unsigned int choose(struct juggler *juggler, unsigned int of)
{
	return crew_random(&juggler->random) % of;
}

static void take(struct juggler *juggler, size_t n)
{
	struct aoipool_slot *slots = &juggler->slots[juggler->n];
	int err = n == 1 ? aoipool_get(juggler->pool, slots) :
			   aoipool_get_many(juggler->pool, slots, n, 0);
	size_t i;

	if (err) {
		juggler->wrong++;
		return;
	}
	juggler->gets += n;
	for (i = 0; i < n; i++)
		juggler->wrong += !mark_set(slots[i].ptr, juggler->mark);
	juggler->n += n;
}

/* One of those that it has, to be put. */
static struct aoipool_slot pick(struct juggler *juggler)
{
	size_t i = choose(juggler, juggler->n);
	struct aoipool_slot slot = juggler->slots[i];
	void *ptr = NULL;

	juggler->slots[i] = juggler->slots[--juggler->n];
	juggler->wrong += aoipool_deref(juggler->pool, slot.ref, &ptr) != 0;
	juggler->wrong += ptr != slot.ptr;
	juggler->wrong += !mark_clear(slot.ptr, juggler->mark);
	return slot;
}

/* As many as there are, up to @n, at most FEW. */
static void give(struct juggler *juggler, size_t n)
{
	struct aoipool_slot slots[FEW];
	size_t i;
	int err;

	if (n > juggler->n)
		n = juggler->n;
	if (!n)
		return;
	for (i = 0; i < n; i++)
		slots[i] = pick(juggler);
	err = n == 1 ? aoipool_put(juggler->pool, slots[0].ref) :
		       aoipool_put_many(juggler->pool, slots, n);
	juggler->wrong += err != 0;
}

static void trim(struct juggler *juggler)
{
	juggler->wrong +=
		aoipool_pool_trim(juggler->pool, SIZE_MAX, NULL) != 0;
}

void juggler_turn(struct juggler *juggler)
{
	size_t n = choose(juggler, 2) ? 1 : 2 + choose(juggler, FEW - 1);

	juggler->turns++;
	if (juggler->trim_turns && !choose(juggler, juggler->trim_turns))
		trim(juggler);
	if (juggler->n + n <= JUGGLER_HOLD && choose(juggler, 2))
		take(juggler, n);
	else
		give(juggler, n);
}

unsigned long juggler_end(struct juggler *juggler)
{
	while (juggler->n)
		give(juggler, FEW);
	return juggler->wrong;
}
