/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's kselftest harness, as this folder uses it.
 */
#ifndef HARNESS_H
#define HARNESS_H

/*
 * The harness is written for -Wall: its wrappers have unused parameters, and
 * its comparisons are made on whatever types the two sides have.
 */
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wsign-compare"

#include "kselftest_harness.h"

/* An emulated machine is about 20 times slower; only a hang takes this long. */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT	120

/*
 * Skip from a fixture's set-up: a SKIP() there would go on with the test.  The
 * harness takes this exit status for a skip and finds the reason in memory
 * that it shares with us.
 */
#define SKIP_FIXTURE(fmt, ...)	SKIP(_exit(255), fmt, ##__VA_ARGS__)

#endif /* HARNESS_H */
