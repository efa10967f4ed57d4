// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "follow.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A line longer than that is none of ours. */
#define MAX_LINE_BYTES (1UL << 20)

void follow_init(struct follow *follow, const char *path)
{
	*follow = (struct follow){.path = path, .fd = -1};
}

void follow_exit(struct follow *follow)
{
	if (follow->fd >= 0)
		close(follow->fd);
	free(follow->part);
	follow_init(follow, follow->path);
}

/* Another file of that name, or less in it than was read. */
static bool is_anew(const struct follow *follow)
{
	struct stat stat_;

	if (stat(follow->path, &stat_))
		return false;
	return stat_.st_ino != follow->inode || stat_.st_size < follow->offset;
}

static int open_file(struct follow *follow)
{
	struct stat stat_;

	if (follow->fd >= 0 && is_anew(follow))
		follow_exit(follow);
	if (follow->fd >= 0)
		return 0;
	follow->fd = open(follow->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (follow->fd < 0)
		return -errno;
	if (!fstat(follow->fd, &stat_))
		follow->inode = stat_.st_ino;
	return 0;
}

static int add_part(struct follow *follow, const char *text, size_t bytes)
{
	char *grown;

	if (follow->part_bytes + bytes > MAX_LINE_BYTES)
		return -E2BIG;
	grown = realloc(follow->part, follow->part_bytes + bytes + 1);
	if (!grown)
		return -ENOMEM;
	memcpy(grown + follow->part_bytes, text, bytes);
	follow->part = grown;
	follow->part_bytes += bytes;
	grown[follow->part_bytes] = '\0';
	return 0;
}

static int tell(struct follow *follow, char *text, size_t bytes,
		void (*each)(void *arg, char *line), void *arg)
{
	char *end;
	int err;

	while ((end = memchr(text, '\n', bytes))) {
		err = add_part(follow, text, end - text);
		if (err)
			return err;
		follow->line++;
		each(arg, follow->part);
		follow->part_bytes = 0;
		bytes -= end + 1 - text;
		text = end + 1;
	}
	return bytes ? add_part(follow, text, bytes) : 0;
}

int follow_look(struct follow *follow, void (*each)(void *arg, char *line),
		void *arg)
{
	char text[16 * 1024];
	int err = open_file(follow);
	ssize_t n;

	if (err)
		return err == -ENOENT ? 0 : err;
	while ((n = read(follow->fd, text, sizeof(text))) > 0) {
		follow->offset += n;
		err = tell(follow, text, n, each, arg);
		if (err)
			return err;
	}
	return n < 0 && errno != EAGAIN ? -errno : 0;
}
