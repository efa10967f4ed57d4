// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * The user provider under pressure: what the host has available is what the
 * test says.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fixture.h"
#include "pattern.h"
#include "user_slabs.h"
#include "weather.h"

#define TOTAL	WEATHER_TOTAL
#define PERCENT	WEATHER_PERCENT

/* The thread looks once a second; the hang limit is what ends this. */
static void wait_until_resident(struct aoipool_pool *pool, uint64_t bytes)
{
	while (stats_of(pool).resident_bytes != bytes)
		usleep(20000);
}

static void pressure_takes_parked_frames_and_no_others(void **state)
{
	struct aoipool_pool *pool = open_frames(4);
	struct aoipool_slot slots[4];

	(void)state;
	assert_ok(aoipool_get_many(pool, slots, 4, 0));
	pattern_sprinkle(slots[0].ptr, BLOCK_BYTES / 2, 1);
	put_all(pool, slots + 1, 3);
	weather_available = PERCENT;
	wait_until_resident(pool, BLOCK_BYTES);
	assert_true(pattern_sprinkled(slots[0].ptr, BLOCK_BYTES / 2, 1));
	assert_int_equal(stats_of(pool).reclaimed_slabs, 3);
	assert_ok(aoipool_put(pool, slots[0].ref));
	wait_until_resident(pool, 0);
	assert_ok(aoipool_pool_close(pool));
}

/* In any order, so that the lists have slots of every slab. */
static void pressure_takes_what_lists_keep_at_hand(void **state)
{
	struct aoipool_pool *pool = open_objects(1024, 8 * BLOCK_BYTES / 1024);
	size_t n;
	struct aoipool_slot *slots = get_all(pool, &n);

	(void)state;
	for (size_t i = 0; i < n; i++)
		assert_ok(aoipool_put(pool, slots[i * 4099 % n].ref));
	assert_true(stats_of(pool).resident_bytes > 0);
	weather_available = PERCENT;
	wait_until_resident(pool, 0);
	/* a get now would fail: there is not enough for a slab */
	weather_available = TOTAL / 2;
	slots[0] = get_slot(pool);
	assert_ok(aoipool_put(pool, slots[0].ref));
	free(slots);
	assert_ok(aoipool_pool_close(pool));
}

static void pressure_leaves_the_reserve(void **state)
{
	struct aoipool_attr *attr = frame_attr(4);
	struct aoipool_slot slots[4];
	struct aoipool_pool *pool;

	(void)state;
	assert_ok(aoipool_attr_set_reserve(attr, 2));
	pool = open_pool(attr);
	assert_ok(aoipool_get_many(pool, slots, 4, 0));
	put_all(pool, slots, 4);
	weather_available = PERCENT;
	wait_until_resident(pool, 2 * BLOCK_BYTES);
	/* One more round has nothing to take. */
	usleep(300000);
	assert_int_equal(stats_of(pool).resident_bytes, 2 * BLOCK_BYTES);
	assert_ok(aoipool_pool_close(pool));
}

static void a_get_without_memory_fails_and_the_next_does_not(void **state)
{
	struct aoipool_pool *pool = open_frames(2);
	struct aoipool_slot slot;

	(void)state;
	weather_available = 0;
	assert_err(aoipool_get(pool, &slot), -ENOMEM);
	assert_err(aoipool_get_wait(pool, &slot, 20), -ENOMEM);
	assert_int_equal(stats_of(pool).no_memory, 2);
	assert_int_equal(stats_of(pool).slots_out, 0);
	weather_available = TOTAL / 2;
	slot = get_slot(pool);
	assert_true(all_zero(slot.ptr, aoipool_pool_slot_bytes(pool)));
	assert_ok(aoipool_put(pool, slot.ref));
	assert_ok(aoipool_pool_close(pool));
}

static void a_warm_frame_needs_no_memory(void **state)
{
	struct aoipool_attr *attr = frame_attr(2);
	struct aoipool_slot slot;
	struct aoipool_pool *pool;

	(void)state;
	assert_ok(aoipool_attr_set_reserve(attr, 1));
	pool = open_pool(attr);
	weather_available = 0;
	slot = get_slot(pool);
	assert_ok(aoipool_put(pool, slot.ref));
	assert_ok(aoipool_pool_close(pool));
}

static void a_reserve_without_memory_refuses_the_pool(void **state)
{
	struct aoipool_attr *attr = frame_attr(2);

	(void)state;
	assert_ok(aoipool_attr_set_reserve(attr, 1));
	weather_available = 0;
	open_refused(attr, -ENOMEM);
	assert_non_null(strstr(heard(), "reserve"));
}

/* Four slabs of one block, on their own: ages and arcs of the stand-in. */
static void with_slabs(void (*check)(struct user_slabs *slabs))
{
	struct user_memory memory;
	struct user_slabs slabs;

	assert_ok(user_memory_open(&memory, 4 * BLOCK_BYTES));
	assert_ok(user_slabs_init(&slabs, &memory, 4, 1, 0));
	for (uint32_t i = 0; i < 4; i++) {
		slabs.words[i] = aoipool_word_held(0, 0, 1);
		assert_ok(user_slabs_populate(&slabs, i));
	}
	check(&slabs);
	user_slabs_exit(&slabs);
	user_memory_close(&memory);
}

static uint32_t state_of(const struct user_slabs *slabs, uint32_t slab)
{
	return aoipool_word_state(slabs->words[slab]);
}

static void take_one_of_each_age(struct user_slabs *slabs)
{
	static const uint32_t order[] = { 2, 0, 3 };

	for (size_t i = 0; i < 3; i++) {
		uint32_t slab = order[i];

		slabs->words[slab] = aoipool_word_parked(slabs->words[slab]);
		assert_int_equal(user_slabs_age(slabs), i + 1);
	}
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(user_slabs_take(slabs, 1, USER_SLABS_ANY, false),
				 1);
		assert_int_equal(state_of(slabs, order[i]),
				 AOIPOOL_SLAB_ABSENT);
		assert_int_equal(slabs->words[order[i]] >> 32, 1);
	}
	assert_int_equal(user_slabs_take(slabs, 1, USER_SLABS_ANY, false), 0);
	assert_int_equal(state_of(slabs, 1), AOIPOOL_SLAB_HELD);
}

static void the_oldest_is_taken_first(void **state)
{
	(void)state;
	with_slabs(take_one_of_each_age);
}

static void take_what_is_not_young(struct user_slabs *slabs)
{
	slabs->words[0] = aoipool_word_parked(slabs->words[0]);
	user_slabs_age(slabs);
	slabs->words[1] = aoipool_word_parked(slabs->words[1]);
	assert_int_equal(user_slabs_take(slabs, 4, USER_SLABS_SPARED, false),
			 1);
	assert_int_equal(state_of(slabs, 0), AOIPOOL_SLAB_ABSENT);
	assert_int_equal(state_of(slabs, 1), AOIPOOL_SLAB_PARKED);
	assert_int_equal(user_slabs_age(slabs), 1);
	assert_int_equal(slabs->info->idle_blocks, 1);
	assert_int_equal(user_slabs_take(slabs, 4, USER_SLABS_SPARED, false),
			 1);
	assert_int_equal(state_of(slabs, 1), AOIPOOL_SLAB_ABSENT);
}

static void what_was_parked_just_now_is_spared_once(void **state)
{
	(void)state;
	with_slabs(take_what_is_not_young);
}

static void take_the_reserve(struct user_slabs *slabs)
{
	slabs->reserve = 3;
	for (uint32_t i = 0; i < 4; i++)
		slabs->words[i] = aoipool_word_parked(slabs->words[i]);
	assert_int_equal(user_slabs_take(slabs, 4, USER_SLABS_ANY, false), 1);
	assert_int_equal(user_slabs_take(slabs, 4, USER_SLABS_ANY, true), 3);
}

static void the_reserve_is_taken_on_demand_only(void **state)
{
	(void)state;
	with_slabs(take_the_reserve);
}

static void grow_old(struct user_slabs *slabs)
{
	slabs->words[1] = aoipool_word_parked(slabs->words[1]);
	for (int i = 0; i < 40; i++)
		assert_int_equal(user_slabs_age(slabs), 1);
	assert_int_equal(aoipool_word_age(slabs->words[1]), 15);
	assert_int_equal(state_of(slabs, 1), AOIPOOL_SLAB_PARKED);
	assert_int_equal(aoipool_word_gen(slabs->words[1]), 1);
	assert_int_equal(user_slabs_take(slabs, UINT64_MAX, USER_SLABS_ANY,
					 false), 1);
}

static void age_ends_where_its_field_does(void **state)
{
	(void)state;
	with_slabs(grow_old);
}

static void populate_unheld(struct user_slabs *slabs)
{
	slabs->words[3] = aoipool_word_parked(slabs->words[3]);
	assert_err(user_slabs_populate(slabs, 3), -ESTALE);
	assert_int_equal(slabs->info->populate_failures, 1);
}

static void only_held_slabs_are_populated(void **state)
{
	(void)state;
	with_slabs(populate_unheld);
}

/* Another thread has looked, and is about to bring two blocks. */
static void populate_beside_another(struct user_slabs *slabs)
{
	slabs->words[0] = aoipool_word_parked(slabs->words[0]);
	assert_int_equal(user_slabs_take(slabs, 1, USER_SLABS_ANY, false),
				 1);
	slabs->words[0] = aoipool_word_held(slabs->words[0], 0, 1);
	weather_available = (TOTAL >> 6) + 2 * BLOCK_BYTES;
	slabs->coming = 2;
	assert_err(user_slabs_populate(slabs, 0), -ENOMEM);
	assert_int_equal(slabs->coming, 2);
	slabs->coming = 0;
	assert_ok(user_slabs_populate(slabs, 0));
	assert_int_equal(slabs->coming, 0);
}

static void what_others_are_to_bring_is_not_available(void **state)
{
	(void)state;
	with_slabs(populate_beside_another);
}

#define with_plenty(test)	cmocka_unit_test_setup(test, weather_fair)

int main(void)
{
	const struct CMUnitTest pressure[] = {
		with_plenty(pressure_takes_parked_frames_and_no_others),
		with_plenty(pressure_takes_what_lists_keep_at_hand),
		with_plenty(pressure_leaves_the_reserve),
		with_plenty(a_get_without_memory_fails_and_the_next_does_not),
		with_plenty(a_warm_frame_needs_no_memory),
		with_plenty(a_reserve_without_memory_refuses_the_pool),
		with_plenty(what_others_are_to_bring_is_not_available),
		with_plenty(the_oldest_is_taken_first),
		with_plenty(what_was_parked_just_now_is_spared_once),
		with_plenty(the_reserve_is_taken_on_demand_only),
		with_plenty(age_ends_where_its_field_does),
		with_plenty(only_held_slabs_are_populated),
	};

	return RUN(pressure);
}
