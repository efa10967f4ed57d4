// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "event_time.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "unit.h"

#define MS		1000000ULL
#define SECOND		1000000000ULL

static uint64_t now_of(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec * SECOND + time.tv_nsec;
}

uint64_t event_time_now(void)
{
	return now_of(CLOCK_REALTIME);
}

uint64_t event_time_of(uint64_t monotonic_ns)
{
	return now_of(CLOCK_REALTIME) - now_of(CLOCK_MONOTONIC) + monotonic_ns;
}

static struct event_time_text show(const struct tm *tm, const char *format,
				   uint64_t unix_ns, const char *end)
{
	struct event_time_text time;
	char date[32];

	strftime(date, sizeof(date), format, tm);
	snprintf(time.text, sizeof(time.text), "%s.%03u%s", date,
		 (unsigned int)(unix_ns % SECOND / MS), end);
	return time;
}

struct event_time_text event_time_local(uint64_t unix_ns)
{
	time_t seconds = unix_ns / SECOND;
	struct tm tm;

	localtime_r(&seconds, &tm);
	return show(&tm, "%Y-%m-%d %H:%M:%S", unix_ns, "");
}

struct event_time_text event_time_utc(uint64_t unix_ns)
{
	time_t seconds = unix_ns / SECOND;
	struct tm tm;

	gmtime_r(&seconds, &tm);
	return show(&tm, "%Y-%m-%dT%H:%M:%S", unix_ns, "Z");
}

static int parse_date(const char *text, uint64_t *unix_ns)
{
	static const char *const formats[] = {
		"%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S",
		"%Y-%m-%d %H:%M",    "%Y-%m-%dT%H:%M",
		"%Y-%m-%d",
	};

	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
		struct tm tm = { .tm_isdst = -1 };
		const char *end = strptime(text, formats[i], &tm);
		time_t seconds = end && !*end ? mktime(&tm) : -1;

		if (seconds == -1)
			continue;
		*unix_ns = seconds * SECOND;
		return 0;
	}
	return -EINVAL;
}

int event_time_parse(const char *text, uint64_t *unix_ns)
{
	uint64_t ago, now = event_time_now();

	if (unit_parse_time(text, &ago))
		return parse_date(text, unix_ns);
	*unix_ns = ago < now ? now - ago : 0;
	return 0;
}
