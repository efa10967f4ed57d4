// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "metric.h"

#include <inttypes.h>

#include "json.h"

#define NS_PER_S	UINT64_C(1000000000)

const char *metric_type_name(enum metric_type type)
{
	static const char *const names[] = { "gauge", "counter", "histogram" };

	return names[type];
}

/* The format has three escapes in the value of a label, and no others. */
static void put_escaped(FILE *to, const char *text)
{
	for (; *text; text++) {
		if (*text == '\n') {
			fputs("\\n", to);
			continue;
		}
		if (*text == '"' || *text == '\\')
			fputc('\\', to);
		fputc(*text, to);
	}
}

/* UTF-8, whatever the name holds: one that is not would spoil the whole scrape. */
static void put_label(FILE *to, const struct metric_label *label)
{
	json_t *text = json_text(label->value);

	fprintf(to, "%s=\"", label->name);
	if (text)
		put_escaped(to, json_string_value(text));
	fputc('"', to);
	json_decref(text);
}

static void put_labels(FILE *to, const struct metric_label *labels)
{
	if (!labels || !labels->name)
		return;
	for (char before = '{'; labels->name; labels++, before = ',') {
		fputc(before, to);
		put_label(to, labels);
	}
	fputc('}', to);
}

static void put_value(FILE *to, uint64_t value, bool is_ns)
{
	if (is_ns)
		fprintf(to, " %" PRIu64 ".%09" PRIu64 "\n", value / NS_PER_S,
			value % NS_PER_S);
	else
		fprintf(to, " %" PRIu64 "\n", value);
}

static void begin(struct metric_sink *sink, const struct metric_family *family)
{
	FILE *to = ((struct metric_text *)sink)->to;

	sink->family = family;
	fprintf(to, "# HELP %s %s\n# TYPE %s %s\n", family->name, family->help,
		family->name, metric_type_name(family->type));
}

/* Of a histogram only a sum is of the family's unit. */
static bool is_seconds(const struct metric_family *family)
{
	return family->is_ns && family->type != METRIC_HISTOGRAM;
}

static void sample(struct metric_sink *sink, const char *suffix,
		   const struct metric_label *labels, uint64_t value)
{
	FILE *to = ((struct metric_text *)sink)->to;

	fprintf(to, "%s%s", sink->family->name, suffix);
	put_labels(to, labels);
	put_value(to, value, is_seconds(sink->family));
}

void metric_text_init(struct metric_text *text, FILE *to)
{
	*text = (struct metric_text){
		.sink = { .begin = begin, .sample = sample },
		.to = to,
	};
}
