// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "html.h"

#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

#define NS_PER_S	UINT64_C(1000000000)

static void put(FILE *to, char c)
{
	switch (c) {
	case '&':
		fputs("&amp;", to);
		break;
	case '<':
		fputs("&lt;", to);
		break;
	case '>':
		fputs("&gt;", to);
		break;
	case '"':
		fputs("&quot;", to);
		break;
	case '\'':
		fputs("&#39;", to);
		break;
	default:
		/* control characters are none of HTML's */
		fputc((unsigned char)c < ' ' || c == 0x7f ? ' ' : c, to);
	}
}

void html_text(FILE *to, const char *text)
{
	for (; *text; text++)
		put(to, *text);
}

void html_printf(FILE *to, const char *format, ...)
{
	va_list args;
	char *text;
	int n;

	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	if (n < 0)
		return;
	html_text(to, text);
	free(text);
}

static struct html_time time_as(uint64_t time_ns, const char *format)
{
	time_t seconds = time_ns / NS_PER_S;
	struct html_time text = { "?" };
	struct tm local;

	if (localtime_r(&seconds, &local))
		strftime(text.text, sizeof(text.text), format, &local);
	return text;
}

struct html_time html_date(uint64_t time_ns)
{
	return time_as(time_ns, "%-d %b %Y %H:%M:%S");
}

struct html_time html_clock(uint64_t time_ns)
{
	return time_as(time_ns, "%H:%M:%S");
}
