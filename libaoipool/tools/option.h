/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Values of options; what is wrong with one ends the process with EXIT_USAGE. */
#ifndef OPTION_H
#define OPTION_H

#include <argp.h>
#include <stdint.h>

/* @what: the option's name, without dashes. */
uint64_t option_number(struct argp_state *state, const char *what,
		       const char *text, uint64_t least, uint64_t most);

/* Nanoseconds, of what unit_parse_time() takes. */
uint64_t option_time(struct argp_state *state, const char *what,
		     const char *text);

/* Bytes, of what unit_parse_bytes() takes; not 0. */
uint64_t option_bytes(struct argp_state *state, const char *what,
		      const char *text);

#endif
