// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "fields.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *next_line(const char *line)
{
	const char *end = strchr(line, '\n');

	return end ? end + 1 : NULL;
}

/* Behind the name, its colon and blanks. */
static const char *find(const char *text, const char *name)
{
	size_t bytes = strlen(name);

	for (const char *line = text; line && *line; line = next_line(line)) {
		if (strncmp(line, name, bytes))
			continue;
		if (!strchr(": \t", line[bytes]) || !line[bytes])
			continue;
		line += bytes;
		return line + strspn(line, ": \t");
	}
	return NULL;
}

bool fields_get(const char *text, const char *name, uint64_t *value)
{
	const char *at = find(text, name);
	char *end;

	if (!at)
		return false;
	if (!strncmp(at, "max", 3)) {
		*value = UINT64_MAX;
		return true;
	}
	*value = strtoull(at, &end, 10);
	if (end == at)
		return false;
	if (!strncmp(end, " kB", 3))
		*value *= 1024;
	return true;
}

uint64_t fields_number(const char *text, const char *name)
{
	uint64_t value;

	return fields_get(text, name, &value) ? value : 0;
}

bool fields_text(const char *text, const char *name, char *value, size_t bytes)
{
	const char *at = find(text, name);

	*value = '\0';
	if (at)
		snprintf(value, bytes, "%.*s", (int)strcspn(at, "\n"), at);
	return at;
}

void fields_chosen(const char *text, char *value, size_t bytes)
{
	const char *open = strchr(text, '[');

	if (open)
		snprintf(value, bytes, "%.*s", (int)strcspn(open + 1, "]\n"),
			 open + 1);
	else
		snprintf(value, bytes, "%.*s", (int)strcspn(text, "\n"), text);
}

bool fields_pressure(const char *text, const char *line, const char *average,
		     double *percent)
{
	const char *at = find(text, line), *end, *found;
	size_t bytes = strlen(average);

	if (!at)
		return false;
	end = at + strcspn(at, "\n");
	found = strstr(at, average);
	if (!found || found >= end || found[bytes] != '=')
		return false;
	*percent = strtod(found + bytes + 1, NULL);
	return true;
}
