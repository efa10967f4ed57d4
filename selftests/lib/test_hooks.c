// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * What is done to slots on their way: a constructor before the first use, a
 * reset with each put or get.  Poison is in test_poison.c.
 */
#include <stdlib.h>
#include <string.h>

#include "crew.h"
#include "kinds.h"
#include "pool.h"

#define STAMP	0x5ca1ab1e0ddba11ULL

/*
 * What was called for each slot, found by its address.  The pool is there
 * before the first call.
 */
static struct {
	struct aoipool_pool *pool;
	atomic_uint *constructed;	/* of each index */
	atomic_uint *inside;		/* calls under way */
	atomic_uint total, clashes;
} seen;

static __thread unsigned int calls_here;

static uint32_t index_of(const void *ptr)
{
	const struct aoipool_pool *pool = seen.pool;
	size_t offset = (const unsigned char *)ptr - pool->provider.data;
	size_t slab = provider_slab_bytes(&pool->provider);

	return (offset / slab << pool->geometry.index_shift) +
	       offset % slab / pool->geometry.stride;
}

/* Leaves a stamp at both ends, so that a slot shows that it was called for. */
static void construct(void *arg, void *ptr)
{
	uint32_t index = index_of(ptr);
	size_t bytes = aoipool_pool_slot_bytes(seen.pool);

	seen.clashes += arg != &seen;
	seen.clashes += atomic_fetch_add(&seen.inside[index], 1) != 0;
	memcpy(ptr, &(uint64_t){ STAMP }, 8);
	memcpy((char *)ptr + bytes - 8, &(uint64_t){ STAMP }, 8);
	seen.constructed[index]++;
	seen.total++;
	calls_here++;
	atomic_fetch_sub(&seen.inside[index], 1);
}

static bool is_stamped(const void *ptr)
{
	size_t bytes = aoipool_pool_slot_bytes(seen.pool);
	const uint64_t stamp = STAMP;

	return !memcmp(ptr, &stamp, 8) &&
	       !memcmp((const char *)ptr + bytes - 8, &stamp, 8);
}

static struct aoipool_pool *watch(struct aoipool_attr *attr)
{
	size_t indices;

	seen.pool = open_pool(attr);
	indices = seen.pool->range.slots;
	seen.constructed = calloc(indices, sizeof(*seen.constructed));
	seen.inside = calloc(indices, sizeof(*seen.inside));
	assert_non_null(seen.constructed);
	assert_non_null(seen.inside);
	seen.total = seen.clashes = 0;
	return seen.pool;
}

static void end_watch(void)
{
	assert_int_equal(seen.clashes, 0);
	assert_ok(aoipool_pool_close(seen.pool));
	free(seen.constructed);
	free(seen.inside);
}

static struct aoipool_pool *open_constructed(const struct kind *kind,
					     size_t bytes, size_t count)
{
	struct aoipool_attr *attr = kind_attr(kind, bytes, count);

	assert_ok(aoipool_attr_set_constructor(attr, construct, &seen));
	return watch(attr);
}

static struct aoipool_pool *open_constructed_frames(size_t count)
{
	struct aoipool_attr *attr = frame_attr(count);

	assert_ok(aoipool_attr_set_constructor(attr, construct, &seen));
	return watch(attr);
}

static void assert_constructed(const struct aoipool_slot *slots, size_t n,
			       unsigned int times)
{
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(seen.constructed[index_of(slots[i].ptr)],
				 times);
		assert_true(is_stamped(slots[i].ptr));
	}
}

static void construct_each_once(struct aoipool_pool *pool)
{
	struct aoipool_slot *slots;
	size_t n;

	assert_int_equal(seen.total, 0);
	for (unsigned int turn = 0; turn < 3; turn++) {
		slots = get_all(pool, &n);
		assert_constructed(slots, n, 1);
		assert_int_equal(seen.total, n);
		put_all(pool, slots, n);
		/* Parked, but still there. */
		if (turn == 1)
			assert_ok(aoipool_pool_drain(pool));
		free(slots);
	}
}

static void each_slot_is_constructed_once(void **state)
{
	construct_each_once(open_constructed(*state, 64, 65536));
	end_watch();
	construct_each_once(open_constructed(*state, 99999, 100));
	end_watch();
}

static void each_frame_is_constructed_once(void **state)
{
	(void)state;
	construct_each_once(open_constructed_frames(8));
	end_watch();
}

static void what_nobody_gets_is_not_constructed(void **state)
{
	struct aoipool_pool *pool = open_constructed(*state, 64, 65536);
	struct aoipool_slot slot = get_slot(pool);

	assert_constructed(&slot, 1, 1);
	/* Some neighbours may have been, for the CPU's list. */
	assert_true(seen.total < 1000);
	for (uint32_t i = 0; i < 65536; i++)
		assert_true(seen.constructed[i] <= 1);
	assert_ok(aoipool_put(pool, slot.ref));
	end_watch();
}

static void many_at_a_time_are_constructed_too(void **state)
{
	struct aoipool_pool *pool = open_constructed(*state, 64, 65536);
	struct aoipool_slot *slots = calloc(5000, sizeof(*slots));

	assert_non_null(slots);
	for (unsigned int turn = 0; turn < 3; turn++) {
		assert_ok(aoipool_get_many(pool, slots, 5000, 0));
		assert_constructed(slots, 5000, 1);
		assert_ok(aoipool_put_many(pool, slots, 5000));
	}
	free(slots);
	end_watch();
}

/* The last user's content, for there is no reset. */
static void constructed_content_survives_put_and_get(void **state)
{
	struct aoipool_pool *pool = open_constructed(*state, 64, 32768);
	size_t n;
	struct aoipool_slot *slots = get_all(pool, &n);

	for (size_t i = 0; i < n; i++)
		((uint64_t *)slots[i].ptr)[3] = (uintptr_t)slots[i].ptr;
	put_all(pool, slots, n);
	free(slots);
	slots = get_all(pool, &n);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(((uint64_t *)slots[i].ptr)[3],
				 (uintptr_t)slots[i].ptr);
	assert_constructed(slots, n, 1);
	put_all(pool, slots, n);
	free(slots);
	end_watch();
}

static void construct_again_after_trim(struct aoipool_pool *pool)
{
	struct aoipool_slot *slots;
	size_t n;

	for (unsigned int turn = 1; turn < 4; turn++) {
		slots = get_all(pool, &n);
		assert_constructed(slots, n, turn);
		put_all(pool, slots, n);
		assert_true(trim_all(pool) > 0);
		assert_int_equal(stats_of(pool).resident_bytes, 0);
		free(slots);
	}
	end_watch();
}

static void reclaimed_slots_are_constructed_anew(void **state)
{
	construct_again_after_trim(open_constructed(*state, 64, 65536));
	construct_again_after_trim(open_constructed(*state, 99999, 100));
}

static void reclaimed_frames_are_constructed_anew(void **state)
{
	(void)state;
	construct_again_after_trim(open_constructed_frames(8));
}

/* Slabs with a slot out stay, and so does what was built in them. */
static uint32_t slab_of(const struct aoipool_slot *slot)
{
	return index_of(slot->ptr) >> seen.pool->geometry.index_shift;
}

/* Slabs with a slot out stay, and so does what was built in them. */
static void slots_of_a_slab_that_stays_are_not_constructed_anew(void **state)
{
	struct aoipool_pool *pool = open_constructed(*state, 1024, 6000);
	size_t n;
	struct aoipool_slot *slots = get_all(pool, &n);
	uint32_t stays = slab_of(&slots[0]);

	put_all(pool, slots + 1, n - 1);
	assert_true(trim_all(pool) > 0);
	put_all(pool, slots, 1);
	free(slots);
	slots = get_all(pool, &n);
	for (size_t i = 0; i < n; i++)
		assert_constructed(&slots[i], 1,
				   slab_of(&slots[i]) == stays ? 1 : 2);
	put_all(pool, slots, n);
	free(slots);
	end_watch();
}

static void construct_again_after_reset(struct aoipool_pool *pool)
{
	struct aoipool_slot *slots;
	size_t n;

	for (unsigned int turn = 1; turn < 4; turn++) {
		slots = get_all(pool, &n);
		assert_constructed(slots, n, turn);
		put_all(pool, slots, turn % 2 ? n / 2 : n);
		assert_ok(aoipool_pool_reset(pool));
		free(slots);
	}
	end_watch();
}

static void slots_of_a_reset_pool_are_constructed_anew(void **state)
{
	construct_again_after_reset(open_constructed(*state, 64, 65536));
}

static void frames_of_a_reset_pool_are_constructed_anew(void **state)
{
	(void)state;
	construct_again_after_reset(open_constructed_frames(8));
}

/*
 * All get and put while one trims: whatever is handed out has the stamp.
 */
struct shop {
	struct aoipool_pool *pool;
	unsigned int turns;
	bool trims;
};

static unsigned int use_constructed(struct crew *crew, unsigned int number)
{
	struct shop *shop = crew->arg;
	unsigned int random = number + 1, wrong = 0;
	struct aoipool_slot slots[64];
	size_t n, i;

	for (unsigned int turn = 0; turn < shop->turns; turn++) {
		n = 1 + crew_random(&random) % 64;
		for (i = 0; i < n; i++)
			if (aoipool_get(shop->pool, &slots[i]))
				break;
		n = i;
		for (i = 0; i < n; i++)
			wrong += !is_stamped(slots[i].ptr);
		for (i = 0; i < n; i++)
			wrong += aoipool_put(shop->pool, slots[i].ref) != 0;
		if (turn % 64 == 0)
			pin(random);
		if (shop->trims && !number && turn % 32 == 0)
			wrong += aoipool_pool_trim(shop->pool, SIZE_MAX,
						   NULL) != 0;
	}
	return wrong;
}

static void run_shop(struct aoipool_pool *pool, unsigned int turns, bool trims)
{
	struct shop shop = { pool, rounds(turns), trims };

	assert_int_equal(crew_run(4, use_constructed, &shop), 0);
	assert_int_equal(stats_of(pool).slots_out, 0);
	for (uint32_t i = 0; i < pool->range.slots; i++)
		assert_true(trims || seen.constructed[i] <= 1);
	end_watch();
}

static void threads_construct_no_slot_twice(void **state)
{
	run_shop(open_constructed(*state, 1024, 3000), 4000, false);
	run_shop(open_constructed(*state, 16384, 130), 4000, false);
}

static void no_slot_comes_unconstructed_while_slabs_go(void **state)
{
	run_shop(open_constructed(*state, 16384, 500), 2000, true);
}

static void threads_construct_no_frame_twice(void **state)
{
	(void)state;
	run_shop(open_constructed_frames(8), 2000, false);
}

static void no_frame_comes_unconstructed_while_slabs_go(void **state)
{
	(void)state;
	run_shop(open_constructed_frames(8), 300, true);
}

/*
 * Reset.
 */
static void wipe(void *arg, void *ptr)
{
	atomic_uint *calls = arg;

	(*calls)++;
	calls_here++;
	memset(ptr, 0xab, 64);
}

static struct aoipool_pool *open_resetting(struct aoipool_attr *attr,
					   enum aoipool_reset when,
					   atomic_uint *calls)
{
	assert_ok(aoipool_attr_set_reset(attr, when, wipe, calls));
	*calls = 0;
	return open_pool(attr);
}

static bool is_wiped(const void *ptr)
{
	unsigned char want[64];

	memset(want, 0xab, 64);
	return !memcmp(ptr, want, 64);
}

static void reset_with_each_put(struct aoipool_pool *pool, atomic_uint *calls)
{
	struct aoipool_slot slots[4];

	for (unsigned int turn = 0; turn < 5; turn++) {
		assert_ok(aoipool_get_many(pool, slots, 4, 0));
		assert_int_equal(*calls, turn * 4);
		memset(slots[0].ptr, 1, 64);
		assert_ok(aoipool_put(pool, slots[0].ref));
		assert_int_equal(*calls, turn * 4 + 1);
		assert_true(is_wiped(slots[0].ptr));
		/* One that is refused touches nothing. */
		memset(slots[0].ptr, 2, 64);
		assert_err(aoipool_put(pool, slots[0].ref), -EALREADY);
		assert_int_equal(*(char *)slots[0].ptr, 2);
		assert_err(aoipool_put_many(pool, slots, 4), -EALREADY);
		assert_int_equal(*calls, turn * 4 + 4);
		assert_true(is_wiped(slots[3].ptr));
		assert_int_equal(*(char *)slots[0].ptr, 2);
	}
	assert_int_equal(calls_here, 20);
	assert_ok(aoipool_pool_close(pool));
}

static void a_reset_on_put_is_called_with_each_put(void **state)
{
	atomic_uint calls;

	calls_here = 0;
	reset_with_each_put(open_resetting(kind_attr(*state, 64, 32768),
					   AOIPOOL_RESET_ON_PUT, &calls),
			    &calls);
}

static void a_reset_on_put_is_called_with_each_put_of_a_frame(void **state)
{
	atomic_uint calls;

	(void)state;
	calls_here = 0;
	reset_with_each_put(open_resetting(frame_attr(4), AOIPOOL_RESET_ON_PUT,
					   &calls),
			    &calls);
}

static void a_reset_is_called_for_a_put_by_pointer(void **state)
{
	struct aoipool_attr *attr = kind_attr(*state, 64, 32768);
	struct aoipool_pool *pool;
	struct aoipool_slot slot;
	atomic_uint calls;

	assert_ok(aoipool_attr_set_put_by_pointer(attr, 1));
	pool = open_resetting(attr, AOIPOOL_RESET_ON_PUT, &calls);
	slot = get_slot(pool);
	assert_ok(aoipool_put_ptr(pool, slot.ptr));
	assert_int_equal(calls, 1);
	assert_true(is_wiped(slot.ptr));
	assert_err(aoipool_put_ptr(pool, slot.ptr), -EALREADY);
	assert_int_equal(calls, 1);
	assert_ok(aoipool_pool_close(pool));
}

static void reset_with_each_get(struct aoipool_pool *pool, atomic_uint *calls)
{
	struct aoipool_slot slots[4];

	for (unsigned int turn = 0; turn < 5; turn++) {
		slots[0] = get_slot(pool);
		assert_int_equal(*calls, turn * 4 + 1);
		assert_true(is_wiped(slots[0].ptr));
		assert_ok(aoipool_get_many(pool, slots + 1, 3, 0));
		assert_int_equal(*calls, turn * 4 + 4);
		for (unsigned int i = 0; i < 4; i++) {
			assert_true(is_wiped(slots[i].ptr));
			memset(slots[i].ptr, 1, 64);
		}
		assert_ok(aoipool_put_many(pool, slots, 4));
		assert_int_equal(*calls, turn * 4 + 4);
	}
	assert_int_equal(calls_here, 20);
	assert_ok(aoipool_pool_close(pool));
}

static void a_reset_on_get_is_called_with_each_get(void **state)
{
	atomic_uint calls;

	calls_here = 0;
	reset_with_each_get(open_resetting(kind_attr(*state, 64, 32768),
					   AOIPOOL_RESET_ON_GET, &calls),
			    &calls);
}

static void a_reset_on_get_is_called_with_each_get_of_a_frame(void **state)
{
	atomic_uint calls;

	(void)state;
	calls_here = 0;
	reset_with_each_get(open_resetting(frame_attr(4), AOIPOOL_RESET_ON_GET,
					   &calls),
			    &calls);
}

static void a_get_that_fails_resets_nothing(void **state)
{
	atomic_uint calls;
	struct aoipool_pool *pool =
		open_resetting(kind_attr(*state, 16384, LISTED_FEW),
			       AOIPOOL_RESET_ON_GET, &calls);
	struct aoipool_slot *slots, more[2];
	unsigned int before;
	size_t n;

	slots = get_all(pool, &n);
	before = calls;
	assert_int_equal(before, n);
	assert_err(aoipool_get(pool, more), -EAGAIN);
	assert_ok(aoipool_put(pool, slots[0].ref));
	assert_err(aoipool_get_many(pool, more, 2, 0), -EAGAIN);
	assert_int_equal(calls, before);
	put_all(pool, slots + 1, n - 1);
	free(slots);
	assert_ok(aoipool_pool_close(pool));
}

/* Each in its own thread; and racing putters reset once. */
struct wipers {
	struct aoipool_pool *pool;
	unsigned int turns;
	enum aoipool_reset when;
	aoipool_ref_t shared;
	atomic_uint wins;
};

static unsigned int count_own_calls(struct crew *crew, unsigned int number)
{
	struct wipers *wipers = crew->arg;
	unsigned int wrong = 0, mine = 0;
	struct aoipool_slot slot;

	calls_here = 0;
	for (unsigned int i = 0; i < wipers->turns; i++) {
		wrong += aoipool_get(wipers->pool, &slot) != 0;
		mine += wipers->when == AOIPOOL_RESET_ON_GET;
		wrong += calls_here != mine;
		wrong += wipers->when == AOIPOOL_RESET_ON_GET &&
			 !is_wiped(slot.ptr);
		memset(slot.ptr, number, 64);
		wrong += aoipool_put(wipers->pool, slot.ref) != 0;
		mine += wipers->when == AOIPOOL_RESET_ON_PUT;
		wrong += calls_here != mine;
	}
	return wrong;
}

static void a_reset_is_called_in_the_thread_that_asks(void **state)
{
	const enum aoipool_reset whens[] = { AOIPOOL_RESET_ON_PUT,
					     AOIPOOL_RESET_ON_GET };
	atomic_uint calls;

	for (size_t i = 0; i < 2; i++) {
		struct wipers wipers = { .turns = rounds(20000),
					 .when = whens[i] };

		wipers.pool = open_resetting(kind_attr(*state, 64, 32768),
					     whens[i], &calls);
		assert_int_equal(crew_run(4, count_own_calls, &wipers), 0);
		assert_int_equal(calls, 4 * wipers.turns);
		assert_ok(aoipool_pool_close(wipers.pool));
	}
}

static unsigned int put_the_same(struct crew *crew, unsigned int number)
{
	struct wipers *wipers = crew->arg;
	unsigned int wrong = 0;
	struct aoipool_slot slot;
	int err;

	(void)number;
	for (unsigned int i = 0; i < wipers->turns; i++) {
		if (crew_meet(crew)) {
			wrong += aoipool_get(wipers->pool, &slot) != 0;
			wipers->shared = slot.ref;
		}
		crew_meet(crew);
		err = aoipool_put(wipers->pool, wipers->shared);
		wipers->wins += !err;
		wrong += err && err != -EALREADY;
		crew_meet(crew);
	}
	return wrong;
}

static void run_wipers(struct aoipool_attr *attr)
{
	struct wipers wipers = { .turns = rounds(10000) };
	atomic_uint calls;

	wipers.pool = open_resetting(attr, AOIPOOL_RESET_ON_PUT, &calls);
	assert_int_equal(crew_run(3, put_the_same, &wipers), 0);
	assert_int_equal(wipers.wins, wipers.turns);
	assert_int_equal(calls, wipers.turns);
	assert_ok(aoipool_pool_close(wipers.pool));
}

static void racing_putters_reset_a_slot_once(void **state)
{
	run_wipers(kind_attr(*state, 64, 32768));
}

static void racing_putters_reset_a_frame_once(void **state)
{
	(void)state;
	run_wipers(frame_attr(2));
}

static void constructor_and_reset_go_together(void **state)
{
	struct aoipool_attr *attr = kind_attr(*state, 64, 32768);
	struct aoipool_slot slot;
	atomic_uint calls = 0;

	assert_ok(aoipool_attr_set_constructor(attr, construct, &seen));
	assert_ok(aoipool_attr_set_reset(attr, AOIPOOL_RESET_ON_GET, wipe,
					 &calls));
	watch(attr);
	slot = get_slot(seen.pool);
	assert_int_equal(seen.constructed[index_of(slot.ptr)], 1);
	assert_int_equal(calls, 1);
	assert_true(is_wiped(slot.ptr));
	assert_ok(aoipool_put(seen.pool, slot.ref));
	end_watch();
}

static void values_that_can_never_be_right_are_refused(void **state)
{
	struct aoipool_attr *attr = object_attr(64, 100);

	(void)state;
	assert_err(aoipool_attr_set_reset(attr, 0, wipe, NULL), -EINVAL);
	assert_err(aoipool_attr_set_reset(attr, 3, wipe, NULL), -EINVAL);
	assert_err(aoipool_attr_set_reset(NULL, AOIPOOL_RESET_ON_PUT, wipe,
					  NULL), -EINVAL);
	assert_err(aoipool_attr_set_constructor(NULL, construct, NULL),
		   -EINVAL);
	assert_err(aoipool_attr_set_poison(NULL, 1), -EINVAL);
	/* NULL is none again. */
	assert_ok(aoipool_attr_set_constructor(attr, construct, NULL));
	assert_ok(aoipool_attr_set_constructor(attr, NULL, NULL));
	assert_ok(aoipool_attr_set_reset(attr, AOIPOOL_RESET_ON_PUT, wipe,
					 NULL));
	assert_ok(aoipool_attr_set_reset(attr, AOIPOOL_RESET_ON_PUT, NULL,
					 NULL));
	assert_ok(aoipool_pool_close(open_pool(attr)));
}

int main(void)
{
	const struct CMUnitTest hooks[] = {
		on_each_kind(each_slot_is_constructed_once),
		cmocka_unit_test(each_frame_is_constructed_once),
		on_each_kind(what_nobody_gets_is_not_constructed),
		on_each_kind(many_at_a_time_are_constructed_too),
		on_each_kind(constructed_content_survives_put_and_get),
		on_each_kind(reclaimed_slots_are_constructed_anew),
		cmocka_unit_test(reclaimed_frames_are_constructed_anew),
		on_each_kind(
			slots_of_a_slab_that_stays_are_not_constructed_anew),
		on_each_kind(slots_of_a_reset_pool_are_constructed_anew),
		cmocka_unit_test(frames_of_a_reset_pool_are_constructed_anew),
		on_each_kind(threads_construct_no_slot_twice),
		on_each_kind(no_slot_comes_unconstructed_while_slabs_go),
		cmocka_unit_test(threads_construct_no_frame_twice),
		cmocka_unit_test(no_frame_comes_unconstructed_while_slabs_go),
		on_each_kind(a_reset_on_put_is_called_with_each_put),
		cmocka_unit_test(
			a_reset_on_put_is_called_with_each_put_of_a_frame),
		on_each_kind(a_reset_is_called_for_a_put_by_pointer),
		on_each_kind(a_reset_on_get_is_called_with_each_get),
		cmocka_unit_test(
			a_reset_on_get_is_called_with_each_get_of_a_frame),
		on_each_kind(a_get_that_fails_resets_nothing),
		on_each_kind(a_reset_is_called_in_the_thread_that_asks),
		on_each_kind(racing_putters_reset_a_slot_once),
		cmocka_unit_test(racing_putters_reset_a_frame_once),
		on_each_kind(constructor_and_reset_go_together),
		cmocka_unit_test(values_that_can_never_be_right_are_refused),
	};

	return RUN(hooks);
}
