/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Which events are wanted. */
#ifndef EVENT_FILTER_H
#define EVENT_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include <aoipool/event.h>

#define EVENT_FILTER_WHY_BYTES	128
#define EVENT_FILTER_ALL_NODES	(-2)

/**
 * struct event_filter - EVENT_FILTER_ALL takes all
 * @kinds: a bit for each enum aoipool_event_kind; 0: all
 * @pool: of this name or number; NULL: of any, and what is of none
 * @node: of it, AOIPOOL_EVENT_NODE_HOST, or EVENT_FILTER_ALL_NODES
 * @min_level: from or to such a level, or on it; kinds without one are not asked
 * @since_ns: not before, of 1970; 0: any time
 * @since_seq: behind that number; 0: any
 */
struct event_filter {
	unsigned int kinds;
	const char *pool;
	int node;
	unsigned int min_level;
	uint64_t since_ns;
	uint64_t since_seq;
};

#define EVENT_FILTER_ALL	((struct event_filter){ \
	.node = EVENT_FILTER_ALL_NODES })

/* "level,sweep".  Return: 0; -EINVAL, explained by @why. */
int event_filter_set_kinds(struct event_filter *filter, const char *text,
			   char why[EVENT_FILTER_WHY_BYTES]);

/* "host", or a number. */
int event_filter_set_node(struct event_filter *filter, const char *text,
			  char why[EVENT_FILTER_WHY_BYTES]);

int event_filter_set_min_level(struct event_filter *filter, const char *text,
			       char why[EVENT_FILTER_WHY_BYTES]);

/* "10m", a date, or "seq=1234". */
int event_filter_set_since(struct event_filter *filter, const char *text,
			   char why[EVENT_FILTER_WHY_BYTES]);

/* What was lost passes whatever is asked of pool, node and level. */
bool event_filter_passes(const struct event_filter *filter,
			 const struct aoipool_event *event, uint64_t unix_ns);

#endif
