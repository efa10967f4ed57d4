// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "tunable.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_BYTES	512

const char *tunable_folder(void)
{
	const char *folder = getenv("AOIPOOL_SYSFS");

	return folder && *folder ? folder : "/sys/class/misc/aoipool";
}

/* The whole of it has gone with the module, or just this file is not there. */
static int no_file(void)
{
	return access(tunable_folder(), F_OK) ? -ENODEV : -ENOENT;
}

static int open_file(const char *name, int flags)
{
	char path[PATH_BYTES];
	int fd;

	if (snprintf(path, sizeof(path), "%s/%s", tunable_folder(), name) >=
	    (int)sizeof(path))
		return -ENAMETOOLONG;
	fd = open(path, flags | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? no_file() : -errno;
	return fd;
}

int tunable_read(const char *name, char value[TUNABLE_BYTES])
{
	int fd = open_file(name, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = read(fd, value, TUNABLE_BYTES - 1);
	if (n < 0)
		n = -errno;
	close(fd);
	if (n < 0)
		return n;
	value[n] = '\0';
	value[strcspn(value, "\n")] = '\0';
	return 0;
}

int tunable_read_number(const char *name, uint64_t *value)
{
	char text[TUNABLE_BYTES], *end;
	int err = tunable_read(name, text);

	if (err)
		return err;
	errno = 0;
	*value = strtoull(text, &end, 10);
	return errno || end == text || *end ? -EINVAL : 0;
}

int tunable_write(const char *name, const char *value)
{
	size_t bytes = strlen(value);
	int fd = open_file(name, O_WRONLY | O_TRUNC);	/* a plain file in tests */
	ssize_t n;

	if (fd < 0)
		return fd;
	n = write(fd, value, bytes);
	if (n < 0)
		n = -errno;
	close(fd);
	if (n < 0)
		return n;
	return (size_t)n == bytes ? 0 : -EIO;
}
