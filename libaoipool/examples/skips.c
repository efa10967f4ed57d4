// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* skips - named, counted, never silent. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "skips.h"

/* More different bad files are counted, but not listed. */
#define SKIPS_LISTED 1024

static struct skip *find(struct skips *skips, const char *file)
{
	for (size_t n = 0; n < skips->nr; n++)
		if (!strcmp(skips->list[n].file, file))
			return &skips->list[n];
	return NULL;
}

static void append(struct skips *skips, const char *file, const char *why)
{
	struct skip *list;
	struct skip skip = { strdup(file), strdup(why), 1 };

	list = realloc(skips->list, (skips->nr + 1) * sizeof(*list));
	if (list)
		skips->list = list;
	if (!list || !skip.file || !skip.why) {
		free(skip.file);
		free(skip.why);
		return;
	}
	skips->list[skips->nr++] = skip;
}

void skips_add(struct skips *skips, const char *file, const char *why)
{
	struct skip *known;

	pthread_mutex_lock(&skips->lock);
	skips->total++;
	known = find(skips, file);
	if (known)
		known->times++;
	else
		fprintf(stderr, "skipped: %s: %s\n", file, why);
	if (!known && skips->nr < SKIPS_LISTED)
		append(skips, file, why);
	pthread_mutex_unlock(&skips->lock);
}

void skips_free(struct skips *skips)
{
	for (size_t n = 0; n < skips->nr; n++) {
		free(skips->list[n].file);
		free(skips->list[n].why);
	}
	free(skips->list);
	skips->list = NULL;
	skips->nr = 0;
}
