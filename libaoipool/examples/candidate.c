// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* candidate - components become objects. */
#include <string.h>

#include "candidate.h"
#include "classify.h"

static void put(struct candidate *candidate, struct allocator *allocator)
{
	struct slot slot = { candidate, candidate->ref };

	allocator->ops->put_object(allocator, &slot);
}

/* The rim keeps components inside one tile, so any pixel tells which. */
static uint32_t tile_at(const struct panel_plan *plan, uint32_t x, uint32_t y)
{
	return y / plan->cell_height * plan->columns + x / plan->cell_width;
}

static struct candidate *make(const struct panel_plan *plan,
			      struct allocator *allocator,
			      const struct run *run)
{
	struct candidate *candidate;
	struct slot slot;

	if (allocator->ops->get_object(allocator, &slot))
		return NULL;
	candidate = slot.ptr;
	*candidate = (struct candidate){
		.ref = slot.ref,
		.box = { (int)run->x0, (int)run->y, (int)run->x1,
			 (int)run->y + 1 },
		.start_x = run->x0,
		.start_y = run->y,
		.tile = tile_at(plan, run->x0, run->y),
	};
	return candidate;
}

static void add_run(struct candidate *candidate, const struct view *template,
		    const struct run *run)
{
	const uint8_t *row = view_row(template, run->y);

	box_include(&candidate->box, (int)run->x0, (int)run->y, (int)run->x1);
	candidate->area += run->x1 - run->x0;
	for (uint32_t x = run->x0; x < run->x1; x++)
		candidate->missing += classify_is_copper(row[x]);
}

/* Keep it on the panel's list, or drop what is too small. */
static void finish(struct panel *panel, const struct panel_plan *plan,
		   struct candidate *candidate, struct allocator *allocator,
		   uint32_t least_area)
{
	const struct tile *tile;

	if (candidate->area < least_area ||
	    candidate->tile >= panel->nr_tiles) {
		put(candidate, allocator);
		return;
	}
	tile = &panel->tiles[candidate->tile];
	candidate->type = classify(panel, plan, candidate);
	candidate->box = box_moved(&candidate->box, -(int)tile->x,
				   -(int)tile->y);
	candidate->next = panel->candidates;
	panel->candidates = candidate;
}

void candidates_collect(struct panel *panel, const struct panel_plan *plan,
			const struct components *components,
			struct allocator *allocator,
			struct candidate **owners, uint32_t least_area)
{
	struct view template = panel_view(panel, plan, PANEL_TEMPLATE);
	const struct run *runs = components->runs;

	panel->overflow = components->overflow;
	for (uint32_t n = 0; n < components->nr; n++) {
		uint32_t root = runs[n].parent;

		if (root == n) {
			owners[n] = make(plan, allocator, &runs[n]);
			panel->lost += !owners[n];
		}
		if (owners[root])
			add_run(owners[root], &template, &runs[n]);
	}
	for (uint32_t n = 0; n < components->nr; n++)
		if (runs[n].parent == n && owners[n])
			finish(panel, plan, owners[n], allocator, least_area);
}

void candidates_put(struct panel *panel, struct allocator *allocator)
{
	while (panel->candidates) {
		struct candidate *candidate = panel->candidates;

		panel->candidates = candidate->next;
		put(candidate, allocator);
	}
}
