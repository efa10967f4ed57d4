/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Metrics as Prometheus has them: families of samples that differ in their
 * labels.  A sink is what they are written to: text to be scraped, or JSON.
 */
#ifndef METRIC_H
#define METRIC_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <jansson.h>

enum metric_type {
	METRIC_GAUGE,
	METRIC_COUNTER,
	METRIC_HISTOGRAM,
};

/**
 * struct metric_family - what all samples of a name share
 * @name: with its unit; ends with _total where it is a counter
 * @help: a sentence
 * @is_ns: values are nanoseconds, which become the seconds that @name says
 */
struct metric_family {
	const char *name;
	const char *help;
	enum metric_type type;
	bool is_ns;
};

/* An array of these ends with one whose name is NULL.  Values may hold anything. */
struct metric_label {
	const char *name;
	const char *value;
};

struct metric_sink {
	/* A family begins; its samples follow. */
	void (*begin)(struct metric_sink *sink,
		      const struct metric_family *family);
	/* @suffix: "", or "_bucket" and the like of a histogram */
	void (*sample)(struct metric_sink *sink, const char *suffix,
		       const struct metric_label *labels, uint64_t value);
	const struct metric_family *family;	/* that was begun last */
};

/* The text exposition format, 0.0.4.  Errors are the stream's: ferror(). */
struct metric_text {
	struct metric_sink sink;
	FILE *to;
};

void metric_text_init(struct metric_text *text, FILE *to);

/**
 * struct metric_json - the same as a JSON array
 * @array: of families; the caller's.  NULL: no memory
 * @samples: of the family that was begun last
 */
struct metric_json {
	struct metric_sink sink;
	json_t *array;
	json_t *samples;
};

void metric_json_init(struct metric_json *json);

const char *metric_type_name(enum metric_type type);

#endif
