// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "array.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Room is always a power of two, so that nobody need keep it. */
static size_t room_before(size_t nr)
{
	return nr & (nr - 1) ? 0 : nr ? 2 * nr : 1;
}

int array_add_bytes(void **array, size_t *nr, const void *entry, size_t bytes)
{
	size_t room = room_before(*nr);
	void *grown;

	if (room) {
		grown = reallocarray(*array, room, bytes);
		if (!grown)
			return -ENOMEM;
		*array = grown;
	}
	memcpy((char *)*array + *nr * bytes, entry, bytes);
	++*nr;
	return 0;
}
