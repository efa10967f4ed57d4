/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
#include "hooks.h"

#include <string.h>

/* As a pointer it is not canonical on x86-64, as a float a huge number. */
#define POISON	0x6b

void hooks_raw(const struct hooks *hooks, void *ptr)
{
	if (hooks->construct)
		hooks->construct(hooks->construct_arg, ptr);
	if (hooks->poison)
		memset(ptr, POISON, hooks->bytes);
}

/* Equal to itself one byte further on: all are as the first. */
static bool is_poisoned(const unsigned char *at, size_t bytes)
{
	return at[0] == POISON && !memcmp(at, at + 1, bytes - 1);
}

bool hooks_get(const struct hooks *hooks, void *ptr)
{
	bool intact = !hooks->poison || is_poisoned(ptr, hooks->bytes);

	if (hooks->reset && hooks->reset_when == AOIPOOL_RESET_ON_GET)
		hooks->reset(hooks->reset_arg, ptr);
	return intact;
}

void hooks_put(const struct hooks *hooks, void *ptr)
{
	if (hooks->reset && hooks->reset_when == AOIPOOL_RESET_ON_PUT)
		hooks->reset(hooks->reset_arg, ptr);
	if (hooks->poison)
		memset(ptr, POISON, hooks->bytes);
}
