// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Waiting for a slot: by timeout, without bound, by poll and epoll. */
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "crew.h"
#include "fixture.h"

static long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static bool fd_readable(int fd, int timeout_ms)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };
	int n = poll(&pollfd, 1, timeout_ms);

	assert_true(n >= 0);
	return n && (pollfd.revents & POLLIN);
}

static bool readable(struct aoipool_pool *pool, int timeout_ms)
{
	return fd_readable(aoipool_pool_fd(pool), timeout_ms);
}

static void a_timeout_of_0_does_not_wait(void **state)
{
	struct aoipool_slot slots[4], slot;

	assert_ok(aoipool_get_many(*state, slots, 4, 0));
	assert_err(aoipool_get_wait(*state, &slot, 0), -EAGAIN);
	assert_err(aoipool_get_many(*state, &slot, 1, 0), -EAGAIN);
	assert_int_equal(stats_of(*state).timeouts, 0);
	assert_true(stats_of(*state).exhausted >= 2);
	put_all(*state, slots, 4);
	assert_ok(aoipool_get_wait(*state, &slot, 0));
	assert_ok(aoipool_put(*state, slot.ref));
}

static void a_timeout_is_waited_for(void **state)
{
	struct aoipool_slot slots[4], slot;
	long long start;

	assert_ok(aoipool_get_many(*state, slots, 4, 0));
	start = now_ms();
	assert_err(aoipool_get_wait(*state, &slot, 30), -ETIMEDOUT);
	assert_true(now_ms() - start >= 29);
	start = now_ms();
	assert_err(aoipool_get_many(*state, &slot, 1, 30), -ETIMEDOUT);
	assert_true(now_ms() - start >= 29);
	assert_int_equal(stats_of(*state).timeouts, 2);
	assert_int_equal(stats_of(*state).slots_out, 4);
	put_all(*state, slots, 4);
}

static void a_timeout_below_minus_1_is_refused(void **state)
{
	struct aoipool_slot slot;

	assert_err(aoipool_get_wait(*state, &slot, -2), -EINVAL);
	assert_err(aoipool_get_wait(*state, &slot, INT32_MIN), -EINVAL);
	assert_err(aoipool_get_many(*state, &slot, 1, -2), -EINVAL);
	assert_int_equal(stats_of(*state).slots_out, 0);
}

static void a_free_slot_is_not_waited_for(void **state)
{
	struct aoipool_slot slot, many[3];

	assert_ok(aoipool_get_wait(*state, &slot, -1));
	assert_ok(aoipool_get_many(*state, many, 3, -1));
	assert_ok(aoipool_put(*state, slot.ref));
	assert_ok(aoipool_get_wait(*state, &slot, INT32_MAX));
	assert_ok(aoipool_put(*state, slot.ref));
	put_all(*state, many, 3);
}

struct waiter {
	struct aoipool_pool *pool;
	size_t n;
	int timeout_ms;
	int err;
	struct aoipool_slot slots[4];
	atomic_int started;
};

static void *wait_for_slots(void *arg)
{
	struct waiter *waiter = arg;

	waiter->started = 1;
	if (waiter->n == 1)
		waiter->err = aoipool_get_wait(waiter->pool, waiter->slots,
					       waiter->timeout_ms);
	else
		waiter->err = aoipool_get_many(waiter->pool, waiter->slots,
					       waiter->n, waiter->timeout_ms);
	return NULL;
}

static pthread_t start_waiter(struct waiter *waiter)
{
	pthread_t thread;

	assert_ok(pthread_create(&thread, NULL, wait_for_slots, waiter));
	while (!waiter->started)
		sched_yield();
	/* Most likely asleep by now; the outcome is the same if it is not. */
	usleep(10000);
	return thread;
}

static void a_put_wakes_who_waits_without_bound(void **state)
{
	struct waiter waiter = { .pool = *state, .n = 1, .timeout_ms = -1 };
	struct aoipool_slot slots[4];
	pthread_t thread;

	assert_ok(aoipool_get_many(*state, slots, 4, 0));
	thread = start_waiter(&waiter);
	assert_ok(aoipool_put(*state, slots[2].ref));
	assert_ok(pthread_join(thread, NULL));
	assert_ok(waiter.err);
	assert_ptr_equal(waiter.slots[0].ptr, slots[2].ptr);
	slots[2] = waiter.slots[0];
	put_all(*state, slots, 4);
}

static void a_put_wakes_who_waits_with_a_timeout(void **state)
{
	struct waiter waiter = { .pool = *state, .n = 1, .timeout_ms = 200000 };
	struct aoipool_slot slots[4];
	pthread_t thread;

	assert_ok(aoipool_get_many(*state, slots, 4, 0));
	thread = start_waiter(&waiter);
	assert_ok(aoipool_put(*state, slots[0].ref));
	assert_ok(pthread_join(thread, NULL));
	assert_ok(waiter.err);
	slots[0] = waiter.slots[0];
	put_all(*state, slots, 4);
}

static void get_many_waits_until_all_are_there(void **state)
{
	struct waiter waiter = { .pool = *state, .n = 3, .timeout_ms = -1 };
	struct aoipool_slot slots[4];
	pthread_t thread;

	assert_ok(aoipool_get_many(*state, slots, 4, 0));
	thread = start_waiter(&waiter);
	assert_ok(aoipool_put(*state, slots[0].ref));
	usleep(5000);
	/* It holds none of them while it lacks one. */
	slots[0] = get_slot(*state);
	put_all(*state, slots, 3);
	assert_ok(pthread_join(thread, NULL));
	assert_ok(waiter.err);
	assert_int_equal(stats_of(*state).slots_out, 4);
	put_all(*state, waiter.slots, 3);
	assert_ok(aoipool_put(*state, slots[3].ref));
}

static void get_many_that_times_out_holds_nothing(void **state)
{
	struct waiter waiter = { .pool = *state, .n = 3, .timeout_ms = 30 };
	struct aoipool_slot slots[4];
	pthread_t thread;

	assert_ok(aoipool_get_many(*state, slots, 4, 0));
	thread = start_waiter(&waiter);
	put_all(*state, slots, 2);
	assert_ok(pthread_join(thread, NULL));
	assert_err(waiter.err, -ETIMEDOUT);
	assert_null(waiter.slots[0].ptr);
	assert_int_equal(stats_of(*state).slots_out, 2);
	assert_ok(aoipool_get_many(*state, slots, 2, 0));
	put_all(*state, slots, 4);
}

static unsigned int get_and_put(struct crew *crew, unsigned int number)
{
	unsigned int turns = rounds(3000), wrong = 0;
	struct aoipool_slot slots[3];
	size_t n = number % 2 ? 1 + number / 2 : 1;

	while (turns--) {
		if (aoipool_get_many(crew->arg, slots, n, -1)) {
			wrong++;
			continue;
		}
		for (size_t i = 0; i < n; i++)
			wrong += aoipool_put(crew->arg, slots[i].ref) != 0;
	}
	return wrong;
}

/* A wake-up that is lost shows as a hang, which the limit ends. */
static void no_wake_up_is_lost(void **state)
{
	struct aoipool_pool *pool = open_frames(1);

	(void)state;
	assert_int_equal(crew_run(2, get_and_put, pool), 0);
	assert_int_equal(stats_of(pool).slots_out, 0);
	assert_ok(aoipool_pool_close(pool));
}

static void no_wake_up_is_lost_among_waiters_for_many(void **state)
{
	struct aoipool_pool *pool = open_frames(3);

	(void)state;
	assert_int_equal(crew_run(6, get_and_put, pool), 0);
	assert_int_equal(stats_of(pool).slots_out, 0);
	assert_ok(aoipool_pool_close(pool));
}

static void no_wake_up_of_objects_is_lost(void **state)
{
	struct aoipool_pool *pool = open_objects(1 << 20, 3);
	size_t n;
	struct aoipool_slot *slots = get_all(pool, &n);

	(void)state;
	put_all(pool, slots, 3);
	assert_int_equal(crew_run(6, get_and_put, pool), 0);
	put_all(pool, slots + 3, n - 3);
	free(slots);
	assert_int_equal(stats_of(pool).slots_out, 0);
	assert_ok(aoipool_pool_close(pool));
}

static void descriptor_turns_readable_with_a_put(void **state)
{
	struct aoipool_slot slots[4], slot;

	assert_true(aoipool_pool_fd(*state) >= 0);
	assert_ok(aoipool_get_many(*state, slots, 4, 0));
	assert_err(aoipool_get(*state, &slot), -EAGAIN);
	assert_false(readable(*state, 0));
	assert_ok(aoipool_put(*state, slots[0].ref));
	assert_true(readable(*state, 0));
	slots[0] = get_slot(*state);
	assert_err(aoipool_get(*state, &slot), -EAGAIN);
	assert_false(readable(*state, 0));
	put_all(*state, slots, 4);
	assert_true(readable(*state, 0));
}

static void a_put_before_the_descriptor_was_asked_for_counts(void **state)
{
	struct aoipool_slot slots[4], slot;

	assert_ok(aoipool_get_many(*state, slots, 4, 0));
	assert_err(aoipool_get(*state, &slot), -EAGAIN);
	assert_ok(aoipool_put(*state, slots[0].ref));
	assert_true(readable(*state, 0));
	put_all(*state, slots + 1, 3);
}

static void descriptor_hears_of_get_many_too(void **state)
{
	struct aoipool_slot slots[4], many[2];
	int fd = aoipool_pool_fd(*state);

	assert_ok(aoipool_get_many(*state, slots, 4, 0));
	assert_err(aoipool_get_many(*state, many, 2, 0), -EAGAIN);
	assert_false(fd_readable(fd, 0));
	assert_ok(aoipool_put(*state, slots[0].ref));
	assert_true(fd_readable(fd, 0));
	put_all(*state, slots + 1, 3);
}

/* One who wants one may be about to poll beside one who wants many. */
static void a_get_many_that_fails_leaves_the_descriptor_readable(void **state)
{
	struct aoipool_slot slots[4], many[3], one;
	int fd = aoipool_pool_fd(*state);

	assert_ok(aoipool_get_many(*state, slots, 4, 0));
	assert_err(aoipool_get(*state, &one), -EAGAIN);
	assert_ok(aoipool_put(*state, slots[0].ref));
	assert_err(aoipool_get_many(*state, many, 3, 0), -EAGAIN);
	assert_true(fd_readable(fd, 0));
	assert_ok(aoipool_get(*state, slots));
	put_all(*state, slots, 4);
}

static void *put_later(void *arg)
{
	struct waiter *waiter = arg;

	usleep(10000);
	waiter->err = aoipool_put(waiter->pool, waiter->slots[0].ref);
	return NULL;
}

static void epoll_hears_a_put_of_another_thread(void **state)
{
	struct waiter waiter = { .pool = *state };
	struct epoll_event event = { .events = EPOLLIN };
	struct aoipool_slot slot;
	pthread_t thread;
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	assert_true(epoll >= 0);
	assert_ok(aoipool_get_many(*state, waiter.slots, 4, 0));
	assert_err(aoipool_get(*state, &slot), -EAGAIN);
	assert_ok(epoll_ctl(epoll, EPOLL_CTL_ADD, aoipool_pool_fd(*state),
			    &event));
	assert_int_equal(epoll_wait(epoll, &event, 1, 0), 0);
	assert_ok(pthread_create(&thread, NULL, put_later, &waiter));
	assert_int_equal(epoll_wait(epoll, &event, 1, -1), 1);
	assert_ok(pthread_join(thread, NULL));
	assert_ok(waiter.err);
	waiter.slots[0] = get_slot(*state);
	put_all(*state, waiter.slots, 4);
	close(epoll);
}

/* Threads that only poll: after each failed get, poll until readable. */
static unsigned int poll_and_put(struct crew *crew, unsigned int number)
{
	struct pollfd pollfd = { .fd = aoipool_pool_fd(crew->arg),
				 .events = POLLIN };
	unsigned int turns = rounds(2000), wrong = 0;
	struct aoipool_slot slot;
	int err;

	(void)number;
	while (turns) {
		err = aoipool_get(crew->arg, &slot);
		if (err == -EAGAIN) {
			wrong += poll(&pollfd, 1, -1) < 0;
			continue;
		}
		wrong += err || aoipool_put(crew->arg, slot.ref);
		turns--;
	}
	return wrong;
}

static void no_poller_misses_a_put(void **state)
{
	struct aoipool_pool *pool = open_frames(1);

	(void)state;
	assert_int_equal(crew_run(3, poll_and_put, pool), 0);
	assert_ok(aoipool_pool_close(pool));
}

static unsigned int poll_or_wait(struct crew *crew, unsigned int number)
{
	return number % 2 ? poll_and_put(crew, number) :
			    get_and_put(crew, 0);
}

static void pollers_and_waiters_do_not_rob_each_other(void **state)
{
	struct aoipool_pool *pool = open_frames(1);

	(void)state;
	assert_int_equal(crew_run(4, poll_or_wait, pool), 0);
	assert_int_equal(stats_of(pool).slots_out, 0);
	assert_ok(aoipool_pool_close(pool));
}

#define on_frames(test) \
	cmocka_unit_test_setup_teardown(test, four_frames, close_pool)

int main(void)
{
	const struct CMUnitTest wait[] = {
		on_frames(a_timeout_of_0_does_not_wait),
		on_frames(a_timeout_is_waited_for),
		on_frames(a_timeout_below_minus_1_is_refused),
		on_frames(a_free_slot_is_not_waited_for),
		on_frames(a_put_wakes_who_waits_without_bound),
		on_frames(a_put_wakes_who_waits_with_a_timeout),
		on_frames(get_many_waits_until_all_are_there),
		on_frames(get_many_that_times_out_holds_nothing),
		cmocka_unit_test(no_wake_up_is_lost),
		cmocka_unit_test(no_wake_up_is_lost_among_waiters_for_many),
		cmocka_unit_test(no_wake_up_of_objects_is_lost),
		on_frames(descriptor_turns_readable_with_a_put),
		on_frames(a_put_before_the_descriptor_was_asked_for_counts),
		on_frames(descriptor_hears_of_get_many_too),
		on_frames(a_get_many_that_fails_leaves_the_descriptor_readable),
		on_frames(epoll_hears_a_put_of_another_thread),
		cmocka_unit_test(no_poller_misses_a_put),
		cmocka_unit_test(pollers_and_waiters_do_not_rob_each_other),
	};

	return RUN(wait);
}
