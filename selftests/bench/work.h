/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * work - what a worker program is for.  Each has one, and worker.c runs it.
 */
#ifndef WORK_H
#define WORK_H

#include <stdint.h>

#include "line.h"

struct work {
	/* NULL, or why this host cannot do the line; text lives on */
	const char *(*open)(const struct line *line, const char *mode);
	/* does about @units units, at least one; ns for one of them */
	double (*run)(uint64_t units);
	/* what was measured: a version, kinds of pages; may be "" */
	const char *(*note)(void);
};

extern const struct work work;

/* Ends the worker; the driver calls that a crash. */
__attribute__((noreturn, format(printf, 1, 2))) void die(const char *format,
							 ...);

#endif
