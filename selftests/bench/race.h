/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * race - one line, all its variants, round by round in turn.
 */
#ifndef RACE_H
#define RACE_H

#include "options.h"
#include "result.h"

/** Fills @result; a variant that fails is in there as such. */
void race_run(struct result *result, const struct line *line,
	      const struct options *options, const char *folder);

#endif
