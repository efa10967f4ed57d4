// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Of one read(): /proc hands out no more than this at once in any case. */
#define CHUNK	(128 * 1024)

static const char *root = "";

void source_set_root(const char *folder)
{
	root = folder;
}

bool source_is_copy(void)
{
	return *root;
}

static int path_of(char path[SOURCE_PATH_BYTES], const char *format,
		   va_list args)
{
	int n = snprintf(path, SOURCE_PATH_BYTES, "%s", root);

	if (n < SOURCE_PATH_BYTES)
		n += vsnprintf(path + n, SOURCE_PATH_BYTES - n, format, args);
	return n < SOURCE_PATH_BYTES ? 0 : -ENAMETOOLONG;
}

int source_path(char path[SOURCE_PATH_BYTES], const char *format, ...)
{
	va_list args;
	int err;

	va_start(args, format);
	err = path_of(path, format, args);
	va_end(args);
	return err;
}

static int grow(char **text, size_t bytes)
{
	char *grown = realloc(*text, bytes + 1);

	if (!grown)
		return -ENOMEM;
	*text = grown;
	return 0;
}

/* Room is doubled: smaps of thousands of mappings are megabytes. */
static int read_all(int fd, char **text)
{
	size_t nr = 0, room = 0;
	ssize_t n;

	for (;;) {
		if (room - nr < CHUNK / 2) {
			room = room ? 2 * room : CHUNK;
			if (grow(text, room))
				return -ENOMEM;
		}
		n = read(fd, *text + nr, room - nr);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		nr += n;
	}
	(*text)[nr] = '\0';
	return n < 0 ? -errno : 0;
}

static int read_path(char **text, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), err;

	*text = NULL;
	if (fd < 0)
		return -errno;
	err = read_all(fd, text);
	close(fd);
	if (err) {
		free(*text);
		*text = NULL;
	}
	return err;
}

static int read_args(char **text, const char *format, va_list args)
{
	char path[SOURCE_PATH_BYTES];
	int err = path_of(path, format, args);

	*text = NULL;
	return err ? err : read_path(text, path);
}

int source_read(char **text, const char *format, ...)
{
	va_list args;
	int err;

	va_start(args, format);
	err = read_args(text, format, args);
	va_end(args);
	return err;
}

static int line_of(char *line, size_t bytes, const char *format, va_list args)
{
	char *text;
	int err = read_args(&text, format, args);

	if (err)
		return err;
	text[strcspn(text, "\n")] = '\0';
	snprintf(line, bytes, "%s", text);
	free(text);
	return 0;
}

int source_line(char *line, size_t bytes, const char *format, ...)
{
	va_list args;
	int err;

	va_start(args, format);
	err = line_of(line, bytes, format, args);
	va_end(args);
	return err;
}

static int number_of(const char *line, uint64_t *value)
{
	char *end;

	if (!strcmp(line, "max") || !strcmp(line, "unlimited")) {
		*value = UINT64_MAX;
		return 0;
	}
	errno = 0;
	*value = strtoull(line, &end, 10);
	return errno || end == line ? -EINVAL : 0;
}

int source_number(uint64_t *value, const char *format, ...)
{
	char line[64];
	va_list args;
	int err;

	va_start(args, format);
	err = line_of(line, sizeof(line), format, args);
	va_end(args);
	return err ? err : number_of(line, value);
}

static long count(const char *path)
{
	DIR *folder = opendir(path);
	struct dirent *entry;
	long nr = 0;

	if (!folder)
		return -errno;
	errno = 0;
	while ((entry = readdir(folder)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			nr++;
	if (errno)
		nr = -errno;
	closedir(folder);
	return nr;
}

long source_count(const char *format, ...)
{
	char path[SOURCE_PATH_BYTES];
	va_list args;
	int err;

	va_start(args, format);
	err = path_of(path, format, args);
	va_end(args);
	return err ? err : count(path);
}
