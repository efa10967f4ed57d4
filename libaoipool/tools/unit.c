// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "unit.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define US	1000ULL
#define MS	(1000 * US)
#define SECOND	(1000 * MS)
#define MINUTE	(60 * SECOND)
#define HOUR	(60 * MINUTE)
#define DAY	(24 * HOUR)

struct unit {
	const char *name;
	uint64_t size;
};

static const struct unit byte_units[] = {
	{ "", 1 },
	{ "B", 1 },
	{ "K", 1ULL << 10 }, { "KiB", 1ULL << 10 },
	{ "M", 1ULL << 20 }, { "MiB", 1ULL << 20 },
	{ "G", 1ULL << 30 }, { "GiB", 1ULL << 30 },
	{ "T", 1ULL << 40 }, { "TiB", 1ULL << 40 },
	{ NULL, 0 },
};

static const struct unit time_units[] = {
	{ "", SECOND }, { "ns", 1 }, { "us", US }, { "ms", MS },
	{ "s", SECOND }, { "m", MINUTE }, { "min", MINUTE },
	{ "h", HOUR }, { "d", DAY }, { NULL, 0 },
};

__attribute__((format(printf, 1, 2)))
static struct unit_text text_of(const char *format, ...)
{
	struct unit_text text;
	va_list args;

	va_start(args, format);
	vsnprintf(text.text, sizeof(text.text), format, args);
	va_end(args);
	return text;
}

struct unit_text unit_bytes(uint64_t bytes)
{
	static const char *const names[] = { "B",   "KiB", "MiB", "GiB",
					     "TiB", "PiB", "EiB" };
	double value = bytes;
	size_t i = 0;

	/* 1023.95 would be printed as 1024.0 */
	while (value >= 1023.95 && i < sizeof(names) / sizeof(*names) - 1) {
		value /= 1024;
		i++;
	}
	return text_of(i ? "%.1f %s" : "%.0f %s", value, names[i]);
}

struct unit_text unit_time(uint64_t ns)
{
	if (ns < US)
		return text_of("%u ns", (unsigned int)ns);
	if (ns < MS)
		return text_of("%u us", (unsigned int)(ns / US));
	if (ns < SECOND)
		return text_of("%.1f ms", (double)ns / MS);
	if (ns < MINUTE)
		return text_of("%.1f s", (double)ns / SECOND);
	if (ns < HOUR)
		return text_of("%u min %u s", (unsigned int)(ns / MINUTE),
			       (unsigned int)(ns % MINUTE / SECOND));
	if (ns < DAY)
		return text_of("%u h %u min", (unsigned int)(ns / HOUR),
			       (unsigned int)(ns % HOUR / MINUTE));
	return text_of("%u d %u h", (unsigned int)(ns / DAY),
		       (unsigned int)(ns % DAY / HOUR));
}

struct unit_text unit_percent(uint64_t part, uint64_t whole)
{
	if (!whole)
		return text_of("-");
	return text_of("%.1f %%", 100.0 * part / whole);
}

static const struct unit *find_unit(const struct unit *units, const char *name)
{
	for (; units->name; units++)
		if (!strcasecmp(units->name, name))
			return units;
	return NULL;
}

static int parse(const char *text, const struct unit *units, uint64_t *value)
{
	const struct unit *unit;
	double number;
	char *end;

	/* strtod() takes signs, "inf" and "0x" as well */
	if (!isdigit((unsigned char)*text) || strpbrk(text, "xXpP"))
		return -EINVAL;
	number = strtod(text, &end);
	while (*end == ' ')
		end++;
	unit = find_unit(units, end);
	if (!unit)
		return -EINVAL;
	number *= unit->size;
	if (number >= 0x1p64)
		return -ERANGE;
	*value = (uint64_t)number;
	return 0;
}

int unit_parse_bytes(const char *text, uint64_t *bytes)
{
	return parse(text, byte_units, bytes);
}

int unit_parse_time(const char *text, uint64_t *ns)
{
	return parse(text, time_units, ns);
}
