// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* pixels-threshold - grey to mask. */
#include "pixels.h"

static void row(uint8_t *restrict out, const uint8_t *restrict in, size_t n,
		uint8_t level)
{
	for (size_t i = 0; i < n; i++)
		out[i] = in[i] > level ? MASK_SET : 0;
}

void pixels_threshold(const struct view *out, const struct view *in,
		      uint8_t level)
{
	for (uint32_t y = 0; y < out->height; y++)
		row(view_row(out, y), view_row(in, y), out->width, level);
}
