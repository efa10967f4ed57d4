/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
#include "text.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "sys.h"

/* The kernel hands out a page or so at a time. */
int text_read_fd(int fd, char *text, size_t room)
{
	size_t used = 0;
	ssize_t n;

	do {
		n = sys_read_at(fd, text + used, room - 1 - used, used);
		if (n < 0)
			return n;
		used += n;
	} while (n && used < room - 1);
	text[used] = '\0';
	return 0;
}

int text_read(const char *path, char *text, size_t room)
{
	int fd = sys_open(path, O_RDONLY), err;

	if (fd < 0)
		return fd;
	err = text_read_fd(fd, text, room);
	sys_close(fd);
	return err;
}

const char *text_line(const char *text, const char *start)
{
	size_t n = strlen(start);

	while (text && strncmp(text, start, n)) {
		text = strchr(text, '\n');
		text += text != NULL;
	}
	return text ? text + n : NULL;
}

bool text_is_printable(const char *text, size_t max)
{
	size_t n = strnlen(text, max + 1), i;

	for (i = 0; i < n; i++)
		if (text[i] < ' ' || text[i] > '~')
			return false;
	return n && n <= max;
}

uint64_t text_number(const char *text, const char *start)
{
	const char *at = text_line(text, start);

	return at ? strtoull(at, NULL, 10) : 0;
}
