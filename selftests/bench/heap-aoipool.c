// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include <stdio.h>
#include <unistd.h>

#include "heap-aoipool.h"
#include "ours.h"

struct aoipool_pool *heap_pool;

/* Lists hold a quarter of the pool at most: what makes them as long as can be. */
#define LISTS_PART	4
/* but not more memory than that, on a machine with very many CPUs */
#define LISTS_BYTES	((size_t)1 << 30)

/* Besides what is out, as DPDK's pool gets what its caches keep. */
static size_t objects_needed(const struct heap_need *need)
{
	size_t lists = (size_t)sysconf(_SC_NPROCESSORS_ONLN) *
		       AOIPOOL_LIST_REFS * LISTS_PART;

	if (lists > LISTS_BYTES / need->bytes)
		lists = LISTS_BYTES / need->bytes;
	return lists > need->out ? lists : need->out;
}

/* Warm, as the peers are after their warm-up. */
static void describe(struct aoipool_attr *attr, const struct heap_need *need)
{
	size_t count = need->frames ? need->out : objects_needed(need);

	if (need->frames)
		ours_check(aoipool_attr_set_frame(attr, FRAME_SIDE, FRAME_SIDE,
						  AOIPOOL_PIXEL_MONO8, count),
			   "frame");
	else
		ours_check(aoipool_attr_set_object(attr, need->bytes, count),
			   "object");
	ours_check(aoipool_attr_set_reserve(attr, count), "reserve");
}

const char *heap_open(const struct heap_need *need, const char *mode)
{
	struct aoipool_attr *attr = ours_attr(mode);

	describe(attr, need);
	return ours_open(attr, &heap_pool);
}

void heap_enter(void)
{
}

const char *heap_note(void)
{
	static char note[256];

	snprintf(note, sizeof(note), "aoipool %s, lists: %s, provider %s: %s",
		 aoipool_version(), aoipool_pool_lists(heap_pool),
		 aoipool_pool_provider(heap_pool),
		 aoipool_pool_provider_reason(heap_pool));
	return note;
}
