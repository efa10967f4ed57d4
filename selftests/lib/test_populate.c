// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * Many slabs brought at once, by several threads: each is whole or was given up,
 * and whatever fails in the middle loses none.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fixture.h"
#include "mock_provider.h"
#include "pattern.h"
#include "pool.h"
#include "wrap.h"

/* As many bytes as are worth a second thread. */
#define SLABS	MOCK_SLABS

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE	23
#endif

static struct mock mock;
static unsigned int helpers;		/* that were asked for */
static bool no_helpers;
static bool no_schedule;		/* but what the caller has */
static uint32_t cpus;			/* 0: as many as there are */
static atomic_int populates_left;	/* until one fails; below 0: none does */

int __wrap_helper_start(pthread_t *thread, const pthread_attr_t *attr,
			const char *name, void *(*start)(void *), void *arg)
{
	/* The provider's own thread is not what is counted. */
	if (attr && no_schedule)
		return -EPERM;
	if (attr)
		return __real_helper_start(thread, attr, name, start, arg);
	helpers++;
	if (no_helpers)
		return -EAGAIN;
	return __real_helper_start(thread, attr, name, start, arg);
}

uint32_t __wrap_sys_allowed_cpus(void)
{
	return cpus ? cpus : __real_sys_allowed_cpus();
}

int __wrap_sys_madvise(void *addr, size_t bytes, int advice)
{
	if (advice == MADV_POPULATE_WRITE &&
	    atomic_fetch_sub(&populates_left, 1) == 0)
		return -ENOMEM;
	return __real_sys_madvise(addr, bytes, advice);
}

static int two_cpus(void **state)
{
	(void)state;
	helpers = 0;
	no_helpers = false;
	cpus = 2;
	populates_left = -1;
	return 0;
}

/* 8 MiB each. */
static struct aoipool_attr *large_frames(void)
{
	struct aoipool_attr *attr = new_attr();

	assert_ok(aoipool_attr_set_frame(attr, 3840, 2100, AOIPOOL_PIXEL_MONO8,
					 SLABS));
	return attr;
}

static struct aoipool_pool *open_mock(uint64_t nodes, uint64_t empty)
{
	struct aoipool_attr *attr = large_frames();
	struct aoipool_pool *pool;

	mock = (struct mock){ .nodes = nodes, .empty_nodes = empty };
	pool = mock_open(&mock, attr);
	aoipool_attr_destroy(attr);
	assert_non_null(pool);
	assert_int_equal(mock.slab_blocks, 4);
	return pool;
}

static void close_mock(struct aoipool_pool *pool)
{
	mock_disarm(&mock);
	if (mock.illegal)
		print_error("# %s\n", mock.illegal_text);
	assert_int_equal(mock.illegal, 0);
	assert_ok(aoipool_pool_close(pool));
}

static void all_are_whole(const struct aoipool_slot *slots, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_true(mock_present(&mock,
					 mock_slab_of(&mock, slots[i].ptr)));
}

static void many_are_brought_by_several_threads(void **state)
{
	struct aoipool_pool *pool = open_mock(1, 0);
	struct aoipool_slot slots[SLABS];

	(void)state;
	assert_ok(aoipool_get_many(pool, slots, SLABS, 0));
	assert_int_equal(helpers, 1);
	all_are_whole(slots, SLABS);
	assert_int_equal(stats_of(pool).claims, SLABS);
	assert_int_equal(stats_of(pool).slots_out_peak, SLABS);
	put_all(pool, slots, SLABS);
	/* They are warm now. */
	assert_ok(aoipool_get_many(pool, slots, SLABS, 0));
	assert_int_equal(helpers, 1);
	put_all(pool, slots, SLABS);
	close_mock(pool);
}

static void a_few_are_brought_by_the_caller(void **state)
{
	struct aoipool_pool *pool = open_mock(1, 0);
	struct aoipool_slot slots[SLABS];

	(void)state;
	assert_ok(aoipool_get_many(pool, slots, 5, 0));
	all_are_whole(slots, 5);
	assert_ok(aoipool_get_many(pool, slots + 5, 3, 0));
	assert_int_equal(helpers, 0);
	put_all(pool, slots, SLABS);
	close_mock(pool);
}

static void who_has_one_cpu_starts_no_thread(void **state)
{
	struct aoipool_pool *pool = open_mock(1, 0);
	struct aoipool_slot slots[SLABS];

	(void)state;
	cpus = 1;
	assert_ok(aoipool_get_many(pool, slots, SLABS, 0));
	assert_int_equal(helpers, 0);
	put_all(pool, slots, SLABS);
	close_mock(pool);
}

static void without_threads_the_caller_brings_all(void **state)
{
	struct aoipool_pool *pool = open_mock(1, 0);
	struct aoipool_slot slots[SLABS];

	(void)state;
	no_helpers = true;
	assert_ok(aoipool_get_many(pool, slots, SLABS, 0));
	assert_int_equal(helpers, 1);
	all_are_whole(slots, SLABS);
	put_all(pool, slots, SLABS);
	close_mock(pool);
}

/*
 * Memory is gone after the nth slab, wholly or in the middle of one.  Another
 * thread may have one more by then.
 */
static void runs_dry(enum mock_action how, int err)
{
	for (unsigned int nth = 0; nth + 2 < SLABS; nth++) {
		struct aoipool_pool *pool = open_mock(1, 0);
		struct aoipool_slot slots[SLABS], one_more;

		mock_arm(&mock, SLAB_STEP_POPULATED, nth, how);
		assert_err(aoipool_get_many(pool, slots, SLABS, 0), err);
		assert_int_equal(stats_of(pool).slots_out, 0);
		assert_int_equal(stats_of(pool).slots_out_peak, 0);
		assert_int_equal(stats_of(pool).gets, 0);
		assert_int_equal(stats_of(pool).no_memory, 1);
		assert_int_equal(mock_count(&mock, AOIPOOL_SLAB_HELD), 0);
		mock_disarm(&mock);
		assert_ok(aoipool_get_many(pool, slots, SLABS, 0));
		all_are_whole(slots, SLABS);
		assert_err(aoipool_get(pool, &one_more), -EAGAIN);
		put_all(pool, slots, SLABS);
		assert_int_equal(stats_of(pool).gets, SLABS);
		assert_int_equal(stats_of(pool).puts, SLABS);
		close_mock(pool);
	}
}

static void running_dry_in_the_middle_loses_none(void **state)
{
	(void)state;
	runs_dry(MOCK_NO_MEMORY, -ENOMEM);
}

static void a_limit_in_the_middle_loses_none(void **state)
{
	(void)state;
	runs_dry(MOCK_LIMIT, -ENOSPC);
}

static void a_full_cgroup_in_the_middle_loses_none(void **state)
{
	(void)state;
	runs_dry(MOCK_CGROUP_FULL, -EDQUOT);
}

static void half_a_slab_in_the_middle_loses_none(void **state)
{
	(void)state;
	runs_dry(MOCK_HALF_A_SLAB, -ENOMEM);
}

static void what_a_node_has_not_comes_from_another(void **state)
{
	unsigned int cpu, node;
	struct aoipool_pool *pool;
	struct aoipool_slot slots[SLABS];

	(void)state;
	assert_ok(syscall(SYS_getcpu, &cpu, &node, NULL));
	pool = open_mock(1ULL << node | 2ULL << node, 1ULL << node);
	assert_ok(aoipool_get_many(pool, slots, SLABS, 0));
	all_are_whole(slots, SLABS);
	assert_int_equal(stats_of(pool).remote_gets, SLABS);
	put_all(pool, slots, SLABS);
	close_mock(pool);
}

/* The kernel takes words meanwhile: their memory goes when populate comes. */
static void a_reclaim_in_the_middle_is_waited_for(void **state)
{
	struct aoipool_pool *pool = open_mock(1, 0);
	struct aoipool_slot slots[SLABS];

	(void)state;
	assert_ok(aoipool_get_many(pool, slots, SLABS, 0));
	put_all(pool, slots, SLABS);
	for (uint32_t slab = 0; slab < SLABS; slab++)
		assert_true(mock_act(&mock, MOCK_RECLAIM_LATE, slab));
	assert_ok(aoipool_get_many(pool, slots, SLABS, 0));
	all_are_whole(slots, SLABS);
	for (size_t i = 0; i < SLABS; i++)
		assert_true(all_zero(slots[i].ptr,
				     aoipool_pool_slot_bytes(pool)));
	put_all(pool, slots, SLABS);
	close_mock(pool);
}

static void a_reserve_is_brought_by_several_threads(void **state)
{
	struct aoipool_attr *attr = large_frames();
	struct aoipool_pool *pool;
	struct aoipool_slot *slots;
	size_t n;

	(void)state;
	assert_ok(aoipool_attr_set_reserve(attr, SLABS));
	pool = open_pool(attr);
	assert_int_equal(helpers, 1);
	assert_int_equal(stats_of(pool).resident_bytes,
			 SLABS * 4 * BLOCK_BYTES);
	assert_int_equal(stats_of(pool).claims, SLABS);
	slots = get_all(pool, &n);
	assert_int_equal(stats_of(pool).claims, SLABS);
	for (size_t i = 0; i < n; i++)
		assert_true(all_zero(slots[i].ptr,
				     aoipool_pool_slot_bytes(pool)));
	put_all(pool, slots, n);
	free(slots);
	assert_ok(aoipool_pool_close(pool));
}

static void no_memory_for_the_reserve_is_told(void **state)
{
	struct aoipool_attr *attr = large_frames();

	(void)state;
	assert_ok(aoipool_attr_set_reserve(attr, SLABS));
	mock = (struct mock){ .nodes = 1, .empty_nodes = 1 };
	heard_nothing();
	assert_null(mock_open(&mock, attr));
	assert_non_null(strstr(heard(), "no memory for the reserve of 8 slabs"));
	assert_int_equal(mock_count(&mock, AOIPOOL_SLAB_HELD), 0);
	aoipool_attr_destroy(attr);
}

/* Each populate of each block fails once, in whichever thread it is. */
static void a_block_that_fails_once_is_brought_after_all(void **state)
{
	struct aoipool_pool *pool = open_pool(large_frames());
	struct aoipool_slot slots[SLABS];

	(void)state;
	for (int nth = 0; nth < SLABS * 4; nth += 3) {
		populates_left = nth;
		assert_ok(aoipool_get_many(pool, slots, SLABS, 0));
		assert_true(populates_left < 0);
		assert_int_equal(stats_of(pool).slots_out, SLABS);
		assert_int_equal(stats_of(pool).resident_bytes,
				 SLABS * 4 * BLOCK_BYTES);
		put_all(pool, slots, SLABS);
		assert_int_equal(trim_all(pool), SLABS * 4 * BLOCK_BYTES);
	}
	assert_ok(aoipool_pool_close(pool));
}

/* No thread has to do with this pool. */
static void no_more_is_brought_ahead_than_was_asked_for(void **state)
{
	struct aoipool_pool *pool = open_mock(1, 0);

	(void)state;
	prefill_init(&pool->prefill, 3);
	for (int i = 0; i < 3; i++) {
		assert_ok(prefill_step(pool));
		assert_false(prefill_is_over(&pool->prefill));
		assert_true(mock_act(&mock, MOCK_RECLAIM_ALL, 0));
	}
	assert_ok(prefill_step(pool));
	assert_true(prefill_is_over(&pool->prefill));
	assert_int_equal(stats_of(pool).prefilled_slots, 3);
	assert_ok(aoipool_pool_close(pool));
}

/* As of a caller that is SCHED_IDLE and has no privileges. */
static void who_watches_memory_needs_no_schedule_of_its_own(void **state)
{
	struct aoipool_pool *pool;

	(void)state;
	heard_nothing();
	no_schedule = true;
	pool = open_pool(large_frames());
	no_schedule = false;
	assert_int_equal(helpers, 1);
	assert_null(strstr(heard(), "cannot start"));
	assert_ok(aoipool_pool_close(pool));
}

#define on_two_cpus(test) \
	cmocka_unit_test_setup_teardown(test, two_cpus, NULL)

int main(void)
{
	const struct CMUnitTest populate[] = {
		on_two_cpus(many_are_brought_by_several_threads),
		on_two_cpus(a_few_are_brought_by_the_caller),
		on_two_cpus(who_has_one_cpu_starts_no_thread),
		on_two_cpus(without_threads_the_caller_brings_all),
		on_two_cpus(running_dry_in_the_middle_loses_none),
		on_two_cpus(a_limit_in_the_middle_loses_none),
		on_two_cpus(a_full_cgroup_in_the_middle_loses_none),
		on_two_cpus(half_a_slab_in_the_middle_loses_none),
		on_two_cpus(what_a_node_has_not_comes_from_another),
		on_two_cpus(a_reclaim_in_the_middle_is_waited_for),
		on_two_cpus(a_reserve_is_brought_by_several_threads),
		on_two_cpus(no_memory_for_the_reserve_is_told),
		on_two_cpus(a_block_that_fails_once_is_brought_after_all),
		on_two_cpus(no_more_is_brought_ahead_than_was_asked_for),
		on_two_cpus(who_watches_memory_needs_no_schedule_of_its_own),
	};

	return RUN(populate);
}
