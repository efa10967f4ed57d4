/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Text in HTML and SVG: names may hold anything. */
#ifndef HTML_H
#define HTML_H

#include <stdint.h>
#include <stdio.h>

void html_text(FILE *to, const char *text);

/* As printf(), and then escaped. */
__attribute__((format(printf, 2, 3))) void html_printf(FILE *to,
						       const char *format, ...);

/* "24 Nov 2026 18:03:12", "18:03:12": local time. */
#define HTML_TIME_BYTES	48
struct html_time {
	char text[HTML_TIME_BYTES];
};
struct html_time html_date(uint64_t time_ns);
struct html_time html_clock(uint64_t time_ns);

#endif
