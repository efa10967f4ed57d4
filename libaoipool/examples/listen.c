// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * listen - how a program hears of the host's memory in its own event loop: tells
 * each change of level, and what was lost, and goes on when the module is unloaded
 * and loaded.  'aoipoolctl monitor' shows all there is of every event.
 */
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>

#include <aoipool.h>
#include <aoipool-events.h>

static const char *name_of(enum aoipool_pressure_level level)
{
	static const char *const names[] = { "none", "low", "high", "critical" };

	return level <= AOIPOOL_LEVEL_CRITICAL ? names[level] : "?";
}

/* An event that is not known is passed over: a newer module may have more. */
static void on_event(void *arg, const struct aoipool_event *event)
{
	(void)arg;
	if (event->kind == AOIPOOL_EVENT_LEVEL &&
	    event->node == AOIPOOL_EVENT_NODE_HOST)
		printf("host: %s -> %s\n", name_of(event->level_before),
		       name_of(event->level));
	else if (event->kind == AOIPOOL_EVENT_LEVEL)
		printf("node %d: %s -> %s\n", event->node,
		       name_of(event->level_before), name_of(event->level));
	else if (event->kind == AOIPOOL_EVENT_LOST)
		printf("%" PRIu64 " events are missing\n", event->lost);
	fflush(stdout);
}

/* A program has descriptors of its own to wait for beside this one. */
static int listen_on(struct aoipool_listener *listener)
{
	struct pollfd pollfd = {
		.fd = aoipool_listener_fd(listener),
		.events = POLLIN,
	};
	int err = 0;

	while (err >= 0)
		if (poll(&pollfd, 1, -1) > 0)
			err = aoipool_listener_dispatch(listener, 64);
	return err;
}

int main(void)
{
	const struct aoipool_listener_options options = {
		.size = sizeof(options),
		.flags = AOIPOOL_LISTENER_WAIT,
		.callback = on_event,
	};
	struct aoipool_listener *listener;
	int err = aoipool_listener_open(&listener, &options);

	if (!err) {
		err = listen_on(listener);
		aoipool_listener_close(listener);
	}
	fprintf(stderr, "listen: %s\n", aoipool_strerror(err));
	return 1;
}
