/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
#include "helper.h"

#include <signal.h>

int helper_start(pthread_t *thread, const pthread_attr_t *attr,
		 const char *name, void *(*start)(void *), void *arg)
{
	sigset_t all, before;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(thread, attr, start, arg);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!err)
		pthread_setname_np(*thread, name);
	return -err;
}
