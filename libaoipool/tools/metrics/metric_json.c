// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "metric.h"

#include "json.h"

static struct metric_json *json_of(struct metric_sink *sink)
{
	return (struct metric_json *)sink;
}

/* An allocation that failed leaves no half of a document. */
static void give_up(struct metric_json *json)
{
	json_decref(json->array);
	json->array = NULL;
	json->samples = NULL;
}

static void begin(struct metric_sink *sink, const struct metric_family *family)
{
	struct metric_json *json = json_of(sink);
	json_t *samples = json_array();

	sink->family = family;
	json->samples = samples;
	if (json_array_append_new(
		    json->array,
		    json_pack("{s:s, s:s, s:s, s:o}", "name", family->name,
			      "type", metric_type_name(family->type), "help",
			      family->help, "samples", samples)))
		give_up(json);
}

static json_t *labels_json(const struct metric_label *labels)
{
	json_t *object = json_object();

	for (; labels && labels->name; labels++)
		json_object_set_new(object, labels->name,
				    json_text(labels->value));
	return object;
}

static json_t *value_json(const struct metric_family *family, uint64_t value)
{
	if (family->is_ns && family->type != METRIC_HISTOGRAM)
		return json_real((double)value / 1e9);
	return json_number(value);
}

static void sample(struct metric_sink *sink, const char *suffix,
		   const struct metric_label *labels, uint64_t value)
{
	struct metric_json *json = json_of(sink);

	if (json_array_append_new(
		    json->samples,
		    json_pack("{s:s++, s:o, s:o}", "name", sink->family->name,
			      suffix, "", "labels", labels_json(labels),
			      "value", value_json(sink->family, value))))
		give_up(json);
}

void metric_json_init(struct metric_json *json)
{
	*json = (struct metric_json){
		.sink = { .begin = begin, .sample = sample },
		.array = json_array(),
	};
}
