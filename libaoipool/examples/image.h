/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* image - one decoded grey picture in memory of its own. */
#ifndef IMAGE_H
#define IMAGE_H

#include "complaint.h"
#include "geometry.h"

/* Larger than any panel this program makes; guards against absurd headers. */
#define IMAGE_SIDE_MAX 32768

struct image {
	uint32_t width;
	uint32_t height;
	uint8_t *pixels; /* width * height, no padding */
};

/*
 * Read a JPEG, PNG or binary PGM file, told by its content, as 8-bit grey.
 * Return: 0, and @image is the caller's; -ENOMEM; else a negative errno value,
 * with the reason in @why.
 */
int image_read(const char *path, struct image *image, struct complaint *why);

/* Return: 0; -ENOMEM.  The pixels are not set. */
int image_alloc(struct image *image, uint32_t width, uint32_t height);
void image_free(struct image *image);

/* Write a binary PGM file.  Return: 0 or a negative errno value. */
int image_write_pgm(const char *path, const struct image *image);

static inline struct view image_view(const struct image *image)
{
	return (struct view){ image->pixels, image->width, image->width,
			      image->height };
}

/* A whole file in memory. */
struct blob {
	const uint8_t *data;
	size_t size;
};

/* The decoders; each checks the size before it allocates. */
int image_decode_jpeg(struct blob file, struct image *image,
		      struct complaint *why);
int image_decode_png(struct blob file, struct image *image,
		     struct complaint *why);
int image_decode_pgm(struct blob file, struct image *image,
		     struct complaint *why);

/* The check they share. */
int image_check_size(uint32_t width, uint32_t height, struct complaint *why);

#endif
