/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Where output goes: colours and widths are a terminal's only. */
#ifndef TERMINAL_H
#define TERMINAL_H

#include <stdbool.h>

enum terminal_colour {
	COLOUR_PLAIN,
	COLOUR_BOLD,
	COLOUR_DIM,
	COLOUR_GREEN,
	COLOUR_YELLOW,
	COLOUR_RED,
};

/* stdout is one that shows them, and NO_COLOR is not set. */
bool terminal_has_colours(void);

/* Columns of stdout; 0: it is no terminal. */
int terminal_width(void);

/* What begins a colour, or COLOUR_PLAIN, on stdout; "" where there is none. */
const char *terminal_colour(enum terminal_colour colour);

/* That of enum aoipool_pressure_level, and its name. */
enum terminal_colour terminal_level_colour(unsigned int level);
const char *level_name(unsigned int level);

#endif
