// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * pixels-morphology - 3 x 3 erosion and dilation.
 *
 * A row of the result needs three rows of the input.  The inner loop takes the
 * minimum (maximum) of nine bytes without a branch and vectorises; the first
 * and last column are done apart.
 */
#include "pixels.h"

struct rows {
	const uint8_t *above, *here, *below;
};

static inline uint8_t lesser(uint8_t a, uint8_t b)
{
	return a < b ? a : b;
}

static inline uint8_t greater(uint8_t a, uint8_t b)
{
	return a > b ? a : b;
}

static inline uint8_t least_of(struct rows r, size_t x)
{
	return lesser(lesser(r.above[x], r.here[x]), r.below[x]);
}

static inline uint8_t greatest_of(struct rows r, size_t x)
{
	return greater(greater(r.above[x], r.here[x]), r.below[x]);
}

static struct rows rows_of(const struct view *in, uint32_t y)
{
	uint32_t last = in->height - 1;

	return (struct rows){ view_row(in, y ? y - 1 : 0), view_row(in, y),
			      view_row(in, y < last ? y + 1 : last) };
}

static void erode_row(uint8_t *restrict out, struct rows r, size_t width)
{
	size_t last = width - 1;

	for (size_t x = 1; x < last; x++)
		out[x] = lesser(lesser(least_of(r, x - 1), least_of(r, x)),
				least_of(r, x + 1));
	out[0] = lesser(least_of(r, 0), least_of(r, last ? 1 : 0));
	out[last] = lesser(least_of(r, last), least_of(r, last ? last - 1 : 0));
}

static void dilate_row(uint8_t *restrict out, struct rows r, size_t width)
{
	size_t last = width - 1;

	for (size_t x = 1; x < last; x++)
		out[x] = greater(greater(greatest_of(r, x - 1),
					 greatest_of(r, x)),
				 greatest_of(r, x + 1));
	out[0] = greater(greatest_of(r, 0), greatest_of(r, last ? 1 : 0));
	out[last] = greater(greatest_of(r, last),
			    greatest_of(r, last ? last - 1 : 0));
}

void pixels_erode(const struct view *out, const struct view *in)
{
	for (uint32_t y = 0; y < in->height; y++)
		erode_row(view_row(out, y), rows_of(in, y), in->width);
}

void pixels_dilate(const struct view *out, const struct view *in)
{
	for (uint32_t y = 0; y < in->height; y++)
		dilate_row(view_row(out, y), rows_of(in, y), in->width);
}

void pixels_tolerance(const struct tolerance *tolerance,
		      const struct view *template, const struct view *scratch,
		      unsigned int radius)
{
	if (radius == 2) {
		pixels_erode(scratch, template);
		pixels_erode(&tolerance->low, scratch);
		pixels_dilate(scratch, template);
		pixels_dilate(&tolerance->high, scratch);
	} else {
		pixels_erode(&tolerance->low, template);
		pixels_dilate(&tolerance->high, template);
	}
}

void pixels_clean(const struct view *mask, const struct view *scratch)
{
	pixels_dilate(scratch, mask);
	pixels_erode(mask, scratch);
	pixels_erode(scratch, mask);
	pixels_dilate(mask, scratch);
}
