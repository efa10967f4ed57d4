// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * Put of a slot of which only the pointer is known; and that refs stay as
 * strict as they are where that is allowed.
 */
#include <stdlib.h>

#include "crew.h"
#include "kinds.h"
#include "pattern.h"
#include "pool.h"

#define GENERATION	((aoipool_ref_t)1 << 32)

static struct aoipool_pool *open_by_pointer(const struct kind *kind,
					    size_t bytes, size_t count)
{
	struct aoipool_attr *attr = kind_attr(kind, bytes, count);

	assert_ok(aoipool_attr_set_put_by_pointer(attr, 1));
	return open_pool(attr);
}

static void a_pointer_gives_its_slot_back(void **state)
{
	struct aoipool_pool *pool = open_by_pointer(*state, 64, 32768);
	struct aoipool_slot *slots;
	size_t n;

	assert_string_equal(aoipool_pool_lists(pool),
			    ((struct kind *)*state)->name);
	for (unsigned int turn = 0; turn < 3; turn++) {
		slots = get_all(pool, &n);
		for (size_t i = 0; i < n; i++)
			assert_ok(aoipool_put_ptr(pool, slots[i].ptr));
		assert_int_equal(stats_of(pool).slots_out, 0);
		assert_int_equal(stats_of(pool).puts, (turn + 1) * n);
		free(slots);
	}
	assert_ok(aoipool_pool_close(pool));
}

/* Of a size that no shift divides by, in slabs of several blocks. */
static void pointers_of_large_objects_too(void **state)
{
	const size_t sizes[] = { 99999, 400000, 1 << 20, 1000, 4096 };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct aoipool_pool *pool =
			open_by_pointer(*state, sizes[i], 50);
		size_t n;
		struct aoipool_slot *slots = get_all(pool, &n);

		for (size_t j = 0; j < n; j++) {
			assert_err(aoipool_put_ptr(pool,
						   (char *)slots[j].ptr + 16),
				   -EINVAL);
			assert_ok(aoipool_put_ptr(pool, slots[j].ptr));
		}
		free(slots);
		assert_ok(aoipool_pool_close(pool));
	}
}

static void a_second_put_of_a_pointer_is_refused(void **state)
{
	struct aoipool_pool *pool = open_by_pointer(*state, 64, 32768);
	struct aoipool_slot slot = get_slot(pool);

	assert_ok(aoipool_put_ptr(pool, slot.ptr));
	assert_err(aoipool_put_ptr(pool, slot.ptr), -EALREADY);
	assert_err(aoipool_put(pool, slot.ref), -EALREADY);
	assert_int_equal(stats_of(pool).double_puts, 2);
	assert_int_equal(stats_of(pool).slots_out, 0);
	assert_ok(aoipool_pool_drain(pool));
	assert_err(aoipool_put_ptr(pool, slot.ptr), -EALREADY);
	trim_all(pool);
	assert_err(aoipool_put_ptr(pool, slot.ptr), -EALREADY);
	assert_ok(aoipool_pool_close(pool));
}

static void a_pointer_whose_ref_was_put_is_refused(void **state)
{
	struct aoipool_pool *pool = open_by_pointer(*state, 64, 32768);
	struct aoipool_slot slot = get_slot(pool);

	assert_ok(aoipool_put(pool, slot.ref));
	assert_err(aoipool_put_ptr(pool, slot.ptr), -EALREADY);
	assert_int_equal(stats_of(pool).slots_out, 0);
	assert_ok(aoipool_pool_close(pool));
}

/* Of a slab that nobody has had a slot of, and of one that somebody has. */
static void a_slot_that_was_never_out_is_refused(void **state)
{
	struct aoipool_pool *pool = open_by_pointer(*state, 64, 100000);
	struct aoipool_slot slot = get_slot(pool);
	unsigned char *data = pool->provider.data;

	assert_ptr_equal(slot.ptr, data);
	assert_err(aoipool_put_ptr(pool, data + 64 * 20000), -EALREADY);
	assert_err(aoipool_put_ptr(pool, data + 2 * BLOCK_BYTES), -EALREADY);
	assert_int_equal(stats_of(pool).slots_out, 1);
	assert_ok(aoipool_put_ptr(pool, slot.ptr));
	assert_ok(aoipool_pool_close(pool));
}

static void a_pointer_that_is_no_slots_is_refused(void **state)
{
	struct aoipool_pool *pool = open_by_pointer(*state, 48, 32768);
	struct aoipool_pool *other = open_by_pointer(*state, 48, 32768);
	struct aoipool_slot slot = get_slot(pool), foreign = get_slot(other);
	unsigned char *data = pool->provider.data, local;
	size_t slab = provider_slab_bytes(&pool->provider);
	size_t end = slab * pool->geometry.nr_slabs;

	for (size_t i = 1; i < 48; i++)
		assert_err(aoipool_put_ptr(pool, (char *)slot.ptr + i),
			   -EINVAL);
	/* What is left over at a slab's end, and what lies around them all. */
	assert_err(aoipool_put_ptr(pool, data + slab / 48 * 48), -EINVAL);
	assert_err(aoipool_put_ptr(pool, data + slab - 16), -EINVAL);
	assert_err(aoipool_put_ptr(pool, data + end), -EINVAL);
	assert_err(aoipool_put_ptr(pool, data - 48), -EINVAL);
	assert_err(aoipool_put_ptr(pool, NULL), -EINVAL);
	assert_err(aoipool_put_ptr(pool, &local), -EINVAL);
	assert_err(aoipool_put_ptr(pool, (void *)UINTPTR_MAX), -EINVAL);
	assert_err(aoipool_put_ptr(pool, foreign.ptr), -EINVAL);
	assert_int_equal(stats_of(pool).slots_out, 1);
	assert_int_equal(stats_of(pool).invalid_refs, 55);
	assert_ok(aoipool_put_ptr(pool, slot.ptr));
	assert_ok(aoipool_put_ptr(other, foreign.ptr));
	assert_ok(aoipool_pool_close(other));
	assert_ok(aoipool_pool_close(pool));
}

static void a_pool_that_does_not_allow_it_says_so(void **state)
{
	struct aoipool_attr *attr = kind_attr(*state, 64, 32768);
	struct aoipool_pool *pool;
	struct aoipool_slot slot;

	assert_ok(aoipool_attr_set_put_by_pointer(attr, 1));
	assert_ok(aoipool_attr_set_put_by_pointer(attr, 0));
	assert_err(aoipool_attr_set_put_by_pointer(NULL, 1), -EINVAL);
	pool = open_pool(attr);
	slot = get_slot(pool);
	assert_err(aoipool_put_ptr(pool, slot.ptr), -EOPNOTSUPP);
	assert_int_equal(stats_of(pool).slots_out, 1);
	assert_ok(aoipool_put(pool, slot.ref));
	assert_ok(aoipool_pool_close(pool));
}

/* Of frames the slab's word says it. */
static void a_frame_needs_no_permission(void **state)
{
	struct aoipool_slot slot = get_slot(*state), more;

	assert_err(aoipool_put_ptr(*state, (char *)slot.ptr + 64), -EINVAL);
	assert_err(aoipool_put_ptr(*state, (char *)slot.ptr + 4 * BLOCK_BYTES),
		   -EINVAL);
	assert_err(aoipool_put_ptr(*state, (char *)slot.ptr - BLOCK_BYTES),
		   -EINVAL);
	assert_err(aoipool_put_ptr(*state, (char *)slot.ptr + BLOCK_BYTES),
		   -EALREADY);
	assert_err(aoipool_put_ptr(*state, NULL), -EINVAL);
	assert_ok(aoipool_put_ptr(*state, slot.ptr));
	assert_err(aoipool_put_ptr(*state, slot.ptr), -EALREADY);
	assert_err(aoipool_put(*state, slot.ref), -EALREADY);
	trim_all(*state);
	assert_err(aoipool_put_ptr(*state, slot.ptr), -EALREADY);
	more = get_slot(*state);
	assert_ok(aoipool_put(*state, more.ref));
	assert_err(aoipool_put_ptr(*state, more.ptr), -EALREADY);
	assert_int_equal(stats_of(*state).slots_out, 0);
}

/*
 * Refs in such a pool.
 */
static struct aoipool_slot use_again(struct aoipool_pool *pool,
				     aoipool_ref_t ref)
{
	size_t n, found = 0;
	struct aoipool_slot *slots = get_all(pool, &n), slot;

	for (size_t i = 0; i < n; i++)
		if ((uint32_t)slots[i].ref == (uint32_t)ref)
			found = i;
	slot = slots[found];
	assert_int_equal((uint32_t)slot.ref, (uint32_t)ref);
	for (size_t i = 0; i < n; i++)
		if (i != found)
			assert_ok(aoipool_put(pool, slots[i].ref));
	free(slots);
	return slot;
}

static void refs_stay_as_strict_as_they_are(void **state)
{
	struct aoipool_pool *pool = open_by_pointer(*state, 64, 32768);
	struct aoipool_slot first = get_slot(pool), second, third;
	void *ptr;

	assert_ok(aoipool_deref(pool, first.ref, &ptr));
	assert_ptr_equal(ptr, first.ptr);
	assert_ok(aoipool_put(pool, first.ref));
	assert_err(aoipool_put(pool, first.ref), -EALREADY);
	assert_err(aoipool_deref(pool, first.ref, &ptr), -EALREADY);
	second = use_again(pool, first.ref);
	/* Out again under another ref. */
	assert_true(second.ref != first.ref);
	assert_err(aoipool_put(pool, first.ref), -EALREADY);
	assert_ok(aoipool_put(pool, second.ref));
	assert_err(aoipool_put(pool, first.ref), -ESTALE);
	assert_err(aoipool_put(pool, second.ref), -EALREADY);
	third = use_again(pool, first.ref);
	assert_err(aoipool_put(pool, first.ref), -ESTALE);
	assert_err(aoipool_put(pool, second.ref), -EALREADY);
	assert_int_equal(stats_of(pool).slots_out, 1);
	assert_ok(aoipool_put(pool, third.ref));
	assert_ok(aoipool_pool_close(pool));
}

/* It tells held from free, so the ref that comes next is no use to anybody. */
static void a_ref_that_is_not_out_yet_is_refused(void **state)
{
	struct aoipool_pool *pool = open_by_pointer(*state, 64, 32768);
	struct aoipool_slot slot = get_slot(pool), slots[2];
	void *ptr;

	for (unsigned int ahead = 1; ahead < 6; ahead++) {
		aoipool_ref_t forged = slot.ref + ahead * GENERATION;

		assert_err(aoipool_put(pool, forged), -ESTALE);
		assert_err(aoipool_deref(pool, forged, &ptr), -ESTALE);
	}
	assert_ok(aoipool_put(pool, slot.ref));
	for (unsigned int ahead = 1; ahead < 6; ahead++) {
		slots[0].ref = slots[1].ref = slot.ref + ahead * GENERATION;
		assert_err(aoipool_put(pool, slots[0].ref), -ESTALE);
		assert_err(library_put(pool, slots[0].ref), -ESTALE);
		assert_err(aoipool_put_many(pool, slots, 2), -ESTALE);
	}
	/* Nor one of a slot that was never out. */
	for (uint32_t gen = 0; gen < 4; gen++)
		assert_err(aoipool_put(pool, slot.ref + 20000 +
						     gen * GENERATION),
			   -ESTALE);
	assert_int_equal(stats_of(pool).slots_out, 0);
	assert_ok(aoipool_pool_close(pool));
}

static void many_at_a_time_are_marked_too(void **state)
{
	struct aoipool_pool *pool = open_by_pointer(*state, 64, 32768);
	struct aoipool_slot slots[600];

	for (unsigned int turn = 0; turn < 4; turn++) {
		assert_ok(aoipool_get_many(pool, slots, 600, 0));
		for (size_t i = 0; i < 600; i += 2)
			assert_ok(aoipool_put_ptr(pool, slots[i].ptr));
		assert_err(aoipool_put_many(pool, slots, 600), -EALREADY);
		for (size_t i = 0; i < 600; i++)
			assert_err(aoipool_put_ptr(pool, slots[i].ptr),
				   -EALREADY);
	}
	assert_int_equal(stats_of(pool).slots_out, 0);
	assert_int_equal(stats_of(pool).puts, 2400);
	assert_ok(aoipool_pool_close(pool));
}

/*
 * One slot, put by all at once, by pointer and by ref.
 */
struct race {
	struct aoipool_pool *pool;
	unsigned int turns;
	struct aoipool_slot slot;
	atomic_uint wins;
};

static unsigned int put_the_same(struct crew *crew, unsigned int number)
{
	struct race *race = crew->arg;
	unsigned int wrong = 0;
	int err;

	for (unsigned int i = 0; i < race->turns; i++) {
		if (crew_meet(crew)) {
			wrong += aoipool_get(race->pool, &race->slot) != 0;
			race->wins = 0;
		}
		crew_meet(crew);
		if (number == 2)
			err = aoipool_put(race->pool, race->slot.ref);
		else
			err = aoipool_put_ptr(race->pool, race->slot.ptr);
		race->wins += !err;
		wrong += err && err != -EALREADY;
		crew_meet(crew);
		wrong += race->wins != 1;
		crew_meet(crew);
	}
	return wrong;
}

static void run_race(struct aoipool_pool *pool, unsigned int size)
{
	struct race race = { .pool = pool, .turns = rounds(20000) };

	assert_int_equal(crew_run(size, put_the_same, &race), 0);
	assert_int_equal(stats_of(pool).slots_out, 0);
	assert_int_equal(stats_of(pool).puts, race.turns);
	assert_int_equal(stats_of(pool).double_puts,
			 (uint64_t)race.turns * (size - 1));
}

static void of_two_who_put_a_pointer_one_wins(void **state)
{
	struct aoipool_pool *pool = open_by_pointer(*state, 64, 32768);

	run_race(pool, 2);
	assert_ok(aoipool_pool_close(pool));
}

static void of_pointers_and_a_ref_one_wins(void **state)
{
	struct aoipool_pool *pool = open_by_pointer(*state, 64, 32768);

	run_race(pool, 3);
	assert_ok(aoipool_pool_close(pool));
}

static void of_two_who_put_a_frames_pointer_one_wins(void **state)
{
	run_race(*state, 2);
}

/* Slots by the thousand, by all threads, half of them put by pointer. */
static unsigned int put_either_way(struct aoipool_pool *pool,
				   const struct aoipool_slot *slot, bool by_ref)
{
	unsigned int wrong = !pattern_intact(slot->ptr, 64, slot->ref);

	if (by_ref)
		wrong += aoipool_put(pool, slot->ref) != 0;
	else
		wrong += aoipool_put_ptr(pool, slot->ptr) != 0;
	return wrong;
}

static unsigned int get_and_put_by_pointer(struct crew *crew,
					   unsigned int number)
{
	unsigned int turns = rounds(60000), random = number + 1, wrong = 0;
	struct aoipool_slot slots[16] = { { 0 } }, *slot;

	while (turns--) {
		slot = &slots[crew_random(&random) % 16];
		if (turns % 100 == 0)
			pin(random);
		if (slot->ptr)
			wrong += put_either_way(crew->arg, slot, random & 256);
		wrong += aoipool_get(crew->arg, slot) != 0;
		pattern_write(slot->ptr, 64, slot->ref);
	}
	for (size_t i = 0; i < 16; i++)
		if (slots[i].ptr)
			wrong += put_either_way(crew->arg, &slots[i], i % 2);
	return wrong;
}

static void threads_put_pointers_at_once(void **state)
{
	struct aoipool_pool *pool = open_by_pointer(*state, 64, 32768);

	assert_int_equal(crew_run(4, get_and_put_by_pointer, pool), 0);
	assert_int_equal(stats_of(pool).slots_out, 0);
	assert_int_equal(stats_of(pool).double_puts, 0);
	assert_ok(aoipool_pool_close(pool));
}

#define on_frames(test) \
	cmocka_unit_test_setup_teardown(test, four_frames, close_pool)

int main(void)
{
	const struct CMUnitTest pointer[] = {
		on_each_kind(a_pointer_gives_its_slot_back),
		on_each_kind(pointers_of_large_objects_too),
		on_each_kind(a_second_put_of_a_pointer_is_refused),
		on_each_kind(a_pointer_whose_ref_was_put_is_refused),
		on_each_kind(a_slot_that_was_never_out_is_refused),
		on_each_kind(a_pointer_that_is_no_slots_is_refused),
		on_each_kind(a_pool_that_does_not_allow_it_says_so),
		on_frames(a_frame_needs_no_permission),
		on_each_kind(refs_stay_as_strict_as_they_are),
		on_each_kind(a_ref_that_is_not_out_yet_is_refused),
		on_each_kind(many_at_a_time_are_marked_too),
		on_each_kind(of_two_who_put_a_pointer_one_wins),
		on_each_kind(of_pointers_and_a_ref_one_wins),
		on_frames(of_two_who_put_a_frames_pointer_one_wins),
		on_each_kind(threads_put_pointers_at_once),
	};

	return RUN(pointer);
}
