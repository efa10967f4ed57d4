// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* components - one pass over the mask, one over the runs. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "components.h"
#include "pixels.h"

struct range {
	uint32_t first, end;	/* runs of one row */
};

int components_init(struct components *components)
{
	components->runs = calloc(COMPONENTS_RUNS_MAX,
				  sizeof(*components->runs));
	components->nr = 0;
	components->overflow = false;
	return components->runs ? 0 : -ENOMEM;
}

void components_exit(struct components *components)
{
	free(components->runs);
	components->runs = NULL;
}

static uint32_t find(struct run *runs, uint32_t n)
{
	while (runs[n].parent != n) {
		runs[n].parent = runs[runs[n].parent].parent;
		n = runs[n].parent;
	}
	return n;
}

/* The lower index stays, so that a root is its component's first run. */
static void join(struct run *runs, uint32_t a, uint32_t b)
{
	a = find(runs, a);
	b = find(runs, b);
	if (a < b)
		runs[b].parent = a;
	else
		runs[a].parent = b;
}

static void append(struct components *components, uint32_t x0, uint32_t x1,
		   uint32_t y)
{
	if (components->nr == COMPONENTS_RUNS_MAX) {
		components->overflow = true;
		return;
	}
	components->runs[components->nr] =
		(struct run){ x0, x1, y, components->nr };
	components->nr++;
}

/* memchr() skips the empty stretches, which is nearly everything, fast. */
static struct range scan_row(struct components *components, const uint8_t *row,
			     uint32_t width, uint32_t y)
{
	struct range range = { components->nr, components->nr };
	const uint8_t *end = row + width;
	const uint8_t *at = row;

	while (at < end && (at = memchr(at, MASK_SET, (size_t)(end - at)))) {
		const uint8_t *stop = memchr(at, 0, (size_t)(end - at));

		if (!stop)
			stop = end;
		append(components, (uint32_t)(at - row), (uint32_t)(stop - row),
		       y);
		at = stop;
	}
	range.end = components->nr;
	return range;
}

/* 8-connected: runs touch when they overlap by one pixel on either side. */
static void join_rows(struct run *runs, struct range above, struct range here)
{
	uint32_t a = above.first, b = here.first;

	while (a < above.end && b < here.end) {
		if (runs[a].x0 <= runs[b].x1 && runs[b].x0 <= runs[a].x1)
			join(runs, a, b);
		if (runs[a].x1 < runs[b].x1)
			a++;
		else
			b++;
	}
}

void components_label(struct components *components, const struct view *mask)
{
	struct range above = { 0, 0 };

	components->nr = 0;
	components->overflow = false;
	for (uint32_t y = 0; y < mask->height; y++) {
		struct range here = scan_row(components, view_row(mask, y),
					     mask->width, y);

		join_rows(components->runs, above, here);
		above = here;
	}
	for (uint32_t n = 0; n < components->nr; n++)
		components->runs[n].parent = find(components->runs, n);
}
