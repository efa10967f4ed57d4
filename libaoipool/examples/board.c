// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* board - reading the pictures of one board. */
#include <stdlib.h>
#include <string.h>

#include "board.h"
#include "generator.h"

const char *defect_name(enum defect defect)
{
	static const char *const names[DEFECT_TYPES] = {
		"unknown", "open",   "short",	"mousebite",
		"spur",	   "copper", "pin-hole",
	};

	return names[defect < DEFECT_TYPES ? defect : DEFECT_UNKNOWN];
}

static int read_pair(const struct board *board, struct board_pictures *pictures,
		     const char **file, struct complaint *why)
{
	int err;

	*file = board->template_path;
	err = image_read(*file, &pictures->template, why);
	if (err)
		return err;
	*file = board->test_path;
	err = image_read(*file, &pictures->test, why);
	if (err)
		return err;
	if (pictures->test.width != pictures->template.width ||
	    pictures->test.height != pictures->template.height)
		return complain(why,
				"is %u x %u pixels, its template %u x %u",
				pictures->test.width, pictures->test.height,
				pictures->template.width,
				pictures->template.height);
	return 0;
}

int board_read(const struct board *board, struct board_pictures *pictures,
	       const char **file, struct complaint *why)
{
	int err;

	*pictures = (struct board_pictures){ 0 };
	if (board->template_path) {
		err = read_pair(board, pictures, file, why);
	} else {
		*file = board->name;
		err = generator_draw(board->seed, pictures, NULL);
	}
	if (err)
		board_pictures_free(pictures);
	return err;
}

void board_pictures_free(struct board_pictures *pictures)
{
	image_free(&pictures->template);
	image_free(&pictures->test);
}

void board_free(struct board *board)
{
	board_pictures_free(&board->pictures);
	free(board->annotations);
	free(board->name);
	free(board->template_path);
	free(board->test_path);
	*board = (struct board){ 0 };
}

int board_set_annotations(struct board *board,
			  const struct annotation *annotations, size_t nr)
{
	struct annotation *copy = calloc(nr ? nr : 1, sizeof(*copy));

	if (!copy)
		return -ENOMEM;
	if (nr)
		memcpy(copy, annotations, nr * sizeof(*copy));
	free(board->annotations);
	board->annotations = copy;
	board->nr_annotations = nr;
	board->annotated = true;
	return 0;
}
