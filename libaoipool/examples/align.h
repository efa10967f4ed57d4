/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* align - how far the inspected board lies off its template. */
#ifndef ALIGN_H
#define ALIGN_H

#include "geometry.h"

/* Searched in both directions; a rim of so many pixels is not inspected. */
#define ALIGN_REACH 3

/*
 * The shift with the smallest sum of absolute differences over every 8th row:
 * test(x + shift.x, y + shift.y) looks like template(x, y).  Ties go to no
 * shift.  Boards smaller than the search need are taken as aligned.
 */
struct shift align_find(const struct view *template, const struct view *test);

#endif
