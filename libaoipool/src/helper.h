/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Threads of the library itself: the engine's signals are not for them. */
#ifndef HELPER_H
#define HELPER_H

#include <pthread.h>

/**
 * helper_start() - a thread, to be joined
 * @attr: NULL: as the caller is scheduled
 * @name: at most 15 bytes
 *
 * Return: 0; -EAGAIN and what else pthread_create() says.
 */
int helper_start(pthread_t *thread, pthread_attr_t *attr,
		 const char *name, void *(*start)(void *), void *arg);

#endif
