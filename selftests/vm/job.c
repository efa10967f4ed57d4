// SPDX-License-Identifier: GPL-2.0-only
/* The job: a file of 'key value' lines that the host put into the initramfs. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vm.h"

static char text[64 * 1024];

static void list_add(char **list, size_t *nr, char *value)
{
	if (*nr == JOB_MAX)
		channel_die("the job has more than %d entries of a kind", JOB_MAX);
	list[(*nr)++] = value;
}

/* Who says how to load it wants it loaded. */
static void job_set_module(struct job *job, char *args)
{
	job->module_args = args;
	job->with_module = true;
}

static void job_set(struct job *job, const char *key, char *value)
{
	if (!strcmp(key, "module"))
		list_add(job->modules, &job->nr_modules, value);
	else if (!strcmp(key, "test"))
		list_add(job->tests, &job->nr_tests, value);
	else if (!strcmp(key, "environment"))
		list_add(job->environment, &job->nr_environment, value);
	else if (!strcmp(key, "command"))
		job->command = value;
	else if (!strcmp(key, "module-args"))
		job_set_module(job, value);
	else if (!strcmp(key, "program-seconds"))
		job->program_seconds = atoi(value);
	else if (!strcmp(key, "run-seconds"))
		job->run_seconds = atoi(value);
	else
		channel_die("the job asks for '%s', which this init does not know", key);
}

static void text_load(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t bytes = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (bytes < 0 || bytes == (ssize_t)sizeof(text) - 1)
		channel_die("cannot read %s", path);
	close(fd);
	text[bytes] = '\0';
}

void job_read(struct job *job, const char *path)
{
	char *rest = text, *line, *key;

	*job = (struct job){ .module_args = "" };
	text_load(path);
	while ((line = strsep(&rest, "\n"))) {
		key = strsep(&line, " ");
		if (line)
			job_set(job, key, line);
	}
}
