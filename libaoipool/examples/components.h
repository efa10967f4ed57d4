/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * components - connected components of a mask, 8-connected, by runs.
 *
 * A run is a row's stretch of set pixels.  Runs that touch are joined by
 * union-find while the rows are scanned; afterwards every run knows the first
 * run of its component.
 */
#ifndef COMPONENTS_H
#define COMPONENTS_H

#include "geometry.h"

/*
 * A clean panel has some thousand.  Fixed, so that a spoilt panel cannot make
 * the engine's memory grow; what exceeds it is reported, not looked at.
 */
#define COMPONENTS_RUNS_MAX 65536

struct run {
	uint32_t x0, x1;	/* x1 is one past the last */
	uint32_t y;
	uint32_t parent;	/* after labelling: the component's first run */
};

struct components {
	struct run *runs;
	uint32_t nr;
	bool overflow;
};

/* Return: 0; -ENOMEM. */
int components_init(struct components *components);
void components_exit(struct components *components);

void components_label(struct components *components, const struct view *mask);

#endif
