// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * What the provider takes back is gone from memory, not only from the books;
 * what it does not take is intact; and it may take at any moment.
 */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "crew.h"
#include "fixture.h"
#include "pattern.h"
#include "process.h"

static void a_trimmed_frame_is_gone_from_memory(void **state)
{
	size_t bytes = aoipool_pool_slot_bytes(*state);
	struct aoipool_slot slots[4];
	size_t rss;

	assert_ok(aoipool_get_many(*state, slots, 4, 0));
	for (size_t i = 0; i < 4; i++)
		memset(slots[i].ptr, 1, bytes);
	rss = process_smaps(slots[0].ptr, "Rss");
	for (size_t i = 0; i < 4; i++)
		assert_true(process_resident(slots[i].ptr, bytes) >= bytes);
	put_all(*state, slots, 4);
	assert_int_equal(trim_all(*state), 4 * BLOCK_BYTES);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(process_resident(slots[i].ptr, bytes), 0);
	assert_true(process_smaps(slots[0].ptr, "Rss") + 4 * BLOCK_BYTES <=
		    rss);
}

static void the_books_say_what_is_in_memory(void **state)
{
	struct aoipool_slot slots[4];

	assert_int_equal(stats_of(*state).resident_bytes, 0);
	for (size_t i = 0; i < 4; i++) {
		slots[i] = get_slot(*state);
		memset(slots[i].ptr, 1, aoipool_pool_slot_bytes(*state));
		assert_int_equal(stats_of(*state).resident_bytes,
				 (i + 1) * BLOCK_BYTES);
	}
	put_all(*state, slots, 4);
	assert_int_equal(stats_of(*state).resident_bytes, 4 * BLOCK_BYTES);
	trim_all(*state);
	assert_int_equal(stats_of(*state).resident_bytes, 0);
	assert_int_equal(stats_of(*state).reclaimed_slabs, 4);
}

static void a_parked_frame_stays_until_it_is_taken(void **state)
{
	size_t bytes = aoipool_pool_slot_bytes(*state);
	struct aoipool_slot slot = get_slot(*state);

	memset(slot.ptr, 1, bytes);
	assert_ok(aoipool_put(*state, slot.ref));
	assert_true(process_resident(slot.ptr, bytes) >= bytes);
}

static void a_get_populates_the_whole_slot(void **state)
{
	size_t bytes = aoipool_pool_slot_bytes(*state);
	struct aoipool_slot slot = get_slot(*state);

	/* Before anybody touched it. */
	assert_true(process_resident(slot.ptr, bytes) >= bytes);
	assert_ok(aoipool_put(*state, slot.ref));
}

static void neighbours_of_a_trimmed_slab_are_intact(void **state)
{
	size_t bytes = aoipool_pool_slot_bytes(*state);
	struct aoipool_slot slots[4];

	assert_ok(aoipool_get_many(*state, slots, 4, 0));
	for (size_t i = 0; i < 4; i++)
		pattern_write(slots[i].ptr, bytes, i);
	assert_ok(aoipool_put(*state, slots[1].ref));
	assert_int_equal(trim_all(*state), BLOCK_BYTES);
	assert_true(pattern_intact(slots[0].ptr, bytes, 0));
	assert_true(pattern_intact(slots[2].ptr, bytes, 2));
	assert_true(pattern_intact(slots[3].ptr, bytes, 3));
	assert_ok(aoipool_put(*state, slots[0].ref));
	put_all(*state, slots + 2, 2);
}

struct race {
	struct aoipool_pool *pool;
	size_t bytes;
	atomic_int busy;
	atomic_int zeroes, intact;
	/* by slab: what its last user wrote */
	atomic_uint_fast64_t seeds[16];
	uintptr_t first;
};

/* Intact or zero, wholly; nothing in between, nothing of another slab. */
static unsigned int check_and_write(struct race *race,
				    const struct aoipool_slot *slot)
{
	size_t slab = ((uintptr_t)slot->ptr - race->first) / BLOCK_BYTES;
	uint64_t seed = race->seeds[slab];
	unsigned int wrong = 0;

	if (pattern_zero_in(slot->ptr, race->bytes, 0, race->bytes))
		race->zeroes++;
	else if (pattern_sprinkled(slot->ptr, race->bytes, seed))
		race->intact++;
	else
		wrong++;
	seed = slot->ref;
	pattern_sprinkle(slot->ptr, race->bytes, seed);
	wrong += !pattern_sprinkled(slot->ptr, race->bytes, seed);
	race->seeds[slab] = seed;
	return wrong;
}

static unsigned int get_put_or_trim(struct crew *crew, unsigned int number)
{
	struct race *race = crew->arg;
	unsigned int turns = rounds(3000), wrong = 0;
	struct aoipool_slot slot;
	int err;

	while (number == 0 && race->busy) {
		wrong += aoipool_pool_trim(race->pool, BLOCK_BYTES, NULL) != 0;
		sched_yield();
	}
	while (number && turns--) {
		err = aoipool_get_wait(race->pool, &slot, -1);
		if (err) {
			wrong++;
			continue;
		}
		wrong += check_and_write(race, &slot);
		wrong += aoipool_put(race->pool, slot.ref) != 0;
	}
	if (number)
		race->busy--;
	return wrong;
}

static void trim_races_get_and_put(void **state)
{
	struct race race = { .pool = open_frames(3), .busy = 3 };
	size_t n;
	struct aoipool_slot *slots = get_all(race.pool, &n);

	(void)state;
	race.bytes = aoipool_pool_slot_bytes(race.pool);
	race.first = UINTPTR_MAX;
	for (size_t i = 0; i < n; i++) {
		if ((uintptr_t)slots[i].ptr < race.first)
			race.first = (uintptr_t)slots[i].ptr;
	}
	put_all(race.pool, slots, n);
	trim_all(race.pool);
	free(slots);
	assert_int_equal(crew_run(4, get_put_or_trim, &race), 0);
	print_message("# %d times zero, %d times intact\n", race.zeroes,
		      race.intact);
	assert_true(race.zeroes > 0);
	assert_true(race.intact > 0);
	assert_int_equal(stats_of(race.pool).slots_out, 0);
	assert_ok(aoipool_pool_close(race.pool));
}

static void a_ref_is_good_whatever_was_trimmed_meanwhile(void **state)
{
	struct aoipool_slot kept = get_slot(*state), slot;
	void *ptr;

	for (unsigned int i = 0; i < rounds(50); i++) {
		slot = get_slot(*state);
		assert_ok(aoipool_put(*state, slot.ref));
		assert_true(trim_all(*state) > 0);
		assert_err(aoipool_put(*state, slot.ref), -EALREADY);
		assert_ok(aoipool_deref(*state, kept.ref, &ptr));
		assert_ptr_equal(ptr, kept.ptr);
	}
	assert_ok(aoipool_put(*state, kept.ref));
}

#define on_frames(test) \
	cmocka_unit_test_setup_teardown(test, four_frames, close_pool)

int main(void)
{
	const struct CMUnitTest reclaim[] = {
		on_frames(a_trimmed_frame_is_gone_from_memory),
		on_frames(the_books_say_what_is_in_memory),
		on_frames(a_parked_frame_stays_until_it_is_taken),
		on_frames(a_get_populates_the_whole_slot),
		on_frames(neighbours_of_a_trimmed_slab_are_intact),
		cmocka_unit_test(trim_races_get_and_put),
		on_frames(a_ref_is_good_whatever_was_trimmed_meanwhile),
	};

	return RUN(reclaim);
}
