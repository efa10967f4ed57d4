/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * line - one thing that is measured.  Driver and workers know the same table.
 */
#ifndef LINE_H
#define LINE_H

#include <stddef.h>

#define FRAME_SIDE	5120
#define FRAME_BYTES	((size_t)FRAME_SIDE * FRAME_SIDE) /* 25 MiB */

enum line_kind {
	LINE_PAIR,	/* get, write the first word, put */
	LINE_LIFO,	/* get a burst, put it last first */
	LINE_RANDOM,	/* get a burst, put it in random order */
	LINE_BULK,	/* get a burst in one call, put it in one call */
	LINE_HANDOVER,	/* one thread gets, the other puts */
	LINE_TOUCH,	/* get, write a word of each page, put */
	LINE_POPULATE,
	LINE_POPULATE_WARM, /* where the module has clean memory ready */
	LINE_RETURN,
	LINE_ARCS,	/* give a warm slab up, take it back */
	LINE_COUNT,	/* what the shrinker is asked for first */
	LINE_SCAN,	/* it finds nothing to give */
	LINE_ALARM,	/* from a hog's start to the news of it */
	LINE_CLEAR,
	LINE_CLEAR_READ,
	LINE_COLUMN,
	LINE_TRANSPOSE,
	LINE_TILES,	/* of the inspection grid */
	LINE_TILES_ANY,	/* at any pixel */
};

/* Which variants take part in a line. */
enum family {
	FAMILY_OBJECT	= 1 << 0,
	FAMILY_FRAME	= 1 << 1,
	FAMILY_MEMORY	= 1 << 2,
	FAMILY_IMAGE	= 1 << 3,
	FAMILY_CLEAR	= 1 << 4,
	FAMILY_WARM	= 1 << 5,
	FAMILY_RETURN	= 1 << 6,
	FAMILY_ARCS	= 1 << 7,
	FAMILY_SHRINKER	= 1 << 8,
	FAMILY_ALARM	= 1 << 9,
};

struct line {
	const char *name;
	const char *title;	/* ends in what one unit is */
	enum line_kind kind;
	unsigned int families;	/* of enum family */
	size_t bytes;
	unsigned int burst;
	unsigned int threads;
};

extern const struct line lines[];
extern const unsigned int nr_lines;

/** Return: NULL when there is none of that name. */
const struct line *line_find(const char *name);

#endif
