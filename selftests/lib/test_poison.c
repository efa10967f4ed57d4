// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Poison in what is free shows who writes to it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crew.h"
#include "kinds.h"
#include "pool.h"

#define POISON		0x6b
#define COMPLAINT	"was written to after it was put"

static uint32_t index_of(const struct aoipool_pool *pool, const void *ptr)
{
	size_t offset = (const unsigned char *)ptr - pool->provider.data;
	size_t slab = provider_slab_bytes(&pool->provider);

	return (offset / slab << pool->geometry.index_shift) +
	       offset % slab / pool->geometry.stride;
}

static struct aoipool_pool *open_poisoned(struct aoipool_attr *attr)
{
	assert_ok(aoipool_attr_set_poison(attr, 1));
	return open_pool(attr);
}

static bool is_poisoned(const void *ptr, size_t bytes)
{
	const unsigned char *at = ptr;

	for (size_t i = 0; i < bytes; i++)
		if (at[i] != POISON)
			return false;
	return true;
}

static void fill_and_look(struct aoipool_pool *pool, size_t n)
{
	size_t bytes = aoipool_pool_slot_bytes(pool);
	struct aoipool_slot *slots = calloc(n, sizeof(*slots));

	for (unsigned int turn = 0; turn < 3; turn++) {
		assert_ok(aoipool_get_many(pool, slots, n, 0));
		for (size_t i = 0; i < n; i++) {
			assert_true(is_poisoned(slots[i].ptr, bytes));
			memset(slots[i].ptr, turn, bytes);
		}
		assert_ok(aoipool_put(pool, slots[0].ref));
		assert_true(is_poisoned(slots[0].ptr, bytes));
		assert_err(aoipool_put_many(pool, slots, n), -EALREADY);
		for (size_t i = 0; i < n; i++)
			assert_true(is_poisoned(slots[i].ptr, bytes));
		if (turn == 1)
			assert_ok(aoipool_pool_drain(pool));
	}
	assert_int_equal(stats_of(pool).written_after_put, 0);
	assert_null(strstr(heard(), COMPLAINT));
	free(slots);
	assert_ok(aoipool_pool_close(pool));
}

static void a_put_fills_the_slot_with_poison(void **state)
{
	const size_t sizes[] = { 1, 17, 64, 1000, 4096, 99999 };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		fill_and_look(open_poisoned(kind_attr(*state, sizes[i],
						      1 + 99999 / sizes[i])),
			      i < 3 ? 1000 : 20);
}

static void a_put_fills_the_frame_with_poison(void **state)
{
	(void)state;
	fill_and_look(open_poisoned(frame_attr(4)), 4);
}

/* Of @slots, all free, each @step-th was written to, at @at. */
static void find_damage(struct aoipool_pool *pool, size_t at, size_t step)
{
	size_t n, damaged = 0;
	struct aoipool_slot *slots = get_all(pool, &n);
	uint64_t before = stats_of(pool).written_after_put;
	char line[80];

	put_all(pool, slots, n);
	heard_nothing();
	for (size_t i = 0; i < n; i += step, damaged++)
		((unsigned char *)slots[i].ptr)[at] ^= 1;
	snprintf(line, sizeof(line), "slot %u " COMPLAINT,
		 index_of(pool, slots[0].ptr));
	free(slots);
	slots = get_all(pool, &n);
	assert_int_equal(stats_of(pool).written_after_put - before, damaged);
	/* Of many, the log keeps the first ones only. */
	assert_non_null(strstr(heard(), damaged == 1 ? line : COMPLAINT));
	/* Found once, and mended by the next put. */
	put_all(pool, slots, n);
	free(slots);
	slots = get_all(pool, &n);
	assert_int_equal(stats_of(pool).written_after_put - before, damaged);
	put_all(pool, slots, n);
	free(slots);
}

static void a_write_after_put_is_found(void **state)
{
	const size_t sizes[] = { 16, 64, 4096 };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct aoipool_pool *pool =
			open_poisoned(kind_attr(*state, sizes[i], 1000));

		find_damage(pool, 0, 97);
		find_damage(pool, sizes[i] / 2, SIZE_MAX / 2);
		find_damage(pool, sizes[i] - 1, 401);
		assert_ok(aoipool_pool_close(pool));
	}
}

static void a_write_to_a_frame_after_put_is_found(void **state)
{
	struct aoipool_pool *pool = open_poisoned(frame_attr(3));

	(void)state;
	find_damage(pool, 0, 3);
	find_damage(pool, aoipool_pool_slot_bytes(pool) - 1, 1);
	find_damage(pool, 12345, 2);
	assert_ok(aoipool_pool_close(pool));
}

static void a_get_of_many_finds_it_too(void **state)
{
	struct aoipool_pool *pool = open_poisoned(kind_attr(*state, 64, 32768));
	struct aoipool_slot slots[900];

	assert_ok(aoipool_get_many(pool, slots, 900, 0));
	assert_ok(aoipool_put_many(pool, slots, 900));
	for (size_t i = 0; i < 900; i += 3)
		memset(slots[i].ptr, 0, 1 + i % 64);
	assert_ok(aoipool_get_many(pool, slots, 900, 0));
	/* Magazines and lists are last in first out, but not all of them. */
	assert_in_range(stats_of(pool).written_after_put, 1, 300);
	assert_ok(aoipool_put_many(pool, slots, 900));
	for (size_t i = 0; i < 4; i++) {
		size_t n;
		struct aoipool_slot *all = get_all(pool, &n);

		assert_int_equal(stats_of(pool).written_after_put, 300);
		put_all(pool, all, n);
		free(all);
	}
	assert_ok(aoipool_pool_close(pool));
}

struct shop {
	struct aoipool_pool *pool;
	unsigned int turns;
	bool trims;
};

/* All in use by threads, slabs coming and going: nothing is found. */
static unsigned int use_poisoned(struct crew *crew, unsigned int number)
{
	struct shop *shop = crew->arg;
	size_t bytes = aoipool_pool_slot_bytes(shop->pool), n, i;
	unsigned int random = number + 1, wrong = 0;
	struct aoipool_slot slots[8];

	for (unsigned int turn = 0; turn < shop->turns; turn++) {
		n = 1 + crew_random(&random) % 8;
		if (aoipool_get_many(shop->pool, slots, n, 0))
			continue;
		for (i = 0; i < n; i++)
			memset(slots[i].ptr, (int)turn, bytes);
		if (turn % 2)
			wrong += aoipool_put_many(shop->pool, slots, n) != 0;
		for (i = 0; i < n && turn % 2 == 0; i++)
			wrong += aoipool_put(shop->pool, slots[i].ref) != 0;
		if (shop->trims && !number && turn % 32 == 0)
			wrong += aoipool_pool_trim(shop->pool, SIZE_MAX,
						   NULL) != 0;
	}
	return wrong;
}

static void run_poisoned(struct aoipool_pool *pool, unsigned int turns)
{
	for (unsigned int i = 0; i < 2; i++) {
		struct shop shop = { pool, rounds(turns), i };

		assert_int_equal(crew_run(4, use_poisoned, &shop), 0);
	}
	assert_int_equal(stats_of(pool).written_after_put, 0);
	assert_null(strstr(heard(), COMPLAINT));
	assert_ok(aoipool_pool_close(pool));
}

static void ordinary_use_damages_no_poison(void **state)
{
	run_poisoned(open_poisoned(kind_attr(*state, 4096, 600)), 3000);
}

static void ordinary_use_damages_no_frames_poison(void **state)
{
	(void)state;
	run_poisoned(open_poisoned(frame_attr(16)), 60);
}

static void touch(void *arg, void *ptr)
{
	(void)arg;
	*(char *)ptr = 1;
}

static void poison_allows_nothing_else(void **state)
{
	struct aoipool_attr *attr = object_attr(64, 100);

	(void)state;
	assert_ok(aoipool_attr_set_poison(attr, 1));
	assert_ok(aoipool_attr_set_constructor(attr, touch, NULL));
	open_refused(attr, -EINVAL);
	assert_non_null(strstr(heard(), "poison"));
	attr = object_attr(64, 100);
	assert_ok(aoipool_attr_set_poison(attr, 1));
	assert_ok(aoipool_attr_set_reset(attr, AOIPOOL_RESET_ON_PUT, touch,
					 NULL));
	open_refused(attr, -EINVAL);
}

int main(void)
{
	const struct CMUnitTest poison[] = {
		on_each_kind(a_put_fills_the_slot_with_poison),
		cmocka_unit_test(a_put_fills_the_frame_with_poison),
		on_each_kind(a_write_after_put_is_found),
		cmocka_unit_test(a_write_to_a_frame_after_put_is_found),
		on_each_kind(a_get_of_many_finds_it_too),
		on_each_kind(ordinary_use_damages_no_poison),
		cmocka_unit_test(ordinary_use_damages_no_frames_poison),
		cmocka_unit_test(poison_allows_nothing_else),
	};

	return RUN(poison);
}
