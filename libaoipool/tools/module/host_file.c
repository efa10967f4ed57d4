// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "host_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const char *host_root(void)
{
	const char *root = getenv("AOIPOOL_ROOT");

	return root ? root : "";
}

struct host_path host_path(const char *path)
{
	struct host_path full;

	snprintf(full.text, sizeof(full.text), "%s%s", host_root(), path);
	return full;
}

long host_file_read(const char *path, char *text, size_t room)
{
	int fd = open(host_path(path).text, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	*text = '\0';
	if (fd < 0)
		return -errno;
	n = read(fd, text, room - 1);
	if (n < 0)
		n = -errno;
	close(fd);
	if (n < 0)
		return n;
	if (n && text[n - 1] == '\n')
		n--;
	text[n] = '\0';
	return n;
}

bool host_file_exists(const char *path)
{
	return !access(host_path(path).text, F_OK);
}

unsigned long host_file_number(const char *path, unsigned long otherwise)
{
	char text[64], *end;
	unsigned long number;

	if (host_file_read(path, text, sizeof(text)) < 0)
		return otherwise;
	number = strtoul(text, &end, 0);
	return end == text ? otherwise : number;
}
