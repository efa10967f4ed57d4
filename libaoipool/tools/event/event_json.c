// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "event_text.h"

#include <errno.h>
#include <string.h>

#include "event_name.h"
#include "event_time.h"
#include "json.h"
#include "printable.h"
#include "terminal.h"

static json_t *name_or_null(const char *name)
{
	return name ? json_string(name) : json_null();
}

static json_t *holder_json(const struct aoipool_holder *holder)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "pool",
			 json_number(holder->pool), "name",
			 json_text(holder->name), "client",
			 json_number(holder->client), "pid",
			 json_number(holder->pid), "comm",
			 json_text(holder->comm), "held_bytes",
			 json_number(holder->held_bytes));
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

	for (unsigned int bit = 0; event_cause_name(bit); bit++)
		if (event->causes >> bit & 1)
			json_array_append_new(list,
				json_string(event_cause_name(bit)));
	return list;
}

/* null is the whole host. */
static json_t *node_json(const struct aoipool_event *event)
{
	return event->node == AOIPOOL_EVENT_NODE_HOST ?
		       json_null() : json_integer(event->node);
}

static json_t *level_json(const struct aoipool_event *event)
{
	return json_pack("{s:o, s:s, s:s, s:o, s:o, s:o, s:o}", "node",
			 node_json(event), "level", level_name(event->level),
			 "level_before", level_name(event->level_before),
			 "available_bytes", json_number(event->available_bytes),
			 "total_bytes", json_number(event->total_bytes),
			 "idle_bytes", json_number(event->idle_bytes), "holders",
			 holders_json(event));
}

static json_t *reclaim_json(const struct aoipool_event *event)
{
	return json_pack("{s:o, s:s, s:o, s:o, s:o, s:o}", "node",
			 node_json(event), "level", level_name(event->level),
			 "reclaimed_bytes", json_number(event->reclaimed_bytes),
			 "reclaimed_slabs", json_number(event->reclaimed_slabs),
			 "causes", causes_json(event), "holders",
			 holders_json(event));
}

static json_t *sweep_json(const struct aoipool_event *event)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "pool",
			 json_number(event->pool), "name",
			 json_text(event->name), "client",
			 json_number(event->client), "pid",
			 json_number(event->pid), "comm",
			 json_text(event->comm), "slabs",
			 json_number(event->count), "held_bytes",
			 json_number(event->held_bytes));
}

static json_t *exhausted_json(const struct aoipool_event *event)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:s, s:o}", "pool",
			 json_number(event->pool), "name",
			 json_text(event->name), "reason",
			 name_or_null(event_reason_name(event->reason)), "count",
			 json_number(event->count), "level",
			 level_name(event->level), "holders",
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

json_t *event_json(const struct aoipool_event *event, uint64_t unix_ns)
{
	json_t *head = json_pack(
		"{s:o, s:s, s:o, s:o, s:o, s:o}", "event",
		name_or_null(event_kind_name(event->kind)), "time",
		event_time_utc(unix_ns).text, "time_unix_ns",
		json_number(unix_ns), "time_ns", json_number(event->time_ns),
		"seq", json_number(event->seq), "lost",
		json_number(event->lost));
	json_t *content = content_json(event);
	int err = json_object_update(head, content);

	json_decref(content);
	if (!err)
		return head;
	json_decref(head);
	return NULL;
}

/* What is not there is 0, or empty. */
static uint64_t number_of(json_t *json, const char *key)
{
	return json_integer_value(json_object_get(json, key));
}

static const char *text_of(json_t *json, const char *key)
{
	const char *text = json_string_value(json_object_get(json, key));

	return text ? text : "";
}

static void copy(json_t *json, const char *key, char *to, size_t room)
{
	size_t len = strnlen(text_of(json, key), room - 1);

	memcpy(to, text_of(json, key), len);
	to[len] = '\0';
	printable_name(to);
}

/* One of a list of names; 0 where it is none of them. */
static unsigned int index_of(json_t *json, const char *key,
			     int (*find)(const char *name))
{
	int index = find(text_of(json, key));

	return index < 0 ? 0 : index;
}

static void read_holder(json_t *json, struct aoipool_holder *holder)
{
	holder->pool = number_of(json, "pool");
	holder->held_bytes = number_of(json, "held_bytes");
	holder->client = number_of(json, "client");
	holder->pid = number_of(json, "pid");
	copy(json, "name", holder->name, sizeof(holder->name));
	copy(json, "comm", holder->comm, sizeof(holder->comm));
}

static void read_holders(json_t *json, struct aoipool_event *event)
{
	json_t *list = json_object_get(json, "holders"), *holder;
	size_t i;

	json_array_foreach(list, i, holder) {
		if (i == AOIPOOL_EVENT_HOLDERS)
			break;
		read_holder(holder, &event->holders[event->nr_holders++]);
	}
}

static void read_causes(json_t *json, struct aoipool_event *event)
{
	json_t *list = json_object_get(json, "causes"), *cause;
	size_t i;
	int bit;

	json_array_foreach(list, i, cause) {
		bit = json_is_string(cause) ?
			      event_cause_of(json_string_value(cause)) : -1;
		if (bit >= 0)
			event->causes |= 1U << bit;
	}
}

static void read_numbers(json_t *json, struct aoipool_event *event)
{
	event->seq = number_of(json, "seq");
	event->time_ns = number_of(json, "time_ns");
	event->lost = number_of(json, "lost");
	event->available_bytes = number_of(json, "available_bytes");
	event->total_bytes = number_of(json, "total_bytes");
	event->idle_bytes = number_of(json, "idle_bytes");
	event->reclaimed_bytes = number_of(json, "reclaimed_bytes");
	event->reclaimed_slabs = number_of(json, "reclaimed_slabs");
	event->pool = number_of(json, "pool");
	event->count = number_of(json, event->kind == AOIPOOL_EVENT_SWEEP ?
					       "slabs" : "count");
	event->held_bytes = number_of(json, "held_bytes");
	event->client = number_of(json, "client");
	event->pid = number_of(json, "pid");
}

int event_from_json(json_t *json, struct aoipool_event *event,
		    uint64_t *unix_ns)
{
	json_t *node = json_object_get(json, "node");
	int kind = event_kind_of(text_of(json, "event"));

	if (kind < 0 || !json_is_integer(json_object_get(json, "time_unix_ns")))
		return -EINVAL;
	*event = (struct aoipool_event){ .size = sizeof(*event), .kind = kind };
	*unix_ns = number_of(json, "time_unix_ns");
	event->node = json_is_null(node) ? AOIPOOL_EVENT_NODE_HOST :
					   (int)number_of(json, "node");
	event->level = index_of(json, "level", event_level_of);
	event->level_before = index_of(json, "level_before", event_level_of);
	event->reason = index_of(json, "reason", event_reason_of);
	read_numbers(json, event);
	read_causes(json, event);
	read_holders(json, event);
	copy(json, "name", event->name, sizeof(event->name));
	copy(json, "comm", event->comm, sizeof(event->comm));
	return 0;
}
