// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "textfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int write_all(int fd, const char *text, size_t bytes)
{
	ssize_t n;

	while (bytes) {
		n = write(fd, text, bytes);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		text += n;
		bytes -= n;
	}
	return 0;
}

static int fill(int fd, const char *text, size_t bytes)
{
	int err = write_all(fd, text, bytes);

	if (!err && (fchmod(fd, 0644) || fsync(fd)))
		err = -errno;
	if (close(fd) && !err)
		err = -errno;
	return err;
}

static int replace(const char *path, char *beside, const char *text,
		   size_t bytes)
{
	int fd = mkostemp(beside, O_CLOEXEC);
	int err;

	if (fd < 0)
		return -errno;
	err = fill(fd, text, bytes);
	if (!err && rename(beside, path))
		err = -errno;
	if (err)
		unlink(beside);
	return err;
}

/* A device or a pipe: root, who replaces it, takes it from the whole host. */
static bool is_special(const char *path)
{
	struct stat there;

	return !stat(path, &there) && !S_ISREG(there.st_mode) &&
	       !S_ISDIR(there.st_mode);
}

static int write_into(const char *path, const char *text, size_t bytes)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	int err;

	if (fd < 0)
		return -errno;
	err = write_all(fd, text, bytes);
	if (close(fd) && !err)
		err = -errno;
	return err;
}

int textfile_write(const char *path, const char *text, size_t bytes)
{
	char *beside;
	int err;

	if (is_special(path))
		return write_into(path, text, bytes);
	if (asprintf(&beside, "%s.XXXXXX", path) < 0)
		return -ENOMEM;
	err = replace(path, beside, text, bytes);
	free(beside);
	return err;
}
