// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Which provider, why, on which pages; and what it says when it cannot. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fixture.h"
#include "linux/aoipool.h"
#include "process.h"

static char *saved;

static int save_environment(void **state)
{
	const char *value = getenv("AOIPOOL_PROVIDER");

	(void)state;
	saved = value ? strdup(value) : NULL;
	unsetenv("AOIPOOL_PROVIDER");
	return 0;
}

static int restore_environment(void **state)
{
	(void)state;
	if (saved)
		setenv("AOIPOOL_PROVIDER", saved, 1);
	else
		unsetenv("AOIPOOL_PROVIDER");
	free(saved);
	return 0;
}

static bool have_device(void)
{
	return !access(AOIPOOL_DEVICE_PATH, F_OK);
}

/* With frame and log, and @provider. */
static struct aoipool_attr *attr_of(enum aoipool_provider provider)
{
	struct aoipool_attr *attr;

	assert_ok(aoipool_attr_create(&attr));
	assert_ok(aoipool_attr_set_log(attr, hear, NULL));
	assert_ok(aoipool_attr_set_frame(attr, 640, 480, AOIPOOL_PIXEL_MONO8,
					 2));
	assert_ok(aoipool_attr_set_provider(attr, provider));
	return attr;
}

static void the_argument_forces_the_user_provider(void **state)
{
	struct aoipool_pool *pool = open_pool(attr_of(AOIPOOL_PROVIDER_USER));

	(void)state;
	assert_string_equal(aoipool_pool_provider(pool), "user");
	assert_string_not_equal(aoipool_pool_provider_reason(pool), "");
	assert_ok(aoipool_pool_close(pool));
}

static void the_argument_beats_the_environment(void **state)
{
	struct aoipool_pool *pool;

	(void)state;
	setenv("AOIPOOL_PROVIDER", "kernel", 1);
	pool = open_pool(attr_of(AOIPOOL_PROVIDER_USER));
	assert_string_equal(aoipool_pool_provider(pool), "user");
	assert_ok(aoipool_pool_close(pool));
}

static void the_environment_forces_the_user_provider(void **state)
{
	struct aoipool_pool *pool;

	(void)state;
	setenv("AOIPOOL_PROVIDER", "user", 1);
	pool = open_pool(attr_of(AOIPOOL_PROVIDER_AUTO));
	assert_string_equal(aoipool_pool_provider(pool), "user");
	assert_non_null(strstr(aoipool_pool_provider_reason(pool),
			       "AOIPOOL_PROVIDER"));
	assert_ok(aoipool_pool_close(pool));
}

static void an_unknown_name_in_the_environment_is_refused(void **state)
{
	static const char *const names[] = { "users", "USER", "kernel ", "0" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		setenv("AOIPOOL_PROVIDER", names[i], 1);
		open_refused(attr_of(AOIPOOL_PROVIDER_AUTO), -EINVAL);
		/* It says what was there and what may be. */
		assert_non_null(strstr(heard(), names[i]));
		assert_non_null(strstr(heard(), "kernel"));
		assert_non_null(strstr(heard(), "user"));
		assert_non_null(strstr(heard(), "auto"));
	}
}

static void auto_takes_the_user_provider_without_a_device(void **state)
{
	struct aoipool_pool *pool;

	(void)state;
	if (have_device())
		skip_because("the module is loaded");
	pool = open_pool(attr_of(AOIPOOL_PROVIDER_AUTO));
	assert_string_equal(aoipool_pool_provider(pool), "user");
	assert_non_null(strstr(aoipool_pool_provider_reason(pool),
			       AOIPOOL_DEVICE_PATH));
	assert_ok(aoipool_pool_close(pool));

	setenv("AOIPOOL_PROVIDER", "auto", 1);
	pool = open_pool(attr_of(AOIPOOL_PROVIDER_AUTO));
	assert_string_equal(aoipool_pool_provider(pool), "user");
	assert_ok(aoipool_pool_close(pool));
}

static void kernel_without_a_device_says_what_to_do(void **state)
{
	(void)state;
	if (have_device())
		skip_because("the module is loaded");
	open_refused(attr_of(AOIPOOL_PROVIDER_KERNEL), -ENODEV);
	assert_non_null(strstr(heard(), AOIPOOL_DEVICE_PATH));
	assert_non_null(strstr(heard(), "modprobe"));

	setenv("AOIPOOL_PROVIDER", "kernel", 1);
	open_refused(attr_of(AOIPOOL_PROVIDER_AUTO), -ENODEV);
	assert_string_not_equal(heard(), "");
}

static void open_says_which_provider_and_why(void **state)
{
	struct aoipool_pool *pool = open_pool(attr_of(AOIPOOL_PROVIDER_USER));

	(void)state;
	assert_non_null(strstr(heard(), "<6>"));
	assert_non_null(strstr(heard(), aoipool_pool_provider(pool)));
	assert_non_null(strstr(heard(), aoipool_pool_provider_reason(pool)));
	assert_ok(aoipool_pool_close(pool));
}

static size_t huge_bytes(const void *ptr)
{
	size_t page = process_smaps(ptr, "KernelPageSize");

	if (page > 4096)
		return process_smaps(ptr, "Shared_Hugetlb") +
		       process_smaps(ptr, "Private_Hugetlb");
	return process_smaps(ptr, "ShmemPmdMapped") +
	       process_smaps(ptr, "FilePmdMapped") +
	       process_smaps(ptr, "AnonHugePages");
}

/* The claim of stats is the kernel's own word, whatever the host allows. */
static void block_bytes_are_what_smaps_says(void **state)
{
	struct aoipool_pool *pool = open_pool(attr_of(AOIPOOL_PROVIDER_USER));
	struct aoipool_slot slots[2];
	size_t n = 2;

	(void)state;
	assert_ok(aoipool_get_many(pool, slots, n, 0));
	memset(slots[0].ptr, 1, aoipool_pool_slot_bytes(pool));
	memset(slots[1].ptr, 1, aoipool_pool_slot_bytes(pool));
	print_message("# %s\n", aoipool_pool_provider_reason(pool));
	print_message("# huge in smaps: %zu, block_bytes: %zu\n",
		      huge_bytes(slots[0].ptr),
		      (size_t)stats_of(pool).block_bytes);
	if (stats_of(pool).block_bytes == BLOCK_BYTES) {
		assert_int_equal(huge_bytes(slots[0].ptr), n * BLOCK_BYTES);
	} else {
		assert_int_equal(stats_of(pool).block_bytes, 4096);
		assert_true(huge_bytes(slots[0].ptr) < n * BLOCK_BYTES);
	}
	put_all(pool, slots, n);
	assert_ok(aoipool_pool_close(pool));
}

/* The reason may not promise what the pages are not. */
static void the_reason_names_the_pages(void **state)
{
	struct aoipool_pool *pool = open_pool(attr_of(AOIPOOL_PROVIDER_USER));
	struct aoipool_slot slot = get_slot(pool);
	const char *reason = aoipool_pool_provider_reason(pool);

	(void)state;
	if (stats_of(pool).block_bytes == BLOCK_BYTES)
		assert_true(strstr(reason, "2 MiB") ||
			    strstr(reason, "huge"));
	else
		assert_non_null(strstr(reason, "4 KiB"));
	assert_ok(aoipool_put(pool, slot.ref));
	assert_ok(aoipool_pool_close(pool));
}

static void huge_pages_come_back_after_a_trim(void **state)
{
	struct aoipool_pool *pool = open_pool(attr_of(AOIPOOL_PROVIDER_USER));
	struct aoipool_slot slot = get_slot(pool);

	(void)state;
	if (stats_of(pool).block_bytes != BLOCK_BYTES) {
		aoipool_pool_close(pool);
		skip_because("this host gives no huge pages");
	}
	for (unsigned int i = 0; i < rounds(10); i++) {
		assert_ok(aoipool_put(pool, slot.ref));
		assert_int_equal(trim_all(pool), BLOCK_BYTES);
		slot = get_slot(pool);
		assert_int_equal(huge_bytes(slot.ptr), BLOCK_BYTES);
	}
	assert_ok(aoipool_put(pool, slot.ref));
	assert_ok(aoipool_pool_close(pool));
}

#define with_environment(test) \
	cmocka_unit_test_setup_teardown(test, save_environment, \
					restore_environment)

int main(void)
{
	const struct CMUnitTest provider[] = {
		with_environment(the_argument_forces_the_user_provider),
		with_environment(the_argument_beats_the_environment),
		with_environment(the_environment_forces_the_user_provider),
		with_environment(an_unknown_name_in_the_environment_is_refused),
		with_environment(auto_takes_the_user_provider_without_a_device),
		with_environment(kernel_without_a_device_says_what_to_do),
		with_environment(open_says_which_provider_and_why),
		with_environment(block_bytes_are_what_smaps_says),
		with_environment(the_reason_names_the_pages),
		with_environment(huge_pages_come_back_after_a_trim),
	};

	return RUN(provider);
}
