// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* image - reads a file, finds out what it is, hands it to its decoder. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image.h"

/* No board picture is larger; a device or a log file by mistake would be. */
#define FILE_BYTES_MAX (256u << 20)

int image_alloc(struct image *image, uint32_t width, uint32_t height)
{
	image->width = width;
	image->height = height;
	image->pixels = malloc((size_t)width * height);
	return image->pixels ? 0 : -ENOMEM;
}

void image_free(struct image *image)
{
	free(image->pixels);
	*image = (struct image){ 0 };
}

int image_check_size(uint32_t width, uint32_t height, struct complaint *why)
{
	if (!width || !height)
		return complain(why, "picture of %u x %u pixels", width,
				height);
	if (width > IMAGE_SIDE_MAX || height > IMAGE_SIDE_MAX)
		return complain(why,
				"picture of %u x %u pixels, more than %u a side",
				width, height, IMAGE_SIDE_MAX);
	return 0;
}

static int read_fully(int fd, uint8_t *data, size_t size,
		      struct complaint *why)
{
	size_t have = 0;

	while (have < size) {
		ssize_t got = read(fd, data + have, size - have);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return complain(why, "cannot be read: %s",
					strerror(errno));
		if (got == 0)
			return complain(why, "shrank while it was read");
		have += (size_t)got;
	}
	return 0;
}

static int load_open(int fd, struct blob *file, struct complaint *why)
{
	struct stat stat;
	uint8_t *data;
	int err;

	if (fstat(fd, &stat) < 0)
		return complain(why, "cannot be read: %s", strerror(errno));
	if (!S_ISREG(stat.st_mode))
		return complain(why, "not a regular file");
	if (stat.st_size == 0)
		return complain(why, "empty file");
	if (stat.st_size > (off_t)FILE_BYTES_MAX)
		return complain(why, "larger than %u MiB",
				FILE_BYTES_MAX >> 20);
	data = malloc((size_t)stat.st_size);
	if (!data)
		return -ENOMEM;
	err = read_fully(fd, data, (size_t)stat.st_size, why);
	if (err) {
		free(data);
		return err;
	}
	*file = (struct blob){ data, (size_t)stat.st_size };
	return 0;
}

/* O_NONBLOCK: opening a FIFO by mistake must not hang. */
static int load(const char *path, struct blob *file, struct complaint *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int err;

	if (fd < 0)
		return complain(why, "cannot be opened: %s", strerror(errno));
	err = load_open(fd, file, why);
	close(fd);
	return err;
}

static int decode(struct blob file, struct image *image, struct complaint *why)
{
	static const uint8_t jpeg[] = { 0xff, 0xd8, 0xff };
	static const uint8_t png[] = { 0x89, 'P', 'N', 'G' };
	static const uint8_t pgm[] = { 'P', '5' };

	if (file.size > sizeof(jpeg) && !memcmp(file.data, jpeg, sizeof(jpeg)))
		return image_decode_jpeg(file, image, why);
	if (file.size > sizeof(png) && !memcmp(file.data, png, sizeof(png)))
		return image_decode_png(file, image, why);
	if (file.size > sizeof(pgm) && !memcmp(file.data, pgm, sizeof(pgm)))
		return image_decode_pgm(file, image, why);
	return complain(why, "not a JPEG, PNG or binary PGM picture");
}

int image_read(const char *path, struct image *image, struct complaint *why)
{
	struct blob file = { 0 };
	int err;

	*image = (struct image){ 0 };
	err = load(path, &file, why);
	if (err)
		return err;
	err = decode(file, image, why);
	free((void *)file.data);
	if (err)
		image_free(image);
	if (err == -ENOMEM)
		complain(why, "no memory to decode it");
	return err;
}
