/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Small files of numbers and words, as /proc, /sys and cgroups have them. */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As much of the file as fits, NUL-terminated.  Return: 0; -errno. */
int text_read(const char *path, char *text, size_t room);
/* The same of a descriptor, from its beginning on. */
int text_read_fd(int fd, char *text, size_t room);

/* The rest of the line of @text that begins with @start; NULL: there is none. */
const char *text_line(const char *text, const char *start);

/* The number in such a line; 0 where there is none. */
uint64_t text_number(const char *text, const char *start);

/* 1 to @max bytes that can be printed. */
bool text_is_printable(const char *text, size_t max);

#endif
