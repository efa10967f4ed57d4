// SPDX-License-Identifier: GPL-2.0-only
#include "ear.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <unistd.h>

/* Only a hang takes this long. */
#define HANG_MS		(60 * 1000)
/* More than a listener takes to be sure that something is lost. */
#define QUIET_MS	600
#define STEP_MS		20
#define NAP_EVENTS	32

static void note_first(struct ear *ear, const struct aoipool_event *event)
{
	if (ear->first || !event->seq)
		return;
	ear->first = event->seq;
	if (event->kind == AOIPOOL_EVENT_LOST)
		ear->first -= event->lost - 1;
}

static void on_event(void *arg, const struct aoipool_event *event)
{
	struct ear *ear = arg;

	ear->events[ear->nr % EAR_EVENTS] = *event;
	note_first(ear, event);
	if (event->kind == AOIPOOL_EVENT_LOST)
		ear->lost += event->lost;
	ear->nr_of[event->kind]++;
	if (ear->nap_us && ear->nr % NAP_EVENTS == 0)
		usleep(ear->nap_us);
	__atomic_store_n(&ear->nr, ear->nr + 1, __ATOMIC_RELEASE);
}

int ear_open(struct ear *ear, unsigned int flags, size_t receive_bytes)
{
	const struct aoipool_listener_options options = {
		.size = sizeof(options),
		.flags = flags,
		.receive_bytes = receive_bytes,
		.callback = on_event,
		.arg = ear,
	};

	*ear = (struct ear){ 0 };
	return aoipool_listener_open(&ear->listener, &options);
}

void ear_close(struct ear *ear)
{
	aoipool_listener_close(ear->listener);
	ear->listener = NULL;
}

/* Return: how many events were told, 0 when the time is over. */
static int dispatch(struct ear *ear, int timeout_ms)
{
	struct pollfd pollfd = {
		.fd = aoipool_listener_fd(ear->listener),
		.events = POLLIN,
	};

	if (poll(&pollfd, 1, timeout_ms) != 1)
		return -ETIMEDOUT;
	return aoipool_listener_dispatch(ear->listener, EAR_EVENTS / 2);
}

static bool find(const struct ear *ear, unsigned long from,
		 enum aoipool_event_kind kind, struct aoipool_event *event)
{
	for (unsigned long i = from; i < ear->nr; i++) {
		*event = ear->events[i % EAR_EVENTS];
		if (event->kind == kind)
			return true;
	}
	return false;
}

int ear_await(struct ear *ear, enum aoipool_event_kind kind,
	      struct aoipool_event *event)
{
	unsigned long from = ear->nr;
	int told = 0;

	while (told >= 0) {
		if (find(ear, from, kind, event))
			return 0;
		told = dispatch(ear, HANG_MS);
	}
	return told;
}

int ear_await_all(struct ear *ear, struct aoipool_host_state *state)
{
	for (int ms = 0; ms < HANG_MS; ms += STEP_MS) {
		*state = ear_state(ear);
		if (state->received &&
		    state->received + state->missed == state->seq + 1 - ear->first)
			return 0;
		/* a thread of its own may be at it */
		if (dispatch(ear, STEP_MS) == -EINPROGRESS)
			usleep(STEP_MS * 1000);
	}
	return -ETIMEDOUT;
}

int ear_listen_out(struct ear *ear)
{
	int told;

	do {
		told = dispatch(ear, QUIET_MS);
	} while (told >= 0);
	return told == -ETIMEDOUT ? 0 : told;
}

struct aoipool_host_state ear_state(const struct ear *ear)
{
	struct aoipool_host_state state = { .size = sizeof(state) };

	aoipool_listener_state(ear->listener, &state);
	return state;
}
