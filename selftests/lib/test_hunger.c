// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * Waiting for memory: a slot is free, and there is none for it.  Until there is,
 * or another slot comes back that has its own.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "crew.h"
#include "fixture.h"
#include "mock_provider.h"
#include "weather.h"

#define WAITERS	4

struct waiter {
	struct aoipool_pool *pool;
	size_t n;
	int timeout_ms;
	int err;
	struct aoipool_slot slots[4];
};

static void *wait_for_slots(void *arg)
{
	struct waiter *waiter = arg;

	waiter->err = aoipool_get_many(waiter->pool, waiter->slots, waiter->n,
				       waiter->timeout_ms);
	return NULL;
}

static pthread_t start_waiter(struct waiter *waiter)
{
	pthread_t thread;

	assert_ok(pthread_create(&thread, NULL, wait_for_slots, waiter));
	/* Most likely asleep by now; the outcome is the same if it is not. */
	usleep(20000);
	return thread;
}

static void served_when_there_is_memory(struct aoipool_pool *pool, size_t n)
{
	struct waiter waiter = { .pool = pool, .n = n, .timeout_ms = -1 };
	pthread_t thread;

	weather_available = 0;
	thread = start_waiter(&waiter);
	weather_available = WEATHER_TOTAL / 2;
	assert_ok(pthread_join(thread, NULL));
	assert_ok(waiter.err);
	put_all(pool, waiter.slots, n);
	assert_int_equal(stats_of(pool).slots_out, 0);
	assert_ok(aoipool_pool_close(pool));
}

static void a_frame_is_waited_for(void **state)
{
	(void)state;
	served_when_there_is_memory(open_frames(4), 1);
}

static void many_frames_are_waited_for(void **state)
{
	(void)state;
	served_when_there_is_memory(open_frames(4), 3);
}

static void an_object_is_waited_for(void **state)
{
	(void)state;
	served_when_there_is_memory(open_objects(4096, 4), 1);
}

static void many_objects_are_waited_for(void **state)
{
	(void)state;
	served_when_there_is_memory(open_objects(4096, 2000), 4);
}

/* It is the memory that was missing, and no slot. */
static void refused_in_the_end(struct aoipool_pool *pool)
{
	struct aoipool_slot slots[2];

	weather_available = 0;
	assert_err(aoipool_get_wait(pool, slots, 0), -ENOMEM);
	assert_err(aoipool_get_wait(pool, slots, 30), -ENOMEM);
	assert_err(aoipool_get_many(pool, slots, 2, 30), -ENOMEM);
	assert_int_equal(stats_of(pool).no_memory, 3);
	assert_int_equal(stats_of(pool).timeouts, 0);
	assert_int_equal(stats_of(pool).slots_out, 0);
	weather_available = WEATHER_TOTAL / 2;
	slots[0] = get_slot(pool);
	assert_ok(aoipool_put(pool, slots[0].ref));
	assert_ok(aoipool_pool_close(pool));
}

static void frames_end_with_what_was_missing(void **state)
{
	(void)state;
	refused_in_the_end(open_frames(4));
}

static void objects_end_with_what_was_missing(void **state)
{
	(void)state;
	refused_in_the_end(open_objects(4096, 4));
}

/* What is put has its memory, and needs none of the host's. */
static void a_put_serves_who_waits_for_memory(void **state)
{
	struct aoipool_pool *pool = open_frames(2);
	struct waiter waiter = { .pool = pool, .n = 1, .timeout_ms = -1 };
	struct aoipool_slot slot = get_slot(pool);
	pthread_t thread;

	(void)state;
	weather_available = 0;
	thread = start_waiter(&waiter);
	assert_ok(aoipool_put(pool, slot.ref));
	assert_ok(pthread_join(thread, NULL));
	assert_ok(waiter.err);
	assert_ptr_equal(waiter.slots[0].ptr, slot.ptr);
	put_all(pool, waiter.slots, 1);
	assert_ok(aoipool_pool_close(pool));
}

/* Of the last slot he waits as for a slot, and times out as such. */
static void who_loses_the_slot_too_times_out(void **state)
{
	struct aoipool_pool *pool = open_frames(1);
	struct aoipool_slot slot = get_slot(pool), none;

	(void)state;
	weather_available = 0;
	assert_err(aoipool_get_wait(pool, &none, 20), -ETIMEDOUT);
	assert_ok(aoipool_put(pool, slot.ref));
	assert_ok(aoipool_pool_close(pool));
}

/*
 * Each waiter looks ten times a second; were their vain attempts to wake one
 * another, there would be tens of thousands.
 */
static void vain_attempts_wake_nobody(void **state)
{
	static struct mock mock;
	struct aoipool_attr *attr = frame_attr(MOCK_SLABS);
	struct waiter waiters[WAITERS];
	pthread_t threads[WAITERS];
	struct aoipool_pool *pool;

	(void)state;
	pool = mock_open(&mock, attr);
	aoipool_attr_destroy(attr);
	assert_non_null(pool);
	mock.populate_err = -ENOSPC;
	for (size_t i = 0; i < WAITERS; i++) {
		waiters[i] = (struct waiter){ pool, 1 + i % 2, 600, 0, { { 0 } } };
		threads[i] = start_waiter(&waiters[i]);
	}
	for (size_t i = 0; i < WAITERS; i++) {
		assert_ok(pthread_join(threads[i], NULL));
		assert_err(waiters[i].err, -ENOSPC);
	}
	assert_true(mock.info.populate_failures >= WAITERS);
	assert_true(mock.info.populate_failures < 2000);
	assert_ok(aoipool_pool_close(pool));
}

static unsigned int get_and_put(struct aoipool_pool *pool, size_t n,
				unsigned int turns)
{
	struct aoipool_slot slots[3];
	unsigned int wrong = 0;

	while (turns--) {
		/* for long, but not for ever: who is forgotten is seen */
		if (aoipool_get_many(pool, slots, n, 100000))
			wrong++;
		else
			wrong += aoipool_put_many(pool, slots, n) != 0;
	}
	return wrong;
}

struct famine {
	struct aoipool_pool *pool, *other;
	atomic_int busy;
};

/* Memory comes and goes; what another pool has idle is taken, too. */
static unsigned int be_weather(struct famine *famine)
{
	struct aoipool_slot slots[2];
	unsigned int wrong = 0;

	for (unsigned int i = 0; famine->busy; i++) {
		weather_available = i % 3 ? WEATHER_TOTAL / 2 : 0;
		if (!aoipool_get_many(famine->other, slots, 2, 0))
			wrong += aoipool_put_many(famine->other, slots, 2) != 0;
		wrong += aoipool_pool_trim(i % 2 ? famine->other : famine->pool,
					   SIZE_MAX, NULL) != 0;
		sched_yield();
	}
	weather_available = WEATHER_TOTAL / 2;
	return wrong;
}

static unsigned int live_in_famine(struct crew *crew, unsigned int number)
{
	struct famine *famine = crew->arg;
	unsigned int wrong;

	if (!number)
		return be_weather(famine);
	wrong = get_and_put(famine->pool, 1 + number % 3, rounds(400));
	/* the last one's wait is not to depend on the weather */
	famine->busy--;
	return wrong;
}

static void nobody_is_forgotten(struct aoipool_pool *pool)
{
	struct famine famine = {
		.pool = pool,
		.other = open_frames(2),
		.busy = WAITERS,
	};

	assert_int_equal(crew_run(WAITERS + 1, live_in_famine, &famine), 0);
	assert_int_equal(stats_of(pool).slots_out, 0);
	assert_ok(aoipool_pool_close(pool));
	assert_ok(aoipool_pool_close(famine.other));
}

static void nobody_who_waits_for_frames_is_forgotten(void **state)
{
	(void)state;
	nobody_is_forgotten(open_frames(4));
}

static void nobody_who_waits_for_objects_is_forgotten(void **state)
{
	(void)state;
	nobody_is_forgotten(open_objects(512 << 10, 6));
}

#define in_fair(test)	cmocka_unit_test_setup(test, weather_fair)

int main(void)
{
	const struct CMUnitTest hunger[] = {
		in_fair(a_frame_is_waited_for),
		in_fair(many_frames_are_waited_for),
		in_fair(an_object_is_waited_for),
		in_fair(many_objects_are_waited_for),
		in_fair(frames_end_with_what_was_missing),
		in_fair(objects_end_with_what_was_missing),
		in_fair(a_put_serves_who_waits_for_memory),
		in_fair(who_loses_the_slot_too_times_out),
		in_fair(vain_attempts_wake_nobody),
		in_fair(nobody_who_waits_for_frames_is_forgotten),
		in_fair(nobody_who_waits_for_objects_is_forgotten),
	};

	return RUN(hunger);
}
