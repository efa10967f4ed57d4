/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* units - numbers for people. */
#ifndef UNITS_H
#define UNITS_H

#include <stdint.h>
#include <stdio.h>

#define UNITS_MAX 32

/* Three digits that matter: "850 ns", "1.25 us", "38.4 ms". */
static inline const char *units_time(char text[UNITS_MAX], uint64_t ns)
{
	static const char *const unit[] = { "ns", "us", "ms", "s" };
	double value = (double)ns;
	int n = 0;

	while (value >= 1000.0 && n < 3) {
		value /= 1000.0;
		n++;
	}
	snprintf(text, UNITS_MAX, "%.*f %s",
		 n == 0 || value >= 100.0 ? 0 : value >= 10.0 ? 1 : 2, value,
		 unit[n]);
	return text;
}

static inline const char *units_bytes(char text[UNITS_MAX], uint64_t bytes)
{
	snprintf(text, UNITS_MAX, "%.1f MiB", (double)bytes / (1 << 20));
	return text;
}

#endif
