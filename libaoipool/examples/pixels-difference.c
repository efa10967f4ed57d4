// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* pixels-difference - row by row, so that the inner loop vectorises. */
#include <string.h>

#include "align.h"
#include "pixels.h"

static inline uint8_t above(uint8_t a, uint8_t b)
{
	return a > b ? (uint8_t)(a - b) : 0;
}

static void row(uint8_t *restrict out, const uint8_t *restrict low,
		const uint8_t *restrict high, const uint8_t *restrict test,
		size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = above(low[i], test[i]) | above(test[i], high[i]);
}

void pixels_difference(const struct view *out,
		       const struct tolerance *tolerance,
		       const struct view *test, struct shift shift)
{
	const uint32_t rim = ALIGN_REACH;

	for (uint32_t y = 0; y < out->height; y++) {
		uint8_t *to = view_row(out, y);

		if (y < rim || y + rim >= out->height ||
		    out->width <= 2 * rim) {
			memset(to, 0, out->width);
			continue;
		}
		memset(to, 0, rim);
		row(to + rim, view_row(&tolerance->low, y) + rim,
		    view_row(&tolerance->high, y) + rim,
		    view_row(test, (size_t)((int)y + shift.y)) +
			    ((int)rim + shift.x),
		    out->width - 2 * rim);
		memset(to + out->width - rim, 0, rim);
	}
}
