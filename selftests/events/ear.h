/* SPDX-License-Identifier: GPL-2.0-only */
/* A listener whose events are kept, to be looked at. */
#ifndef EAR_H
#define EAR_H

#include <aoipool-events.h>

#define EAR_EVENTS	64

struct ear {
	struct aoipool_listener *listener;
	unsigned long nr;		/* all that came */
	uint64_t first;			/* of the numbers that were heard of */
	struct aoipool_event events[EAR_EVENTS];	/* the last of them */
	unsigned long nr_of[AOIPOOL_EVENT_LOST + 1];	/* by kind */
	uint64_t lost;			/* as it was told */
	unsigned int nap_us;		/* that it takes after some events */
};

/* Verbs return 0 or a negative errno. */
int ear_open(struct ear *ear, unsigned int flags, size_t receive_bytes);
void ear_close(struct ear *ear);

/* Dispatch until there is an event of that kind: -ETIMEDOUT: it does not come. */
int ear_await(struct ear *ear, enum aoipool_event_kind kind,
	      struct aoipool_event *event);
/*
 * Dispatch, or let the thread do it, until each event of the module's since the
 * first was heard or told as lost, once.  @state: out, then.  -ETIMEDOUT: some
 * are missing, or there are too many.
 */
int ear_await_all(struct ear *ear, struct aoipool_host_state *state);
/* Dispatch until nothing comes any more. */
int ear_listen_out(struct ear *ear);

/* As aoipool_listener_state(); all zeroes where the module is not there. */
struct aoipool_host_state ear_state(const struct ear *ear);

#endif
