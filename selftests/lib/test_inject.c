// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * Every system call and allocation of the library failed in turn: open, get and
 * trim either do without or say so, leave nothing behind and lose nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "inject.h"
#include "pattern.h"
#include "process.h"

/* More than any of the calls below makes. */
#define MANY	200

static void same(const struct footprint *before)
{
	struct footprint after = process_footprint_after(before);

	assert_int_equal(after.descriptors, before->descriptors);
	assert_int_equal(after.mappings, before->mappings);
	assert_int_equal(after.address_bytes, before->address_bytes);
	assert_int_equal(after.threads, before->threads);
}

/* What opened works, whatever it had to do without. */
static void works(struct aoipool_pool *pool)
{
	size_t bytes = aoipool_pool_slot_bytes(pool);
	struct aoipool_slot slot = get_slot(pool);

	assert_true(all_zero(slot.ptr, bytes));
	pattern_write(slot.ptr, bytes, 1);
	assert_true(pattern_intact(slot.ptr, bytes, 1));
	assert_ok(aoipool_put(pool, slot.ref));
	assert_err(aoipool_put(pool, slot.ref), -EALREADY);
}

static const char *open_failing(struct aoipool_attr *(*attr)(void),
				unsigned int nth, int *err)
{
	struct footprint before = process_footprint();
	struct aoipool_attr *wish = attr();
	struct aoipool_pool *pool = (void *)wish;
	const char *failed;

	inject_arm(nth);
	*err = aoipool_pool_open(wish, &pool);
	failed = inject_disarm();
	aoipool_attr_destroy(wish);
	if (*err) {
		assert_non_null(failed);
		assert_null(pool);
		assert_one_of(*err, -ENOMEM, -EMFILE, -EFBIG, -EAGAIN);
	} else {
		works(pool);
		assert_ok(aoipool_pool_close(pool));
	}
	same(&before);
	return failed;
}

static void open_fails_cleanly(struct aoipool_attr *(*attr)(void))
{
	unsigned int nth = 0, refused = 0;
	const char *failed;
	int err;

	aoipool_pool_close(open_pool(attr()));
	do {
		failed = open_failing(attr, nth, &err);
		if (failed && !err)
			print_message("# opens without %s\n", failed);
		refused += err != 0;
		assert_true(++nth < MANY);
	} while (failed);
	assert_true(refused >= 3);
}

static struct aoipool_attr *some_frames(void)
{
	return frame_attr(2);
}

static struct aoipool_attr *warm_frames(void)
{
	struct aoipool_attr *attr = frame_attr(3);

	assert_ok(aoipool_attr_set_reserve(attr, 2));
	return attr;
}

static struct aoipool_attr *some_objects(void)
{
	return object_attr(4096, 100);
}

static void a_frame_pool_opens_or_leaves_nothing(void **state)
{
	(void)state;
	open_fails_cleanly(some_frames);
}

static void a_warm_frame_pool_opens_or_leaves_nothing(void **state)
{
	(void)state;
	open_fails_cleanly(warm_frames);
}

static void an_object_pool_opens_or_leaves_nothing(void **state)
{
	(void)state;
	open_fails_cleanly(some_objects);
}

static void attributes_are_made_or_not(void **state)
{
	struct aoipool_attr *attr = (void *)1;

	(void)state;
	inject_arm(0);
	assert_err(aoipool_attr_create(&attr), -ENOMEM);
	assert_non_null(inject_disarm());
	assert_null(attr);
}

/* The nth call of one get fails; the next get finds everything as it was. */
static const char *get_failing(struct aoipool_pool *pool, unsigned int nth)
{
	struct aoipool_slot slots[40];
	const char *failed;
	size_t n = aoipool_pool_slots(pool) < 40 ? 2 : 40;
	int err;

	inject_arm(nth);
	err = aoipool_get_many(pool, slots, n, 0);
	failed = inject_disarm();
	if (err) {
		assert_non_null(failed);
		assert_err(err, -ENOMEM);
		assert_true(stats_of(pool).no_memory > 0 || n == 40);
		assert_int_equal(stats_of(pool).slots_out, 0);
		assert_ok(aoipool_get_many(pool, slots, n, 0));
	}
	for (size_t i = 0; i < n; i++)
		memset(slots[i].ptr, 1, aoipool_pool_slot_bytes(pool));
	put_all(pool, slots, n);
	return failed;
}

static void get_fails_cleanly(struct aoipool_attr *(*attr)(void))
{
	struct aoipool_pool *pool = open_pool(attr());
	struct aoipool_slot *slots;
	unsigned int nth = 0;
	const char *failed;
	size_t n;

	do {
		trim_all(pool);
		assert_int_equal(stats_of(pool).resident_bytes, 0);
		failed = get_failing(pool, nth);
		assert_true(++nth < MANY);
	} while (failed);
	assert_true(nth > 1);
	slots = get_all(pool, &n);
	put_all(pool, slots, n);
	free(slots);
	assert_ok(aoipool_pool_close(pool));
}

static void a_get_of_frames_fails_without_a_loss(void **state)
{
	(void)state;
	get_fails_cleanly(some_frames);
}

static void a_get_of_objects_fails_without_a_loss(void **state)
{
	(void)state;
	get_fails_cleanly(some_objects);
}

/* A frame of many blocks: some of them come, then there is no more. */
static void a_get_that_half_succeeds_keeps_no_other_content(void **state)
{
	struct aoipool_attr *attr = new_attr();
	struct aoipool_pool *pool;
	struct aoipool_slot slot;
	unsigned int nth = 0;
	const char *failed;
	size_t bytes;

	(void)state;
	assert_ok(aoipool_attr_set_frame(attr, 3840, 2160, AOIPOOL_PIXEL_MONO8,
					 1));
	pool = open_pool(attr);
	bytes = aoipool_pool_slot_bytes(pool);
	do {
		inject_arm(nth);
		if (aoipool_get(pool, &slot))
			slot.ptr = NULL;
		failed = inject_disarm();
		if (!slot.ptr)
			slot = get_slot(pool);
		/* The last user's content is gone with the trim below. */
		assert_true(all_zero(slot.ptr, bytes));
		memset(slot.ptr, 0x5a, bytes);
		assert_ok(aoipool_put(pool, slot.ref));
		trim_all(pool);
		assert_int_equal(stats_of(pool).resident_bytes, 0);
		assert_true(++nth < MANY);
	} while (failed);
	assert_ok(aoipool_pool_close(pool));
}

/* Whatever fails in a trim, the next user sees his own content or zeroes. */
static void a_trim_that_fails_leaks_no_content(void **state)
{
	struct aoipool_pool *pool = open_frames(1);
	size_t bytes = aoipool_pool_slot_bytes(pool);
	struct aoipool_slot slot = get_slot(pool);
	unsigned int nth = 0;
	const char *failed;

	(void)state;
	do {
		pattern_sprinkle(slot.ptr, bytes, nth);
		assert_ok(aoipool_put(pool, slot.ref));
		inject_arm(nth);
		aoipool_pool_trim(pool, SIZE_MAX, NULL);
		failed = inject_disarm();
		slot = get_slot(pool);
		assert_true(pattern_zero_in(slot.ptr, bytes, 0, bytes) ||
			    pattern_sprinkled(slot.ptr, bytes, nth));
		assert_true(++nth < MANY);
	} while (failed);
	assert_ok(aoipool_put(pool, slot.ref));
	assert_ok(aoipool_pool_close(pool));
}

/* A container may have none of /proc and /sys, and no device. */
static void a_pool_works_without_proc_and_sys(void **state)
{
	struct aoipool_pool *pool;

	(void)state;
	inject_hide_files(true);
	pool = open_frames(2);
	works(pool);
	assert_true(trim_all(pool) > 0);
	works(pool);
	assert_ok(aoipool_pool_close(pool));
	inject_hide_files(false);
}

int main(void)
{
	const struct CMUnitTest inject[] = {
		cmocka_unit_test(a_frame_pool_opens_or_leaves_nothing),
		cmocka_unit_test(a_warm_frame_pool_opens_or_leaves_nothing),
		cmocka_unit_test(an_object_pool_opens_or_leaves_nothing),
		cmocka_unit_test(attributes_are_made_or_not),
		cmocka_unit_test(a_get_of_frames_fails_without_a_loss),
		cmocka_unit_test(a_get_of_objects_fails_without_a_loss),
		cmocka_unit_test(
			a_get_that_half_succeeds_keeps_no_other_content),
		cmocka_unit_test(a_trim_that_fails_leaks_no_content),
		cmocka_unit_test(a_pool_works_without_proc_and_sys),
	};

	return RUN(inject);
}
