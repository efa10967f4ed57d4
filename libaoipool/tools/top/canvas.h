/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* A screen to draw on, before it is shown in a terminal or printed. */
#ifndef CANVAS_H
#define CANVAS_H

#include "terminal.h"

struct canvas {
	int width, height;
	char *text;		/* width * height printable characters */
	unsigned char *colours;	/* of each, enum terminal_colour */
};

/* Empty.  Return: 0; -ENOMEM. */
int canvas_init(struct canvas *canvas, int width, int height);

void canvas_free(struct canvas *canvas);

/* What is too long, or outside, is cut; what cannot be printed is a '?'. */
__attribute__((format(printf, 5, 6))) void
canvas_put(struct canvas *canvas, int y, int x, enum terminal_colour colour,
	   const char *format, ...);

/* Lines on stdout, without blanks at their ends and empty lines at the bottom. */
void canvas_print(const struct canvas *canvas);

#endif
