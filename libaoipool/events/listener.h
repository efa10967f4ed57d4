/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * A listener: two streams, of events and of the controller's news, and what
 * keeps its account straight.
 *
 * All of it belongs to whoever dispatches, who holds turn; but for the counts,
 * which anybody may read, and for closing and dispatcher, which close asks for.
 */
#ifndef LISTENER_H
#define LISTENER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "alarm.h"
#include "family.h"
#include "levels.h"
#include "listing.h"
#include "sequence.h"
#include "stream.h"

struct resync {
	bool due;		/* ask the module as soon as all is read */
	bool asked;		/* and compare, when what was under way is here */
	uint64_t heard;		/* of the sequence, when the alarm was set */
	struct aoipool_host_state host;
	struct listing nodes;
};

struct aoipool_listener {
	void (*callback)(void *arg, const struct aoipool_event *event);
	void *arg;
	size_t receive_bytes;
	pid_t owner;

	pthread_mutex_t turn;
	pthread_t dispatcher;	/* 0: nobody */
	bool closing;		/* from within the callback */
	unsigned int told;	/* in this turn */

	int epoll;
	struct alarm alarm;	/* look again without being called */
	struct stream news;	/* the controller's */
	struct stream events;	/* closed while the family is away */
	struct family family;	/* id 0: away */
	bool family_unsure;	/* look for it */
	bool family_gone;	/* or is about to be replaced: read its last words */
	struct sequence sequence;
	struct levels levels;
	struct resync resync;

	struct {
		uint64_t received;
		uint64_t missed;
		uint64_t overruns;
		uint64_t restarts;
	} counts;

	bool started;		/* the rest is there */
	pthread_t thread;
	int stop;		/* an eventfd: end */
};

static inline void listener_count(uint64_t *count, uint64_t n)
{
	__atomic_store_n(count, *count + n, __ATOMIC_RELAXED);
}

/* No descriptor, no memory: there may be some again. */
#define LISTENER_AGAIN_MS	100

/*
 * Be dispatched again, in a while.  Not while the answer to a resync is waited
 * out: the alarm is for that then, and what is left over comes after it.
 */
static inline void listener_come_back(struct aoipool_listener *listener,
				      unsigned int milliseconds)
{
	if (!listener->resync.asked)
		alarm_set(&listener->alarm, milliseconds);
}

/* Not in the process that opened it, but in a child. */
bool listener_is_foreign(const struct aoipool_listener *listener);

/* Read and tell, up to about @max events.  Holds turn while it does. */
void listener_turn(struct aoipool_listener *listener, unsigned int max);

/* The end of it; nobody is in a call, no thread is left. */
void listener_destroy(struct aoipool_listener *listener);

/* Whether this is its callback, somewhere up the stack. */
bool listener_is_dispatched_here(const struct aoipool_listener *listener);

#endif
