/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* What a pool told of its memory, kept in the order that it was told. */
#ifndef SELFTESTS_LIB_TOLD_H
#define SELFTESTS_LIB_TOLD_H

#include <pthread.h>

#include "test.h"

#define EVENTS_MAX	128

struct events {
	pthread_mutex_t lock;
	struct aoipool_event event[EVENTS_MAX];
	size_t n;
	/* called in the library's thread, before the event is kept */
	void (*then)(struct events *events, const struct aoipool_event *event);
	void *arg;
};

#define EVENTS_INIT	{ .lock = PTHREAD_MUTEX_INITIALIZER }

/* Has them told to @events. */
void events_attr(struct events *events, struct aoipool_attr *attr);

/* Waits for the nth (from 0) of a kind. */
struct aoipool_event events_await(struct events *events,
				  enum aoipool_event_kind kind, size_t nth);

/* How many of a kind there are. */
size_t events_count(struct events *events, enum aoipool_event_kind kind);

#endif
