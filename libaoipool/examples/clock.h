/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* clock - monotonic nanoseconds. */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>
#include <time.h>

#define NS_PER_S	1000000000ull
#define NS_PER_MS	1000000ull

static inline uint64_t clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

static inline void clock_sleep_ms(unsigned int ms)
{
	struct timespec span = {
		.tv_sec = ms / 1000,
		.tv_nsec = (long)(ms % 1000) * 1000000,
	};

	nanosleep(&span, NULL);
}

#endif
