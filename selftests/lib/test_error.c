// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* What errors are called, and that the library says it to nobody but the log. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fixture.h"

/* Every error that the header names. */
static const int errors[] = {
	-EINVAL,     -ENOMEM,	 -EOVERFLOW, -ENODEV,	  -EACCES,
	-EPROTO,     -EXDEV,	 -ENOSPC,    -EBUSY,	  -ENOTTY,
	-EAGAIN,     -EPERM,	 -ETIMEDOUT, -EALREADY,	  -ESTALE,
	-EPROTOTYPE, -EDQUOT,	 -EDEADLK,
};

#define NR_ERRORS	ARRAY_SIZE(errors)

static void every_error_has_a_text_of_its_own(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_ERRORS; i++) {
		assert_string_not_equal(aoipool_strerror(errors[i]), "");
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(aoipool_strerror(errors[i]),
						aoipool_strerror(errors[j]));
	}
}

static void the_sign_does_not_matter(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_ERRORS; i++)
		assert_string_equal(aoipool_strerror(errors[i]),
				    aoipool_strerror(-errors[i]));
}

static void refs_are_refused_in_this_librarys_words(void **state)
{
	static const int of_refs[] = { -EALREADY, -ESTALE, -EXDEV, -EPROTOTYPE,
				       -EINVAL };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(of_refs); i++)
		assert_string_not_equal(aoipool_strerror(of_refs[i]),
					strerror(-of_refs[i]));
	assert_non_null(strstr(aoipool_strerror(-EALREADY), "double put"));
}

static void the_text_is_static(void **state)
{
	const char *text = aoipool_strerror(-ESTALE);
	char copy[256];

	(void)state;
	snprintf(copy, sizeof(copy), "%s", text);
	for (size_t i = 0; i < NR_ERRORS; i++)
		aoipool_strerror(errors[i]);
	aoipool_strerror(-ELOOP);
	assert_string_equal(text, copy);
	assert_ptr_equal(aoipool_strerror(-ESTALE), text);
}

static void other_errors_get_the_c_librarys_text(void **state)
{
	(void)state;
	assert_string_equal(aoipool_strerror(-ELOOP), strerror(ELOOP));
	assert_string_equal(aoipool_strerror(EMLINK), strerror(EMLINK));
	assert_non_null(aoipool_strerror(0));
	assert_non_null(aoipool_strerror(INT32_MAX));
	assert_non_null(aoipool_strerror(INT32_MIN));
}

static void version_is_that_of_the_header(void **state)
{
	char version[32];

	(void)state;
	snprintf(version, sizeof(version), "%d.%d.%d", AOIPOOL_VERSION_MAJOR,
		 AOIPOOL_VERSION_MINOR, AOIPOOL_VERSION_PATCH);
	assert_string_equal(aoipool_version(), version);
}

static void misuse(void)
{
	struct aoipool_attr *attr = NULL;
	struct aoipool_pool *pool = NULL;
	struct aoipool_slot slot = { 0 };

	aoipool_attr_create(&attr);
	aoipool_pool_open(attr, &pool);
	aoipool_attr_set_provider(attr, AOIPOOL_PROVIDER_USER);
	aoipool_attr_set_frame(attr, 8, 8, AOIPOOL_PIXEL_MONO8, 1);
	aoipool_pool_open(attr, &pool);
	aoipool_get(pool, &slot);
	aoipool_get(pool, &slot);
	aoipool_put(pool, slot.ref);
	aoipool_put(pool, slot.ref);
	aoipool_put(pool, 0);
	aoipool_pool_close(pool);
	aoipool_attr_destroy(attr);
}

static void the_library_prints_nothing(void **state)
{
	int file = memfd_create("output", MFD_CLOEXEC);
	int out = dup(STDOUT_FILENO), err = dup(STDERR_FILENO);

	(void)state;
	fflush(NULL);
	dup2(file, STDOUT_FILENO);
	dup2(file, STDERR_FILENO);
	misuse();
	fflush(NULL);
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	assert_int_equal(lseek(file, 0, SEEK_END), 0);
	close(file);
	close(out);
	close(err);
}

int main(void)
{
	const struct CMUnitTest error[] = {
		cmocka_unit_test(every_error_has_a_text_of_its_own),
		cmocka_unit_test(the_sign_does_not_matter),
		cmocka_unit_test(refs_are_refused_in_this_librarys_words),
		cmocka_unit_test(the_text_is_static),
		cmocka_unit_test(other_errors_get_the_c_librarys_text),
		cmocka_unit_test(version_is_that_of_the_header),
		cmocka_unit_test(the_library_prints_nothing),
	};

	return RUN(error);
}
