/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* candidate - one thing on a panel that may be a defect; an object slot. */
#ifndef CANDIDATE_H
#define CANDIDATE_H

#include "components.h"
#include "panel.h"

struct candidate {
	uint64_t ref;		/* the slot it lies in */
	struct candidate *next;
	struct box box;		/* on the template of its board */
	uint32_t area;		/* pixels */
	uint32_t missing;	/* of those: copper in the template only */
	uint32_t start_x;	/* a pixel of its outline, on the panel */
	uint32_t start_y;
	uint32_t tile;
	enum defect type;	/* a guess */
	bool matched;		/* meets an annotation */
};

/*
 * Turn the components of the panel's mask into candidates; what has less than
 * @least_area pixels is dropped again.  Candidates belong to @panel until
 * candidates_put().
 */
void candidates_collect(struct panel *panel, const struct panel_plan *plan,
			const struct components *components,
			struct allocator *allocator,
			struct candidate **owners, uint32_t least_area);

void candidates_put(struct panel *panel, struct allocator *allocator);

#endif
