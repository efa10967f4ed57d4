// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include <poll.h>

#include "heard.h"
#include "test.h"

/* Far above what anything takes. */
#define PATIENCE_MS	20000
/* More than a listener of a fake family takes to be sure of a loss. */
#define QUIET_MS	60

void heard_callback(void *arg, const struct aoipool_event *event)
{
	struct heard *heard = arg;

	if (heard->nr < HEARD_MAX)
		heard->events[heard->nr] = *event;
	if (event->kind == AOIPOOL_EVENT_LOST) {
		heard->nr_lost++;
		heard->lost += event->lost;
	}
	__atomic_store_n(&heard->nr, heard->nr + 1, __ATOMIC_RELEASE);
	if (heard->also)
		heard->also(heard);
}

int heard_open(struct heard *heard, unsigned int flags, size_t receive_bytes)
{
	const struct aoipool_listener_options options = {
		.size = sizeof(options),
		.flags = flags,
		.receive_bytes = receive_bytes,
		.callback = heard_callback,
		.arg = heard,
	};

	*heard = (struct heard){ 0 };
	return aoipool_listener_open(&heard->listener, &options);
}

static bool readable(const struct heard *heard, int timeout_ms)
{
	struct pollfd pollfd = {
		.fd = aoipool_listener_fd(heard->listener),
		.events = POLLIN,
	};

	return poll(&pollfd, 1, timeout_ms) == 1;
}

void heard_await(struct heard *heard, size_t nr)
{
	while (heard->nr < nr) {
		assert_true(readable(heard, PATIENCE_MS));
		assert_true(aoipool_listener_dispatch(heard->listener, 16) >= 0);
	}
}

void heard_out(struct heard *heard)
{
	while (readable(heard, QUIET_MS))
		assert_true(aoipool_listener_dispatch(heard->listener, 16) >= 0);
}

bool heard_is_quiet(const struct heard *heard)
{
	return !readable(heard, 0);
}
