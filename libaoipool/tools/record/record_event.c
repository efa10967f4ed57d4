// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Events of the module, as lines of a recording. */
#include <stdbool.h>
#include <time.h>

#include "json.h"
#include "record_line.h"
#include "recorder.h"
#include "terminal.h"

static const char *kind_name(enum aoipool_event_kind kind)
{
	switch (kind) {
	case AOIPOOL_EVENT_LEVEL:
		return "level";
	case AOIPOOL_EVENT_RECLAIM:
		return "reclaim";
	case AOIPOOL_EVENT_SWEEP:
		return "sweep";
	case AOIPOOL_EVENT_EXHAUSTED:
		return "exhausted";
	case AOIPOOL_EVENT_LOST:
		return "lost";
	}
	return NULL;
}

static const char *reason_name(uint32_t reason)
{
	static const char *const names[] = { "slots", "memory", "limit",
					     "cgroup" };

	return reason < 4 ? names[reason] : "unknown";
}

static json_t *causes_json(uint32_t causes)
{
	static const char *const names[] = { "shrinker", "oom",	  "trim",
					     "limit",	 "decay", "idle_max" };
	json_t *list = json_array();

	for (size_t bit = 0; bit < sizeof(names) / sizeof(*names); bit++)
		if (causes >> bit & 1)
			json_array_append_new(list, json_string(names[bit]));
	return list;
}

/* Events have the time since boot; a recording has that of the day. */
static uint64_t time_of_day_ns(uint64_t monotonic_ns)
{
	uint64_t day_ns = recorder_now_ns(), boot_ns;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	boot_ns = now.tv_sec * UINT64_C(1000000000) + now.tv_nsec;
	if (!monotonic_ns || monotonic_ns > boot_ns)
		return day_ns;
	return day_ns - (boot_ns - monotonic_ns);
}

static void add_content(json_t *line, const struct aoipool_event *event)
{
	switch (event->kind) {
	case AOIPOOL_EVENT_LEVEL:
		json_object_set_new(line, "level_before",
				    json_string(level_name(event->level_before)));
		json_object_set_new(line, "available_bytes",
				    json_number(event->available_bytes));
		break;
	case AOIPOOL_EVENT_RECLAIM:
		json_object_set_new(line, "reclaimed_bytes",
				    json_number(event->reclaimed_bytes));
		json_object_set_new(line, "causes", causes_json(event->causes));
		break;
	case AOIPOOL_EVENT_SWEEP:
		json_object_set_new(line, "name", json_text(event->name));
		json_object_set_new(line, "comm", json_text(event->comm));
		json_object_set_new(line, "pid", json_number(event->pid));
		json_object_set_new(line, "slabs", json_number(event->count));
		json_object_set_new(line, "held_bytes",
				    json_number(event->held_bytes));
		break;
	case AOIPOOL_EVENT_EXHAUSTED:
		json_object_set_new(line, "name", json_text(event->name));
		json_object_set_new(line, "count", json_number(event->count));
		json_object_set_new(line, "reason",
				    json_string(reason_name(event->reason)));
		break;
	case AOIPOOL_EVENT_LOST:
		json_object_set_new(line, "count", json_number(event->lost));
		break;
	}
}

json_t *record_event_line(const struct aoipool_event *event)
{
	const char *kind = kind_name(event->kind);
	json_t *line;

	if (!kind)
		kind = "unknown";
	line = json_pack("{s:s, s:o, s:s, s:i, s:s}", "type", "event",
			 "time_ns", json_number(time_of_day_ns(event->time_ns)),
			 "event", kind, "node", event->node, "level",
			 level_name(event->level));
	if (line)
		add_content(line, event);
	return line;
}
