// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * Memory that is there before anybody asks for it: the reserve, when a pool is
 * opened, and what is brought ahead in the background.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "kinds.h"
#include "told.h"
#include "weather.h"

struct report {
	pthread_t thread;
	size_t last, total;
	unsigned int calls, wrong;
};

static void note_progress(void *arg, size_t done_bytes, size_t total_bytes)
{
	struct report *report = arg;

	report->wrong += done_bytes < report->last || done_bytes > total_bytes;
	report->wrong += !pthread_equal(pthread_self(), report->thread);
	report->last = done_bytes;
	report->total = total_bytes;
	report->calls++;
}

static void opening_says_how_far_the_reserve_is(void **state)
{
	struct report report = { .thread = pthread_self() };
	struct aoipool_attr *attr = frame_attr(40);
	struct aoipool_pool *pool;

	(void)state;
	assert_ok(aoipool_attr_set_reserve(attr, 32));
	assert_ok(aoipool_attr_set_progress(attr, note_progress, &report));
	pool = open_pool(attr);
	assert_int_equal(report.wrong, 0);
	assert_true(report.calls >= 1);
	assert_int_equal(report.last, 32 * BLOCK_BYTES);
	assert_int_equal(report.total, 32 * BLOCK_BYTES);
	assert_ok(aoipool_pool_close(pool));
}

static void what_the_reserve_lacks_is_said(void **state)
{
	struct aoipool_attr *attr = frame_attr(8);

	(void)state;
	assert_ok(aoipool_attr_set_reserve(attr, 8));
	weather_available = 0;
	open_refused(attr, -ENOMEM);
	assert_non_null(strstr(heard(), "8 slabs: 8 of them, 16 MiB"));
}

static void wait_until_prefilled(struct aoipool_pool *pool, uint64_t slots)
{
	await(stats_of(pool).prefilled_slots >= slots);
}

static void frames_are_brought_ahead(void **state)
{
	struct aoipool_attr *attr = frame_attr(8);
	struct aoipool_pool *pool;
	struct aoipool_slot slots[6];

	(void)state;
	assert_ok(aoipool_attr_set_reserve(attr, 1));
	assert_ok(aoipool_attr_set_prefill(attr, 6));
	pool = open_pool(attr);
	assert_int_equal(stats_of(pool).prefill_slots, 6);
	wait_until_prefilled(pool, 5);
	assert_int_equal(stats_of(pool).resident_bytes, 6 * BLOCK_BYTES);
	assert_ok(aoipool_get_many(pool, slots, 6, 0));
	/* they were claimed by it, and not again by the get */
	assert_int_equal(stats_of(pool).claims, 6);
	put_all(pool, slots, 6);
	assert_int_equal(stats_of(pool).slots_out, 0);
	assert_ok(aoipool_pool_close(pool));
}

static void objects_are_brought_ahead(void **state)
{
	struct aoipool_attr *attr = object_attr(4096, 3000);
	struct aoipool_pool *pool;
	uint64_t claims;
	struct aoipool_slot *slots;
	size_t n;

	(void)state;
	assert_ok(aoipool_attr_set_prefill(attr, 3000));
	pool = open_pool(attr);
	wait_until_prefilled(pool, stats_of(pool).prefill_slots);
	claims = stats_of(pool).claims;
	slots = get_all(pool, &n);
	assert_int_equal(stats_of(pool).claims, claims);
	put_all(pool, slots, n);
	free(slots);
	assert_ok(aoipool_pool_close(pool));
}

static void nothing_is_brought_ahead_under_pressure(void **state)
{
	struct events events = EVENTS_INIT;
	struct aoipool_attr *attr = frame_attr(8);
	struct aoipool_pool *pool;

	(void)state;
	events_attr(&events, attr);
	assert_ok(aoipool_attr_set_prefill(attr, 8));
	weather_available = 15 * WEATHER_PERCENT;
	pool = open_pool(attr);
	events_await(&events, AOIPOOL_EVENT_LEVEL, 0);
	weather_available = WEATHER_TOTAL / 2;
	await(aoipool_pool_level(pool) == AOIPOOL_LEVEL_NONE);
	assert_int_equal(stats_of(pool).prefilled_slots, 0);
	assert_int_equal(stats_of(pool).claims, 0);
	assert_ok(aoipool_pool_close(pool));
}

/* However often all are got meanwhile, none is ever missing. */
static void who_gets_all_meanwhile_gets_all(void **state)
{
	struct aoipool_attr *attr = object_attr(4096, 3000);
	struct aoipool_pool *pool;
	struct aoipool_slot *slots;
	size_t n;

	(void)state;
	assert_ok(aoipool_attr_set_prefill(attr, 3000));
	pool = open_pool(attr);
	for (unsigned int i = 0; i < rounds(20); i++) {
		slots = get_all(pool, &n);
		put_all(pool, slots, n);
		free(slots);
		trim_all(pool);
	}
	assert_ok(aoipool_pool_close(pool));
}

static void more_than_the_pool_has_is_not_brought_ahead(void **state)
{
	struct aoipool_attr *attr = frame_attr(2);

	(void)state;
	assert_ok(aoipool_attr_set_prefill(attr, 3));
	open_refused(attr, -EINVAL);
}

#define in_fair(test)	cmocka_unit_test_setup(test, weather_fair)

int main(void)
{
	const struct CMUnitTest warm_up[] = {
		in_fair(opening_says_how_far_the_reserve_is),
		in_fair(what_the_reserve_lacks_is_said),
		in_fair(frames_are_brought_ahead),
		in_fair(objects_are_brought_ahead),
		in_fair(nothing_is_brought_ahead_under_pressure),
		in_fair(who_gets_all_meanwhile_gets_all),
		in_fair(more_than_the_pool_has_is_not_brought_ahead),
	};

	return RUN(warm_up);
}
