/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* What the callback hears.  Nothing any more, once it has closed the listener. */
#ifndef TELL_H
#define TELL_H

#include "listener.h"

void tell(struct aoipool_listener *listener, const struct aoipool_event *event);

/* @last: the number of the last one that is missing; 0: counting begins anew */
void tell_lost(struct aoipool_listener *listener, uint64_t lost, uint64_t last);

#endif
