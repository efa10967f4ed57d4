// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * Refs: every wrong one is refused with an error of its own, and a refused put
 * touches neither the slot nor the pool.
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#include "crew.h"
#include "fixture.h"
#include "pattern.h"
#include "pool.h"

#define GENERATION	((aoipool_ref_t)1 << 32)

/* Two pools of one type, a third of another; each has its slots to itself. */
struct trio {
	struct aoipool_pool *pool, *same, *other;
	struct aoipool_slot bystander;	/* held all the while, of pool */
	size_t bytes;
	bool frames;
};

static int close_trio(void **state)
{
	struct trio *trio = *state;

	aoipool_pool_close(trio->pool);
	aoipool_pool_close(trio->same);
	aoipool_pool_close(trio->other);
	free(trio);
	return 0;
}

static int start_trio(void **state, struct trio *trio)
{
	struct aoipool_frame_layout layout;

	trio->bystander = get_slot(trio->pool);
	trio->bytes = aoipool_pool_slot_bytes(trio->pool);
	trio->frames = !aoipool_pool_frame_layout(trio->pool, &layout);
	if (trio->bytes > 4096)
		trio->bytes = 4096;
	pattern_write(trio->bystander.ptr, trio->bytes, 99);
	*state = trio;
	return 0;
}

static int trio_of_frames(void **state)
{
	struct trio *trio = calloc(1, sizeof(*trio));
	struct aoipool_attr *attr = frame_attr(2);

	assert_ok(aoipool_attr_set_type(attr, "frame", 1));
	trio->pool = open_frames(2);
	trio->same = open_frames(2);
	trio->other = open_pool(attr);
	return start_trio(state, trio);
}

static int trio_of_objects(void **state)
{
	struct trio *trio = calloc(1, sizeof(*trio));
	struct aoipool_attr *attr = object_attr(1 << 20, 2);

	assert_ok(aoipool_attr_set_type(attr, "defect", 0));
	trio->pool = open_objects(1 << 20, 2);
	trio->same = open_objects(1 << 20, 2);
	trio->other = open_pool(attr);
	return start_trio(state, trio);
}

/* put and deref say the same; the pool counts as before; content stays. */
static void refused(struct trio *trio, aoipool_ref_t ref, int err)
{
	struct aoipool_stats before = stats_of(trio->pool), after;
	void *ptr = trio;

	assert_err(aoipool_put(trio->pool, ref), err);
	assert_err(aoipool_deref(trio->pool, ref, &ptr), err);
	assert_ptr_equal(ptr, trio);
	after = stats_of(trio->pool);
	assert_int_equal(after.slots_out, before.slots_out);
	assert_int_equal(after.gets, before.gets);
	assert_int_equal(after.puts, before.puts);
	assert_int_equal(after.parks, before.parks);
	assert_int_equal(after.resident_bytes, before.resident_bytes);
	assert_true(pattern_intact(trio->bystander.ptr, trio->bytes, 99));
	assert_ok(aoipool_deref(trio->pool, trio->bystander.ref, &ptr));
	assert_ptr_equal(ptr, trio->bystander.ptr);
}

static void a_double_put_is_refused(void **state)
{
	struct trio *trio = *state;
	struct aoipool_slot slot = get_slot(trio->pool);

	assert_ok(aoipool_put(trio->pool, slot.ref));
	refused(trio, slot.ref, -EALREADY);
	assert_true(stats_of(trio->pool).double_puts >= 1);
	assert_int_equal(stats_of(trio->pool).stale_refs, 0);
}

static void a_double_put_is_refused_after_trim_too(void **state)
{
	struct trio *trio = *state;
	struct aoipool_slot slot = get_slot(trio->pool);

	assert_ok(aoipool_put(trio->pool, slot.ref));
	trim_all(trio->pool);
	refused(trio, slot.ref, -EALREADY);
}

/* The slot of @ref with another use of it, all others being out. */
static struct aoipool_slot use_again(struct aoipool_pool *pool,
				     aoipool_ref_t ref)
{
	struct aoipool_slot slots[16];
	size_t n = 0;

	do {
		assert_true(n < ARRAY_SIZE(slots));
		slots[n] = get_slot(pool);
	} while ((uint32_t)slots[n++].ref != (uint32_t)ref);
	put_all(pool, slots, n - 1);
	return slots[n - 1];
}

static void a_double_put_is_refused_while_its_slot_is_out_again(void **state)
{
	struct trio *trio = *state;
	struct aoipool_slot old = get_slot(trio->pool), new;

	assert_ok(aoipool_put(trio->pool, old.ref));
	new = use_again(trio->pool, old.ref);
	pattern_write(new.ptr, trio->bytes, 5);
	refused(trio, old.ref, -EALREADY);
	assert_true(pattern_intact(new.ptr, trio->bytes, 5));
	assert_true(stats_of(trio->pool).double_puts >= 1);
	assert_ok(aoipool_put(trio->pool, new.ref));
}

static void a_stale_ref_is_refused(void **state)
{
	struct trio *trio = *state;
	struct aoipool_slot old = get_slot(trio->pool), new;

	assert_ok(aoipool_put(trio->pool, old.ref));
	new = use_again(trio->pool, old.ref);
	assert_ok(aoipool_put(trio->pool, new.ref));
	refused(trio, old.ref, -ESTALE);
	new = use_again(trio->pool, old.ref);
	pattern_write(new.ptr, trio->bytes, 5);
	refused(trio, old.ref, -ESTALE);
	assert_true(pattern_intact(new.ptr, trio->bytes, 5));
	assert_true(stats_of(trio->pool).stale_refs >= 1);
	assert_int_equal(stats_of(trio->pool).double_puts, 0);
	assert_ok(aoipool_put(trio->pool, new.ref));
	refused(trio, new.ref, -EALREADY);
}

static void a_generation_never_handed_out_is_stale(void **state)
{
	struct trio *trio = *state;
	struct aoipool_slot slot = get_slot(trio->pool);

	refused(trio, slot.ref + GENERATION, -ESTALE);
	refused(trio, slot.ref + 1000 * GENERATION, -ESTALE);
	refused(trio, slot.ref ^ 0x80000000ULL << 32, -ESTALE);
	assert_ok(aoipool_put(trio->pool, slot.ref));
	/*
	 * The slot is free: none of the next ones is anybody's yet.  The very
	 * next one of an object nobody can tell from one that was handed out.
	 */
	for (unsigned int ahead = trio->frames ? 1 : 2; ahead < 4; ahead++)
		refused(trio, slot.ref + ahead * GENERATION, -ESTALE);
}

static void a_ref_of_another_pool_is_foreign(void **state)
{
	struct trio *trio = *state;
	struct aoipool_slot slot = get_slot(trio->same);

	pattern_write(slot.ptr, trio->bytes, 3);
	refused(trio, slot.ref, -EXDEV);
	assert_true(stats_of(trio->pool).foreign_refs >= 1);
	assert_true(pattern_intact(slot.ptr, trio->bytes, 3));
	assert_int_equal(stats_of(trio->same).slots_out, 1);
	assert_ok(aoipool_put(trio->same, slot.ref));
	/* Whose it is comes before what became of it. */
	refused(trio, slot.ref, -EXDEV);
}

static void a_ref_of_another_type_is_refused(void **state)
{
	struct trio *trio = *state;
	struct aoipool_slot slot = get_slot(trio->other);

	pattern_write(slot.ptr, trio->bytes, 4);
	refused(trio, slot.ref, -EPROTOTYPE);
	assert_true(stats_of(trio->pool).wrong_type_refs >= 1);
	assert_true(pattern_intact(slot.ptr, trio->bytes, 4));
	assert_int_equal(stats_of(trio->other).slots_out, 1);
	assert_ok(aoipool_put(trio->other, slot.ref));
}

static void a_ref_of_nothing_is_invalid(void **state)
{
	struct trio *trio = *state;

	refused(trio, 0, -EINVAL);
	refused(trio, GENERATION | UINT32_MAX, -EINVAL);
	refused(trio, UINT64_MAX, -EINVAL);
	assert_true(stats_of(trio->pool).invalid_refs >= 3);
}

static void a_ref_of_a_closed_pool_is_invalid(void **state)
{
	struct trio *trio = *state;
	struct aoipool_slot slot = get_slot(trio->same);

	assert_err(aoipool_pool_close(trio->same), -EBUSY);
	trio->same = NULL;
	refused(trio, slot.ref, -EINVAL);
}

/*
 * Whatever place a new pool gets, a ref of a pool that is gone must not open
 * a slot of it.  Which refusal it is depends on whether the place was reused.
 */
static void a_ref_of_a_closed_pool_never_fits_a_new_one(void **state)
{
	unsigned int turns = rounds(50);
	struct aoipool_slot old, new;
	struct aoipool_pool *pool;

	(void)state;
	for (unsigned int i = 0; i < turns; i++) {
		pool = i % 2 ? open_frames(1) : open_objects(1 << 20, 1);
		old = get_slot(pool);
		assert_one_of(aoipool_pool_close(pool), -EBUSY);
		pool = i % 2 ? open_frames(1) : open_objects(1 << 20, 1);
		new = get_slot(pool);
		assert_true(new.ref != old.ref);
		assert_one_of(aoipool_put(pool, old.ref), -EINVAL, -ESTALE);
		assert_ok(aoipool_put(pool, new.ref));
		assert_ok(aoipool_pool_close(pool));
	}
}

/* A process that has opened pools for weeks has been through all indices. */
static void use_up_all_indices(void)
{
	struct refrange ranges[4];

	for (size_t i = 0; i < 4; i++) {
		ranges[i] = (struct refrange){ .slots = 0x3fff0000 };
		assert_ok(refspace_add(&ranges[i]));
		refspace_remove(&ranges[i]);
	}
}

static void an_old_ref_never_fits_when_indices_come_round(void **state)
{
	struct aoipool_pool *pool;
	struct aoipool_slot old, new;

	(void)state;
	use_up_all_indices();
	for (unsigned int i = 0; i < 4; i++) {
		pool = i % 2 ? open_frames(1) : open_objects(1 << 20, 1);
		old = get_slot(pool);
		assert_one_of(aoipool_pool_close(pool), -EBUSY);
		use_up_all_indices();
		pool = i % 2 ? open_frames(1) : open_objects(1 << 20, 1);
		new = get_slot(pool);
		assert_one_of(aoipool_put(pool, old.ref), -EINVAL, -ESTALE,
			      -EALREADY);
		assert_ok(aoipool_put(pool, new.ref));
		assert_ok(aoipool_pool_close(pool));
	}
}

static void the_version_is_part_of_the_type(void **state)
{
	struct aoipool_attr *attr = frame_attr(1);
	struct aoipool_pool *one, *two;
	struct aoipool_slot slot;

	(void)state;
	assert_ok(aoipool_attr_set_type(attr, "board", 1));
	one = open_pool(attr);
	attr = frame_attr(1);
	assert_ok(aoipool_attr_set_type(attr, "board", 2));
	two = open_pool(attr);
	slot = get_slot(one);
	assert_err(aoipool_put(two, slot.ref), -EPROTOTYPE);
	assert_ok(aoipool_put(one, slot.ref));
	assert_ok(aoipool_pool_close(one));
	assert_ok(aoipool_pool_close(two));
}

static void frames_and_objects_differ_in_type(void **state)
{
	struct aoipool_pool *frames = open_frames(1);
	struct aoipool_pool *objects = open_objects(64, 1);
	struct aoipool_slot frame = get_slot(frames);
	struct aoipool_slot object = get_slot(objects);

	(void)state;
	assert_err(aoipool_put(objects, frame.ref), -EPROTOTYPE);
	assert_err(aoipool_put(frames, object.ref), -EPROTOTYPE);
	assert_ok(aoipool_put(frames, frame.ref));
	assert_ok(aoipool_put(objects, object.ref));
	assert_ok(aoipool_pool_close(frames));
	assert_ok(aoipool_pool_close(objects));
}

struct double_put {
	struct aoipool_pool *pool;
	unsigned int turns;
	atomic_uint_fast64_t ref;
	atomic_uint won;
};

/* One slot handed to all; all put it; who is not first must hear so. */
static unsigned int put_the_same(struct crew *crew, unsigned int number)
{
	struct double_put *race = crew->arg;
	unsigned int turns = race->turns, wrong = 0;
	struct aoipool_slot slot;
	int err;

	(void)number;
	while (turns--) {
		if (crew_meet(crew)) {
			wrong += aoipool_get(race->pool, &slot) != 0;
			race->ref = slot.ref;
			race->won = 0;
		}
		crew_meet(crew);
		err = aoipool_put(race->pool, race->ref);
		if (!err)
			race->won++;
		else
			wrong += err != -EALREADY;
		crew_meet(crew);
		wrong += race->won != 1;
	}
	return wrong;
}

/* Between the look at the word and the swap: let the others look too. */
static void give_way(void *arg, enum slab_step step, uint32_t slab)
{
	(void)arg;
	(void)slab;
	if (step == SLAB_STEP_PARK)
		sched_yield();
}

static void of_racing_puts_exactly_one_wins(void **state)
{
	struct trio *trio = *state;
	struct double_put race = { .pool = trio->pool };

	trio->pool->table.step = give_way;
	race.turns = rounds(3000);
	assert_int_equal(crew_run(4, put_the_same, &race), 0);
	assert_int_equal(stats_of(trio->pool).slots_out, 1);
	assert_int_equal(stats_of(trio->pool).puts, race.turns);
}

/* Two, one a CPU, without anything that would keep them apart. */
static void of_two_puts_at_once_exactly_one_wins(void **state)
{
	struct trio *trio = *state;
	struct double_put race = { .pool = trio->pool,
				   .turns = rounds(100000) };

	assert_int_equal(crew_run(2, put_the_same, &race), 0);
	assert_int_equal(stats_of(trio->pool).slots_out, 1);
	assert_int_equal(stats_of(trio->pool).puts, race.turns);
}

/*
 * One thread owns the only slot again and again; the others put every ref they
 * see.  What they free they free once, whoever has the slot by then.
 */
static unsigned int put_what_is_seen(struct crew *crew, unsigned int number)
{
	struct double_put *race = crew->arg;
	unsigned int turns = rounds(20000), wrong = 0;
	struct aoipool_slot slot;
	int err;

	for (; number == 0 && turns; turns--) {
		while ((err = aoipool_get(race->pool, &slot)) == -EAGAIN)
			;
		wrong += err != 0;
		race->ref = slot.ref;
		err = aoipool_put(race->pool, slot.ref);
		race->won += !err;
		wrong += err && err != -EALREADY && err != -ESTALE;
	}
	if (number == 0)
		race->ref = 0;
	while (number && race->ref) {
		err = aoipool_put(race->pool, race->ref);
		race->won += !err;
		wrong += err && err != -EALREADY && err != -ESTALE &&
			 err != -EINVAL;
	}
	return wrong;
}

static void a_late_put_never_frees_the_next_use(void **state)
{
	struct aoipool_pool *pool = open_frames(1);
	struct double_put race = { .pool = pool };
	struct aoipool_slot first = get_slot(pool);

	(void)state;
	race.ref = first.ref;
	assert_ok(aoipool_put(pool, first.ref));
	assert_int_equal(crew_run(3, put_what_is_seen, &race), 0);
	assert_int_equal(race.won, rounds(20000));
	assert_int_equal(stats_of(pool).gets, stats_of(pool).puts);
	assert_ok(aoipool_pool_close(pool));
}

#define on_both(test) \
	{ #test "_frame", test, trio_of_frames, close_trio, NULL }, \
	{ #test "_object", test, trio_of_objects, close_trio, NULL }

int main(void)
{
	const struct CMUnitTest ref[] = {
		on_both(a_double_put_is_refused),
		on_both(a_double_put_is_refused_after_trim_too),
		on_both(a_double_put_is_refused_while_its_slot_is_out_again),
		on_both(a_stale_ref_is_refused),
		on_both(a_generation_never_handed_out_is_stale),
		on_both(a_ref_of_another_pool_is_foreign),
		on_both(a_ref_of_another_type_is_refused),
		on_both(a_ref_of_nothing_is_invalid),
		on_both(a_ref_of_a_closed_pool_is_invalid),
		cmocka_unit_test(a_ref_of_a_closed_pool_never_fits_a_new_one),
		cmocka_unit_test(an_old_ref_never_fits_when_indices_come_round),
		cmocka_unit_test(the_version_is_part_of_the_type),
		cmocka_unit_test(frames_and_objects_differ_in_type),
		on_both(of_racing_puts_exactly_one_wins),
		on_both(of_two_puts_at_once_exactly_one_wins),
		cmocka_unit_test(a_late_put_never_frees_the_next_use),
	};

	return RUN(ref);
}
