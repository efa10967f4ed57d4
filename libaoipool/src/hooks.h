/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* What a pool is told to do to its slots on their way out and back. */
#ifndef HOOKS_H
#define HOOKS_H

#include <stdbool.h>
#include <stddef.h>

#include "aoipool.h"

struct hooks {
	void (*construct)(void *arg, void *ptr);
	void *construct_arg;
	void (*reset)(void *arg, void *ptr);
	void *reset_arg;
	enum aoipool_reset reset_when;
	bool poison;
	size_t bytes;		/* of a slot */
};

static inline bool hooks_any(const struct hooks *hooks)
{
	return hooks->construct || hooks->reset || hooks->poison;
}

/* Its memory is new: all zeroes, or what the pool's own last user left. */
void hooks_raw(const struct hooks *hooks, void *ptr);

/* Return: false: somebody has written to the slot while it was free. */
bool hooks_get(const struct hooks *hooks, void *ptr);

void hooks_put(const struct hooks *hooks, void *ptr);

#endif
