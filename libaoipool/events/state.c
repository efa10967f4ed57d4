// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include <errno.h>

#include "host_state.h"
#include "listener.h"

static uint64_t read_count(const uint64_t *count)
{
	return __atomic_load_n(count, __ATOMIC_RELAXED);
}

static void add_counts(const struct aoipool_listener *listener,
		       struct aoipool_host_state *state)
{
	state->received = read_count(&listener->counts.received);
	state->missed = read_count(&listener->counts.missed);
	state->overruns = read_count(&listener->counts.overruns);
	state->restarts = read_count(&listener->counts.restarts);
}

int aoipool_listener_state(const struct aoipool_listener *listener,
			   struct aoipool_host_state *state)
{
	if (state->size != sizeof(*state))
		return -EINVAL;
	if (listener && listener_is_foreign(listener))
		return -EPERM;
	*state = (struct aoipool_host_state){ .size = sizeof(*state) };
	if (listener)
		add_counts(listener, state);
	return host_state_ask(state, 0);
}
