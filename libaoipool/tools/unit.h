/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Sizes and times, for people to read and to type. */
#ifndef UNIT_H
#define UNIT_H

#include <stdint.h>

#define UNIT_TEXT_BYTES	32

/* For use in the same expression as the variable that keeps it. */
struct unit_text {
	char text[UNIT_TEXT_BYTES];
};

/* "512 B", "2.0 MiB", "14.3 GiB"; at most 4 digits. */
struct unit_text unit_bytes(uint64_t bytes);

/* "850 us", "12.4 ms", "3.1 s", "7 min 30 s", "3 h 12 min", "5 d 4 h" */
struct unit_text unit_time(uint64_t ns);

/* "12.5 %"; "-" of nothing. */
struct unit_text unit_percent(uint64_t part, uint64_t whole);

/**
 * unit_parse_bytes() - "4096", "512M", "2GiB", "1.5 G"; powers of 1024
 *
 * Return: 0; -EINVAL: not such a text; -ERANGE.
 */
int unit_parse_bytes(const char *text, uint64_t *bytes);

/* "250ms", "10s", "5m", "2h", "1d"; without a unit: seconds.  As above. */
int unit_parse_time(const char *text, uint64_t *ns);

#endif
