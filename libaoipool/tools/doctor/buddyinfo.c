// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "buddyinfo.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"

#define BLOCK	(2ULL << 20)

/* "Node 0, zone   Normal  18897  19407 ..." */
static bool parse_line(struct buddy_zone *zone, const char *line)
{
	uint64_t pieces;
	int used = 0;
	char *end;

	*zone = (struct buddy_zone){ 0 };
	if (sscanf(line, "Node %d, zone %15s%n", &zone->node, zone->name,
		   &used) < 2)
		return false;
	for (line += used; zone->nr_orders < BUDDY_ORDERS; line = end) {
		line += strspn(line, " ");
		pieces = strtoull(line, &end, 10);
		if (end == line || *line == '\n')
			break;
		zone->pieces[zone->nr_orders++] = pieces;
	}
	return true;
}

int buddyinfo_parse(const char *text, struct buddy_zone **zones, size_t *nr)
{
	struct buddy_zone zone;
	int err;

	*zones = NULL;
	*nr = 0;
	for (; text && *text; text = strchr(text, '\n')) {
		text += *text == '\n';
		if (!parse_line(&zone, text))
			continue;
		err = array_add(zones, nr, &zone);
		if (err) {
			free(*zones);
			return err;
		}
	}
	return 0;
}

static uint64_t bytes_from(const struct buddy_zone *zone, uint64_t page_bytes,
			   uint64_t least)
{
	uint64_t bytes = 0;

	for (unsigned int i = 0; i < zone->nr_orders; i++)
		if (page_bytes << i >= least)
			bytes += zone->pieces[i] * (page_bytes << i);
	return bytes;
}

uint64_t buddy_free_bytes(const struct buddy_zone *zone, uint64_t page_bytes)
{
	return bytes_from(zone, page_bytes, 0);
}

uint64_t buddy_huge_bytes(const struct buddy_zone *zone, uint64_t page_bytes)
{
	return bytes_from(zone, page_bytes, BLOCK);
}
