// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* board-set - finds the pairs of a folder, checks each by decoding it once. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "align.h"
#include "board-set.h"
#include "generator.h"
#include "random.h"

#define TEMPLATE_MARK	"_temp."
#define TEST_MARK	"_test."

struct names {
	char **list;
	size_t nr;
};

static char *join(const char *folder, const char *name, size_t length,
		  const char *tail)
{
	char *path;

	if (asprintf(&path, "%s/%.*s%s", folder, (int)length, name, tail) < 0)
		return NULL;
	return path;
}

static int append(struct board_set *set, const struct board *board)
{
	struct board *boards =
		realloc(set->boards, (set->nr + 1) * sizeof(*boards));

	if (!boards)
		return -ENOMEM;
	set->boards = boards;
	boards[set->nr++] = *board;
	if (board->width > set->widest)
		set->widest = board->width;
	if (board->height > set->highest)
		set->highest = board->height;
	return 0;
}

/* Listing. */

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void names_free(struct names *names)
{
	for (size_t n = 0; n < names->nr; n++)
		free(names->list[n]);
	free(names->list);
}

static int names_add(struct names *names, const char *name)
{
	char **list = realloc(names->list, (names->nr + 1) * sizeof(*list));

	if (!list)
		return -ENOMEM;
	names->list = list;
	list[names->nr] = strdup(name);
	return list[names->nr++] ? 0 : -ENOMEM;
}

static int names_read(struct names *names, const char *folder,
		      struct complaint *why)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int err = 0;

	if (!dir)
		return complain(why, "%s", strerror(errno));
	while (!err && (entry = readdir(dir)))
		err = names_add(names, entry->d_name);
	closedir(dir);
	if (!err)
		qsort(names->list, names->nr, sizeof(*names->list), compare);
	return err;
}

/* The file of board @stem with @mark, whatever its ending; NULL if none. */
static const char *names_find(const struct names *names, const char *stem,
			      size_t length, const char *mark)
{
	for (size_t n = 0; n < names->nr; n++) {
		const char *name = names->list[n];

		if (!strncmp(name, stem, length) &&
		    !strncmp(name + length, mark, strlen(mark)))
			return name;
	}
	return NULL;
}

/* Loading. */

static void refuse(struct board_set *set, const char *file,
		   const struct complaint *why)
{
	skips_add(set->skips, file, why->text);
}

static int check_fit(const struct board *board, struct board_limits limits,
		     struct complaint *why)
{
	if (board->width > limits.width || board->height > limits.height)
		return complain(why,
				"board of %u x %u pixels, the panel is %u x %u",
				board->width, board->height, limits.width,
				limits.height);
	return 0;
}

static void measure_shift(struct board *board,
			  const struct board_pictures *pictures)
{
	struct view template = image_view(&pictures->template);
	struct view test = image_view(&pictures->test);

	board->off = align_find(&template, &test);
}

static int read_pictures(struct board_set *set, struct board *board,
			 struct board_limits limits)
{
	struct complaint why = { "no memory" };
	struct board_pictures pictures;
	const char *file;
	int err = board_read(board, &pictures, &file, &why);

	if (err) {
		refuse(set, file, &why);
		return err;
	}
	board->width = pictures.template.width;
	board->height = pictures.template.height;
	measure_shift(board, &pictures);
	err = check_fit(board, limits, &why);
	if (err)
		refuse(set, board->template_path, &why);
	if (err || set->each)
		board_pictures_free(&pictures);
	else
		board->pictures = pictures;
	return err;
}

/* A broken annotation costs the annotation, not the board. */
static void read_annotations(struct board_set *set, struct board *board,
			     const char *folder)
{
	struct complaint why = { "no memory" };
	char *path = join(folder, board->name, strlen(board->name), ".txt");
	int err = path ? board_read_annotations(board, path, &why) : -ENOMEM;

	if (err && err != -ENOENT)
		refuse(set, path ? path : board->name, &why);
	free(path);
}

static int load_pair(struct board_set *set, const char *folder,
		     const char *template, const char *test, size_t stem,
		     struct board_limits limits)
{
	struct board board = {
		.name = strndup(template, stem),
		.template_path = join(folder, template, strlen(template), ""),
		.test_path = join(folder, test, strlen(test), ""),
	};

	if (!board.name || !board.template_path || !board.test_path) {
		board_free(&board);
		return -ENOMEM;
	}
	if (read_pictures(set, &board, limits)) {
		board_free(&board);
		return 0;
	}
	read_annotations(set, &board, folder);
	return append(set, &board);
}

static void refuse_lonely(struct board_set *set, const char *folder,
			  const char *name, const char *missing, size_t stem)
{
	char *path = join(folder, name, strlen(name), "");
	struct complaint why;

	complain(&why, "its partner %.*s%s* is missing",
		 (int)(stem > 100 ? 100 : stem), name, missing);
	refuse(set, path ? path : name, &why);
	free(path);
}

static int load_name(struct board_set *set, const char *folder,
		     const struct names *names, const char *name,
		     struct board_limits limits)
{
	const char *mark = strstr(name, TEMPLATE_MARK);
	const char *partner;
	size_t stem;

	if (mark) {
		stem = (size_t)(mark - name);
		partner = names_find(names, name, stem, TEST_MARK);
		if (partner)
			return load_pair(set, folder, name, partner, stem,
					 limits);
		refuse_lonely(set, folder, name, TEST_MARK, stem);
		return 0;
	}
	mark = strstr(name, TEST_MARK);
	if (!mark)
		return 0;
	stem = (size_t)(mark - name);
	if (!names_find(names, name, stem, TEMPLATE_MARK))
		refuse_lonely(set, folder, name, TEMPLATE_MARK, stem);
	return 0;
}

int board_set_load(struct board_set *set, const char *folder,
		   struct board_limits limits, struct complaint *why)
{
	struct names names = { 0 };
	int err = names_read(&names, folder, why);

	for (size_t n = 0; !err && n < names.nr; n++)
		err = load_name(set, folder, &names, names.list[n], limits);
	names_free(&names);
	return err;
}

/* Generating. */

static int generate_one(struct board_set *set, size_t nr, uint64_t seed)
{
	struct random random = random_seed(seed, nr, 1);
	struct board board = {
		.seed = random_next(&random),
		.width = GENERATOR_SIDE,
		.height = GENERATOR_SIDE,
	};
	struct generator_defects defects;
	int err;

	if (asprintf(&board.name, "generated-%05zu", nr) < 0)
		return -ENOMEM;
	err = generator_draw(board.seed, &board.pictures, &defects);
	if (!err)
		err = board_set_annotations(&board, defects.list, defects.nr);
	if (set->each)
		board_pictures_free(&board.pictures);
	if (!err)
		err = append(set, &board);
	if (err)
		board_free(&board);
	return err;
}

int board_set_generate(struct board_set *set, size_t nr, uint64_t seed)
{
	for (size_t n = 0; n < nr; n++) {
		int err = generate_one(set, n, seed);

		if (err)
			return err;
	}
	return 0;
}

void board_set_free(struct board_set *set)
{
	for (size_t n = 0; n < set->nr; n++)
		board_free(&set->boards[n]);
	free(set->boards);
	set->boards = NULL;
	set->nr = 0;
}
