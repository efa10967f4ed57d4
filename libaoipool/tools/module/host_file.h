/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Small files of /proc and /sys, as text without the last newline.
 *
 * The environment variable AOIPOOL_ROOT is put before every path, for tests.
 */
#ifndef HOST_FILE_H
#define HOST_FILE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

/* "" or the folder that stands for /. */
const char *host_root(void);

struct host_path {
	char text[PATH_MAX];
};

struct host_path host_path(const char *path);

/* Return: bytes read, the text is cut to @room and has its NUL; -errno. */
long host_file_read(const char *path, char *text, size_t room);

bool host_file_exists(const char *path);

/* A number; @otherwise where there is none to be read. */
unsigned long host_file_number(const char *path, unsigned long otherwise);

#endif
