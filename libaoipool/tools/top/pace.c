// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "pace.h"

#include <time.h>

static uint64_t time_of(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

bool pace_is_due(const struct pace *pace)
{
	return time_of(CLOCK_MONOTONIC) >= pace->due_ns;
}

void pace_begin(struct pace *pace)
{
	pace->began_ns = time_of(CLOCK_PROCESS_CPUTIME_ID);
}

void pace_end(struct pace *pace, unsigned int share)
{
	uint64_t cost = time_of(CLOCK_PROCESS_CPUTIME_ID) - pace->began_ns;

	pace->due_ns = time_of(CLOCK_MONOTONIC) + cost * share;
}
