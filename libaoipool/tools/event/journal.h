/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * A journal: a file of events, a line of JSON each.  The module keeps no history;
 * this is where one is kept.
 */
#ifndef JOURNAL_H
#define JOURNAL_H

#include <aoipool/event.h>

/* Return: a descriptor to append to; a negative errno value. */
int journal_open(const char *path);

/* In one piece, so that several may append.  Return: 0; a negative errno value. */
int journal_add(int journal, const struct aoipool_event *event,
		uint64_t unix_ns);

/**
 * journal_read() - all events of a file, as they were written
 * @each: returns 0, or what ends it
 * @bad_line: called with the number of each line that is no event
 *
 * A last line that was not written to its end is passed over.
 *
 * Return: 0; what @each returned; a negative errno value.
 */
int journal_read(const char *path,
		 int (*each)(void *arg, const struct aoipool_event *event,
			     uint64_t unix_ns),
		 void (*bad_line)(void *arg, unsigned int line), void *arg);

#endif
