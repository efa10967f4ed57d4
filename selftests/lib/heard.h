/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* A listener whose events are kept, to be looked at. */
#ifndef SELFTESTS_LIB_HEARD_H
#define SELFTESTS_LIB_HEARD_H

#include <stdbool.h>
#include <stddef.h>

#include "aoipool-events.h"

#define HEARD_MAX	64

struct heard {
	struct aoipool_listener *listener;
	size_t nr;		/* all that came */
	size_t nr_lost;		/* events of kind LOST among them */
	uint64_t lost;		/* their sum */
	struct aoipool_event events[HEARD_MAX];	/* the first of them */
	void (*also)(struct heard *heard);	/* done for each */
};

/* For a listener's options. */
void heard_callback(void *arg, const struct aoipool_event *event);

/* Open one, with @flags and @receive_bytes; 0 or a negative errno. */
int heard_open(struct heard *heard, unsigned int flags, size_t receive_bytes);

/* Dispatch until so many events came; fails the test where they do not come. */
void heard_await(struct heard *heard, size_t nr);
/* Dispatch until nothing happens any more. */
void heard_out(struct heard *heard);
/* Nothing is to be read. */
bool heard_is_quiet(const struct heard *heard);

#endif
