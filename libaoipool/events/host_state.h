/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* The state of the whole host. */
#ifndef HOST_STATE_H
#define HOST_STATE_H

#include "aoipool-events.h"

/* @family: 0: to be found.  Fills all but size.  Return: as request_run(). */
int host_state_ask(struct aoipool_host_state *host, int family);

#endif
