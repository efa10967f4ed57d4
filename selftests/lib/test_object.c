// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Object pools: many slots a slab, of any size, never two in one place. */
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "crew.h"
#include "fixture.h"
#include "pattern.h"
#include "pool.h"
#include "process.h"

static const size_t sizes[] = { 1,    15,   16,	   17,	  64,	  100,
				1000, 4096, 65536, 99999, 524288, 1 << 20 };

#define NR_SIZES	ARRAY_SIZE(sizes)

/* Enough for more than one slab of each size, and not too many to write. */
static size_t count_for(size_t bytes)
{
	return bytes < 1024 ? 40000 : 3 * BLOCK_BYTES / bytes;
}

static int by_address(const void *a, const void *b)
{
	const struct aoipool_slot *x = a, *y = b;

	return (x->ptr > y->ptr) - (x->ptr < y->ptr);
}

static int by_ref(const void *a, const void *b)
{
	const aoipool_ref_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void a_slot_is_as_large_as_was_asked_for(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_SIZES; i++) {
		struct aoipool_pool *pool = open_objects(sizes[i], 1);

		assert_in_range(aoipool_pool_slot_bytes(pool), sizes[i],
				sizes[i] + 15);
		assert_ok(aoipool_pool_close(pool));
	}
}

static void a_pool_has_at_least_the_slots_asked_for(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_SIZES; i++) {
		size_t count = count_for(sizes[i]);
		struct aoipool_pool *pool = open_objects(sizes[i], count);

		assert_true(aoipool_pool_slots(pool) >= count);
		assert_int_equal(stats_of(pool).slots,
				 aoipool_pool_slots(pool));
		assert_ok(aoipool_pool_close(pool));
	}
}

static void slots_never_overlap(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_SIZES; i++) {
		struct aoipool_pool *pool =
			open_objects(sizes[i], count_for(sizes[i]));
		size_t n;
		struct aoipool_slot *slots = get_all(pool, &n);

		qsort(slots, n, sizeof(*slots), by_address);
		for (size_t j = 0; j < n; j++) {
			assert_int_equal((uintptr_t)slots[j].ptr % 16, 0);
			assert_true(!j || (char *)slots[j - 1].ptr + sizes[i] <=
						  (char *)slots[j].ptr);
		}
		put_all(pool, slots, n);
		free(slots);
		assert_ok(aoipool_pool_close(pool));
	}
}

static void a_slot_keeps_what_is_written_while_others_are(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_SIZES; i++) {
		struct aoipool_pool *pool =
			open_objects(sizes[i], count_for(sizes[i]));
		size_t n;
		struct aoipool_slot *slots = get_all(pool, &n);

		for (size_t j = 0; j < n; j++)
			pattern_write(slots[j].ptr, sizes[i], j);
		for (size_t j = 0; j < n; j++)
			assert_true(pattern_intact(slots[j].ptr, sizes[i], j));
		put_all(pool, slots, n);
		free(slots);
		assert_ok(aoipool_pool_close(pool));
	}
}

static void refs_of_all_slots_differ(void **state)
{
	size_t n;
	struct aoipool_slot *slots = get_all(*state, &n);
	aoipool_ref_t *refs = calloc(n, sizeof(*refs));

	assert_non_null(refs);
	for (size_t i = 0; i < n; i++)
		refs[i] = slots[i].ref;
	qsort(refs, n, sizeof(*refs), by_ref);
	for (size_t i = 1; i < n; i++)
		assert_true(refs[i - 1] != refs[i]);
	put_all(*state, slots, n);
	free(refs);
	free(slots);
}

static void get_past_the_bound_fails_at_once(void **state)
{
	struct aoipool_slot one_more;
	size_t n;
	struct aoipool_slot *slots = get_all(*state, &n);

	assert_err(aoipool_get(*state, &one_more), -EAGAIN);
	assert_int_equal(stats_of(*state).slots_out, n);
	assert_ok(aoipool_put(*state, slots[n / 2].ref));
	one_more = get_slot(*state);
	assert_ptr_equal(one_more.ptr, slots[n / 2].ptr);
	slots[n / 2] = one_more;
	put_all(*state, slots, n);
	assert_int_equal(stats_of(*state).slots_out, 0);
	free(slots);
}

static void a_slot_that_is_used_again_has_another_generation(void **state)
{
	struct aoipool_pool *pool = open_objects(1 << 20, 1);
	size_t n, uses = rounds(3000);
	aoipool_ref_t *refs = calloc(uses, sizeof(*refs));
	struct aoipool_slot *rest;

	(void)state;
	assert_non_null(refs);
	/* All but one stay out, so that it is that one each time. */
	rest = get_all(pool, &n);
	for (size_t i = 0; i < uses; i++) {
		refs[i] = rest[0].ref;
		assert_ok(aoipool_put(pool, rest[0].ref));
		rest[0] = get_slot(pool);
		assert_int_equal((uint32_t)rest[0].ref, (uint32_t)refs[0]);
	}
	qsort(refs, uses, sizeof(*refs), by_ref);
	for (size_t i = 1; i < uses; i++)
		assert_true(refs[i - 1] != refs[i]);
	put_all(pool, rest, n);
	free(rest);
	free(refs);
	assert_ok(aoipool_pool_close(pool));
}

/* What is at hand keeps a few held; the others park by themselves. */
static void empty_slabs_are_parked_and_can_be_taken(void **state)
{
	struct aoipool_pool *pool = open_objects(1024, 16 * BLOCK_BYTES / 1024);
	size_t n;
	struct aoipool_slot *slots = get_all(pool, &n);
	uint64_t resident = stats_of(pool).resident_bytes;

	(void)state;
	assert_true(resident >= 16 * BLOCK_BYTES);
	assert_int_equal(trim_all(pool), 0);
	put_all(pool, slots, n);
	assert_true(stats_of(pool).parks >= resident / BLOCK_BYTES / 2);
	assert_ok(aoipool_pool_drain(pool));
	assert_int_equal(stats_of(pool).parks, stats_of(pool).claims);
	assert_int_equal(trim_all(pool), resident);
	assert_int_equal(stats_of(pool).resident_bytes, 0);
	assert_int_equal(process_resident(slots[0].ptr, 64), 0);
	free(slots);
	assert_ok(aoipool_pool_close(pool));
}

static void a_slab_with_one_slot_out_is_never_taken(void **state)
{
	size_t n;
	struct aoipool_slot *slots = get_all(*state, &n);
	struct aoipool_slot kept = slots[n / 3];

	pattern_write(kept.ptr, 64, 1);
	for (size_t i = 0; i < n; i++) {
		if (i != n / 3)
			assert_ok(aoipool_put(*state, slots[i].ref));
	}
	assert_true(trim_all(*state) > 0);
	assert_true(stats_of(*state).resident_bytes >= BLOCK_BYTES);
	assert_true(pattern_intact(kept.ptr, 64, 1));
	assert_ok(aoipool_put(*state, kept.ref));
	free(slots);
}

static void all_slots_are_to_be_had_again_after_trim(void **state)
{
	size_t n, again;
	struct aoipool_slot *slots = get_all(*state, &n);
	struct aoipool_slot one_more;

	for (size_t i = 0; i < n; i++)
		pattern_write(slots[i].ptr, 64, i);
	put_all(*state, slots, n);
	free(slots);
	assert_true(trim_all(*state) > 0);

	slots = get_all(*state, &again);
	assert_int_equal(again, n);
	assert_err(aoipool_get(*state, &one_more), -EAGAIN);
	/* Trimmed: nothing of what was written may still be there. */
	for (size_t i = 0; i < n; i++)
		assert_true(all_zero(slots[i].ptr, 64));
	put_all(*state, slots, n);
	free(slots);
}

static void a_reserve_of_objects_is_rounded_up_to_slabs(void **state)
{
	struct aoipool_attr *attr = object_attr(64, BLOCK_BYTES / 64 + 1);
	struct aoipool_pool *pool;
	uint64_t resident;

	(void)state;
	assert_ok(aoipool_attr_set_reserve(attr, 1));
	pool = open_pool(attr);
	resident = stats_of(pool).resident_bytes;
	assert_true(resident >= BLOCK_BYTES);
	assert_int_equal(trim_all(pool), 0);
	assert_int_equal(stats_of(pool).resident_bytes, resident);
	assert_ok(aoipool_pool_close(pool));
}

static void get_many_crosses_slabs(void **state)
{
	size_t n = aoipool_pool_slots(*state);
	struct aoipool_slot *slots = calloc(n + 1, sizeof(*slots));

	assert_non_null(slots);
	assert_err(aoipool_get_many(*state, slots, n + 1, 0), -EINVAL);
	assert_ok(aoipool_get_many(*state, slots, n, 0));
	qsort(slots, n, sizeof(*slots), by_address);
	for (size_t i = 1; i < n; i++)
		assert_ptr_not_equal(slots[i - 1].ptr, slots[i].ptr);
	put_all(*state, slots, n);
	free(slots);
}

static void get_many_gives_none_when_it_lacks_one(void **state)
{
	size_t n = aoipool_pool_slots(*state);
	struct aoipool_slot *slots = calloc(n, sizeof(*slots));
	struct aoipool_slot held = get_slot(*state);

	assert_non_null(slots);
	assert_err(aoipool_get_many(*state, slots, n, 0), -EAGAIN);
	assert_true(all_zero(slots, n * sizeof(*slots)));
	assert_int_equal(stats_of(*state).slots_out, 1);
	assert_ok(aoipool_get_many(*state, slots, n - 1, 0));
	put_all(*state, slots, n - 1);
	assert_ok(aoipool_put(*state, held.ref));
	free(slots);
}

#define on_objects(test) \
	cmocka_unit_test_setup_teardown(test, small_objects, close_pool)

/*
 * A putter that stands still while it parks a slab that became empty: nobody
 * misses the slots that are free.
 */
static struct {
	struct aoipool_pool *pool;
	aoipool_ref_t last;
	atomic_int parking;
} slow;

static void stand_still(void *arg, enum slab_step step, uint32_t slab)
{
	(void)arg;
	(void)slab;
	if (step != SLAB_STEP_PARK)
		return;
	slow.parking = 1;
	usleep(300 * 1000);
}

static unsigned int put_last(struct crew *crew, unsigned int number)
{
	struct aoipool_slot slot;
	unsigned int wrong = 0;
	size_t left;

	(void)crew;
	if (!number)
		return aoipool_put(slow.pool, slow.last) != 0;
	while (!slow.parking)
		sched_yield();
	for (left = aoipool_pool_slots(slow.pool); left; left--)
		wrong += aoipool_get_wait(slow.pool, &slot, -1) != 0;
	return wrong;
}

static void slots_of_a_slab_that_is_being_parked_are_waited_for(void **state)
{
	struct aoipool_slot *slots;
	size_t n;

	(void)state;
	slow.pool = open_objects(64 << 10, 32);
	n = aoipool_pool_slots(slow.pool);
	slots = calloc(n, sizeof(*slots));
	assert_ok(aoipool_get_many(slow.pool, slots, n, 0));
	put_all(slow.pool, slots, n - 1);
	slow.last = slots[n - 1].ref;
	slow.pool->table.step = stand_still;
	assert_int_equal(crew_run(2, put_last, NULL), 0);
	slow.pool->table.step = NULL;
	free(slots);
	assert_err(aoipool_pool_close(slow.pool), -EBUSY);
}

int main(void)
{
	const struct CMUnitTest object[] = {
		cmocka_unit_test(a_slot_is_as_large_as_was_asked_for),
		cmocka_unit_test(a_pool_has_at_least_the_slots_asked_for),
		cmocka_unit_test(slots_never_overlap),
		cmocka_unit_test(a_slot_keeps_what_is_written_while_others_are),
		on_objects(refs_of_all_slots_differ),
		on_objects(get_past_the_bound_fails_at_once),
		cmocka_unit_test(
			a_slot_that_is_used_again_has_another_generation),
		on_objects(empty_slabs_are_parked_and_can_be_taken),
		on_objects(a_slab_with_one_slot_out_is_never_taken),
		on_objects(all_slots_are_to_be_had_again_after_trim),
		cmocka_unit_test(a_reserve_of_objects_is_rounded_up_to_slabs),
		on_objects(get_many_crosses_slabs),
		on_objects(get_many_gives_none_when_it_lacks_one),
		cmocka_unit_test(
			slots_of_a_slab_that_is_being_parked_are_waited_for),
	};

	return RUN(object);
}
