/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Texts of a name and a value a line, as the kernel writes them: meminfo, status,
 * vmstat, memory.stat, memory.events, memory.pressure.
 */
#ifndef FIELDS_H
#define FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * fields_get() - the number behind a name
 * @name: all that stands before the colon or the blank: "MemTotal", "oom_kill"
 * @value: out; with "kB" behind it in bytes, "max" is UINT64_MAX
 *
 * Return: whether there is such a line, with a number.
 */
bool fields_get(const char *text, const char *name, uint64_t *value);

/* Likewise; what is missing is 0. */
uint64_t fields_number(const char *text, const char *name);

/* All behind the name, without blanks at its beginning.  "" where it is missing. */
bool fields_text(const char *text, const char *name, char *value, size_t bytes);

/* Of "always [madvise] never" the one that is chosen; else the whole line. */
void fields_chosen(const char *text, char *value, size_t bytes);

/* Of a line of memory.pressure, "some" or "full", its avg10, avg60 or avg300. */
bool fields_pressure(const char *text, const char *line, const char *average,
		     double *percent);

#endif
