/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * board - a defect-free template, the picture of an inspected board, and what
 * an annotator found on it.  Copper is dark, the laminate bright.
 */
#ifndef BOARD_H
#define BOARD_H

#include "image.h"

/* The numbers are those of the annotation files. */
enum defect {
	DEFECT_UNKNOWN	= 0,
	DEFECT_OPEN	= 1,
	DEFECT_SHORT	= 2,
	DEFECT_MOUSEBITE = 3,
	DEFECT_SPUR	= 4,
	DEFECT_COPPER	= 5,
	DEFECT_PINHOLE	= 6,
	DEFECT_TYPES	= 7,
};

const char *defect_name(enum defect defect);

struct annotation {
	struct box box;
	enum defect type;
};

/* More on one board is a broken file rather than a broken board. */
#define ANNOTATIONS_MAX 256

struct board_pictures {
	struct image template;
	struct image test;
};

struct board {
	char *name;
	char *template_path;	/* NULL: generated */
	char *test_path;
	uint64_t seed;		/* of a generated board */
	uint32_t width;
	uint32_t height;
	struct board_pictures pictures;	/* empty when decoded each time */
	struct annotation *annotations;
	size_t nr_annotations;
	struct shift off;	/* how far the test lies off by itself */
	bool annotated;		/* false: calls cannot be judged */
};

/*
 * Decode or generate both pictures.
 * Return: 0, and @pictures is the caller's; -EBADMSG, with *@file naming the
 * culprit (one of the board's strings) and the reason in @why; -ENOMEM.
 */
int board_read(const struct board *board, struct board_pictures *pictures,
	       const char **file, struct complaint *why);
void board_pictures_free(struct board_pictures *pictures);
void board_free(struct board *board);

/*
 * Read "x0 y0 x1 y1 type" lines into @board, whose size is known.
 * Return: 0; -ENOENT: no such file; -EBADMSG and @why; -ENOMEM.
 */
int board_read_annotations(struct board *board, const char *path,
			   struct complaint *why);

/* Take ownership of a copy of @annotations.  Return: 0; -ENOMEM. */
int board_set_annotations(struct board *board,
			  const struct annotation *annotations, size_t nr);

#endif
