// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Attributes: what setters refuse at once, and what only opening can see. */
#include <string.h>

#include "fixture.h"
#include "linux/aoipool.h"

static int one_attr(void **state)
{
	struct aoipool_attr *attr;

	assert_ok(aoipool_attr_create(&attr));
	*state = attr;
	return 0;
}

static int no_attr(void **state)
{
	aoipool_attr_destroy(*state);
	return 0;
}

static void destroy_takes_null(void **state)
{
	(void)state;
	aoipool_attr_destroy(NULL);
}

static void setters_refuse_no_attribute_object(void **state)
{
	struct aoipool_pool *pool;

	assert_err(aoipool_attr_create(NULL), -EINVAL);
	assert_err(aoipool_attr_set_name(NULL, "x"), -EINVAL);
	assert_err(aoipool_attr_set_type(NULL, "x", 0), -EINVAL);
	assert_err(aoipool_attr_set_object(NULL, 64, 1), -EINVAL);
	assert_err(aoipool_attr_set_frame(NULL, 8, 8, AOIPOOL_PIXEL_MONO8, 1),
		   -EINVAL);
	assert_err(aoipool_attr_set_reserve(NULL, 1), -EINVAL);
	assert_err(aoipool_attr_set_numa(NULL, AOIPOOL_NUMA_LOCAL, 0), -EINVAL);
	assert_err(aoipool_attr_set_provider(NULL, AOIPOOL_PROVIDER_USER),
		   -EINVAL);
	assert_err(aoipool_attr_set_log(NULL, hear, NULL), -EINVAL);
	assert_err(aoipool_pool_open(NULL, &pool), -EINVAL);
	assert_null(pool);
	assert_err(aoipool_pool_open(*state, NULL), -EINVAL);
}

static void name_takes_1_to_31_printable_bytes(void **state)
{
	struct aoipool_attr *attr = *state;

	assert_ok(aoipool_attr_set_name(attr, "x"));
	assert_ok(aoipool_attr_set_name(attr, "camera 0: left (raw)"));
	assert_ok(aoipool_attr_set_name(attr,
					"1234567890123456789012345678901"));
}

static void name_refuses_what_can_never_be_right(void **state)
{
	struct aoipool_attr *attr = *state;

	assert_err(aoipool_attr_set_name(attr, NULL), -EINVAL);
	assert_err(aoipool_attr_set_name(attr, ""), -EINVAL);
	assert_err(aoipool_attr_set_name(attr,
					 "12345678901234567890123456789012"),
		   -EINVAL);
	assert_err(aoipool_attr_set_name(attr, "a/b"), -EINVAL);
	assert_err(aoipool_attr_set_name(attr, "a\nb"), -EINVAL);
	assert_err(aoipool_attr_set_name(attr, "a\177"), -EINVAL);
	assert_err(aoipool_attr_set_name(attr, "a\xc3\xa9"), -EINVAL);
}

static void type_takes_1_to_23_printable_bytes(void **state)
{
	struct aoipool_attr *attr = *state;

	assert_ok(aoipool_attr_set_type(attr, "d", 0));
	assert_ok(aoipool_attr_set_type(attr, "12345678901234567890123",
					UINT32_MAX));
}

static void type_refuses_what_can_never_be_right(void **state)
{
	struct aoipool_attr *attr = *state;

	assert_err(aoipool_attr_set_type(attr, NULL, 0), -EINVAL);
	assert_err(aoipool_attr_set_type(attr, "", 0), -EINVAL);
	assert_err(aoipool_attr_set_type(attr, "123456789012345678901234", 0),
		   -EINVAL);
	assert_err(aoipool_attr_set_type(attr, "a@b", 0), -EINVAL);
	assert_err(aoipool_attr_set_type(attr, "a\tb", 0), -EINVAL);
}

static void object_takes_1_byte_to_1_mib(void **state)
{
	struct aoipool_attr *attr = *state;

	assert_ok(aoipool_attr_set_object(attr, 1, 1));
	assert_ok(aoipool_attr_set_object(attr, 1 << 20, 1));
	assert_err(aoipool_attr_set_object(attr, 0, 1), -EINVAL);
	assert_err(aoipool_attr_set_object(attr, (1 << 20) + 1, 1), -EINVAL);
	assert_err(aoipool_attr_set_object(attr, SIZE_MAX, 1), -EINVAL);
	assert_err(aoipool_attr_set_object(attr, 64, 0), -EINVAL);
}

static void frame_refuses_what_can_never_be_right(void **state)
{
	struct aoipool_attr *attr = *state;

	assert_err(aoipool_attr_set_frame(attr, 0, 8, AOIPOOL_PIXEL_MONO8, 1),
		   -EINVAL);
	assert_err(aoipool_attr_set_frame(attr, 8, 0, AOIPOOL_PIXEL_MONO8, 1),
		   -EINVAL);
	assert_err(aoipool_attr_set_frame(attr, 8, 8, AOIPOOL_PIXEL_MONO8, 0),
		   -EINVAL);
	assert_err(aoipool_attr_set_frame(attr, 8, 8, 0, 1), -EINVAL);
	assert_err(aoipool_attr_set_frame(attr, 8, 8, 6, 1), -EINVAL);
	assert_ok(aoipool_attr_set_frame(attr, 1, 1, AOIPOOL_PIXEL_FLOAT32, 1));
}

static void numa_mask_must_fit_the_policy(void **state)
{
	struct aoipool_attr *attr = *state;

	assert_ok(aoipool_attr_set_numa(attr, AOIPOOL_NUMA_LOCAL, 0));
	assert_ok(aoipool_attr_set_numa(attr, AOIPOOL_NUMA_BIND, 1));
	assert_ok(aoipool_attr_set_numa(attr, AOIPOOL_NUMA_INTERLEAVE, 3));
	assert_err(aoipool_attr_set_numa(attr, AOIPOOL_NUMA_LOCAL, 1), -EINVAL);
	assert_err(aoipool_attr_set_numa(attr, AOIPOOL_NUMA_BIND, 0), -EINVAL);
	assert_err(aoipool_attr_set_numa(attr, AOIPOOL_NUMA_INTERLEAVE, 0),
		   -EINVAL);
	assert_err(aoipool_attr_set_numa(attr, 3, 1), -EINVAL);
}

static void provider_refuses_unknown_values(void **state)
{
	struct aoipool_attr *attr = *state;

	assert_ok(aoipool_attr_set_provider(attr, AOIPOOL_PROVIDER_AUTO));
	assert_ok(aoipool_attr_set_provider(attr, AOIPOOL_PROVIDER_KERNEL));
	assert_ok(aoipool_attr_set_provider(attr, AOIPOOL_PROVIDER_USER));
	assert_err(aoipool_attr_set_provider(attr, 3), -EINVAL);
}

static void open_needs_frame_or_object(void **state)
{
	(void)state;
	open_refused(new_attr(), -EINVAL);
	assert_string_not_equal(heard(), "");
}

static void open_refuses_frame_and_object(void **state)
{
	struct aoipool_attr *attr = frame_attr(1);

	(void)state;
	assert_ok(aoipool_attr_set_object(attr, 64, 64));
	open_refused(attr, -EINVAL);
	assert_string_not_equal(heard(), "");
}

static void open_refuses_a_reserve_above_the_bound(void **state)
{
	struct aoipool_attr *attr = frame_attr(2);

	(void)state;
	assert_ok(aoipool_attr_set_reserve(attr, 3));
	open_refused(attr, -EINVAL);
	assert_non_null(strstr(heard(), "reserve"));
}

static void open_refuses_a_node_that_does_not_exist(void **state)
{
	struct aoipool_attr *attr = frame_attr(1);

	(void)state;
	assert_ok(aoipool_attr_set_numa(attr, AOIPOOL_NUMA_BIND,
					(1ULL << 63) | 1));
	open_refused(attr, -EXDEV);
	assert_string_not_equal(heard(), "");
}

static void open_refuses_more_than_any_pool_can_have(void **state)
{
	struct aoipool_attr *attr = new_attr();
	struct aoipool_pool *pool;

	(void)state;
	/* Refused by the setter or by open(), but refused. */
	if (!aoipool_attr_set_object(attr, 1 << 20, SIZE_MAX))
		assert_one_of(aoipool_pool_open(attr, &pool), -EINVAL, -ENOMEM,
			      -EOVERFLOW);
	aoipool_attr_destroy(attr);

	attr = new_attr();
	if (!aoipool_attr_set_frame(attr, 8, 8, AOIPOOL_PIXEL_MONO8,
				    (size_t)AOIPOOL_MAX_SLABS + 1))
		assert_one_of(aoipool_pool_open(attr, &pool), -EINVAL, -ENOMEM,
			      -EOVERFLOW);
	aoipool_attr_destroy(attr);
}

static void open_refuses_a_frame_above_the_largest_slab(void **state)
{
	struct aoipool_attr *attr = new_attr();
	struct aoipool_pool *pool;

	(void)state;
	if (!aoipool_attr_set_frame(attr, 65536, 65536, AOIPOOL_PIXEL_RGBA32,
				    1))
		assert_one_of(aoipool_pool_open(attr, &pool), -EINVAL, -ENOMEM,
			      -EOVERFLOW);
	aoipool_attr_destroy(attr);
}

static void one_attribute_object_opens_many_pools(void **state)
{
	struct aoipool_attr *attr = frame_attr(1);
	struct aoipool_pool *first, *second;
	struct aoipool_slot a, b;

	(void)state;
	assert_ok(aoipool_pool_open(attr, &first));
	assert_ok(aoipool_pool_open(attr, &second));
	aoipool_attr_destroy(attr);
	a = get_slot(first);
	b = get_slot(second);
	assert_ptr_not_equal(a.ptr, b.ptr);
	assert_true(a.ref != b.ref);
	assert_ok(aoipool_put(first, a.ref));
	assert_ok(aoipool_put(second, b.ref));
	assert_ok(aoipool_pool_close(first));
	assert_ok(aoipool_pool_close(second));
}

static void setters_copy_what_they_get(void **state)
{
	char tag[] = "defect", name[] = "left";
	struct aoipool_attr *attr = object_attr(64, 1);
	struct aoipool_pool *pool, *same;
	struct aoipool_slot slot;

	(void)state;
	assert_ok(aoipool_attr_set_name(attr, name));
	assert_ok(aoipool_attr_set_type(attr, tag, 1));
	memset(name, '/', 4);
	memset(tag, '@', 6);
	pool = open_pool(attr);

	attr = object_attr(64, 1);
	assert_ok(aoipool_attr_set_type(attr, "defect", 1));
	same = open_pool(attr);
	slot = get_slot(pool);
	/* Another pool of the same type, not one of another type. */
	assert_err(aoipool_put(same, slot.ref), -EXDEV);
	assert_ok(aoipool_put(pool, slot.ref));
	assert_ok(aoipool_pool_close(same));
	assert_ok(aoipool_pool_close(pool));
}

static void a_refused_setter_changes_nothing(void **state)
{
	struct aoipool_attr *attr = frame_attr(2);
	struct aoipool_frame_layout layout;
	struct aoipool_pool *pool;

	(void)state;
	assert_err(aoipool_attr_set_object(attr, 0, 1), -EINVAL);
	assert_err(aoipool_attr_set_frame(attr, 7, 0, AOIPOOL_PIXEL_RGB24, 9),
		   -EINVAL);
	assert_err(aoipool_attr_set_provider(attr, 9), -EINVAL);
	pool = open_pool(attr);
	assert_int_equal(aoipool_pool_slots(pool), 2);
	assert_ok(aoipool_pool_frame_layout(pool, &layout));
	assert_int_equal(layout.width, FRAME_WIDTH);
	assert_int_equal(layout.height, FRAME_HEIGHT);
	assert_ok(aoipool_pool_close(pool));
}

static void a_log_line_has_no_newline(void **state)
{
	const char *line;

	(void)state;
	open_refused(new_attr(), -EINVAL);
	/* hear() ends each line with the only newline it may have. */
	for (line = heard(); *line; line = strchr(line, '\n') + 1)
		assert_int_equal(*line, '<');
}

static void without_a_log_open_fails_all_the_same(void **state)
{
	struct aoipool_pool *pool = NULL;

	assert_ok(aoipool_attr_set_log(*state, NULL, NULL));
	assert_err(aoipool_pool_open(*state, &pool), -EINVAL);
	assert_null(pool);
}

#define with_attr(test) \
	cmocka_unit_test_setup_teardown(test, one_attr, no_attr)

int main(void)
{
	const struct CMUnitTest attr[] = {
		cmocka_unit_test(destroy_takes_null),
		with_attr(setters_refuse_no_attribute_object),
		with_attr(name_takes_1_to_31_printable_bytes),
		with_attr(name_refuses_what_can_never_be_right),
		with_attr(type_takes_1_to_23_printable_bytes),
		with_attr(type_refuses_what_can_never_be_right),
		with_attr(object_takes_1_byte_to_1_mib),
		with_attr(frame_refuses_what_can_never_be_right),
		with_attr(numa_mask_must_fit_the_policy),
		with_attr(provider_refuses_unknown_values),
		cmocka_unit_test(open_needs_frame_or_object),
		cmocka_unit_test(open_refuses_frame_and_object),
		cmocka_unit_test(open_refuses_a_reserve_above_the_bound),
		cmocka_unit_test(open_refuses_a_node_that_does_not_exist),
		cmocka_unit_test(open_refuses_more_than_any_pool_can_have),
		cmocka_unit_test(open_refuses_a_frame_above_the_largest_slab),
		cmocka_unit_test(one_attribute_object_opens_many_pools),
		cmocka_unit_test(setters_copy_what_they_get),
		cmocka_unit_test(a_refused_setter_changes_nothing),
		cmocka_unit_test(a_log_line_has_no_newline),
		with_attr(without_a_log_open_fails_all_the_same),
	};

	return RUN(attr);
}
