/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * pixels - the steps that touch every pixel of a panel.  Views of one call have
 * one size and do not overlap, unless a comment allows it.
 */
#ifndef PIXELS_H
#define PIXELS_H

#include "geometry.h"

#define MASK_SET 255

/*
 * What the template allows: low and high are its least and greatest value
 * within @radius pixels, so that an edge may lie that far off.
 */
struct tolerance {
	struct view low;
	struct view high;
};

/* @scratch is overwritten when @radius is above 1. */
void pixels_tolerance(const struct tolerance *tolerance,
		      const struct view *template, const struct view *scratch,
		      unsigned int radius);

/*
 * out = how far test lies below low or above high, the test moved back by
 * @shift.  Where the shifted test may have no pixel, on the rim, out is 0.
 */
void pixels_difference(const struct view *out,
		       const struct tolerance *tolerance,
		       const struct view *test, struct shift shift);

/* out = MASK_SET where in > level, else 0. */
void pixels_threshold(const struct view *out, const struct view *in,
		      uint8_t level);

/* 3 x 3, on masks; beyond the rim lies what lies on the rim. */
void pixels_erode(const struct view *out, const struct view *in);
void pixels_dilate(const struct view *out, const struct view *in);

/*
 * Clean @mask: close gaps of up to 2 pixels, then open away what is thinner
 * than 3.  @scratch is overwritten.
 */
void pixels_clean(const struct view *mask, const struct view *scratch);

#endif
