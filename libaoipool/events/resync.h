/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Catching up after a loss: ask the module where it is, wait for what is under
 * way, then tell what is missing for good and which levels have changed.
 *
 * The module numbers an event when it happens and sends it a moment later, so an
 * answer may count events that are still to come.
 */
#ifndef RESYNC_H
#define RESYNC_H

#include "listener.h"

/* Something was lost, or may have been. */
void resync_need(struct aoipool_listener *listener);

/**
 * resync_step() - go on with it
 * @late: the alarm has gone off since the last step
 *
 * All that could be read has been.
 */
void resync_step(struct aoipool_listener *listener, bool late);

/* The module is gone: tell what is known to be missing. */
void resync_end(struct aoipool_listener *listener);

#endif
