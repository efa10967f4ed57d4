/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* An event as a line for people, and as JSON, which can be read again. */
#ifndef EVENT_TEXT_H
#define EVENT_TEXT_H

#include <stdio.h>

#include <jansson.h>

#include <aoipool/event.h>

/* @unix_ns: when it was.  Return: 0; -EIO. */
int event_print(const struct aoipool_event *event, uint64_t unix_ns);

json_t *event_json(const struct aoipool_event *event, uint64_t unix_ns);

/* Return: 0; -EINVAL: it is no event. */
int event_from_json(json_t *json, struct aoipool_event *event,
		    uint64_t *unix_ns);

#endif
