// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "event_filter.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "event_name.h"
#include "event_time.h"

#define KINDS_BYTES	128

int event_filter_set_kinds(struct event_filter *filter, const char *text,
			   char why[EVENT_FILTER_WHY_BYTES])
{
	char copy[KINDS_BYTES], *rest = copy, *name;
	int kind;

	snprintf(copy, sizeof(copy), "%s", text);
	while ((name = strsep(&rest, ","))) {
		kind = event_kind_of(name);
		if (kind < 0) {
			snprintf(why, EVENT_FILTER_WHY_BYTES,
				 "\"%.40s\" is none of level, reclaim, sweep, "
				 "exhausted, lost", name);
			return -EINVAL;
		}
		filter->kinds |= 1U << kind;
	}
	return 0;
}

static int parse_number(const char *text, uint64_t *number)
{
	char *end;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	errno = 0;
	*number = strtoull(text, &end, 10);
	return errno || *end ? -EINVAL : 0;
}

int event_filter_set_node(struct event_filter *filter, const char *text,
			  char why[EVENT_FILTER_WHY_BYTES])
{
	uint64_t node;

	if (!strcmp(text, "host")) {
		filter->node = AOIPOOL_EVENT_NODE_HOST;
		return 0;
	}
	if (parse_number(text, &node) || node > 1023) {
		snprintf(why, EVENT_FILTER_WHY_BYTES,
			 "\"%.40s\" is neither \"host\" nor the number of a node",
			 text);
		return -EINVAL;
	}
	filter->node = node;
	return 0;
}

int event_filter_set_min_level(struct event_filter *filter, const char *text,
			       char why[EVENT_FILTER_WHY_BYTES])
{
	int level = event_level_of(text);

	if (level < 0) {
		snprintf(why, EVENT_FILTER_WHY_BYTES,
			 "\"%.40s\" is none of none, low, high, critical", text);
		return -EINVAL;
	}
	filter->min_level = level;
	return 0;
}

int event_filter_set_since(struct event_filter *filter, const char *text,
			   char why[EVENT_FILTER_WHY_BYTES])
{
	int err = strncmp(text, "seq=", 4) ?
			  event_time_parse(text, &filter->since_ns) :
			  parse_number(text + 4, &filter->since_seq);

	if (err)
		snprintf(why, EVENT_FILTER_WHY_BYTES,
			 "\"%.40s\" is no time, such as 10m or 2026-11-24T17:58, "
			 "nor seq=NUMBER", text);
	return err;
}

static bool is_of_pool(const struct aoipool_event *event, const char *pool)
{
	uint64_t number;

	if (event->kind != AOIPOOL_EVENT_SWEEP &&
	    event->kind != AOIPOOL_EVENT_EXHAUSTED)
		return false;
	if (!strcmp(event->name, pool))
		return true;
	return !parse_number(pool, &number) && event->pool == number;
}

static bool is_of_node(const struct aoipool_event *event, int node)
{
	return event->node == node && (event->kind == AOIPOOL_EVENT_LEVEL ||
				       event->kind == AOIPOOL_EVENT_RECLAIM);
}

/* The end of a level is of interest to whom its beginning was. */
static bool is_of_level(const struct aoipool_event *event, unsigned int least)
{
	return event->kind == AOIPOOL_EVENT_SWEEP || event->level >= least ||
	       event->level_before >= least;
}

static bool is_of_time(const struct event_filter *filter,
		       const struct aoipool_event *event, uint64_t unix_ns)
{
	return unix_ns >= filter->since_ns &&
	       (!filter->since_seq || event->seq > filter->since_seq);
}

bool event_filter_passes(const struct event_filter *filter,
			 const struct aoipool_event *event, uint64_t unix_ns)
{
	if (filter->kinds && !(filter->kinds >> event->kind & 1))
		return false;
	if (!is_of_time(filter, event, unix_ns))
		return false;
	if (event->kind == AOIPOOL_EVENT_LOST)
		return true;
	if (filter->pool && !is_of_pool(event, filter->pool))
		return false;
	if (filter->node != EVENT_FILTER_ALL_NODES &&
	    !is_of_node(event, filter->node))
		return false;
	return is_of_level(event, filter->min_level);
}
