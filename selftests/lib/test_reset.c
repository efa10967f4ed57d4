// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * Reset of a pool: all slots are free at once, and no ref from before it ever
 * fits again.
 */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "crew.h"
#include "kinds.h"
#include "pattern.h"

#define GENERATION	((aoipool_ref_t)1 << 32)

#define BYTES	64
#define COUNT	65536

static void assert_each_refused(struct aoipool_pool *pool,
				const struct aoipool_slot *slots, size_t n,
				int err)
{
	uint64_t before = stats_of(pool).reset_refs;
	void *ptr = pool;

	for (size_t i = 0; i < n; i++) {
		assert_err(aoipool_put(pool, slots[i].ref), err);
		assert_err(aoipool_deref(pool, slots[i].ref, &ptr), err);
	}
	assert_ptr_equal(ptr, pool);
	assert_int_equal(stats_of(pool).reset_refs - before,
			 err == -EIDRM ? 2 * n : 0);
}

static void all_slots_are_free_after_a_reset(void **state)
{
	struct aoipool_pool *pool = open_kind(*state, BYTES, COUNT);
	struct aoipool_slot *slots, more;
	size_t n;

	for (unsigned int turn = 0; turn < 3; turn++) {
		slots = get_all(pool, &n);
		assert_err(aoipool_get(pool, &more), -EAGAIN);
		assert_ok(aoipool_pool_reset(pool));
		assert_int_equal(stats_of(pool).slots_out, 0);
		assert_int_equal(stats_of(pool).slots_listed, 0);
		assert_each_refused(pool, slots, n, -EIDRM);
		assert_err(aoipool_put_many(pool, slots, n), -EIDRM);
		free(slots);
	}
	slots = get_all(pool, &n);
	put_all(pool, slots, n);
	free(slots);
	assert_ok(aoipool_pool_close(pool));
}

static void a_pool_that_was_never_used_can_be_reset(void **state)
{
	struct aoipool_pool *pool = open_kind(*state, BYTES, COUNT);
	size_t n;
	struct aoipool_slot *slots;

	assert_ok(aoipool_pool_reset(pool));
	assert_ok(aoipool_pool_reset(pool));
	slots = get_all(pool, &n);
	put_all(pool, slots, n);
	assert_each_refused(pool, slots, n, -EALREADY);
	free(slots);
	assert_ok(aoipool_pool_close(pool));
}

/* Held, on a list, at home, and of slabs that were parked or reclaimed. */
static void where_slots_are_makes_no_difference(void **state)
{
	struct aoipool_pool *pool = open_kind(*state, BYTES, COUNT);
	size_t n, third;
	struct aoipool_slot *old, *slots;

	for (unsigned int turn = 0; turn < 4; turn++) {
		old = get_all(pool, &n);
		third = n / 3;
		if (turn % 2)
			put_all(pool, old, n);
		else
			put_all(pool, old, third);
		if (turn == 1)
			assert_ok(aoipool_pool_drain(pool));
		if (turn == 2)
			trim_all(pool);
		assert_ok(aoipool_pool_reset(pool));
		assert_int_equal(stats_of(pool).slots_out, 0);
		assert_each_refused(pool, old, n, -EIDRM);
		slots = get_all(pool, &n);
		assert_each_refused(pool, old, n, -EIDRM);
		put_all(pool, slots, n);
		free(slots);
		free(old);
	}
	assert_ok(aoipool_pool_close(pool));
}

/*
 * Slots that were not out between the reclaim and the reset, too.  In several
 * pools, for generations begin elsewhere in each.
 */
static void refs_from_before_a_reclaim_are_reset_too(void **state)
{
	for (unsigned int i = 0; i < 4; i++) {
		struct aoipool_pool *pool = open_kind(*state, BYTES, COUNT);
		size_t n;
		struct aoipool_slot *old = get_all(pool, &n), one;

		put_all(pool, old, n);
		assert_true(trim_all(pool) > 0);
		if (i >= 2) {
			one = get_slot(pool);
			assert_ok(aoipool_put(pool, one.ref));
		}
		assert_ok(aoipool_pool_reset(pool));
		assert_each_refused(pool, old, n, -EIDRM);
		free(old);
		assert_ok(aoipool_pool_close(pool));
	}
}

/* They are told apart from those from before it. */
static void refs_from_after_it_are_refused_as_ever(void **state)
{
	for (unsigned int i = 0; i < 4; i++) {
		struct aoipool_pool *pool = open_kind(*state, BYTES, COUNT);
		struct aoipool_slot *slots, *again, one = get_slot(pool);
		size_t n;

		assert_ok(aoipool_pool_reset(pool));
		slots = get_all(pool, &n);
		put_all(pool, slots, n);
		assert_each_refused(pool, slots, n, -EALREADY);
		again = get_all(pool, &n);
		assert_each_refused(pool, slots, n, -EALREADY);
		put_all(pool, again, n);
		assert_each_refused(pool, slots, n, -ESTALE);
		assert_each_refused(pool, again, n, -EALREADY);
		assert_each_refused(pool, &one, 1, -EIDRM);
		free(again);
		free(slots);
		assert_ok(aoipool_pool_close(pool));
	}
}

static void refs_from_many_resets_ago_are_refused(void **state)
{
	struct aoipool_pool *pool = open_kind(*state, BYTES, COUNT);
	struct aoipool_slot old[50][8], slots[8];
	unsigned int i, j;

	for (i = 0; i < 50; i++) {
		assert_ok(aoipool_get_many(pool, old[i], 8, 0));
		for (j = 0; j < i % 5; j++) {
			assert_ok(aoipool_put(pool, old[i][j].ref));
			old[i][j] = get_slot(pool);
		}
		assert_ok(aoipool_pool_reset(pool));
		for (j = 0; j <= i; j++)
			assert_each_refused(pool, old[j], 8, -EIDRM);
	}
	assert_ok(aoipool_get_many(pool, slots, 8, 0));
	for (i = 0; i < 50; i++)
		assert_each_refused(pool, old[i], 8, -EIDRM);
	assert_ok(aoipool_put_many(pool, slots, 8));
	assert_ok(aoipool_pool_close(pool));
}

/* Slots of the first slab are used now and then, of others always. */
static void refs_of_slots_that_rested_meanwhile_are_refused(void **state)
{
	struct aoipool_pool *pool = open_kind(*state, BYTES, COUNT);
	size_t n, some = 100;
	struct aoipool_slot *old = get_all(pool, &n), *slots;

	assert_ok(aoipool_pool_reset(pool));
	for (unsigned int i = 0; i < 10; i++) {
		slots = calloc(some, sizeof(*slots));
		assert_ok(aoipool_get_many(pool, slots, some, 0));
		assert_ok(aoipool_pool_reset(pool));
		assert_each_refused(pool, slots, some, -EIDRM);
		assert_each_refused(pool, old, n, -EIDRM);
		free(slots);
	}
	slots = get_all(pool, &n);
	assert_each_refused(pool, old, n, -EIDRM);
	put_all(pool, slots, n);
	free(slots);
	free(old);
	assert_ok(aoipool_pool_close(pool));
}

static void no_ref_is_handed_out_twice_over_resets(void **state)
{
	struct aoipool_pool *pool = open_kind(*state, 1 << 15, LISTED_FEW);
	size_t n, turns = 20;
	aoipool_ref_t *highest;
	struct aoipool_slot *slots;

	highest = calloc(1 << 20, sizeof(*highest));
	assert_non_null(highest);
	for (size_t turn = 0; turn < turns; turn++) {
		slots = get_all(pool, &n);
		for (size_t i = 0; i < n; i++) {
			uint32_t index = (uint32_t)slots[i].ref % (1 << 20);

			assert_true(slots[i].ref > highest[index]);
			highest[index] = slots[i].ref;
		}
		if (turn % 3 == 1)
			put_all(pool, slots, n);
		assert_ok(aoipool_pool_reset(pool));
		free(slots);
	}
	free(highest);
	assert_ok(aoipool_pool_close(pool));
}

static void a_reset_pool_works_as_a_new_one(void **state)
{
	struct aoipool_pool *pool = open_kind(*state, 1024, 20000);
	struct aoipool_stats stats;
	size_t n;
	struct aoipool_slot *slots = get_all(pool, &n);

	free(slots);
	assert_ok(aoipool_pool_reset(pool));
	/* What was out is parked, and can be taken. */
	stats = stats_of(pool);
	assert_int_equal(stats.parks, stats.claims);
	assert_int_equal(trim_all(pool), stats.resident_bytes);
	slots = get_all(pool, &n);
	for (size_t i = 0; i < n; i++)
		pattern_write(slots[i].ptr, 1024, i);
	for (size_t i = 0; i < n; i++)
		assert_true(pattern_intact(slots[i].ptr, 1024, i));
	put_all(pool, slots, n);
	free(slots);
	assert_true(!has_lists(*state) || stats_of(pool).slots_listed > 0);
	assert_int_equal(stats_of(pool).slots_out, 0);
	assert_ok(aoipool_pool_close(pool));
}

static void gets_and_puts_are_counted_over_a_reset(void **state)
{
	struct aoipool_pool *pool = open_kind(*state, BYTES, COUNT);
	struct aoipool_slot slots[10];

	assert_ok(aoipool_get_many(pool, slots, 10, 0));
	assert_ok(aoipool_pool_reset(pool));
	assert_int_equal(stats_of(pool).gets, 10);
	assert_ok(aoipool_get_many(pool, slots, 10, 0));
	assert_ok(aoipool_put_many(pool, slots, 10));
	assert_int_equal(stats_of(pool).gets, 20);
	assert_int_equal(stats_of(pool).slots_out, 0);
	assert_ok(aoipool_pool_close(pool));
}

static void close_counts_none_of_those_that_were_reset(void **state)
{
	struct aoipool_pool *pool = open_kind(*state, BYTES, COUNT);
	struct aoipool_slot slot = get_slot(pool);

	assert_ok(aoipool_pool_reset(pool));
	assert_ok(aoipool_pool_close(pool));
	pool = open_kind(*state, BYTES, COUNT);
	slot = get_slot(pool);
	assert_ok(aoipool_pool_reset(pool));
	slot = get_slot(pool);
	(void)slot;
	assert_err(aoipool_pool_close(pool), -EBUSY);
}

static void put_by_pointer_and_reset_go_together(void **state)
{
	struct aoipool_attr *attr = kind_attr(*state, BYTES, COUNT);
	struct aoipool_slot *old, *slots, next;
	struct aoipool_pool *pool;
	size_t n;

	assert_ok(aoipool_attr_set_put_by_pointer(attr, 1));
	pool = open_pool(attr);
	for (unsigned int turn = 0; turn < 3; turn++) {
		old = get_all(pool, &n);
		put_all(pool, old, n / 2);
		assert_ok(aoipool_pool_reset(pool));
		assert_each_refused(pool, old, n, -EIDRM);
		for (size_t i = 0; i < n; i += 7)
			assert_err(aoipool_put_ptr(pool, old[i].ptr),
				   -EALREADY);
		slots = get_all(pool, &n);
		assert_each_refused(pool, old, n, -EIDRM);
		for (size_t i = 0; i < n; i++)
			assert_ok(aoipool_put_ptr(pool, slots[i].ptr));
		assert_each_refused(pool, slots, n, -EALREADY);
		next.ref = slots[0].ref + GENERATION;
		assert_each_refused(pool, &next, 1, -ESTALE);
		free(slots);
		free(old);
	}
	assert_int_equal(stats_of(pool).slots_out, 0);
	assert_ok(aoipool_pool_close(pool));
}

static void poison_survives_a_reset(void **state)
{
	struct aoipool_attr *attr = kind_attr(*state, BYTES, COUNT);
	struct aoipool_pool *pool;
	struct aoipool_slot *slots;
	size_t n;

	assert_ok(aoipool_attr_set_poison(attr, 1));
	pool = open_pool(attr);
	for (unsigned int turn = 0; turn < 3; turn++) {
		slots = get_all(pool, &n);
		for (size_t i = 0; i < n; i++)
			memset(slots[i].ptr, turn, BYTES);
		put_all(pool, slots, n / 2);
		assert_ok(aoipool_pool_reset(pool));
		free(slots);
	}
	assert_int_equal(stats_of(pool).written_after_put, 0);
	assert_ok(aoipool_pool_close(pool));
}

/*
 * Frames: the slab words are all there is.
 */
static void frames_of_all_kinds_of_use_are_reset(void **state)
{
	struct aoipool_slot old[4], slots[4], more;

	for (unsigned int turn = 0; turn < 8; turn++) {
		assert_ok(aoipool_get_many(*state, old, 4, 0));
		/* None, some, all of them put; parked or reclaimed. */
		put_all(*state, old, turn % 4 == 3 ? 4 : turn % 4);
		if (turn >= 4)
			trim_all(*state);
		assert_ok(aoipool_pool_reset(*state));
		assert_int_equal(stats_of(*state).slots_out, 0);
		assert_each_refused(*state, old, 4, -EIDRM);
		for (unsigned int i = 0; i < 4; i++)
			assert_err(aoipool_put_ptr(*state, old[i].ptr),
				   -EALREADY);
		assert_ok(aoipool_get_many(*state, slots, 4, 0));
		assert_err(aoipool_get(*state, &more), -EAGAIN);
		assert_each_refused(*state, old, 4, -EIDRM);
		assert_int_equal(stats_of(*state).slots_out, 4);
		put_all(*state, slots, 4);
		assert_each_refused(*state, slots, 4, -EALREADY);
		assert_each_refused(*state, old, 4, -EIDRM);
	}
}

static void frame_refs_from_many_resets_ago_are_refused(void **state)
{
	struct aoipool_slot old[50], slot, after;

	for (unsigned int i = 0; i < 50; i++) {
		old[i] = get_slot(*state);
		if (i % 3 == 1)
			assert_ok(aoipool_put(*state, old[i].ref));
		assert_ok(aoipool_pool_reset(*state));
		assert_each_refused(*state, old, i + 1, -EIDRM);
	}
	slot = get_slot(*state);
	assert_ok(aoipool_put(*state, slot.ref));
	after = get_slot(*state);
	assert_ptr_equal(after.ptr, slot.ptr);
	assert_each_refused(*state, &slot, 1, -EALREADY);
	assert_ok(aoipool_put(*state, after.ref));
	assert_each_refused(*state, &slot, 1, -ESTALE);
	assert_each_refused(*state, old, 50, -EIDRM);
}

/* Who polled before the reset is to get again. */
static void a_reset_of_frames_is_heard_by_who_polls(void **state)
{
	struct pollfd heard = { .fd = aoipool_pool_fd(*state),
				.events = POLLIN };
	struct aoipool_slot slots[4], more;

	assert_ok(aoipool_get_many(*state, slots, 4, 0));
	assert_err(aoipool_get(*state, &more), -EAGAIN);
	assert_int_equal(poll(&heard, 1, 0), 0);
	assert_ok(aoipool_pool_reset(*state));
	assert_int_equal(poll(&heard, 1, 0), 1);
}

static void a_reset_of_objects_is_heard_by_who_polls(void **state)
{
	struct aoipool_pool *pool = open_kind(*state, 16384, LISTED_FEW);
	struct pollfd heard = { .fd = aoipool_pool_fd(pool),
				.events = POLLIN };
	struct aoipool_slot more;
	size_t n;

	free(get_all(pool, &n));
	assert_err(aoipool_get(pool, &more), -EAGAIN);
	assert_int_equal(poll(&heard, 1, 0), 0);
	assert_ok(aoipool_pool_reset(pool));
	assert_int_equal(poll(&heard, 1, 0), 1);
	assert_ok(aoipool_pool_close(pool));
}

/* Threads that work, stop for a reset, and work on, lists warm. */
struct boards {
	struct aoipool_pool *pool;
	unsigned int turns;
};

static unsigned int inspect_boards(struct crew *crew, unsigned int number)
{
	struct boards *boards = crew->arg;
	unsigned int wrong = 0, random = number + 1, i, j;
	struct aoipool_slot slots[200], old[200];

	for (i = 0; i < boards->turns; i++) {
		for (j = 0; j < 200; j++) {
			wrong += aoipool_get(boards->pool, &slots[j]) != 0;
			if (i)
				wrong += aoipool_put(boards->pool,
						     old[j].ref) != -EIDRM;
			if (crew_random(&random) % 4 == 0)
				wrong += aoipool_put(boards->pool,
						     slots[j].ref) != 0;
		}
		memcpy(old, slots, sizeof(old));
		pin(random);
		if (crew_meet(crew))
			wrong += aoipool_pool_reset(boards->pool) != 0;
		crew_meet(crew);
	}
	return wrong;
}

static void a_board_after_the_other_is_released_at_once(void **state)
{
	struct boards boards = { .turns = rounds(1000) };
	struct aoipool_slot *slots;
	size_t n;

	boards.pool = open_kind(*state, BYTES, COUNT);
	assert_int_equal(crew_run(4, inspect_boards, &boards), 0);
	assert_int_equal(stats_of(boards.pool).slots_out, 0);
	slots = get_all(boards.pool, &n);
	put_all(boards.pool, slots, n);
	free(slots);
	assert_ok(aoipool_pool_close(boards.pool));
}

#define on_frames(test) \
	cmocka_unit_test_setup_teardown(test, four_frames, close_pool)

int main(void)
{
	const struct CMUnitTest reset[] = {
		on_each_kind(all_slots_are_free_after_a_reset),
		on_each_kind(a_pool_that_was_never_used_can_be_reset),
		on_each_kind(where_slots_are_makes_no_difference),
		on_each_kind(refs_from_before_a_reclaim_are_reset_too),
		on_each_kind(refs_from_after_it_are_refused_as_ever),
		on_each_kind(refs_from_many_resets_ago_are_refused),
		on_each_kind(refs_of_slots_that_rested_meanwhile_are_refused),
		on_each_kind(no_ref_is_handed_out_twice_over_resets),
		on_each_kind(a_reset_pool_works_as_a_new_one),
		on_each_kind(gets_and_puts_are_counted_over_a_reset),
		on_each_kind(close_counts_none_of_those_that_were_reset),
		on_each_kind(put_by_pointer_and_reset_go_together),
		on_each_kind(poison_survives_a_reset),
		on_frames(frames_of_all_kinds_of_use_are_reset),
		on_frames(frame_refs_from_many_resets_ago_are_refused),
		on_frames(a_reset_of_frames_is_heard_by_who_polls),
		on_each_kind(a_reset_of_objects_is_heard_by_who_polls),
		on_each_kind(a_board_after_the_other_is_released_at_once),
	};

	return RUN(reset);
}
