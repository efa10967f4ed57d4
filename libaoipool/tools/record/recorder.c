// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int recorder_open(struct recorder *recorder, const char *path)
{
	*recorder = (struct recorder){ .fd = STDOUT_FILENO };
	if (!strcmp(path, "-"))
		return 0;
	recorder->fd = open(path,
			    O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC,
			    0644);
	return recorder->fd < 0 ? -errno : 0;
}

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

int recorder_write(struct recorder *recorder, json_t *line)
{
	char *text = line ? json_dumps(line, JSON_COMPACT) : NULL;
	size_t bytes;
	int err;

	json_decref(line);
	if (!text)
		return -ENOMEM;
	bytes = strlen(text);
	/* in the place of the NUL: one write a line */
	text[bytes] = '\n';
	err = write_all(recorder->fd, text, bytes + 1);
	free(text);
	if (!err)
		recorder->lines++;
	return err;
}

int recorder_close(struct recorder *recorder)
{
	if (recorder->fd == STDOUT_FILENO)
		return 0;
	return close(recorder->fd) ? -errno : 0;
}

uint64_t recorder_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * UINT64_C(1000000000) + now.tv_nsec;
}
