// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * JPEG by libjpeg-turbo.  The library repairs a truncated or damaged file and
 * only warns; an inspection must not compare a repaired picture, so the first
 * warning is an error here.
 */
#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>

#include "image.h"

struct decoder {
	struct jpeg_decompress_struct jpeg;
	struct jpeg_error_mgr errors;
	struct complaint *why;
	jmp_buf bail;
};

static void refuse(j_common_ptr common)
{
	struct decoder *decoder = common->client_data;
	char text[JMSG_LENGTH_MAX];

	common->err->format_message(common, text);
	complain(decoder->why, "damaged JPEG: %.150s", text);
	longjmp(decoder->bail, 1);
}

/* Levels below 0 are warnings, the others are trace output. */
static void hear(j_common_ptr common, int level)
{
	if (level < 0)
		refuse(common);
}

static void decoder_init(struct decoder *decoder, struct complaint *why)
{
	decoder->why = why;
	decoder->jpeg.err = jpeg_std_error(&decoder->errors);
	decoder->errors.error_exit = refuse;
	decoder->errors.emit_message = hear;
	decoder->jpeg.client_data = decoder;
}

static int read_header(struct decoder *decoder, struct blob file)
{
	struct jpeg_decompress_struct *jpeg = &decoder->jpeg;

	jpeg_create_decompress(jpeg);
	jpeg_mem_src(jpeg, file.data, file.size);
	jpeg_read_header(jpeg, TRUE);
	jpeg->out_color_space = JCS_GRAYSCALE;
	return image_check_size(jpeg->image_width, jpeg->image_height,
				decoder->why);
}

static void read_rows(struct jpeg_decompress_struct *jpeg, struct image *image)
{
	jpeg_start_decompress(jpeg);
	while (jpeg->output_scanline < jpeg->output_height) {
		JSAMPROW row = image->pixels +
			       (size_t)jpeg->output_scanline * image->width;

		jpeg_read_scanlines(jpeg, &row, 1);
	}
	jpeg_finish_decompress(jpeg);
}

/* What must outlive a longjmp() lies behind pointers, not in locals. */
static int run(struct decoder *decoder, struct blob file, struct image *image)
{
	int err;

	if (setjmp(decoder->bail))
		return -EBADMSG;
	err = read_header(decoder, file);
	if (err)
		return err;
	err = image_alloc(image, decoder->jpeg.image_width,
			  decoder->jpeg.image_height);
	if (err)
		return err;
	read_rows(&decoder->jpeg, image);
	return 0;
}

int image_decode_jpeg(struct blob file, struct image *image,
		      struct complaint *why)
{
	struct decoder decoder = { 0 };
	int err;

	decoder_init(&decoder, why);
	err = run(&decoder, file, image);
	jpeg_destroy_decompress(&decoder.jpeg);
	return err;
}
