// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "tell.h"

#include <time.h>

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

void tell(struct aoipool_listener *listener, const struct aoipool_event *event)
{
	if (listener->closing)
		return;
	listener->told++;
	listener->callback(listener->arg, event);
}

void tell_lost(struct aoipool_listener *listener, uint64_t lost, uint64_t last)
{
	const struct aoipool_event event = {
		.size = sizeof(event),
		.kind = AOIPOOL_EVENT_LOST,
		.node = AOIPOOL_EVENT_NODE_HOST,
		.seq = last,
		.time_ns = now_ns(),
		.lost = lost,
	};

	listener_count(&listener->counts.missed, lost);
	tell(listener, &event);
}
