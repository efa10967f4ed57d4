/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* json - the report as JSON; times in ns. */
#ifndef JSON_H
#define JSON_H

#include "host.h"
#include "result.h"

/** @path "-" is standard output.  Return: 0; -errno. */
int json_write(const struct report *report, const struct host *host,
	       const char *path);

#endif
