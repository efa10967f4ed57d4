// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "kernel_log.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/stat.h>
#include <unistd.h>

#include "array.h"
#include "source.h"

/* The kernel cuts a record, with its properties, to 8 KiB. */
#define RECORD_BYTES	8192
/* Of syslog(2), which is in no header. */
#define ACTION_READ_ALL	3
#define ACTION_SIZE	10

/* "5,0,140900,-;Linux version" */
static const char *parse_record(const char *line, uint64_t *time_us)
{
	unsigned long long time;
	const char *text;

	if (sscanf(line, "%*u,%*u,%llu,", &time) < 1)
		return NULL;
	text = strchr(line, ';');
	*time_us = time;
	return text ? text + 1 : NULL;
}

/* "<5>[    0.140900] Linux version"; the caller's name may be behind, too. */
static const char *parse_shown(const char *line, uint64_t *time_us)
{
	unsigned long long seconds;
	unsigned int us;
	int used = 0;

	if (*line == '<' && strchr(line, '>'))
		line = strchr(line, '>') + 1;
	if (sscanf(line, "[ %llu.%u]%n", &seconds, &us, &used) < 2 || !used)
		return NULL;
	*time_us = seconds * 1000000 + us;
	line += used;
	return line + (*line == ' ');
}

static int parse_line(struct kernel_log *log, const char *text)
{
	struct log_line line;

	line.text = parse_record(text, &line.time_us);
	if (!line.text)
		line.text = parse_shown(text, &line.time_us);
	return line.text ? array_add(&log->lines, &log->nr, &line) : 0;
}

int kernel_log_parse(struct kernel_log *log, char *text)
{
	char *line, *rest = text;
	int err = 0;

	*log = (struct kernel_log){ .text = text };
	while (!err && (line = strsep(&rest, "\n")))
		err = parse_line(log, line);
	if (err)
		kernel_log_free(log);
	return err;
}

void kernel_log_free(struct kernel_log *log)
{
	free(log->lines);
	free(log->text);
	*log = (struct kernel_log){ 0 };
}

struct text {
	char *bytes;
	size_t nr, room;
};

static int text_add(struct text *text, const char *bytes, size_t nr)
{
	size_t room = text->room ? text->room : 256 * 1024;
	char *grown;

	while (room - text->nr <= nr)
		room *= 2;
	if (room != text->room) {
		grown = realloc(text->bytes, room);
		if (!grown)
			return -ENOMEM;
		text->bytes = grown;
		text->room = room;
	}
	memcpy(text->bytes + text->nr, bytes, nr);
	text->nr += nr;
	text->bytes[text->nr] = '\0';
	return 0;
}

/* One record a read; EPIPE: some were overwritten, and reading goes on behind. */
static int read_records(int fd, struct text *text)
{
	char record[RECORD_BYTES];
	ssize_t n;
	int err = 0;

	while (!err) {
		n = read(fd, record, sizeof(record));
		if (n < 0 && (errno == EPIPE || errno == EINTR))
			continue;
		if (n < 0 && errno == EAGAIN)
			break;
		if (n <= 0)
			return n ? -errno : 0;
		err = text_add(text, record, n);
	}
	return err;
}

static int read_kmsg(struct text *text)
{
	char path[SOURCE_PATH_BYTES];
	int fd, err = source_path(path, "/dev/kmsg");

	if (err)
		return err;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	err = text_add(text, "", 0);
	if (!err)
		err = read_records(fd, text);
	close(fd);
	return err;
}

static int read_syslog(struct text *text)
{
	int bytes = klogctl(ACTION_SIZE, NULL, 0);
	char *buffer;
	int err;

	if (bytes < 0)
		return -errno;
	buffer = malloc(bytes);
	if (!buffer)
		return -ENOMEM;
	bytes = klogctl(ACTION_READ_ALL, buffer, bytes);
	err = bytes < 0 ? -errno : text_add(text, buffer, bytes);
	free(buffer);
	return err;
}

int kernel_log_read(struct kernel_log *log)
{
	struct text text = { 0 };
	int err = read_kmsg(&text);

	if (err && err != -ENOMEM && !source_is_copy()) {
		text.nr = 0;
		err = read_syslog(&text);
	}
	if (err) {
		free(text.bytes);
		return err;
	}
	return kernel_log_parse(log, text.bytes);
}
