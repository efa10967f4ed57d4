// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include <stdio.h>

#include "heap-aoipool.h"
#include "ours.h"

struct aoipool_pool *heap_pool;

/* Warm, as the peers are after their warm-up. */
static int describe(struct aoipool_attr *attr, const struct heap_need *need)
{
	int err;

	if (need->frames)
		err = aoipool_attr_set_frame(attr, FRAME_SIDE, FRAME_SIDE,
					     AOIPOOL_PIXEL_MONO8, need->out);
	else
		err = aoipool_attr_set_object(attr, need->bytes, need->out);
	return err ? err : aoipool_attr_set_reserve(attr, need->out);
}

const char *heap_open(const struct heap_need *need, const char *mode)
{
	struct aoipool_attr *attr = ours_attr(mode);

	ours_check(describe(attr, need), "attr");
	return ours_open(attr, &heap_pool);
}

void heap_enter(void)
{
}

const char *heap_note(void)
{
	static char note[256];

	snprintf(note, sizeof(note), "aoipool %s, provider %s: %s",
		 aoipool_version(), aoipool_pool_provider(heap_pool),
		 aoipool_pool_provider_reason(heap_pool));
	return note;
}
