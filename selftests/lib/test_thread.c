// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Many threads on one pool: no slot doubled, none lost, content intact. */
#include <stdatomic.h>
#include <stdlib.h>

#include "crew.h"
#include "fixture.h"
#include "pattern.h"

#define CREW	4
#define HOLD	6	/* slots a thread has at most */

struct shift {
	struct aoipool_pool *pool;
	size_t bytes;			/* written of each slot */
	unsigned int turns;
	atomic_int out;
	int trims;			/* one thread trims all the while */
	size_t bound;
};

struct hand {
	struct aoipool_slot slots[HOLD];
	uint64_t seeds[HOLD];
	size_t n;
	unsigned int random;
};

/*
 * Whoever has a slot writes his own seed all over it; should two have it, one
 * of them finds the other's.
 */
static unsigned int take(struct shift *shift, struct hand *hand)
{
	struct aoipool_slot *slot = &hand->slots[hand->n];
	int err = aoipool_get(shift->pool, slot);
	int out;

	if (err)
		return err != -EAGAIN;
	out = atomic_fetch_add(&shift->out, 1) + 1;
	hand->seeds[hand->n] = ((uint64_t)crew_random(&hand->random) << 32) |
			       (uint32_t)slot->ref;
	pattern_sprinkle(slot->ptr, shift->bytes, hand->seeds[hand->n]);
	hand->n++;
	return (size_t)out > shift->bound;
}

static unsigned int give(struct shift *shift, struct hand *hand)
{
	size_t i = crew_random(&hand->random) % hand->n;
	struct aoipool_slot slot = hand->slots[i];
	unsigned int wrong;
	void *ptr = NULL;

	wrong = !pattern_sprinkled(slot.ptr, shift->bytes, hand->seeds[i]);
	wrong += aoipool_deref(shift->pool, slot.ref, &ptr) != 0;
	wrong += ptr != slot.ptr;
	hand->n--;
	hand->slots[i] = hand->slots[hand->n];
	hand->seeds[i] = hand->seeds[hand->n];
	atomic_fetch_sub(&shift->out, 1);
	wrong += aoipool_put(shift->pool, slot.ref) != 0;
	return wrong;
}

static unsigned int work(struct crew *crew, unsigned int number)
{
	struct shift *shift = crew->arg;
	struct hand hand = { .random = 77 + number };
	unsigned int wrong = 0;

	for (unsigned int i = 0; i < shift->turns; i++) {
		if (hand.n < HOLD && (!hand.n || crew_random(&hand.random) % 2))
			wrong += take(shift, &hand);
		else
			wrong += give(shift, &hand);
		if (shift->trims && number == 0 && i % 16 == 0)
			wrong += aoipool_pool_trim(shift->pool, SIZE_MAX,
						   NULL) != 0;
	}
	while (hand.n)
		wrong += give(shift, &hand);
	return wrong;
}

static void run_shift(struct aoipool_pool *pool, size_t bytes,
		      unsigned int turns, int trims)
{
	struct shift shift = { .pool = pool,
			       .bytes = bytes,
			       .turns = rounds(turns),
			       .trims = trims };
	struct aoipool_stats stats;
	struct aoipool_slot *slots;
	size_t n;

	shift.bound = aoipool_pool_slots(pool);
	assert_int_equal(crew_run(CREW, work, &shift), 0);
	stats = stats_of(pool);
	assert_int_equal(stats.gets, stats.puts);
	assert_int_equal(stats.slots_out, 0);
	assert_true(stats.slots_out_peak >= 1);
	assert_true(stats.slots_out_peak <= shift.bound);
	/* None lost: they all can be had at once. */
	slots = get_all(pool, &n);
	put_all(pool, slots, n);
	free(slots);
	assert_ok(aoipool_pool_close(pool));
}

static void frames_with_one_for_each(void **state)
{
	(void)state;
	run_shift(open_frames(CREW * HOLD), BLOCK_BYTES / 2, 4000, 0);
}

static void frames_that_are_always_too_few(void **state)
{
	(void)state;
	run_shift(open_frames(3), BLOCK_BYTES / 2, 4000, 0);
}

static void frames_while_they_are_trimmed(void **state)
{
	(void)state;
	run_shift(open_frames(8), BLOCK_BYTES / 2, 2000, 1);
}

static void small_objects_of_one_slab(void **state)
{
	(void)state;
	run_shift(open_objects(64, 100), 64, 40000, 0);
}

static void large_objects_whose_slabs_come_and_go(void **state)
{
	(void)state;
	run_shift(open_objects(1 << 20, 8), 1 << 20, 4000, 0);
}

static void objects_while_they_are_trimmed(void **state)
{
	(void)state;
	run_shift(open_objects(512 << 10, 8), 512 << 10, 2000, 1);
}

/* Pools come and go in some threads while refs are looked up in others. */
static unsigned int open_and_close(struct crew *crew, unsigned int number)
{
	unsigned int turns = rounds(200), wrong = 0;
	struct aoipool_pool *pool;
	struct aoipool_slot slot;

	(void)number;
	while (turns--) {
		if (aoipool_pool_open(crew->arg, &pool)) {
			wrong++;
			continue;
		}
		if (aoipool_get(pool, &slot)) {
			wrong++;
			aoipool_pool_close(pool);
			continue;
		}
		*(volatile char *)slot.ptr = 1;
		wrong += aoipool_put(pool, slot.ref) != 0;
		wrong += aoipool_put(pool, slot.ref) != -EALREADY;
		wrong += aoipool_pool_close(pool) != 0;
	}
	return wrong;
}

static void pools_open_and_close_in_all_threads(void **state)
{
	struct aoipool_attr *attr = frame_attr(2);

	(void)state;
	assert_int_equal(crew_run(CREW, open_and_close, attr), 0);
	aoipool_attr_destroy(attr);
}

struct foreign {
	struct aoipool_pool *pool;
	struct aoipool_attr *attr;
	atomic_uint_fast64_t ref;
	atomic_int done;
};

/* Thread 0 opens and closes pools; the others put its refs into theirs. */
static unsigned int put_refs_of_closing_pools(struct crew *crew,
					      unsigned int number)
{
	struct foreign *foreign = crew->arg;
	unsigned int turns = rounds(100), wrong = 0;
	struct aoipool_pool *pool;
	struct aoipool_slot slot;
	int err;

	for (; number == 0 && turns; turns--) {
		if (aoipool_pool_open(foreign->attr, &pool))
			return wrong + 1;
		wrong += aoipool_get(pool, &slot) != 0;
		foreign->ref = slot.ref;
		sched_yield();
		wrong += aoipool_pool_close(pool) != -EBUSY;
	}
	if (number == 0)
		foreign->done = 1;
	while (number && !foreign->done) {
		err = aoipool_put(foreign->pool, foreign->ref);
		wrong += err != -EXDEV && err != -EINVAL;
	}
	return wrong;
}

static void a_ref_is_refused_while_its_pool_closes(void **state)
{
	struct foreign foreign = { .pool = open_frames(1),
				   .attr = frame_attr(2) };

	(void)state;
	assert_int_equal(crew_run(3, put_refs_of_closing_pools, &foreign), 0);
	aoipool_attr_destroy(foreign.attr);
	assert_ok(aoipool_pool_close(foreign.pool));
}

int main(void)
{
	const struct CMUnitTest thread[] = {
		cmocka_unit_test(frames_with_one_for_each),
		cmocka_unit_test(frames_that_are_always_too_few),
		cmocka_unit_test(frames_while_they_are_trimmed),
		cmocka_unit_test(small_objects_of_one_slab),
		cmocka_unit_test(large_objects_whose_slabs_come_and_go),
		cmocka_unit_test(objects_while_they_are_trimmed),
		cmocka_unit_test(pools_open_and_close_in_all_threads),
		cmocka_unit_test(a_ref_is_refused_while_its_pool_closes),
	};

	return RUN(thread);
}
