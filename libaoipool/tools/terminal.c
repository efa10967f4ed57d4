// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

bool terminal_has_colours(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(no && *no) && term &&
	       strcmp(term, "dumb");
}

int terminal_width(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_col)
		return 0;
	return size.ws_col;
}

const char *terminal_colour(enum terminal_colour colour)
{
	static const char *const codes[] = {
		[COLOUR_PLAIN] = "\033[0m",   [COLOUR_BOLD] = "\033[1m",
		[COLOUR_DIM] = "\033[2m",     [COLOUR_GREEN] = "\033[32m",
		[COLOUR_YELLOW] = "\033[33m", [COLOUR_RED] = "\033[31m",
	};

	return terminal_has_colours() ? codes[colour] : "";
}

enum terminal_colour terminal_level_colour(unsigned int level)
{
	static const enum terminal_colour colours[] = {
		COLOUR_GREEN, COLOUR_YELLOW, COLOUR_YELLOW, COLOUR_RED,
	};

	return level < 4 ? colours[level] : COLOUR_RED;
}

const char *level_name(unsigned int level)
{
	static const char *const names[] = { "none", "low", "high", "critical" };

	return level < 4 ? names[level] : "unknown";
}
