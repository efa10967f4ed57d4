// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* allocator-malloc - every get is a malloc(), every put a free(). */
#include <stdatomic.h>
#include <stdlib.h>

#include "allocator.h"

struct malloc_allocator {
	struct allocator base;	/* first, so that the pointers convert */
	size_t frame_bytes;
	size_t object_bytes;
	atomic_uint_fast64_t frames_out;
	atomic_uint_fast64_t frames_out_peak;
	atomic_uint_fast64_t frames_made;
	atomic_uint_fast64_t objects_got;
};

static struct malloc_allocator *from(struct allocator *base)
{
	return (struct malloc_allocator *)base;
}

static void count_out(struct malloc_allocator *a)
{
	uint_fast64_t out = atomic_fetch_add(&a->frames_out, 1) + 1;
	uint_fast64_t peak = atomic_load(&a->frames_out_peak);

	while (out > peak &&
	       !atomic_compare_exchange_weak(&a->frames_out_peak, &peak, out))
		;
	atomic_fetch_add(&a->frames_made, 1);
}

static int put_frame(struct allocator *base, const struct slot *slot)
{
	free(slot->ptr);
	atomic_fetch_sub(&from(base)->frames_out, 1);
	return 0;
}

static int get_frames(struct allocator *base, struct slot *slots, size_t n,
		      bool wait)
{
	struct malloc_allocator *a = from(base);

	(void)wait;
	for (size_t i = 0; i < n; i++) {
		slots[i] = (struct slot){ malloc(a->frame_bytes), 0 };
		if (!slots[i].ptr) {
			while (i--)
				put_frame(base, &slots[i]);
			return -ENOMEM;
		}
		count_out(a);
	}
	return 0;
}

static int get_object(struct allocator *base, struct slot *slot)
{
	*slot = (struct slot){ malloc(from(base)->object_bytes), 0 };
	if (!slot->ptr)
		return -ENOMEM;
	atomic_fetch_add(&from(base)->objects_got, 1);
	return 0;
}

static int put_object(struct allocator *base, const struct slot *slot)
{
	(void)base;
	free(slot->ptr);
	return 0;
}

static void stats(struct allocator *base, struct allocator_stats *stats)
{
	struct malloc_allocator *a = from(base);

	*stats = (struct allocator_stats){
		.level = -1,
		.frames_out_peak = atomic_load(&a->frames_out_peak),
		.frames_made = atomic_load(&a->frames_made),
		.held_bytes = atomic_load(&a->frames_out) * a->frame_bytes,
		.objects_got = atomic_load(&a->objects_got),
	};
}

static void close_malloc(struct allocator *base)
{
	free(from(base));
}

static const struct allocator_ops malloc_ops = {
	.name = "malloc",
	.get_frames = get_frames,
	.put_frame = put_frame,
	.get_object = get_object,
	.put_object = put_object,
	.stats = stats,
	.close = close_malloc,
};

int allocator_malloc_open(const struct allocator_config *config,
			  struct allocator **allocator, struct complaint *why)
{
	struct malloc_allocator *a = calloc(1, sizeof(*a));

	if (!a) {
		complain(why, "no memory");
		return -ENOMEM;
	}
	a->base.ops = &malloc_ops;
	a->base.provider = "libc";
	a->base.provider_reason = "malloc and free of each frame";
	a->frame_bytes = config->frame_bytes;
	a->object_bytes = config->object_bytes;
	*allocator = &a->base;
	return 0;
}
