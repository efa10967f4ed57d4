/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
#include "log.h"

#include <stdarg.h>
#include <stdio.h>

void log_line(const struct log *log, enum aoipool_log_level level,
	      const char *format, ...)
{
	char line[384];
	va_list args;

	if (!log->line)
		return;
	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	log->line(log->arg, level, line);
}
