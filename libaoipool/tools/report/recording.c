// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "recording.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "line_file.h"
#include "recorder.h"

struct reading {
	struct recording *recording;
	size_t line;
	bool has_head;
};

static int add_problem(struct reading *reading, const char *what)
{
	struct recording *recording = reading->recording;
	struct recording_problem problem = { .line = reading->line };
	size_t kept = recording->nr_problems;

	if (kept >= RECORDING_PROBLEMS) {
		recording->nr_problems++;
		return 0;
	}
	snprintf(problem.what, sizeof(problem.what), "%s", what);
	return array_add(&recording->problems, &recording->nr_problems,
			 &problem);
}

static void copy_text(const json_t *head, const char *name, char *to,
		      size_t bytes)
{
	const char *text = json_string_value(json_object_get(head, name));

	snprintf(to, bytes, "%s", text ?: "unknown");
}

static int take_head(struct reading *reading, const json_t *head)
{
	struct recording *recording = reading->recording;
	const char *type = json_string_value(json_object_get(head, "type"));
	json_int_t version =
		json_integer_value(json_object_get(head, "version"));
	const json_t *interval = json_object_get(head, "interval_ns");

	if (!type || strcmp(type, "recording") || version < 1)
		return -EPROTO;
	if (version > RECORDING_VERSION)
		return -EPROTONOSUPPORT;
	copy_text(head, "host", recording->host, sizeof(recording->host));
	copy_text(head, "kernel", recording->kernel, sizeof(recording->kernel));
	copy_text(head, "tool", recording->tool, sizeof(recording->tool));
	if (json_integer_value(interval) > 0)
		recording->interval_ns = json_integer_value(interval);
	reading->has_head = true;
	return 0;
}

static int take_line(struct reading *reading, const json_t *line)
{
	const char *why = NULL;
	int err;

	if (!reading->has_head)
		return take_head(reading, line);
	err = recording_take(reading->recording, line, &why);
	return err == -EINVAL ? add_problem(reading, why) : err;
}

static int parse(struct reading *reading, const char *text, size_t bytes,
		 bool is_whole)
{
	json_error_t error;
	char what[192];
	json_t *line = json_loadb(text, bytes, JSON_REJECT_DUPLICATES, &error);
	int err;

	if (line) {
		err = take_line(reading, line);
		json_decref(line);
		return err;
	}
	if (!reading->has_head)
		return -EPROTO;
	if (!is_whole)
		return add_problem(reading, "the line is cut off");
	snprintf(what, sizeof(what), "no JSON: %s", error.text);
	return add_problem(reading, what);
}

static int read_lines(struct reading *reading, FILE *file)
{
	size_t room = 0;
	char *text = NULL;
	int err = 0;
	ssize_t n;

	while (!err && (n = getline(&text, &room, file)) > 0) {
		reading->line++;
		err = parse(reading, text, n, text[n - 1] == '\n');
	}
	if (!err && ferror(file))
		err = -EIO;
	free(text);
	return err;
}

int recording_read(struct recording *recording, const char *path)
{
	struct reading reading = { .recording = recording };
	FILE *file = line_file_open(path);
	int err;

	*recording = (struct recording){ .interval_ns = 1000000000 };
	if (!file)
		return -errno;
	err = read_lines(&reading, file);
	fclose(file);
	if (!err && !reading.has_head)
		err = -EPROTO;
	if (err)
		recording_free(recording);
	return err;
}

void recording_free(struct recording *recording)
{
	free(recording->samples);
	free(recording->levels);
	free(recording->events);
	free(recording->latencies);
	free(recording->figures);
	free(recording->pools);
	free(recording->problems);
	*recording = (struct recording){ 0 };
}
