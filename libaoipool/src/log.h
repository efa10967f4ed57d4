/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
#ifndef LOG_H
#define LOG_H

#include "aoipool.h"

/* The caller's ear; without one, the library is silent. */
struct log {
	void (*line)(void *arg, enum aoipool_log_level level, const char *line);
	void *arg;
};

/* Call it with no lock held: the callback is the caller's code. */
__attribute__((format(printf, 3, 4))) void
log_line(const struct log *log, enum aoipool_log_level level,
	 const char *format, ...);

#endif
