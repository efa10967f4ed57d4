// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* annotation - the text file beside a board: one "x0 y0 x1 y1 type" a line. */
#include <stdio.h>
#include <string.h>

#include "board.h"

static bool is_blank(const char *line)
{
	return line[strspn(line, " \t\r\n")] == '\0';
}

static int parse(const char *line, const struct board *board,
		 struct annotation *note, unsigned int nr,
		 struct complaint *why)
{
	struct box box;
	char rest;
	int type;

	if (sscanf(line, "%d %d %d %d %d %c", &box.x0, &box.y0, &box.x1,
		   &box.y1, &type, &rest) != 5)
		return complain(why, "line %u is not \"x0 y0 x1 y1 type\"", nr);
	if (box.x0 < 0 || box.y0 < 0 || box.x1 <= box.x0 ||
	    box.y1 <= box.y0 || box.x1 > (int)board->width ||
	    box.y1 > (int)board->height)
		return complain(why, "line %u: the box lies outside the board",
				nr);
	if (type < DEFECT_OPEN || type > DEFECT_PINHOLE)
		return complain(why, "line %u: type %d is not 1 to 6", nr,
				type);
	*note = (struct annotation){ box, (enum defect)type };
	return 0;
}

static int parse_all(FILE *file, struct board *board, struct complaint *why)
{
	struct annotation notes[ANNOTATIONS_MAX];
	unsigned int line_nr = 0;
	char line[256];
	size_t nr = 0;
	int err;

	while (fgets(line, sizeof(line), file)) {
		line_nr++;
		if (is_blank(line))
			continue;
		if (nr == ANNOTATIONS_MAX)
			return complain(why, "more than %d annotations",
					ANNOTATIONS_MAX);
		err = parse(line, board, &notes[nr], line_nr, why);
		if (err)
			return err;
		nr++;
	}
	if (ferror(file))
		return complain(why, "cannot be read");
	return board_set_annotations(board, notes, nr);
}

int board_read_annotations(struct board *board, const char *path,
			   struct complaint *why)
{
	FILE *file = fopen(path, "re");
	int err;

	if (!file && errno == ENOENT)
		return -ENOENT;
	if (!file)
		return complain(why, "cannot be opened: %s", strerror(errno));
	err = parse_all(file, board, why);
	fclose(file);
	return err;
}
