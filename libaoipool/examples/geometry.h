/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* geometry - boxes, shifts and views of pixels. */
#ifndef GEOMETRY_H
#define GEOMETRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* x1 and y1 are one past the last pixel. */
struct box {
	int x0, y0, x1, y1;
};

struct shift {
	int x, y;
};

/* A rectangle of 8-bit pixels in somebody else's memory. */
struct view {
	uint8_t *pixels;
	size_t pitch;
	uint32_t width;
	uint32_t height;
};

static inline uint8_t *view_row(const struct view *view, size_t y)
{
	return view->pixels + y * view->pitch;
}

static inline struct view view_part(const struct view *view, uint32_t x,
				    uint32_t y, uint32_t width, uint32_t height)
{
	return (struct view){ view_row(view, y) + x, view->pitch, width,
			      height };
}

static inline int box_width(const struct box *box)
{
	return box->x1 - box->x0;
}

static inline int box_height(const struct box *box)
{
	return box->y1 - box->y0;
}

static inline bool box_overlap(const struct box *a, const struct box *b)
{
	return a->x0 < b->x1 && b->x0 < a->x1 && a->y0 < b->y1 && b->y0 < a->y1;
}

static inline void box_include(struct box *box, int x0, int y, int x1)
{
	box->x0 = x0 < box->x0 ? x0 : box->x0;
	box->x1 = x1 > box->x1 ? x1 : box->x1;
	box->y0 = y < box->y0 ? y : box->y0;
	box->y1 = y + 1 > box->y1 ? y + 1 : box->y1;
}

static inline struct box box_moved(const struct box *box, int x, int y)
{
	return (struct box){ box->x0 + x, box->y0 + y, box->x1 + x,
			     box->y1 + y };
}

static inline struct box box_grown(const struct box *box, int by)
{
	return (struct box){ box->x0 - by, box->y0 - by, box->x1 + by,
			     box->y1 + by };
}

#endif
