// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

json_t *json_number(uint64_t value)
{
	if (value > INT64_MAX)	/* no JSON integer here; "unlimited" is a null */
		return json_null();
	return json_integer((json_int_t)value);
}

json_t *json_text(const char *text)
{
	json_t *json = json_string(text);
	char *plain;

	if (json)
		return json;
	plain = strdup(text);
	for (char *at = plain; at && *at; at++)
		if (*at & 0x80)
			*at = '?';
	json = plain ? json_string(plain) : NULL;
	free(plain);
	return json;
}

int json_show(json_t *document, size_t flags)
{
	int err = 0;

	if (!document)
		return -ENOMEM;
	if (json_dumpf(document, stdout, flags) || putchar('\n') == EOF ||
	    fflush(stdout))
		err = errno ? -errno : -EIO;
	json_decref(document);
	return err;
}
