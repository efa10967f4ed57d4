/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* All processes that /proc shows. */
#ifndef PROCESSES_H
#define PROCESSES_H

#include <sys/types.h>

/**
 * processes_each() - one after the other
 *
 * Those that come or go meanwhile may be there or not.
 *
 * Return: 0, or what @each returned when that was not 0: it is not called again
 * then; a negative errno value where /proc cannot be read.
 */
int processes_each(int (*each)(void *arg, pid_t pid), void *arg);

/* The same for the threads of a process; -ESRCH: there is no such process. */
int processes_each_thread(pid_t pid, int (*each)(void *arg, pid_t tid),
			  void *arg);

#endif
