/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
#include "helper.h"

#include <signal.h>
#include <stddef.h>

/*
 * Small: a real-time program that locks its memory has all of each stack
 * populated.  Instruments need more than what our own frames take.
 */
#define STACK_BYTES	((size_t)256 << 10)

static int create(pthread_t *thread, pthread_attr_t *attr,
		  void *(*start)(void *), void *arg)
{
	pthread_attr_setstacksize(attr, STACK_BYTES);
	return pthread_create(thread, attr, start, arg);
}

static int create_plain(pthread_t *thread, void *(*start)(void *), void *arg)
{
	pthread_attr_t attr;
	int err = pthread_attr_init(&attr);

	if (err)
		return err;
	err = create(thread, &attr, start, arg);
	pthread_attr_destroy(&attr);
	return err;
}

int helper_start(pthread_t *thread, pthread_attr_t *attr, const char *name,
		 void *(*start)(void *), void *arg)
{
	sigset_t all, before;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if (attr)
		err = create(thread, attr, start, arg);
	else
		err = create_plain(thread, start, arg);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!err)
		pthread_setname_np(*thread, name);
	return -err;
}
