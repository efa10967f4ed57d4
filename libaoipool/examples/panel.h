/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * panel - boards side by side in one large picture, as a line camera delivers
 * them, with the frames its inspection needs and what was found on it.
 */
#ifndef PANEL_H
#define PANEL_H

#include "align.h"
#include "allocator.h"
#include "board-set.h"

/* The frames of one panel; all are taken in one call. */
enum panel_frame {
	PANEL_TEMPLATE,
	PANEL_TEST,
	PANEL_DIFFERENCE,
	PANEL_MASK,
	PANEL_SCRATCH,
	PANEL_FRAMES,
};

/* How boards are laid on panels; the same for all panels of a run. */
struct panel_plan {
	uint32_t width;		/* pixels of a panel */
	uint32_t height;
	size_t pitch;
	size_t frame_bytes;
	uint32_t cell_width;	/* of the largest board */
	uint32_t cell_height;
	uint32_t columns;
	uint32_t tiles;		/* boards on a full panel */
	int shift;		/* boards lie up to so many pixels off */
	unsigned int tolerance;	/* an edge may lie so many pixels off */
	uint64_t seed;
	uint64_t boards;	/* of the whole run */
	uint64_t panels;
};

/* One board on a panel. */
struct tile {
	const struct board *board;
	size_t board_nr;
	uint32_t x, y;		/* its corner on the panel */
	struct shift laid;	/* how it was put down */
	struct shift found;	/* what the align check says */
	bool blank;		/* its pictures could not be read */
};

struct candidate;

struct panel {
	uint64_t nr;
	struct slot frames[PANEL_FRAMES];
	struct tile *tiles;
	uint32_t nr_tiles;
	struct candidate *candidates;
	uint32_t lost;		/* components for which there was no object */
	bool overflow;		/* more runs than a panel may have */
	struct panel *next;	/* the work's */
};

/* Fails with -EBADMSG and @why when no board fits. */
int panel_plan_make(struct panel_plan *plan, const struct board_set *set,
		    struct complaint *why);

/* Return: 0; -ENOMEM.  Makes room for the tiles; takes no frames. */
int panel_init(struct panel *panel, const struct panel_plan *plan);
void panel_exit(struct panel *panel);

/* Decide which boards lie where; the same @nr always gives the same panel. */
void panel_lay_out(struct panel *panel, const struct panel_plan *plan,
		   const struct board_set *set, uint64_t nr);

/* Draw template and test into their frames. */
void panel_compose(struct panel *panel, const struct panel_plan *plan,
		   const struct board_set *set);

/* The whole of one frame, and one tile of it. */
struct view panel_view(const struct panel *panel, const struct panel_plan *plan,
		       enum panel_frame frame);
struct view panel_tile_view(const struct panel *panel,
			    const struct panel_plan *plan,
			    enum panel_frame frame, const struct tile *tile);

#endif
