/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* The thread that dispatches where the caller has no loop of his own. */
#ifndef OWN_THREAD_H
#define OWN_THREAD_H

#include "listener.h"

/* Holds turn.  Return: 0, and started is set; a negative errno. */
int own_thread_start(struct aoipool_listener *listener);

/* Wait until it has ended; not from within it. */
void own_thread_stop(struct aoipool_listener *listener);

#endif
