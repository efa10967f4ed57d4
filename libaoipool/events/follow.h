/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Following the module's family as it comes and goes:
 *
 *   away -> joined   it was found: join its group, begin to count, resync
 *   joined -> away   the controller says that it went, or it is found under
 *                    another number: what waits to be read is read first
 *
 * The controller's news come first: they are subscribed to before the family is
 * looked for, so that none of its comings can be missed.  News of another number
 * than the one that was joined are old.
 */
#ifndef FOLLOW_H
#define FOLLOW_H

#include "listener.h"

/* Listen to the controller.  Return: 0; a negative errno. */
int follow_begin(struct aoipool_listener *listener);
void follow_end(struct aoipool_listener *listener);
/* The same in a forked child. */
void follow_disown(struct aoipool_listener *listener);

/*
 * Read events, until about @max have been told in this turn.  Return: whether
 * none is left.
 */
bool follow_events(struct aoipool_listener *listener, unsigned int max);

/* Read the controller's news. */
void follow_news(struct aoipool_listener *listener);

/*
 * Do what they call for, when all events have been read.  Return: 0, also when
 * the family is away; a negative errno, and it will be tried again.
 */
int follow_family(struct aoipool_listener *listener, unsigned int max);

#endif
