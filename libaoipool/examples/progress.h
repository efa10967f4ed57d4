/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * progress - one line a second on stderr while the inspectors work; also the
 * thread that ends the run early on SIGINT and SIGTERM.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <pthread.h>
#include <stdatomic.h>

struct engine;

struct progress {
	struct engine *engine;
	pthread_t thread;
	atomic_bool over;
};

/* Return: 0 or a negative errno value. */
int progress_start(struct progress *progress, struct engine *engine);
void progress_stop(struct progress *progress);

#endif
