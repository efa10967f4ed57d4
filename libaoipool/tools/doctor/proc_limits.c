// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "proc_limits.h"

#include <stdlib.h>
#include <string.h>

bool proc_limits_soft(const char *text, const char *name, uint64_t *value)
{
	size_t bytes = strlen(name);
	const char *at = strstr(text, name);
	char *end;

	/* At the beginning of a line, and a whole name. */
	if (!at || (at != text && at[-1] != '\n') || at[bytes] != ' ')
		return false;
	at += bytes + strspn(at + bytes, " ");
	*value = UINT64_MAX;
	if (!strncmp(at, "unlimited", strlen("unlimited")))
		return true;
	*value = strtoull(at, &end, 10);
	return end != at;
}
