/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * child - a worker that runs, and the two pipes to it.
 */
#ifndef CHILD_H
#define CHILD_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "variant.h"

#define CHILD_TEXT	320

struct child {
	pid_t pid;
	FILE *requests, *answers;
};

/**
 * child_start() - start @variant's worker with @args
 * @args: its arguments, NULL at the end; the worker itself is put before them,
 *	or, with @instrument, that and then the worker
 * Return: 0; -errno.
 */
int child_start(struct child *child, const struct variant *variant,
		const char *folder, char *const *instrument, char *const *args);

/**
 * child_answer() - wait for one line of the worker's
 * @text: out, without the newline
 * Return: false when it ended, or was silent for too long.
 */
bool child_answer(struct child *child, char text[CHILD_TEXT]);

/** Asks for a round.  Return: its ns; negative when the worker is gone. */
double child_round(struct child *child);

/** Asks for a round, and to end behind it.  Return: false when it is gone. */
bool child_last_round(struct child *child);

/** For one that has ended and was reaped. */
void child_forget(struct child *child);

void child_kill(struct child *child);

/**
 * child_end() - let it end, and reap it; kills one that does not
 * @how: out, may be NULL: how it ended, where that was not as it should
 * Return: whether it ended well.
 */
bool child_end(struct child *child, char how[CHILD_TEXT]);

#endif
