/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* options - what the command line asks for. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>

#include "line.h"

#define PATTERNS_MAX	32

enum exit_code {
	EXIT_DONE	= 0,
	EXIT_USAGE	= 1,
	EXIT_CRASHED	= 2,
	EXIT_OUTPUT	= 3,
	EXIT_MISSED	= 4,
};

struct options {
	const char *patterns[PATTERNS_MAX];
	unsigned int nr_patterns;
	unsigned int rounds;
	unsigned int slice_us;
	bool quick;
	bool instructions;
	bool goals;
	const char *tsv, *json;
};

/** Does not return when there is something wrong, or --help is asked for. */
void options_parse(struct options *options, int argc, char **argv);

bool options_want(const struct options *options, const struct line *line);

#endif
