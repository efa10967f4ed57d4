// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "option.h"

#include <errno.h>
#include <stdlib.h>

#include "unit.h"

uint64_t option_number(struct argp_state *state, const char *what,
		       const char *text, uint64_t least, uint64_t most)
{
	unsigned long long value;
	char *end;

	/* strtoull() takes blanks and signs as well, "-1" as the largest */
	errno = 0;
	value = strtoull(text, &end, 10);
	if (errno || *end || *text < '0' || *text > '9' || value < least ||
	    value > most)
		argp_error(state, "--%s: \"%s\" is no number from %llu to %llu",
			   what, text, (unsigned long long)least,
			   (unsigned long long)most);
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

uint64_t option_bytes(struct argp_state *state, const char *what,
		      const char *text)
{
	uint64_t bytes = 0;

	if (unit_parse_bytes(text, &bytes) || !bytes)
		argp_error(state, "--%s: \"%s\" is no size, such as 512M or 2GiB",
			   what, text);
	return bytes;
}
