/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * What is read: files of /proc, /sys and /dev, whole, of this host or of a copy
 * of those folders that was saved from another one.
 */
#ifndef SOURCE_H
#define SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SOURCE_PATH_BYTES	4352

/* "": this host.  Kept, not copied. */
void source_set_root(const char *folder);
bool source_is_copy(void);

/* Where a file is: the root, and what the format says. */
__attribute__((format(printf, 2, 3))) int
source_path(char path[SOURCE_PATH_BYTES], const char *format, ...);

/**
 * source_read() - all that a file has
 * @text: out, with a NUL, to be freed by the caller; NULL on an error
 *
 * Return: 0; -ENOENT; -EACCES; -ESRCH: the process is gone; others of open()
 * and read(); -ENOMEM.
 */
__attribute__((format(printf, 2, 3))) int source_read(char **text,
						      const char *format, ...);

/* Likewise; a first line alone, without its newline, cut to fit. */
__attribute__((format(printf, 3, 4))) int
source_line(char *line, size_t bytes, const char *format, ...);

/* Likewise, a number; "max" and "unlimited" are UINT64_MAX.  -EINVAL: no number. */
__attribute__((format(printf, 2, 3))) int source_number(uint64_t *value,
							const char *format, ...);

/* How many entries a folder has, without "." and "..".  Return: or an error. */
__attribute__((format(printf, 1, 2))) long source_count(const char *format, ...);

#endif
