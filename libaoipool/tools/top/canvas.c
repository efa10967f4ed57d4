// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "canvas.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int canvas_init(struct canvas *canvas, int width, int height)
{
	size_t cells = (size_t)width * height;

	*canvas = (struct canvas){ .width = width, .height = height };
	canvas->text = malloc(cells + 1);
	canvas->colours = calloc(cells + 1, 1);
	if (!canvas->text || !canvas->colours) {
		canvas_free(canvas);
		return -ENOMEM;
	}
	memset(canvas->text, ' ', cells);
	return 0;
}

void canvas_free(struct canvas *canvas)
{
	free(canvas->text);
	free(canvas->colours);
	*canvas = (struct canvas){ 0 };
}

void canvas_put(struct canvas *canvas, int y, int x, enum terminal_colour colour,
		const char *format, ...)
{
	char text[512];
	va_list args;
	size_t cell;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (y < 0 || y >= canvas->height)
		return;
	for (const char *at = text; *at && x < canvas->width; at++, x++) {
		if (x < 0)
			continue;
		cell = (size_t)y * canvas->width + x;
		canvas->text[cell] = *at < ' ' || *at > '~' ? '?' : *at;
		canvas->colours[cell] = colour;
	}
}

static int used_width(const struct canvas *canvas, int y)
{
	int width = canvas->width;

	while (width && canvas->text[y * canvas->width + width - 1] == ' ')
		width--;
	return width;
}

static int used_height(const struct canvas *canvas)
{
	int height = canvas->height;

	while (height && !used_width(canvas, height - 1))
		height--;
	return height;
}

static void print_line(const struct canvas *canvas, int y)
{
	const char *text = canvas->text + y * canvas->width;
	const unsigned char *colours = canvas->colours + y * canvas->width;
	int width = used_width(canvas, y);
	unsigned char colour = COLOUR_PLAIN;

	for (int x = 0; x < width; x++) {
		if (colours[x] != colour) {
			fputs(terminal_colour(COLOUR_PLAIN), stdout);
			colour = colours[x];
			if (colour != COLOUR_PLAIN)
				fputs(terminal_colour(colour), stdout);
		}
		putchar(text[x]);
	}
	if (colour != COLOUR_PLAIN)
		fputs(terminal_colour(COLOUR_PLAIN), stdout);
	putchar('\n');
}

void canvas_print(const struct canvas *canvas)
{
	int height = used_height(canvas);

	for (int y = 0; y < height; y++)
		print_line(canvas, y);
}
