/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* When events were: the module counts from boot, people and files do not. */
#ifndef EVENT_TIME_H
#define EVENT_TIME_H

#include <stdint.h>

struct event_time_text {
	char text[48];
};

/* Nanoseconds since 1970 of one of CLOCK_MONOTONIC, by how the clocks are now. */
uint64_t event_time_of(uint64_t monotonic_ns);

uint64_t event_time_now(void);

/* "2026-11-24 17:58:44.123", of here; or "2026-11-24T16:58:44.123Z". */
struct event_time_text event_time_local(uint64_t unix_ns);
struct event_time_text event_time_utc(uint64_t unix_ns);

/**
 * event_time_parse() - "10m" before now, "2026-11-24 17:58" or
 *	"2026-11-24T17:58:44", of here
 *
 * Return: 0; -EINVAL.
 */
int event_time_parse(const char *text, uint64_t *unix_ns);

#endif
