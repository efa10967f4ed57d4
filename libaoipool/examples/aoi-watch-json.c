// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * aoi-watch - an event as a JSON object; sizes in bytes.  What cannot be
 * allocated makes a NULL, which every jansson call passes on.
 */
#include <errno.h>
#include <stdio.h>

#include <jansson.h>

#include "aoi-watch.h"

static json_t *integer(uint64_t value)
{
	return json_integer((json_int_t)value);
}

/* Names of pools and processes may hold anything; JSON wants UTF-8. */
static json_t *text(const char *string)
{
	json_t *json = json_string(string);
	char plain[AOIPOOL_EVENT_NAME_BYTES];
	size_t n;

	if (json)
		return json;
	for (n = 0; n < sizeof(plain) - 1 && string[n]; n++)
		plain[n] = (unsigned char)string[n] < 128 ? string[n] : '?';
	plain[n] = '\0';
	return json_string(plain);
}

static json_t *holder_json(const struct aoipool_holder *holder)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "pool",
			 integer(holder->pool), "name", text(holder->name),
			 "client", integer(holder->client), "pid",
			 integer(holder->pid), "comm", text(holder->comm),
			 "held_bytes", integer(holder->held_bytes));
}

static json_t *holders_json(const struct aoipool_event *event)
{
	json_t *list = json_array();

	for (size_t i = 0; i < event->nr_holders; i++)
		json_array_append_new(list, holder_json(&event->holders[i]));
	return list;
}

static json_t *causes_json(const struct aoipool_event *event)
{
	json_t *list = json_array();

	for (unsigned int bit = 0; watch_cause(bit); bit++)
		if (event->causes >> bit & 1)
			json_array_append_new(list, json_string(watch_cause(bit)));
	return list;
}

static json_t *level_json(const struct aoipool_event *event)
{
	return json_pack("{s:i, s:s, s:s, s:o, s:o, s:o, s:o}", "node",
			 event->node, "level", watch_level(event->level),
			 "level_before", watch_level(event->level_before),
			 "available_bytes", integer(event->available_bytes),
			 "total_bytes", integer(event->total_bytes),
			 "idle_bytes", integer(event->idle_bytes), "holders",
			 holders_json(event));
}

static json_t *reclaim_json(const struct aoipool_event *event)
{
	return json_pack("{s:i, s:s, s:o, s:o, s:o, s:o}", "node", event->node,
			 "level", watch_level(event->level), "reclaimed_bytes",
			 integer(event->reclaimed_bytes), "reclaimed_slabs",
			 integer(event->reclaimed_slabs), "causes",
			 causes_json(event), "holders", holders_json(event));
}

static json_t *sweep_json(const struct aoipool_event *event)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "pool",
			 integer(event->pool), "name", text(event->name),
			 "client", integer(event->client), "pid",
			 integer(event->pid), "comm", text(event->comm),
			 "slabs", integer(event->count), "held_bytes",
			 integer(event->held_bytes));
}

static json_t *exhausted_json(const struct aoipool_event *event)
{
	return json_pack("{s:o, s:o, s:s, s:o, s:s, s:o}", "pool",
			 integer(event->pool), "name", text(event->name),
			 "reason", watch_reason(event->reason), "count",
			 integer(event->count), "level",
			 watch_level(event->level), "holders",
			 holders_json(event));
}

static json_t *content_json(const struct aoipool_event *event)
{
	switch (event->kind) {
	case AOIPOOL_EVENT_LEVEL:
		return level_json(event);
	case AOIPOOL_EVENT_RECLAIM:
		return reclaim_json(event);
	case AOIPOOL_EVENT_SWEEP:
		return sweep_json(event);
	case AOIPOOL_EVENT_EXHAUSTED:
		return exhausted_json(event);
	case AOIPOOL_EVENT_LOST:
		break;
	}
	return json_object();
}

static json_t *event_json(const struct aoipool_event *event)
{
	const char *kind = watch_kind(event->kind);
	json_t *json = content_json(event);

	json_object_set_new(json, "event", json_string(kind ? kind : "?"));
	json_object_set_new(json, "seq", integer(event->seq));
	json_object_set_new(json, "time_ns", integer(event->time_ns));
	json_object_set_new(json, "lost", integer(event->lost));
	return json;
}

int watch_json(const struct aoipool_event *event)
{
	json_t *json = event_json(event);
	int err;

	if (!json)
		return -ENOMEM;
	err = json_dumpf(json, stdout, JSON_COMPACT | JSON_SORT_KEYS) ||
	      putchar('\n') == EOF || fflush(stdout);
	json_decref(json);
	return err ? -EIO : 0;
}
