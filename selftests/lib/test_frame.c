// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Frame pools: one slot a slab, bounded, kept, trimmed, counted. */
#include <stdlib.h>
#include <string.h>

#include "crew.h"
#include "fixture.h"
#include "pattern.h"
#include "process.h"

static bool apart(const struct aoipool_slot *a, const struct aoipool_slot *b,
		  size_t bytes)
{
	uintptr_t x = (uintptr_t)a->ptr, y = (uintptr_t)b->ptr;

	return x + bytes <= y || y + bytes <= x;
}

static void get_hands_out_every_frame_once(void **state)
{
	struct aoipool_pool *pool = *state;
	size_t n, bytes = aoipool_pool_slot_bytes(pool);
	struct aoipool_slot *slots = get_all(pool, &n);

	assert_int_equal(n, 4);
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < i; j++) {
			assert_true(slots[i].ref != slots[j].ref);
			assert_true(apart(&slots[i], &slots[j], bytes));
		}
	}
	put_all(pool, slots, n);
	free(slots);
}

static void frames_are_2_mib_aligned(void **state)
{
	size_t n;
	struct aoipool_slot *slots = get_all(*state, &n);

	for (size_t i = 0; i < n; i++)
		assert_int_equal((uintptr_t)slots[i].ptr % BLOCK_BYTES, 0);
	put_all(*state, slots, n);
	free(slots);
}

static void a_new_frame_is_zero_and_wholly_writable(void **state)
{
	size_t n, bytes = aoipool_pool_slot_bytes(*state);
	struct aoipool_slot *slots = get_all(*state, &n);

	for (size_t i = 0; i < n; i++)
		assert_true(all_zero(slots[i].ptr, bytes));
	for (size_t i = 0; i < n; i++)
		pattern_write(slots[i].ptr, bytes, i);
	for (size_t i = 0; i < n; i++)
		assert_true(pattern_intact(slots[i].ptr, bytes, i));
	put_all(*state, slots, n);
	free(slots);
}

static void a_frame_of_many_blocks_is_one_piece(void **state)
{
	struct aoipool_attr *attr = new_attr();
	struct aoipool_slot a, b;
	struct aoipool_pool *pool;
	size_t bytes;

	(void)state;
	assert_ok(aoipool_attr_set_frame(attr, 3840, 2160, AOIPOOL_PIXEL_RGB24,
					 2));
	pool = open_pool(attr);
	bytes = aoipool_pool_slot_bytes(pool);
	assert_true(bytes > 11 * BLOCK_BYTES);
	a = get_slot(pool);
	b = get_slot(pool);
	assert_true(apart(&a, &b, bytes));
	pattern_sprinkle(a.ptr, bytes, 1);
	pattern_sprinkle(b.ptr, bytes, 2);
	assert_true(pattern_sprinkled(a.ptr, bytes, 1));
	assert_true(pattern_sprinkled(b.ptr, bytes, 2));
	assert_ok(aoipool_put(pool, a.ref));
	assert_ok(aoipool_put(pool, b.ref));
	assert_ok(aoipool_pool_close(pool));
}

static void a_revived_frame_has_its_old_content(void **state)
{
	struct aoipool_pool *pool = open_frames(1);
	size_t bytes = aoipool_pool_slot_bytes(pool);
	struct aoipool_slot first = get_slot(pool), again;

	(void)state;
	pattern_write(first.ptr, bytes, 7);
	assert_ok(aoipool_put(pool, first.ref));
	again = get_slot(pool);
	assert_ptr_equal(again.ptr, first.ptr);
	assert_true(again.ref != first.ref);
	assert_true(pattern_intact(again.ptr, bytes, 7));
	assert_int_equal(stats_of(pool).revives, 1);
	assert_int_equal(stats_of(pool).claims, 1);
	assert_ok(aoipool_put(pool, again.ref));
	assert_ok(aoipool_pool_close(pool));
}

static void get_past_the_bound_fails_at_once(void **state)
{
	struct aoipool_slot one_more = { (void *)1, 2 };
	size_t n;
	struct aoipool_slot *slots = get_all(*state, &n);

	assert_err(aoipool_get(*state, &one_more), -EAGAIN);
	assert_int_equal(stats_of(*state).exhausted, 1);
	assert_int_equal(stats_of(*state).slots_out, n);
	assert_ok(aoipool_put(*state, slots[0].ref));
	slots[0] = get_slot(*state);
	assert_err(aoipool_get(*state, &one_more), -EAGAIN);
	put_all(*state, slots, n);
	free(slots);
}

static void get_many_gives_all_it_was_asked_for(void **state)
{
	size_t bytes = aoipool_pool_slot_bytes(*state);
	struct aoipool_slot slots[4];

	assert_ok(aoipool_get_many(*state, slots, 4, 0));
	for (size_t i = 0; i < 4; i++) {
		for (size_t j = 0; j < i; j++)
			assert_true(apart(&slots[i], &slots[j], bytes));
	}
	assert_int_equal(stats_of(*state).slots_out, 4);
	put_all(*state, slots, 4);
}

static void get_many_gives_none_when_it_lacks_one(void **state)
{
	struct aoipool_slot slots[3], before[3], held[4];

	held[0] = get_slot(*state);
	held[1] = get_slot(*state);
	memset(slots, 0xa5, sizeof(slots));
	memset(before, 0xa5, sizeof(before));
	assert_err(aoipool_get_many(*state, slots, 3, 0), -EAGAIN);
	assert_memory_equal(slots, before, sizeof(slots));
	assert_int_equal(stats_of(*state).slots_out, 2);
	/* The two it could have had are still to be had. */
	assert_ok(aoipool_get_many(*state, held + 2, 2, 0));
	put_all(*state, held, 4);
}

static void get_many_refuses_what_the_pool_never_has(void **state)
{
	struct aoipool_slot slots[5];

	assert_err(aoipool_get_many(*state, slots, 0, 0), -EINVAL);
	assert_err(aoipool_get_many(*state, slots, 5, 0), -EINVAL);
	assert_err(aoipool_get_many(*state, slots, 5, -1), -EINVAL);
	assert_err(aoipool_get_many(*state, slots, SIZE_MAX, 0), -EINVAL);
	assert_err(aoipool_get_many(*state, slots, 1, -2), -EINVAL);
	assert_int_equal(stats_of(*state).slots_out, 0);
}

/* Three of four: never both at a time, but never neither for good. */
static unsigned int take_three(struct crew *crew, unsigned int number)
{
	unsigned int turns = rounds(500), wrong = 0;
	struct aoipool_slot slots[3];
	int err;

	while (turns) {
		err = aoipool_get_many(crew->arg, slots, 3, 0);
		if (err == -EAGAIN) {
			sched_yield();
			continue;
		}
		wrong += err != 0;
		for (size_t i = 0; i < 3 && !err; i++)
			*(volatile unsigned int *)slots[i].ptr = number;
		for (size_t i = 0; i < 3 && !err; i++)
			wrong += *(volatile unsigned int *)slots[i].ptr !=
				 number;
		for (size_t i = 0; i < 3 && !err; i++)
			wrong += aoipool_put(crew->arg, slots[i].ref) != 0;
		turns--;
	}
	return wrong;
}

static void racing_get_many_never_share_or_starve(void **state)
{
	assert_int_equal(crew_run(2, take_three, *state), 0);
	assert_int_equal(stats_of(*state).slots_out, 0);
}

static void the_reserve_is_populated_at_open(void **state)
{
	struct aoipool_attr *attr = frame_attr(4);
	struct aoipool_pool *pool;

	(void)state;
	assert_ok(aoipool_attr_set_reserve(attr, 2));
	pool = open_pool(attr);
	assert_int_equal(stats_of(pool).resident_bytes, 2 * BLOCK_BYTES);
	assert_int_equal(stats_of(pool).slots_out, 0);
	assert_ok(aoipool_pool_close(pool));
}

static void trim_leaves_the_reserve(void **state)
{
	struct aoipool_attr *attr = frame_attr(4);
	struct aoipool_slot *slots;
	struct aoipool_pool *pool;
	uint64_t revives;
	size_t n;

	(void)state;
	assert_ok(aoipool_attr_set_reserve(attr, 2));
	pool = open_pool(attr);
	slots = get_all(pool, &n);
	put_all(pool, slots, n);
	assert_int_equal(stats_of(pool).resident_bytes, 4 * BLOCK_BYTES);
	assert_int_equal(trim_all(pool), 2 * BLOCK_BYTES);
	assert_int_equal(stats_of(pool).resident_bytes, 2 * BLOCK_BYTES);
	revives = stats_of(pool).revives;
	slots[0] = get_slot(pool);
	slots[1] = get_slot(pool);
	/* Warm ones first: that is what the reserve is for. */
	assert_int_equal(stats_of(pool).revives, revives + 2);
	put_all(pool, slots, 2);
	free(slots);
	assert_ok(aoipool_pool_close(pool));
}

static void trim_never_takes_a_held_frame(void **state)
{
	struct aoipool_attr *attr = frame_attr(4);
	struct aoipool_slot slots[4];
	struct aoipool_pool *pool;

	(void)state;
	assert_ok(aoipool_attr_set_reserve(attr, 2));
	pool = open_pool(attr);
	assert_ok(aoipool_get_many(pool, slots, 4, 0));
	for (size_t i = 0; i < 4; i++)
		pattern_sprinkle(slots[i].ptr, BLOCK_BYTES / 2, i);
	assert_int_equal(trim_all(pool), 0);
	for (size_t i = 0; i < 4; i++)
		assert_true(pattern_sprinkled(slots[i].ptr, BLOCK_BYTES / 2,
					      i));
	put_all(pool, slots, 4);
	assert_ok(aoipool_pool_close(pool));
}

static void trim_takes_what_is_free_and_says_how_much(void **state)
{
	struct aoipool_slot slots[4];

	assert_ok(aoipool_get_many(*state, slots, 4, 0));
	pattern_write(slots[3].ptr, aoipool_pool_slot_bytes(*state), 3);
	put_all(*state, slots, 3);
	assert_int_equal(trim_all(*state), 3 * BLOCK_BYTES);
	assert_int_equal(stats_of(*state).resident_bytes, BLOCK_BYTES);
	assert_int_equal(stats_of(*state).reclaimed_slabs, 3);
	assert_int_equal(trim_all(*state), 0);
	assert_true(pattern_intact(slots[3].ptr,
				   aoipool_pool_slot_bytes(*state), 3));
	assert_ok(aoipool_put(*state, slots[3].ref));
}

static void trim_takes_about_what_it_may(void **state)
{
	struct aoipool_slot slots[4];
	size_t freed = 1;

	assert_ok(aoipool_get_many(*state, slots, 4, 0));
	put_all(*state, slots, 4);
	assert_ok(aoipool_pool_trim(*state, 0, &freed));
	assert_int_equal(freed, 0);
	assert_ok(aoipool_pool_trim(*state, BLOCK_BYTES, &freed));
	assert_int_equal(freed, BLOCK_BYTES);
	assert_ok(aoipool_pool_trim(*state, 1, &freed));
	assert_in_range(freed, 0, BLOCK_BYTES);
	assert_ok(aoipool_pool_trim(*state, SIZE_MAX, NULL));
	assert_int_equal(stats_of(*state).resident_bytes, 0);
}

static void a_trimmed_frame_comes_back_zero(void **state)
{
	size_t bytes = aoipool_pool_slot_bytes(*state);
	struct aoipool_slot slots[4];

	assert_ok(aoipool_get_many(*state, slots, 4, 0));
	for (size_t i = 0; i < 4; i++)
		pattern_write(slots[i].ptr, bytes, i);
	put_all(*state, slots, 4);
	assert_int_equal(trim_all(*state), 4 * BLOCK_BYTES);
	assert_ok(aoipool_get_many(*state, slots, 4, 0));
	for (size_t i = 0; i < 4; i++)
		assert_true(all_zero(slots[i].ptr, bytes));
	put_all(*state, slots, 4);
	assert_int_equal(stats_of(*state).claims, 8);
}

static void stats_count_what_happened(void **state)
{
	struct aoipool_slot slots[4];
	struct aoipool_stats stats;

	assert_ok(aoipool_get_many(*state, slots, 3, 0));
	assert_ok(aoipool_put(*state, slots[0].ref));
	assert_err(aoipool_put(*state, slots[0].ref), -EALREADY);
	stats = stats_of(*state);
	assert_int_equal(stats.size, sizeof(stats));
	assert_int_equal(stats.slots, 4);
	assert_int_equal(stats.slots_out, 2);
	assert_int_equal(stats.slots_out_peak, 3);
	assert_int_equal(stats.gets, 3);
	assert_int_equal(stats.puts, 1);
	assert_int_equal(stats.claims, 3);
	assert_int_equal(stats.revives, 0);
	assert_int_equal(stats.parks, 1);
	assert_int_equal(stats.double_puts, 1);
	assert_int_equal(stats.exhausted, 0);
	assert_int_equal(stats.timeouts, 0);
	assert_int_equal(stats.no_memory, 0);
	assert_int_equal(stats.resident_bytes, 3 * BLOCK_BYTES);
	put_all(*state, slots + 1, 2);
}

static void stats_refuse_a_size_never_published(void **state)
{
	struct aoipool_stats stats = { .size = 0 };

	assert_err(aoipool_pool_stats(*state, &stats), -EINVAL);
	stats.size = sizeof(stats.size);
	assert_err(aoipool_pool_stats(*state, &stats), -EINVAL);
	stats.size = sizeof(stats) - 1;
	assert_err(aoipool_pool_stats(*state, &stats), -EINVAL);
	stats.size = sizeof(stats) + 8;
	assert_err(aoipool_pool_stats(*state, &stats), -EINVAL);
	assert_int_equal(stats.slots, 0);
}

static void close_says_when_frames_were_still_out(void **state)
{
	struct aoipool_pool *pool = open_frames(2);
	struct aoipool_slot slot = get_slot(pool);

	(void)state;
	assert_err(aoipool_pool_close(pool), -EBUSY);
	assert_true(process_unmapped(slot.ptr));
}

static void close_takes_null(void **state)
{
	(void)state;
	assert_ok(aoipool_pool_close(NULL));
}

static void deref_gives_the_pointer_of_a_held_ref(void **state)
{
	struct aoipool_slot slot = get_slot(*state);
	void *ptr = NULL;

	assert_ok(aoipool_deref(*state, slot.ref, &ptr));
	assert_ptr_equal(ptr, slot.ptr);
	assert_ok(aoipool_put(*state, slot.ref));
	ptr = &slot;
	assert_err(aoipool_deref(*state, slot.ref, &ptr), -EALREADY);
	assert_ptr_equal(ptr, &slot);
}

#define on_frames(test) \
	cmocka_unit_test_setup_teardown(test, four_frames, close_pool)

int main(void)
{
	const struct CMUnitTest frame[] = {
		on_frames(get_hands_out_every_frame_once),
		on_frames(frames_are_2_mib_aligned),
		on_frames(a_new_frame_is_zero_and_wholly_writable),
		cmocka_unit_test(a_frame_of_many_blocks_is_one_piece),
		cmocka_unit_test(a_revived_frame_has_its_old_content),
		on_frames(get_past_the_bound_fails_at_once),
		on_frames(get_many_gives_all_it_was_asked_for),
		on_frames(get_many_gives_none_when_it_lacks_one),
		on_frames(get_many_refuses_what_the_pool_never_has),
		on_frames(racing_get_many_never_share_or_starve),
		cmocka_unit_test(the_reserve_is_populated_at_open),
		cmocka_unit_test(trim_leaves_the_reserve),
		cmocka_unit_test(
			trim_never_takes_a_held_frame),
		on_frames(trim_takes_what_is_free_and_says_how_much),
		on_frames(trim_takes_about_what_it_may),
		on_frames(a_trimmed_frame_comes_back_zero),
		on_frames(stats_count_what_happened),
		on_frames(stats_refuse_a_size_never_published),
		cmocka_unit_test(close_says_when_frames_were_still_out),
		cmocka_unit_test(close_takes_null),
		on_frames(deref_gives_the_pointer_of_a_held_ref),
	};

	return RUN(frame);
}
