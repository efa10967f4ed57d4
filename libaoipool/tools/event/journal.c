// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "event_text.h"
#include "line_file.h"

int journal_open(const char *path)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);

	return fd < 0 ? -errno : fd;
}

static int write_line(int journal, char *line, size_t len)
{
	ssize_t n;

	line[len++] = '\n';	/* in place of the NUL */
	n = write(journal, line, len);
	if (n < 0)
		return -errno;
	return (size_t)n == len ? 0 : -ENOSPC;
}

int journal_add(int journal, const struct aoipool_event *event,
		uint64_t unix_ns)
{
	json_t *json = event_json(event, unix_ns);
	char *line = json ? json_dumps(json, JSON_COMPACT) : NULL;
	int err = line ? write_line(journal, line, strlen(line)) : -ENOMEM;

	free(line);
	json_decref(json);
	return err;
}

struct reader {
	int (*each)(void *arg, const struct aoipool_event *event,
		    uint64_t unix_ns);
	void (*bad_line)(void *arg, unsigned int line);
	void *arg;
};

static int read_line(const struct reader *reader, const char *line,
		     unsigned int number)
{
	json_t *json = json_loads(line, 0, NULL);
	struct aoipool_event event;
	uint64_t unix_ns;
	int err = json ? event_from_json(json, &event, &unix_ns) : -EINVAL;

	json_decref(json);
	if (!err)
		return reader->each(reader->arg, &event, unix_ns);
	if (strchr(line, '\n'))
		reader->bad_line(reader->arg, number);
	return 0;
}

int journal_read(const char *path,
		 int (*each)(void *arg, const struct aoipool_event *event,
			     uint64_t unix_ns),
		 void (*bad_line)(void *arg, unsigned int line), void *arg)
{
	const struct reader reader = { each, bad_line, arg };
	FILE *file = line_file_open(path);
	unsigned int number = 0;
	char *line = NULL;
	size_t room = 0;
	int err = 0;

	if (!file)
		return -errno;
	while (!err && getline(&line, &room, file) >= 0)
		err = read_line(&reader, line, ++number);
	if (!err && ferror(file))
		err = -EIO;
	free(line);
	fclose(file);
	return err;
}
