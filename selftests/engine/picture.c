// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * picture - makes test pictures from a binary PGM file.
 *
 *	picture FROM.pgm TO.jpg|TO.png
 *	picture --crop WIDTHxHEIGHT FROM.pgm TO.pgm
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <png.h>

struct picture {
	unsigned int width, height;
	uint8_t *pixels;
};

static void die(const char *what)
{
	fprintf(stderr, "picture: %s\n", what);
	exit(1);
}

static struct picture read_pgm(const char *path)
{
	FILE *file = fopen(path, "rb");
	struct picture picture;
	size_t size;

	if (!file || fscanf(file, "P5 %u %u 255", &picture.width,
			    &picture.height) != 2)
		die(path);
	fgetc(file);
	size = (size_t)picture.width * picture.height;
	picture.pixels = malloc(size);
	if (!picture.pixels || fread(picture.pixels, 1, size, file) != size)
		die(path);
	fclose(file);
	return picture;
}

static void write_pgm(const char *path, const struct picture *picture,
		      unsigned int width, unsigned int height)
{
	FILE *file = fopen(path, "wb");

	if (!file || width > picture->width || height > picture->height)
		die(path);
	fprintf(file, "P5\n%u %u\n255\n", width, height);
	for (unsigned int y = 0; y < height; y++)
		fwrite(picture->pixels + (size_t)y * picture->width, 1, width,
		       file);
	if (fclose(file))
		die(path);
}

static void write_jpeg(const char *path, const struct picture *picture)
{
	struct jpeg_compress_struct jpeg;
	struct jpeg_error_mgr errors;
	FILE *file = fopen(path, "wb");

	if (!file)
		die(path);
	jpeg.err = jpeg_std_error(&errors);
	jpeg_create_compress(&jpeg);
	jpeg_stdio_dest(&jpeg, file);
	jpeg.image_width = picture->width;
	jpeg.image_height = picture->height;
	jpeg.input_components = 1;
	jpeg.in_color_space = JCS_GRAYSCALE;
	jpeg_set_defaults(&jpeg);
	jpeg_set_quality(&jpeg, 95, TRUE);
	jpeg_start_compress(&jpeg, TRUE);
	while (jpeg.next_scanline < jpeg.image_height) {
		JSAMPROW row = picture->pixels +
			       (size_t)jpeg.next_scanline * picture->width;

		jpeg_write_scanlines(&jpeg, &row, 1);
	}
	jpeg_finish_compress(&jpeg);
	jpeg_destroy_compress(&jpeg);
	if (fclose(file))
		die(path);
}

static void write_png(const char *path, const struct picture *picture)
{
	png_image png = {
		.version = PNG_IMAGE_VERSION,
		.width = picture->width,
		.height = picture->height,
		.format = PNG_FORMAT_GRAY,
	};

	if (!png_image_write_to_file(&png, path, 0, picture->pixels, 0, NULL))
		die(png.message);
}

int main(int argc, char **argv)
{
	struct picture picture;
	unsigned int width, height;

	if (argc == 5 && !strcmp(argv[1], "--crop") &&
	    sscanf(argv[2], "%ux%u", &width, &height) == 2) {
		picture = read_pgm(argv[3]);
		write_pgm(argv[4], &picture, width, height);
		return 0;
	}
	if (argc != 3)
		die("FROM.pgm TO.jpg|TO.png");
	picture = read_pgm(argv[1]);
	if (strstr(argv[2], ".png"))
		write_png(argv[2], &picture);
	else
		write_jpeg(argv[2], &picture);
	return 0;
}
