// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "printable.h"

#include <stdbool.h>

void printable_name(char *name)
{
	for (; *name; name++)
		if (*name < ' ' || *name > '~')
			*name = '?';
}

/* U+0080 to U+009f begin sequences, as ESC and a letter do. */
static bool is_c1(const unsigned char *at)
{
	return at[0] == 0xc2 && at[1] >= 0x80 && at[1] < 0xa0;
}

void printable_message(char *message)
{
	unsigned char *at = (unsigned char *)message;

	for (; *at; at++) {
		if (is_c1(at))
			*at++ = '?';
		else if (*at >= ' ' && *at != 0x7f)
			continue;
		*at = '?';
	}
}
