// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * generator - boards from a seed.
 *
 * Tracks run on a grid of rows; some rows are joined by a vertical track, and
 * every track ends in a pad or a via.  A defect is placed by looking at the
 * template: a random track and position are drawn until the surroundings are
 * what that type of defect needs (a short needs two tracks with bare laminate
 * between them, and so on).  No two defects come near each other.
 */
#include <string.h>

#include "generator.h"
#include "random.h"

#define SIDE		GENERATOR_SIDE
#define COPPER		0
#define LAMINATE	255

#define ROW_PITCH	34	/* leaves at least 20 pixels of laminate */
#define ROWS		17
#define TRACKS_MAX	(ROWS * 4)
#define EDGE		28	/* no track nearer to the rim */

#define DEFECTS_WANTED	8
#define PLACE_TRIES	400
#define BOX_MARGIN	8	/* annotators leave some room, too */
#define DEFECT_GAP	24

struct track {
	int x0, x1, y, half;
};

struct drawing {
	struct random random;
	struct image *template;
	struct image *test;
	struct track tracks[TRACKS_MAX];
	size_t nr_tracks;
	struct generator_defects defects;
};

static uint8_t *pixel(struct image *image, int x, int y)
{
	return &image->pixels[(size_t)y * image->width + (size_t)x];
}

static void fill_box(struct image *image, struct box box, uint8_t value)
{
	for (int y = box.y0; y < box.y1; y++)
		memset(pixel(image, box.x0, y), value,
		       (size_t)(box.x1 - box.x0));
}

static void fill_disc(struct image *image, int cx, int cy, int radius,
		      uint8_t value)
{
	for (int y = -radius; y <= radius; y++)
		for (int x = -radius; x <= radius; x++)
			if (x * x + y * y <= radius * radius)
				*pixel(image, cx + x, cy + y) = value;
}

static bool all(struct image *image, struct box box, uint8_t value)
{
	if (box.x0 < 0 || box.y0 < 0 || box.x1 > SIDE || box.y1 > SIDE)
		return false;
	for (int y = box.y0; y < box.y1; y++)
		for (int x = box.x0; x < box.x1; x++)
			if (*pixel(image, x, y) != value)
				return false;
	return true;
}

static struct box around(int x, int y, int dx, int dy)
{
	return (struct box){ x - dx, y - dy, x + dx + 1, y + dy + 1 };
}

/* The template. */

static void draw_end(struct drawing *d, int x, int y)
{
	if (random_between(&d->random, 0, 2)) {
		fill_disc(d->template, x, y, 11, COPPER);
		fill_disc(d->template, x, y, 4, LAMINATE);
	} else {
		fill_box(d->template, around(x, y, 11, 9), COPPER);
	}
}

static void draw_track(struct drawing *d, struct track track)
{
	fill_box(d->template,
		 (struct box){ track.x0, track.y - track.half, track.x1,
			       track.y + track.half + 1 },
		 COPPER);
	draw_end(d, track.x0, track.y);
	draw_end(d, track.x1, track.y);
	d->tracks[d->nr_tracks++] = track;
}

static void draw_row(struct drawing *d, int y)
{
	int x = EDGE + random_between(&d->random, 0, 60);

	for (int n = 0; n < 4; n++) {
		int end = x + random_between(&d->random, 80, 240);

		if (end > SIDE - EDGE)
			return;
		draw_track(d, (struct track){ x, end, y,
					      random_between(&d->random, 4,
							     6) });
		x = end + random_between(&d->random, 34, 80);
	}
}

/* Join a track to the row below, where that row has a track too. */
static void draw_joint(struct drawing *d, const struct track *track)
{
	int x = random_between(&d->random, track->x0, track->x1);
	int below = track->y + ROW_PITCH;

	if (below >= SIDE || *pixel(d->template, x, below) != COPPER)
		return;
	fill_box(d->template, (struct box){ x - 4, track->y, x + 5, below },
		 COPPER);
}

static void draw_template(struct drawing *d)
{
	memset(d->template->pixels, LAMINATE, (size_t)SIDE * SIDE);
	for (int row = 0; row < ROWS; row++)
		draw_row(d, EDGE + 12 + row * ROW_PITCH);
	for (size_t n = 0; n < d->nr_tracks; n += 3)
		draw_joint(d, &d->tracks[n]);
}

/* The defects. */

static bool is_free(const struct drawing *d, struct box box)
{
	struct box wide = box_grown(&box, DEFECT_GAP);

	for (size_t n = 0; n < d->defects.nr; n++)
		if (box_overlap(&wide, &d->defects.list[n].box))
			return false;
	return true;
}

static void note(struct drawing *d, struct box where, enum defect type)
{
	d->defects.list[d->defects.nr++] = (struct annotation){
		box_grown(&where, BOX_MARGIN), type
	};
}

/* A place on a track that runs straight and bare for 14 pixels both ways. */
static bool pick_straight(struct drawing *d, struct track *track, int *x)
{
	const struct track *t =
		&d->tracks[random_between(&d->random, 0,
					  (int)d->nr_tracks - 1)];

	*x = random_between(&d->random, t->x0 + 28, t->x1 - 28);
	*track = *t;
	return all(d->template, around(*x, t->y, 14, t->half), COPPER) &&
	       all(d->template, around(*x, t->y - t->half - 6, 14, 4),
		   LAMINATE) &&
	       all(d->template, around(*x, t->y + t->half + 6, 14, 4),
		   LAMINATE);
}

static bool place_open(struct drawing *d)
{
	struct track t;
	struct box box;
	int x;

	if (!pick_straight(d, &t, &x))
		return false;
	box = around(x, t.y, random_between(&d->random, 2, 6), t.half + 1);
	if (!is_free(d, box))
		return false;
	fill_box(d->test, box, LAMINATE);
	note(d, box, DEFECT_OPEN);
	return true;
}

static bool place_short(struct drawing *d)
{
	struct track t;
	struct box box;
	int x, half;

	if (!pick_straight(d, &t, &x))
		return false;
	half = random_between(&d->random, 2, 4);
	box = (struct box){ x - half, t.y + t.half + 1, x + half + 1,
			    t.y + ROW_PITCH };
	while (box.y1 > box.y0 && box.y1 < SIDE &&
	       *pixel(d->template, x, box.y1 - 1) == COPPER)
		box.y1--;
	if (t.y + ROW_PITCH >= SIDE || box.y1 == t.y + ROW_PITCH ||
	    !all(d->template, box_grown(&box, 0), LAMINATE) ||
	    !is_free(d, box))
		return false;
	fill_box(d->test, (struct box){ box.x0, t.y, box.x1, box.y1 + 2 },
		 COPPER);
	note(d, box, DEFECT_SHORT);
	return true;
}

static bool place_on_edge(struct drawing *d, enum defect type, int depth,
			  uint8_t value)
{
	int radius = random_between(&d->random, 5, 6);
	int side = random_between(&d->random, 0, 1) ? 1 : -1;
	struct track t;
	struct box box;
	int x, y;

	if (!pick_straight(d, &t, &x))
		return false;
	y = t.y + side * (t.half + depth);
	box = around(x, y, radius, radius);
	if (!is_free(d, box))
		return false;
	fill_disc(d->test, x, y, radius, value);
	note(d, box, type);
	return true;
}

static bool place_mousebite(struct drawing *d)
{
	return place_on_edge(d, DEFECT_MOUSEBITE, 0, LAMINATE);
}

static bool place_spur(struct drawing *d)
{
	return place_on_edge(d, DEFECT_SPUR, 2, COPPER);
}

static bool place_copper(struct drawing *d)
{
	int x = random_between(&d->random, EDGE, SIDE - EDGE);
	int y = random_between(&d->random, EDGE, SIDE - EDGE);
	int radius = random_between(&d->random, 3, 5);
	struct box box = around(x, y, radius, radius);

	if (!all(d->template, box_grown(&box, 4), LAMINATE) || !is_free(d, box))
		return false;
	fill_disc(d->test, x, y, radius, COPPER);
	note(d, box, DEFECT_COPPER);
	return true;
}

/* In a pad; a via has a hole already. */
static bool place_pinhole(struct drawing *d)
{
	const struct track *t =
		&d->tracks[random_between(&d->random, 0,
					  (int)d->nr_tracks - 1)];
	int x = random_between(&d->random, 0, 1) ? t->x0 : t->x1;
	int radius = random_between(&d->random, 2, 3);
	struct box box = around(x, t->y, radius, radius);

	if (!all(d->template, around(x, t->y, 9, 8), COPPER) ||
	    !is_free(d, box))
		return false;
	fill_disc(d->test, x, t->y, radius, LAMINATE);
	note(d, box, DEFECT_PINHOLE);
	return true;
}

static void draw_defects(struct drawing *d)
{
	static bool (*const place[])(struct drawing *d) = {
		place_open, place_short,  place_mousebite,
		place_spur, place_copper, place_pinhole,
	};
	const int types = sizeof(place) / sizeof(*place);

	for (int n = 0; n < DEFECTS_WANTED; n++) {
		int type = random_between(&d->random, 0, types - 1);
		int tries = PLACE_TRIES;

		while (tries-- && !place[type](d))
			;
	}
}

/* What a camera adds: ragged edges and grey noise; no defects. */

static bool on_edge(struct image *image, int x, int y)
{
	uint8_t here = *pixel(image, x, y);

	return here != *pixel(image, x - 1, y) ||
	       here != *pixel(image, x, y - 1);
}

static void draw_edges(struct drawing *d)
{
	for (int y = SIDE - 1; y > 0; y--)
		for (int x = SIDE - 1; x > 0; x--)
			if (on_edge(d->test, x, y) &&
			    !random_between(&d->random, 0, 3))
				*pixel(d->test, x, y) =
					(uint8_t)random_between(&d->random, 64,
								192);
}

static void draw_noise(struct drawing *d)
{
	for (size_t n = 0; n < (size_t)SIDE * SIDE; n++) {
		int value = d->test->pixels[n] +
			    random_between(&d->random, -12, 12);

		value = value < 0 ? 0 : value > 255 ? 255 : value;
		d->test->pixels[n] = (uint8_t)value;
	}
}

int generator_draw(uint64_t seed, struct board_pictures *pictures,
		   struct generator_defects *defects)
{
	struct drawing drawing = {
		.random = random_seed(seed, 0, 0),
		.template = &pictures->template,
		.test = &pictures->test,
	};

	if (image_alloc(drawing.template, SIDE, SIDE) ||
	    image_alloc(drawing.test, SIDE, SIDE))
		return -ENOMEM;
	draw_template(&drawing);
	memcpy(drawing.test->pixels, drawing.template->pixels,
	       (size_t)SIDE * SIDE);
	draw_defects(&drawing);
	draw_edges(&drawing);
	draw_noise(&drawing);
	if (defects)
		*defects = drawing.defects;
	return 0;
}
