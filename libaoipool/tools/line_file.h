/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* A file of lines that somebody names, to be read to its end. */
#ifndef LINE_FILE_H
#define LINE_FILE_H

#include <stdio.h>

/**
 * line_file_open() - a file that has an end
 *
 * Return: to be closed by fclose(); NULL, and errno is EISDIR for a folder, ENOTSUP
 * for a device but a terminal, for some of those have neither lines nor an end, or
 * what open() says.
 */
FILE *line_file_open(const char *path);

#endif
