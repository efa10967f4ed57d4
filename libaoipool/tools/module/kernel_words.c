// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "kernel_words.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The kernel cuts a record, with its properties, to that. */
#define RECORD_BYTES	8192

int kernel_words_begin(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0)
		lseek(fd, 0, SEEK_END);
	return fd;
}

static int is_about_modules(const char *line)
{
	return strstr(line, "aoipool") || strstr(line, "odule ") ||
	       strstr(line, "Lockdown");
}

/* "6,339,5140900,-;text\n KEY=value\n" */
static void add_record(char *text, char *record)
{
	size_t len = strlen(text);
	char *line = strchr(record, ';');

	if (!line)
		return;
	line++;
	line[strcspn(line, "\n")] = '\0';
	if (is_about_modules(line))
		snprintf(text + len, KERNEL_WORDS_BYTES - len, "%s%s",
			 len ? "\n" : "", line);
}

void kernel_words_end(int fd, char text[KERNEL_WORDS_BYTES])
{
	char record[RECORD_BYTES];
	ssize_t n;

	*text = '\0';
	if (fd < 0)
		return;
	/* EPIPE: the oldest were overwritten, and reading goes on behind them */
	while ((n = read(fd, record, sizeof(record) - 1)) > 0 || errno == EPIPE) {
		if (n <= 0)
			continue;
		record[n] = '\0';
		add_record(text, record);
	}
	close(fd);
}
