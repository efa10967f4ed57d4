// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Binary PGM ("P5") of 8 bits: read and written without a library. */
#include <ctype.h>
#include <string.h>

#include "image.h"

struct cursor {
	const uint8_t *at;
	const uint8_t *end;
};

static void skip_blanks(struct cursor *cursor)
{
	while (cursor->at < cursor->end) {
		if (*cursor->at == '#')
			while (cursor->at < cursor->end && *cursor->at != '\n')
				cursor->at++;
		else if (isspace(*cursor->at))
			cursor->at++;
		else
			return;
	}
}

static int read_number(struct cursor *cursor, uint32_t *number)
{
	const uint8_t *start;

	skip_blanks(cursor);
	start = cursor->at;
	*number = 0;
	while (cursor->at < cursor->end && isdigit(*cursor->at)) {
		if (*number > 1000000)
			return -EBADMSG;
		*number = *number * 10 + (uint32_t)(*cursor->at++ - '0');
	}
	return cursor->at == start ? -EBADMSG : 0;
}

int image_decode_pgm(struct blob file, struct image *image,
		     struct complaint *why)
{
	struct cursor cursor = { file.data + 2, file.data + file.size };
	uint32_t width, height, white;
	int err;

	if (read_number(&cursor, &width) || read_number(&cursor, &height) ||
	    read_number(&cursor, &white) || cursor.at == cursor.end)
		return complain(why, "damaged PGM: broken header");
	if (white == 0 || white > 255)
		return complain(why, "PGM with a white of %u, not 1 to 255",
				white);
	err = image_check_size(width, height, why);
	if (err)
		return err;
	cursor.at++;
	if ((size_t)(cursor.end - cursor.at) < (size_t)width * height)
		return complain(why, "damaged PGM: the file ends too early");
	err = image_alloc(image, width, height);
	if (err)
		return err;
	memcpy(image->pixels, cursor.at, (size_t)width * height);
	return 0;
}

int image_write_pgm(const char *path, const struct image *image)
{
	size_t size = (size_t)image->width * image->height;
	FILE *file = fopen(path, "wbe");
	int bad;

	if (!file)
		return -errno;
	bad = fprintf(file, "P5\n%u %u\n255\n", image->width, image->height) < 0;
	bad |= fwrite(image->pixels, 1, size, file) != size;
	bad |= fclose(file) != 0;
	return bad ? -EIO : 0;
}
