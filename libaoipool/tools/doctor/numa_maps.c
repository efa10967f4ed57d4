// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "numa_maps.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define WORD_BYTES	4352

struct line {
	const char *at, *end;
};

/* The next word of a line, without its blanks; false at the end. */
static bool next_word(struct line *line, char word[WORD_BYTES])
{
	size_t bytes;

	line->at += strspn(line->at, " ");
	if (line->at >= line->end)
		return false;
	bytes = strcspn(line->at, " \n");
	if (bytes >= WORD_BYTES)
		bytes = WORD_BYTES - 1;
	memcpy(word, line->at, bytes);
	word[bytes] = '\0';
	line->at += bytes;
	return true;
}

static bool begins_with(const char *text, const char *prefix)
{
	return !strncmp(text, prefix, strlen(prefix));
}

/* numa_maps writes blanks in names as "\040"; those of memfd have none. */
static bool is_of_a_file(const char *word)
{
	return begins_with(word, "file=") && !begins_with(word, "file=/memfd:") &&
	       !begins_with(word, "file=/dev/shm/") &&
	       !begins_with(word, "file=/SYSV") &&
	       !begins_with(word, "file=/dev/zero") &&
	       !begins_with(word, "file=/anon_hugepage") &&
	       !begins_with(word, "file=/aoipool") &&
	       !begins_with(word, "file=/dev/aoipool");
}

static bool is_of_a_node(const char *word, unsigned long *node, uint64_t *pages)
{
	char *end;

	if (*word != 'N')
		return false;
	*node = strtoul(word + 1, &end, 10);
	if (end == word + 1 || *end != '=' || *node >= NUMA_MAPS_NODES)
		return false;
	*pages = strtoull(end + 1, NULL, 10);
	return true;
}

/* The size of a page stands behind the pages that it counts. */
static void parse_line(struct numa_maps *numa, struct line line)
{
	static const char size[] = "kernelpagesize_kB=";
	char word[WORD_BYTES];
	struct line again = line;
	uint64_t pages, page_bytes = 4096;
	unsigned long node;

	while (next_word(&line, word)) {
		if (is_of_a_file(word))
			return;
		if (begins_with(word, size))
			page_bytes = strtoull(word + strlen(size), NULL, 10) * 1024;
	}
	while (next_word(&again, word))
		if (is_of_a_node(word, &node, &pages))
			numa->bytes[node] += pages * page_bytes;
}

void numa_maps_parse(struct numa_maps *numa, const char *text)
{
	struct line line = { .at = text };

	*numa = (struct numa_maps){ 0 };
	while (*line.at) {
		line.end = line.at + strcspn(line.at, "\n");
		parse_line(numa, line);
		line.at = *line.end ? line.end + 1 : line.end;
	}
}
