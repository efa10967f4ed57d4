// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* allocator - chosen by name. */
#include <string.h>

#include "allocator.h"

int allocator_open(const char *name, const struct allocator_config *config,
		   struct allocator **allocator, struct complaint *why)
{
	if (!strcmp(name, "aoipool"))
		return allocator_aoipool_open(config, allocator, why);
	if (!strcmp(name, "malloc"))
		return allocator_malloc_open(config, allocator, why);
	if (!strcmp(name, "freelist"))
		return allocator_freelist_open(config, allocator, why);
	complain(why, "no allocator \"%s\"", name);
	return -EINVAL;
}
