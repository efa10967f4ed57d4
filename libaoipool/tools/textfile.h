/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* A file that is there whole or not at all: readers never see half of it. */
#ifndef TEXTFILE_H
#define TEXTFILE_H

#include <stddef.h>

/**
 * textfile_write() - put @bytes of @text in place of what is at @path
 *
 * By way of a file beside it, "PATH.XXXXXX", which node_exporter passes over.
 * Readable by everybody.  A device or a pipe is written to, never replaced.
 *
 * Return: 0; a negative errno value, and what was at @path still is.
 */
int textfile_write(const char *path, const char *text, size_t bytes);

#endif
