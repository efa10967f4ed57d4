// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "option.h"

#include <errno.h>
#include <stdlib.h>

#include "unit.h"

uint64_t option_number(struct argp_state *state, const char *what,
		       const char *text, uint64_t max)
{
	unsigned long long value;
	char *end;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (errno || end == text || *end || *text == '-' || value > max)
		argp_error(state, "--%s: \"%s\" is no number from 0 to %llu",
			   what, text, (unsigned long long)max);
	return value;
}

uint64_t option_time(struct argp_state *state, const char *what,
		     const char *text)
{
	uint64_t ns = 0;

	if (unit_parse_time(text, &ns))
		argp_error(state, "--%s: \"%s\" is no time, such as 250ms, 10s "
				  "or 5m",
			   what, text);
	return ns;
}
