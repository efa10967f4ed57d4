// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "listener.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "follow.h"
#include "own_thread.h"
#include "resync.h"

#define RECEIVE_BYTES	((size_t)1 << 20)
#define FLAGS		AOIPOOL_LISTENER_WAIT

bool listener_is_foreign(const struct aoipool_listener *listener)
{
	return listener->owner != getpid();
}

bool listener_is_dispatched_here(const struct aoipool_listener *listener)
{
	return __atomic_load_n(&listener->dispatcher, __ATOMIC_RELAXED) ==
	       pthread_self();
}

static void read_and_tell(struct aoipool_listener *listener, unsigned int max)
{
	bool late;

	if (!follow_events(listener, max))
		return;
	late = alarm_heard(&listener->alarm);
	follow_news(listener);
	follow_family(listener, max);
	resync_step(listener, late);
	/* what came while the module was asked is mostly all that is missing */
	if (listener->resync.asked && follow_events(listener, max))
		resync_step(listener, false);
}

void listener_turn(struct aoipool_listener *listener, unsigned int max)
{
	listener->told = 0;
	__atomic_store_n(&listener->dispatcher, pthread_self(),
			 __ATOMIC_RELAXED);
	read_and_tell(listener, max);
	__atomic_store_n(&listener->dispatcher, 0, __ATOMIC_RELAXED);
}

static int watch_alarm(struct aoipool_listener *listener)
{
	struct epoll_event event = { .events = EPOLLIN };

	return epoll_ctl(listener->epoll, EPOLL_CTL_ADD, listener->alarm.fd,
			 &event) ? -errno : 0;
}

static int begin_to_follow(struct aoipool_listener *listener, bool wait)
{
	int err = follow_begin(listener);

	if (!err)
		err = follow_family(listener, UINT_MAX);
	if ((err && err != -ENODEV) || listener->family.id)
		return err;
	/* all that a module does that is loaded from now on is to be told */
	sequence_restart(&listener->sequence);
	return wait ? 0 : -ENODEV;
}

static int open_alarm(struct aoipool_listener *listener, bool wait)
{
	int err = alarm_init(&listener->alarm);

	if (err)
		return err;
	err = watch_alarm(listener);
	if (!err)
		err = begin_to_follow(listener, wait);
	if (err) {
		follow_end(listener);
		alarm_exit(&listener->alarm);
	}
	return err;
}

static int open_all(struct aoipool_listener *listener, bool wait)
{
	int err;

	listener->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (listener->epoll < 0)
		return -errno;
	err = open_alarm(listener, wait);
	if (err)
		close(listener->epoll);
	return err;
}

static struct aoipool_listener *
make(const struct aoipool_listener_options *options)
{
	struct aoipool_listener *listener = calloc(1, sizeof(*listener));

	if (!listener)
		return NULL;
	listener->callback = options->callback;
	listener->arg = options->arg;
	listener->receive_bytes = options->receive_bytes ?
					  options->receive_bytes :
					  RECEIVE_BYTES;
	listener->owner = getpid();
	pthread_mutex_init(&listener->turn, NULL);
	return listener;
}

int aoipool_listener_open(struct aoipool_listener **listener,
			  const struct aoipool_listener_options *options)
{
	int err;

	*listener = NULL;
	if (options->size != sizeof(*options) || options->flags & ~FLAGS ||
	    !options->callback)
		return -EINVAL;
	*listener = make(options);
	if (!*listener)
		return -ENOMEM;
	err = open_all(*listener, options->flags & AOIPOOL_LISTENER_WAIT);
	if (err) {
		free(*listener);
		*listener = NULL;
	}
	return err;
}

int aoipool_listener_fd(const struct aoipool_listener *listener)
{
	return listener_is_foreign(listener) ? -EPERM : listener->epoll;
}

static int dispatch(struct aoipool_listener *listener, unsigned int max)
{
	int told;

	listener_turn(listener, max);
	told = listener->told < INT_MAX ? (int)listener->told : INT_MAX;
	pthread_mutex_unlock(&listener->turn);
	if (listener->closing)
		listener_destroy(listener);
	return told;
}

int aoipool_listener_dispatch(struct aoipool_listener *listener,
			      unsigned int max)
{
	if (listener_is_foreign(listener))
		return -EPERM;
	if (!max)
		return -EINVAL;
	if (pthread_mutex_trylock(&listener->turn))
		return -EINPROGRESS;
	if (!listener->started)
		return dispatch(listener, max);
	pthread_mutex_unlock(&listener->turn);
	return -EINPROGRESS;
}

int aoipool_listener_start(struct aoipool_listener *listener)
{
	int err = -EINPROGRESS;

	if (listener_is_foreign(listener))
		return -EPERM;
	if (pthread_mutex_trylock(&listener->turn))
		return -EINPROGRESS;
	if (!listener->started)
		err = own_thread_start(listener);
	pthread_mutex_unlock(&listener->turn);
	return err;
}

static void free_rest(struct aoipool_listener *listener)
{
	if (listener->started)
		close(listener->stop);
	alarm_exit(&listener->alarm);
	close(listener->epoll);
	free(listener);
}

void listener_destroy(struct aoipool_listener *listener)
{
	follow_end(listener);
	listing_free(&listener->resync.nodes);
	free_rest(listener);
}

/*
 * There is no thread, and turn may be held forever.  Nor is the answer freed:
 * the thread may have been about to let it grow.
 */
static void disown(struct aoipool_listener *listener)
{
	follow_disown(listener);
	free_rest(listener);
}

void aoipool_listener_close(struct aoipool_listener *listener)
{
	if (!listener)
		return;
	if (listener_is_foreign(listener)) {
		disown(listener);
	} else if (listener_is_dispatched_here(listener)) {
		listener->closing = true;
	} else {
		if (listener->started)
			own_thread_stop(listener);
		listener_destroy(listener);
	}
}
