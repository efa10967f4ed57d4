/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * What every test program includes: cmocka with the headers it needs, checks
 * that print errors by name, and the frame of a program.
 *
 * cmocka leaves a failed test by longjmp(), so only the main thread may check;
 * other threads count what they saw wrong and the main thread checks the count.
 */
#ifndef SELFTESTS_LIB_TEST_H
#define SELFTESTS_LIB_TEST_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "aoipool.h"

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

void check_err(int got, int want, const char *what, const char *file, int line);
void check_refused(int got, const int *wanted, size_t n, const char *what,
		   const char *file, int line);

#define assert_err(call, want) \
	check_err((call), (want), #call, __FILE__, __LINE__)
#define assert_ok(call)	assert_err(call, 0)

/* Seconds after which what has not happened is taken not to happen. */
#define AWAIT_LIMIT	60

/* Waits until it is so. */
#define await(condition) \
	do { \
		for (int tries_ = 0; !(condition); tries_++) { \
			if (tries_ == AWAIT_LIMIT * 100) \
				fail_msg("in vain: %s", #condition); \
			usleep(10000); \
		} \
	} while (0)

/* Where the contract leaves a choice between errors. */
#define assert_one_of(call, ...) \
	check_refused((call), (const int[]){ __VA_ARGS__ }, \
		      sizeof((const int[]){ __VA_ARGS__ }) / sizeof(int), \
		      #call, __FILE__, __LINE__)

/* Says why, so that a skipped test is never a silent one. */
#define skip_because(why) \
	do { \
		print_message("# skipped: %s\n", why); \
		skip(); \
	} while (0)

/*
 * A group set-up that ends a program that hangs.  The only time in these
 * tests, and far above what any of them takes.
 */
int limit_hang(void **state);

/* Repetitions, fewer where the program runs under an instrument. */
unsigned int rounds(unsigned int plain);

/* Address space is not what it is without: limits on it mean nothing. */
bool instrumented(void);
/* By "tsan", "asan" or "valgrind". */
bool instrumented_by(const char *name);

/* _exit() of a child, with the coverage of what it did. */
void leave_child(int status) __attribute__((noreturn));

#define RUN(tests)	cmocka_run_group_tests(tests, limit_hang, NULL)

#endif
