// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "own_thread.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* Events in a row, before it is looked whether to stop. */
#define TURN	64

static bool wait_for_news(const struct aoipool_listener *listener)
{
	struct pollfd fds[] = {
		{ .fd = listener->epoll, .events = POLLIN },
		{ .fd = listener->stop, .events = POLLIN },
	};

	poll(fds, 2, -1);
	return !fds[1].revents;
}

static bool take_turn(struct aoipool_listener *listener)
{
	pthread_mutex_lock(&listener->turn);
	listener_turn(listener, TURN);
	pthread_mutex_unlock(&listener->turn);
	return !listener->closing;
}

/* Nobody joins a thread whose callback closed the listener. */
static void *run(void *arg)
{
	struct aoipool_listener *listener = arg;

	while (wait_for_news(listener)) {
		if (!take_turn(listener)) {
			pthread_detach(pthread_self());
			listener_destroy(listener);
			break;
		}
	}
	return NULL;
}

/* The program's signals are not for it. */
static int create(struct aoipool_listener *listener)
{
	sigset_t all, before;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&listener->thread, NULL, run, listener);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!err)
		pthread_setname_np(listener->thread, "aoi-listener");
	return -err;
}

int own_thread_start(struct aoipool_listener *listener)
{
	int err;

	listener->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (listener->stop < 0)
		return -errno;
	listener->started = true;
	err = create(listener);
	if (err) {
		close(listener->stop);
		listener->started = false;
	}
	return err;
}

void own_thread_stop(struct aoipool_listener *listener)
{
	eventfd_write(listener->stop, 1);
	pthread_join(listener->thread, NULL);
}
