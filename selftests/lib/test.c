// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "test.h"

/* Seconds; the slowest program takes about ten without an instrument. */
#define HANG_LIMIT	240

static unsigned int percent(void)
{
	const char *value = getenv("AOIPOOL_TEST_PERCENT");

	return value ? (unsigned int)atoi(value) : 100;
}

unsigned int rounds(unsigned int plain)
{
	unsigned int scaled = plain * percent() / 100;

	return scaled ? scaled : 1;
}

bool instrumented(void)
{
	const char *value = getenv("AOIPOOL_TEST_INSTRUMENT");

	return value && *value;
}

bool instrumented_by(const char *name)
{
	const char *value = getenv("AOIPOOL_TEST_INSTRUMENT");

	return value && !strcmp(value, name);
}

/* There only when coverage is measured. */
void __gcov_dump(void) __attribute__((weak));

void leave_child(int status)
{
	if (__gcov_dump)
		__gcov_dump();
	_exit(status);
}

int limit_hang(void **state)
{
	(void)state;
	alarm(percent() < 100 ? 4 * HANG_LIMIT : HANG_LIMIT);
	return 0;
}

void check_err(int got, int want, const char *what, const char *file, int line)
{
	if (got == want)
		return;
	print_error("# %s\n", what);
	print_error("#   gave %d (%s)\n", got, got ? strerror(abs(got)) : "ok");
	print_error("#   not  %d (%s)\n", want,
		    want ? strerror(abs(want)) : "ok");
	_fail(file, line);
}

void check_refused(int got, const int *wanted, size_t n, const char *what,
		   const char *file, int line)
{
	for (size_t i = 0; i < n; i++) {
		if (got == wanted[i])
			return;
	}
	print_error("# %s\n", what);
	print_error("#   gave %d (%s)\n", got, got ? strerror(abs(got)) : "ok");
	_fail(file, line);
}
