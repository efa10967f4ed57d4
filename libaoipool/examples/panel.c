// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* panel - laying boards out and drawing them into frames. */
#include <stdlib.h>
#include <string.h>

#include "panel.h"
#include "random.h"

int panel_plan_make(struct panel_plan *plan, const struct board_set *set,
		    struct complaint *why)
{
	plan->cell_width = set->widest;
	plan->cell_height = set->highest;
	if (!set->nr)
		return complain(why, "no usable board");
	if (plan->cell_width > plan->width || plan->cell_height > plan->height)
		return complain(why, "boards of %u x %u pixels do not fit",
				plan->cell_width, plan->cell_height);
	plan->columns = plan->width / plan->cell_width;
	plan->tiles = plan->columns * (plan->height / plan->cell_height);
	if (!plan->boards)
		plan->boards = plan->panels * plan->tiles;
	plan->panels = (plan->boards + plan->tiles - 1) / plan->tiles;
	return 0;
}

int panel_init(struct panel *panel, const struct panel_plan *plan)
{
	*panel = (struct panel){ 0 };
	panel->tiles = calloc(plan->tiles, sizeof(*panel->tiles));
	return panel->tiles ? 0 : -ENOMEM;
}

void panel_exit(struct panel *panel)
{
	free(panel->tiles);
	panel->tiles = NULL;
}

static struct shift draw_shift(const struct panel_plan *plan, uint64_t nr)
{
	struct random random = random_seed(plan->seed, nr, 2);
	struct shift shift;

	shift.x = random_between(&random, -plan->shift, plan->shift);
	shift.y = random_between(&random, -plan->shift, plan->shift);
	return shift;
}

void panel_lay_out(struct panel *panel, const struct panel_plan *plan,
		   const struct board_set *set, uint64_t nr)
{
	uint64_t first = nr * plan->tiles;
	uint64_t left = plan->boards - first;

	panel->nr = nr;
	panel->candidates = NULL;
	panel->lost = 0;
	panel->overflow = false;
	panel->nr_tiles = left < plan->tiles ? (uint32_t)left : plan->tiles;
	for (uint32_t n = 0; n < panel->nr_tiles; n++) {
		size_t board_nr = (size_t)((first + n) % set->nr);

		panel->tiles[n] = (struct tile){
			.board = &set->boards[board_nr],
			.board_nr = board_nr,
			.x = n % plan->columns * plan->cell_width,
			.y = n / plan->columns * plan->cell_height,
			.laid = draw_shift(plan, first + n),
		};
	}
}

struct view panel_view(const struct panel *panel, const struct panel_plan *plan,
		       enum panel_frame frame)
{
	return (struct view){ panel->frames[frame].ptr, plan->pitch,
			      plan->width, plan->height };
}

struct view panel_tile_view(const struct panel *panel,
			    const struct panel_plan *plan,
			    enum panel_frame frame, const struct tile *tile)
{
	struct view whole = panel_view(panel, plan, frame);

	return view_part(&whole, tile->x, tile->y, tile->board->width,
			 tile->board->height);
}

/* Move a row by @by pixels; the gap gets the pixel that was at the rim. */
static void draw_row(uint8_t *to, const uint8_t *from, int width, int by)
{
	int gap = abs(by) < width ? abs(by) : width;

	if (by >= 0) {
		memset(to, from[0], (size_t)gap);
		memcpy(to + gap, from, (size_t)(width - gap));
	} else {
		memcpy(to, from + gap, (size_t)(width - gap));
		memset(to + (width - gap), from[width - 1], (size_t)gap);
	}
}

static void draw(const struct view *to, const struct image *from,
		 struct shift shift)
{
	int last = (int)from->height - 1;

	for (int y = 0; y <= last; y++) {
		int source = y - shift.y;

		source = source < 0 ? 0 : source > last ? last : source;
		draw_row(view_row(to, (size_t)y),
			 from->pixels + (size_t)source * from->width,
			 (int)from->width, shift.x);
	}
}

static void draw_tile(const struct panel *panel, const struct panel_plan *plan,
		      const struct tile *tile,
		      const struct board_pictures *pictures)
{
	struct view template =
		panel_tile_view(panel, plan, PANEL_TEMPLATE, tile);
	struct view test = panel_tile_view(panel, plan, PANEL_TEST, tile);

	draw(&template, &pictures->template, (struct shift){ 0, 0 });
	draw(&test, &pictures->test, tile->laid);
}

/* A file may have changed since it was checked; then the tile stays blank. */
static void decode_tile(const struct panel *panel,
			const struct panel_plan *plan,
			const struct board_set *set, struct tile *tile)
{
	struct complaint why = { "no memory" };
	struct board_pictures pictures;
	const char *file;
	int err = board_read(tile->board, &pictures, &file, &why);

	if (!err && (pictures.template.width != tile->board->width ||
		     pictures.template.height != tile->board->height)) {
		board_pictures_free(&pictures);
		err = complain(&why, "has changed its size");
	}
	tile->blank = err != 0;
	if (err) {
		skips_add(set->skips, file, why.text);
		return;
	}
	draw_tile(panel, plan, tile, &pictures);
	board_pictures_free(&pictures);
}

void panel_compose(struct panel *panel, const struct panel_plan *plan,
		   const struct board_set *set)
{
	for (uint32_t n = 0; n < panel->nr_tiles; n++) {
		struct tile *tile = &panel->tiles[n];

		if (set->each)
			decode_tile(panel, plan, set, tile);
		else
			draw_tile(panel, plan, tile, &tile->board->pictures);
	}
}
