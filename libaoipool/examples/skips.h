/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* skips - the inputs that were refused, each with its reason. */
#ifndef SKIPS_H
#define SKIPS_H

#include <pthread.h>
#include <stddef.h>

struct skip {
	char *file;
	char *why;
	size_t times;	/* a bad file of a long run is met again and again */
};

struct skips {
	pthread_mutex_t lock;	/* all below */
	struct skip *list;
	size_t nr;
	size_t total;
};

#define SKIPS_INIT { .lock = PTHREAD_MUTEX_INITIALIZER }

/* Remember it, and say it on stderr the first time.  From any thread. */
void skips_add(struct skips *skips, const char *file, const char *why);
void skips_free(struct skips *skips);

#endif
