// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* align - exhaustive search; whole rows, so that the inner loop vectorises. */
#include "align.h"

#define ROW_STEP	8
#define SIDE_MIN	(4 * ALIGN_REACH)

static uint32_t row_difference(const uint8_t *a, const uint8_t *b, size_t n)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (uint32_t)(a[i] > b[i] ? a[i] - b[i] : b[i] - a[i]);
	return sum;
}

static uint64_t difference_at(const struct view *template,
			      const struct view *test, int x, int y)
{
	size_t width = template->width - 2 * ALIGN_REACH;
	uint64_t sum = 0;

	for (uint32_t row = ALIGN_REACH; row < template->height - ALIGN_REACH;
	     row += ROW_STEP) {
		const uint8_t *a = view_row(template, row) + ALIGN_REACH;
		const uint8_t *b = view_row(test, (size_t)((int)row + y)) +
				   (ALIGN_REACH + x);

		sum += row_difference(a, b, width);
	}
	return sum;
}

struct shift align_find(const struct view *template, const struct view *test)
{
	struct shift best = { 0, 0 };
	uint64_t least;

	if (template->width < SIDE_MIN || template->height < SIDE_MIN)
		return best;
	least = difference_at(template, test, 0, 0);
	for (int y = -ALIGN_REACH; y <= ALIGN_REACH; y++) {
		for (int x = -ALIGN_REACH; x <= ALIGN_REACH; x++) {
			uint64_t sum = difference_at(template, test, x, y);

			if (sum < least) {
				least = sum;
				best = (struct shift){ x, y };
			}
		}
	}
	return best;
}
