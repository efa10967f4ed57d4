// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "told.h"

static void keep(void *arg, const struct aoipool_event *event)
{
	struct events *events = arg;

	if (events->then)
		events->then(events, event);
	pthread_mutex_lock(&events->lock);
	if (events->n < EVENTS_MAX)
		events->event[events->n++] = *event;
	pthread_mutex_unlock(&events->lock);
}

void events_attr(struct events *events, struct aoipool_attr *attr)
{
	assert_ok(aoipool_attr_set_events(attr, keep, events));
}

static const struct aoipool_event *find(const struct events *events,
					enum aoipool_event_kind kind,
					size_t nth)
{
	for (size_t i = 0; i < events->n; i++)
		if (events->event[i].kind == kind && !nth--)
			return &events->event[i];
	return NULL;
}

static bool copy(struct events *events, enum aoipool_event_kind kind,
		 size_t nth, struct aoipool_event *event)
{
	const struct aoipool_event *found;

	pthread_mutex_lock(&events->lock);
	found = find(events, kind, nth);
	if (found)
		*event = *found;
	pthread_mutex_unlock(&events->lock);
	return found;
}

struct aoipool_event events_await(struct events *events,
				  enum aoipool_event_kind kind, size_t nth)
{
	struct aoipool_event event = { .size = 0 };

	await(copy(events, kind, nth, &event));
	return event;
}

size_t events_count(struct events *events, enum aoipool_event_kind kind)
{
	size_t n = 0;

	pthread_mutex_lock(&events->lock);
	for (size_t i = 0; i < events->n; i++)
		n += events->event[i].kind == kind;
	pthread_mutex_unlock(&events->lock);
	return n;
}
