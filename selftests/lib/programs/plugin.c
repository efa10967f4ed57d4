// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Inline calls in an object that comes and goes; see plugin_host.c. */
#include "program.h"

void plugin_work(struct aoipool_pool *pool, int turns);

void plugin_work(struct aoipool_pool *pool, int turns)
{
	struct aoipool_slot slots[8];
	int i;

	while (turns--) {
		for (i = 0; i < 8; i++)
			must(!aoipool_get(pool, &slots[i]));
		for (i = 0; i < 8; i++)
			must(!aoipool_put(pool, slots[i].ref));
	}
}
