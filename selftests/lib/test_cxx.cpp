// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* The header from C++: it compiles, links with C linkage, and works. */
#include <cstring>

#include "aoipool.h"

extern "C" {
#include "test.h"
}

#include <type_traits>

#include "linux/aoipool.h"

static_assert(std::is_standard_layout<aoipool_slot>::value &&
		      std::is_trivial<aoipool_slot>::value,
	      "slots are plain data");
static_assert(std::is_trivial<aoipool_stats>::value, "stats are plain data");
static_assert(sizeof(aoipool_ref_t) == 8, "a ref is 64 bits");

/* Types in the language's own way: no cast where the contract needs none. */
static void a_pool_works_from_cxx(void **)
{
	aoipool_attr *attr = nullptr;
	aoipool_pool *pool = nullptr;
	aoipool_slot slot = {};

	assert_ok(aoipool_attr_create(&attr));
	assert_ok(aoipool_attr_set_object(attr, sizeof(double), 10));
	assert_ok(aoipool_attr_set_provider(attr, AOIPOOL_PROVIDER_USER));
	assert_ok(aoipool_pool_open(attr, &pool));
	aoipool_attr_destroy(attr);
	assert_ok(aoipool_get(pool, &slot));
	*static_cast<double *>(slot.ptr) = 2.5;
	assert_true(*static_cast<double *>(slot.ptr) > 2.0);
	assert_ok(aoipool_put(pool, slot.ref));
	assert_err(aoipool_put(pool, slot.ref), -EALREADY);
	assert_ok(aoipool_pool_close(pool));
}

static void the_log_takes_a_lambda_without_capture(void **)
{
	aoipool_attr *attr = nullptr;
	aoipool_pool *pool = nullptr;
	int lines = 0;

	assert_ok(aoipool_attr_create(&attr));
	assert_ok(aoipool_attr_set_log(
		attr,
		[](void *arg, aoipool_log_level, const char *) {
			++*static_cast<int *>(arg);
		},
		&lines));
	assert_err(aoipool_pool_open(attr, &pool), -EINVAL);
	assert_true(lines > 0);
	aoipool_attr_destroy(attr);
}

static void the_word_arithmetic_works_from_cxx(void **)
{
	__u64 word = aoipool_word_held(0, 3, 7);

	assert_int_equal(aoipool_word_state(word), AOIPOOL_SLAB_HELD);
	assert_int_equal(aoipool_word_node(word), 3);
	assert_int_equal(aoipool_word_owner(word), 7);
	assert_int_equal(aoipool_word_gen(aoipool_word_parked(word)), 1);
}

static inline int here()
{
	return AOIPOOL_TAG_HERE();
}

static void a_place_in_cxx_is_a_tag(void **)
{
	assert_int_equal(here(), here());
	assert_non_null(strstr(aoipool_tag_name(here()), "test_cxx.cpp:"));
}

int main()
{
	const struct CMUnitTest cxx[] = {
		cmocka_unit_test(a_pool_works_from_cxx),
		cmocka_unit_test(the_log_takes_a_lambda_without_capture),
		cmocka_unit_test(the_word_arithmetic_works_from_cxx),
		cmocka_unit_test(a_place_in_cxx_is_a_tag),
	};

	return RUN(cxx);
}
