// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* PNG by libpng's simplified interface: any depth and colour comes as grey. */
#include <png.h>

#include "image.h"

static int finish(png_image *png, struct image *image, struct complaint *why)
{
	static const png_color black = { 0, 0, 0 };
	int err = image_check_size(png->width, png->height, why);

	if (err)
		return err;
	err = image_alloc(image, png->width, png->height);
	if (err)
		return err;
	png->format = PNG_FORMAT_GRAY;
	if (!png_image_finish_read(png, &black, image->pixels,
				   (png_int_32)png->width, NULL))
		return complain(why, "damaged PNG: %s", png->message);
	return 0;
}

int image_decode_png(struct blob file, struct image *image,
		     struct complaint *why)
{
	png_image png = { .version = PNG_IMAGE_VERSION };
	int err;

	if (!png_image_begin_read_from_memory(&png, file.data, file.size))
		err = complain(why, "damaged PNG: %s", png.message);
	else
		err = finish(&png, image, why);
	png_image_free(&png);
	return err;
}
