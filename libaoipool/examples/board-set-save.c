// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* board-set-save - writes a set in the form that board_set_load() reads. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board-set.h"

static int write_annotations(const char *path, const struct board *board)
{
	FILE *file = fopen(path, "we");
	int bad = 0;

	if (!file)
		return -errno;
	for (size_t n = 0; n < board->nr_annotations; n++) {
		const struct annotation *note = &board->annotations[n];

		bad |= fprintf(file, "%d %d %d %d %d\n", note->box.x0,
			       note->box.y0, note->box.x1, note->box.y1,
			       (int)note->type) < 0;
	}
	bad |= fclose(file) != 0;
	return bad ? -EIO : 0;
}

static int write_part(const char *folder, const struct board *board,
		      const char *tail, const struct image *image,
		      struct complaint *why)
{
	char *path;
	int err;

	if (asprintf(&path, "%s/%s%s", folder, board->name, tail) < 0)
		return -ENOMEM;
	err = image ? image_write_pgm(path, image) :
		      write_annotations(path, board);
	if (err)
		complain(why, "%s: %s", path, strerror(-err));
	free(path);
	return err ? -EBADMSG : 0;
}

static int save_board(const struct board *board, const char *folder,
		      struct complaint *why)
{
	struct board_pictures pictures;
	const char *file;
	int err = board_read(board, &pictures, &file, why);

	if (err)
		return err;
	err = write_part(folder, board, "_temp.pgm", &pictures.template, why);
	if (!err)
		err = write_part(folder, board, "_test.pgm", &pictures.test,
				 why);
	if (!err && board->annotated)
		err = write_part(folder, board, ".txt", NULL, why);
	board_pictures_free(&pictures);
	return err;
}

int board_set_save(const struct board_set *set, const char *folder,
		   struct complaint *why)
{
	for (size_t n = 0; n < set->nr; n++) {
		int err = save_board(&set->boards[n], folder, why);

		if (err)
			return err;
	}
	return 0;
}
