// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * Threads that are interrupted: by signals, thousands a second, at whatever
 * instruction they are; by their end, slots in hand.
 */
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "crew.h"
#include "kinds.h"
#include "pattern.h"

#define HAND	300
/* of each thread; a prime, to be in step with nothing */
#define EVERY_NS	211000

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id	_sigev_un._tid
#endif

static atomic_uint signals;

/* Does things to registers and to the stack, and nothing to the library. */
static void be_disturbed(int number)
{
	volatile uint64_t rubbish[64];

	for (unsigned int i = 0; i < 64; i++)
		rubbish[i] = (uint64_t)i * number;
	signals++;
	(void)rubbish;
}

/*
 * On to another CPU, wherever the thread is: also between its look at where it
 * is and what it does there.  By system calls alone, as handlers may.
 */
static void be_moved(int number)
{
	static atomic_uint next;
	cpu_set_t one;

	(void)number;
	CPU_ZERO(&one);
	CPU_SET(cpu_of(next++), &one);
	syscall(SYS_sched_setaffinity, 0, sizeof(one), &one);
	signals++;
}

/* SIGALRM is the suite's. */
static void expect_signals(void (*handler)(int number))
{
	struct sigaction action = { .sa_handler = handler,
				    .sa_flags = SA_RESTART };

	signals = 0;
	assert_ok(sigaction(SIGUSR1, &action, NULL));
}

static int start_timer(timer_t *timer)
{
	struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID,
				  .sigev_signo = SIGUSR1 };
	struct itimerspec every = { { 0, EVERY_NS }, { 0, EVERY_NS } };

	event.sigev_notify_thread_id = syscall(SYS_gettid);
	if (timer_create(CLOCK_MONOTONIC, &event, timer))
		return 1;
	return timer_settime(*timer, 0, &every, NULL) ? 1 : 0;
}

struct street {
	struct aoipool_pool *pool;
	unsigned int turns;
};

static unsigned int get_some(struct street *street, struct aoipool_slot *slots,
			     size_t n, bool together)
{
	unsigned int wrong = 0;
	size_t i;

	if (together)
		wrong = aoipool_get_many(street->pool, slots, n, -1) != 0;
	for (i = 0; !together && i < n; i++)
		wrong += aoipool_get(street->pool, &slots[i]) != 0;
	for (i = 0; i < n; i++)
		pattern_write(slots[i].ptr, 64, slots[i].ref);
	return wrong;
}

static unsigned int put_some(struct street *street, struct aoipool_slot *slots,
			     size_t n, bool together)
{
	unsigned int wrong = 0;
	size_t i;

	for (i = 0; i < n; i++)
		wrong += !pattern_intact(slots[i].ptr, 64, slots[i].ref);
	if (together)
		return wrong + (aoipool_put_many(street->pool, slots, n) != 0);
	for (i = 0; i < n; i++)
		wrong += aoipool_put(street->pool, slots[i].ref) != 0;
	return wrong;
}

static unsigned int work_disturbed(struct crew *crew, unsigned int number)
{
	struct street *street = crew->arg;
	unsigned int random = number + 1, wrong = 0;
	struct aoipool_slot slots[HAND];
	timer_t timer;
	size_t n;

	if (start_timer(&timer))
		return 1;
	for (unsigned int i = 0; i < street->turns; i++) {
		n = 1 + crew_random(&random) % HAND;
		wrong += get_some(street, slots, n, random & 1024);
		wrong += put_some(street, slots, n, random & 2048);
		if (i % 16 == 0)
			pin(random);
	}
	timer_delete(timer);
	return wrong;
}

static void check_pool(struct aoipool_pool *pool)
{
	size_t n;
	struct aoipool_slot *slots = get_all(pool, &n), more;

	assert_err(aoipool_get(pool, &more), -EAGAIN);
	put_all(pool, slots, n);
	free(slots);
	assert_int_equal(stats_of(pool).slots_out, 0);
	assert_int_equal(stats_of(pool).gets, stats_of(pool).puts);
	assert_ok(aoipool_pool_close(pool));
}

static void signals_in_midst_of_calls_do_no_harm(void **state)
{
	struct street street = { .turns = rounds(6000) };

	street.pool = open_kind(*state, 64, 32768);
	expect_signals(be_disturbed);
	assert_int_equal(crew_run(4, work_disturbed, &street), 0);
	assert_true(signals > 0);
	check_pool(street.pool);
}

/* A pool on the brink: lists close and open under those signals. */
static void nor_do_they_where_slots_are_few(void **state)
{
	struct street street = { .turns = rounds(3000) };

	street.pool = open_kind(*state, 2048, 1500);
	expect_signals(be_disturbed);
	assert_int_equal(crew_run(4, work_disturbed, &street), 0);
	assert_true(signals > 0);
	check_pool(street.pool);
}

/* As little as can be beside the calls, so that most signals come there. */
static unsigned int work_moved(struct crew *crew, unsigned int number)
{
	struct street *street = crew->arg;
	struct aoipool_slot slots[4];
	unsigned int wrong = 0, i, j;
	timer_t timer;

	if (start_timer(&timer))
		return 1;
	for (i = 0; i < street->turns; i++) {
		for (j = 0; j < 4; j++) {
			wrong += aoipool_get(street->pool, &slots[j]) != 0;
			*(volatile unsigned int *)slots[j].ptr = number;
		}
		for (j = 0; j < 4; j++) {
			wrong += *(volatile unsigned int *)slots[j].ptr !=
				 number;
			wrong += aoipool_put(street->pool, slots[j].ref) != 0;
		}
	}
	timer_delete(timer);
	return wrong;
}

static void signals_that_move_a_thread_do_no_harm(void **state)
{
	struct street street = { .turns = rounds(3000000) };

	street.pool = open_kind(*state, 64, 32768);
	/* At other CPUs' lists the locks are waited for. */
	if (((const struct kind *)*state)->lists != AOIPOOL_LISTS_RSEQ)
		street.turns /= 10;
	expect_signals(be_moved);
	assert_int_equal(crew_run(4, work_moved, &street), 0);
	assert_true(signals > 0);
	check_pool(street.pool);
}

/* Waiting is begun anew when a signal came. */
static unsigned int wait_disturbed(struct crew *crew, unsigned int number)
{
	struct street *street = crew->arg;
	struct aoipool_slot slot;
	unsigned int wrong = 0;
	timer_t timer;

	if (start_timer(&timer))
		return 1;
	(void)number;
	for (unsigned int i = 0; i < street->turns; i++) {
		wrong += aoipool_get_wait(street->pool, &slot, -1) != 0;
		wrong += aoipool_put(street->pool, slot.ref) != 0;
	}
	timer_delete(timer);
	return wrong;
}

static void signals_end_no_wait(void **state)
{
	struct street street = { .turns = rounds(5000) };
	struct aoipool_slot *slots;
	size_t n;

	street.pool = open_kind(*state, 16384, LISTED_FEW);
	slots = get_all(street.pool, &n);
	assert_ok(aoipool_put(street.pool, slots[0].ref));
	expect_signals(be_disturbed);
	assert_int_equal(crew_run(4, wait_disturbed, &street), 0);
	put_all(street.pool, slots + 1, n - 1);
	free(slots);
	check_pool(street.pool);
}

/*
 * Threads that end.
 */
static void *take_and_end(void *arg)
{
	struct street *street = arg;
	struct aoipool_slot *slots = calloc(HAND, sizeof(*slots));

	if (slots)
		for (unsigned int i = 0; i < HAND; i++)
			if (aoipool_get(street->pool, &slots[i]))
				abort();
	return slots;
}

/* What it held is held on, and can be put by whoever has the refs. */
static void slots_outlive_the_thread_that_got_them(void **state)
{
	struct street street = { .pool = open_kind(*state, 64, 32768) };
	struct aoipool_slot *slots;
	pthread_t thread;

	for (unsigned int i = 0; i < rounds(200); i++) {
		assert_ok(pthread_create(&thread, NULL, take_and_end, &street));
		assert_ok(pthread_join(thread, (void **)&slots));
		assert_non_null(slots);
		assert_int_equal(stats_of(street.pool).slots_out, HAND);
		assert_ok(aoipool_put_many(street.pool, slots, HAND));
		free(slots);
	}
	check_pool(street.pool);
}

static void *get_and_put_once(void *arg)
{
	struct street *street = arg;
	struct aoipool_slot slots[8];

	if (aoipool_get_many(street->pool, slots, 8, -1))
		return arg;
	for (unsigned int i = 0; i < 8; i++) {
		pattern_write(slots[i].ptr, 64, slots[i].ref);
		if (!pattern_intact(slots[i].ptr, 64, slots[i].ref) ||
		    aoipool_put(street->pool, slots[i].ref))
			return arg;
	}
	return NULL;
}

static unsigned int start_and_join(struct crew *crew, unsigned int number)
{
	struct street *street = crew->arg;
	unsigned int wrong = 0;
	pthread_t threads[8];
	void *seen;

	for (unsigned int i = 0; i < street->turns; i++) {
		pin(i + number);
		for (unsigned int j = 0; j < 8; j++)
			wrong += pthread_create(&threads[j], NULL,
						get_and_put_once, street) != 0;
		for (unsigned int j = 0; j < 8; j++) {
			wrong += pthread_join(threads[j], &seen) != 0;
			wrong += seen != NULL;
		}
	}
	return wrong;
}

static void threads_by_the_thousand_come_and_go(void **state)
{
	struct street street = { .turns = rounds(500) };

	street.pool = open_kind(*state, 64, 32768);
	assert_int_equal(crew_run(2, start_and_join, &street), 0);
	/* However many there were, lists are of CPUs. */
	assert_int_equal(stats_of(street.pool).gets, 2 * 8 * 8 * street.turns);
	check_pool(street.pool);
}

int main(void)
{
	const struct CMUnitTest interrupt[] = {
		on_each_kind(signals_in_midst_of_calls_do_no_harm),
		on_each_kind(nor_do_they_where_slots_are_few),
		on_each_kind(signals_that_move_a_thread_do_no_harm),
		on_each_kind(signals_end_no_wait),
		on_each_kind(slots_outlive_the_thread_that_got_them),
		on_each_kind(threads_by_the_thousand_come_and_go),
	};

	return RUN(interrupt);
}
