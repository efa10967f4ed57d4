/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
#ifndef TELLER_H
#define TELLER_H

#include <stdint.h>

#include "aoipool.h"

/* Tells the caller of one pool's events, if he wants to know. */
struct teller {
	void (*tell)(void *arg, const struct aoipool_event *event);
	void *arg;
	char name[AOIPOOL_EVENT_NAME_BYTES];	/* of the pool */
	uint64_t seq;				/* of one thread */
};

/*
 * Fills in what is the same for all events and hands it over.  Call it with no
 * lock held: the callback is the caller's code.
 */
void teller_tell(struct teller *teller, struct aoipool_event *event,
		 uint64_t now_ns);

#endif
