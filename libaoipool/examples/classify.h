/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * classify - guess the type of a defect from what surrounds it on the template.
 *
 * Walk around the candidate and count how often the template changes side.
 * Missing copper that meets laminate nowhere is a pin-hole, on one side a
 * mousebite, on two or more an open.  Copper too much that meets other copper
 * nowhere is a copper spot, on one side a spur, on two or more a short.
 */
#ifndef CLASSIFY_H
#define CLASSIFY_H

#include "board.h"

struct candidate;
struct panel;
struct panel_plan;

/* Copper is dark. */
static inline bool classify_is_copper(uint8_t pixel)
{
	return pixel < 128;
}

/* @candidate's box is still on the panel, not on its board. */
enum defect classify(const struct panel *panel, const struct panel_plan *plan,
		     const struct candidate *candidate);

#endif
