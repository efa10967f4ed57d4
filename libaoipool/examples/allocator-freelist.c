// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * allocator-freelist - the home-made pool found in many engines: last in first
 * out, malloc() when the list is empty, nothing is ever given back.
 */
#include <pthread.h>
#include <stdlib.h>

#include "allocator.h"

/* Lies in the free memory itself. */
struct link {
	struct link *next;
};

struct list {
	pthread_mutex_t lock;	/* all below */
	struct link *head;
	size_t bytes;
	uint64_t made;
	uint64_t out;
	uint64_t out_peak;
	uint64_t got;
};

struct freelist_allocator {
	struct allocator base;	/* first, so that the pointers convert */
	struct list frames;
	struct list objects;
};

static struct freelist_allocator *from(struct allocator *base)
{
	return (struct freelist_allocator *)base;
}

static void *pop(struct list *list)
{
	struct link *link = list->head;

	if (link)
		list->head = link->next;
	return link;
}

static void count_get(struct list *list, uint64_t made)
{
	list->made += made;
	list->got++;
	if (++list->out > list->out_peak)
		list->out_peak = list->out;
}

static void *list_get(struct list *list)
{
	uint64_t made = 0;
	void *ptr;

	pthread_mutex_lock(&list->lock);
	ptr = pop(list);
	if (!ptr) {
		ptr = malloc(list->bytes);
		made = 1;
	}
	if (ptr)
		count_get(list, made);
	pthread_mutex_unlock(&list->lock);
	return ptr;
}

static void list_put(struct list *list, void *ptr)
{
	struct link *link = ptr;

	pthread_mutex_lock(&list->lock);
	link->next = list->head;
	list->head = link;
	list->out--;
	pthread_mutex_unlock(&list->lock);
}

static void list_free(struct list *list)
{
	struct link *link;

	while ((link = pop(list)))
		free(link);
	pthread_mutex_destroy(&list->lock);
}

static int put_frame(struct allocator *base, const struct slot *slot)
{
	list_put(&from(base)->frames, slot->ptr);
	return 0;
}

static int get_frames(struct allocator *base, struct slot *slots, size_t n,
		      bool wait)
{
	(void)wait;
	for (size_t i = 0; i < n; i++) {
		slots[i] = (struct slot){ list_get(&from(base)->frames), 0 };
		if (!slots[i].ptr) {
			while (i--)
				put_frame(base, &slots[i]);
			return -ENOMEM;
		}
	}
	return 0;
}

static int get_object(struct allocator *base, struct slot *slot)
{
	*slot = (struct slot){ list_get(&from(base)->objects), 0 };
	return slot->ptr ? 0 : -ENOMEM;
}

static int put_object(struct allocator *base, const struct slot *slot)
{
	list_put(&from(base)->objects, slot->ptr);
	return 0;
}

static void stats(struct allocator *base, struct allocator_stats *stats)
{
	struct freelist_allocator *a = from(base);

	pthread_mutex_lock(&a->frames.lock);
	pthread_mutex_lock(&a->objects.lock);
	*stats = (struct allocator_stats){
		.level = -1,
		.frames_out_peak = a->frames.out_peak,
		.frames_made = a->frames.made,
		.held_bytes = a->frames.made * a->frames.bytes,
		.objects_got = a->objects.got,
	};
	pthread_mutex_unlock(&a->objects.lock);
	pthread_mutex_unlock(&a->frames.lock);
}

static void close_freelist(struct allocator *base)
{
	list_free(&from(base)->frames);
	list_free(&from(base)->objects);
	free(from(base));
}

static const struct allocator_ops freelist_ops = {
	.name = "freelist",
	.get_frames = get_frames,
	.put_frame = put_frame,
	.get_object = get_object,
	.put_object = put_object,
	.stats = stats,
	.close = close_freelist,
};

int allocator_freelist_open(const struct allocator_config *config,
			    struct allocator **allocator,
			    struct complaint *why)
{
	struct freelist_allocator *a = calloc(1, sizeof(*a));

	if (!a) {
		complain(why, "no memory");
		return -ENOMEM;
	}
	a->base.ops = &freelist_ops;
	a->base.provider = "libc";
	a->base.provider_reason = "free list over malloc, never gives back";
	pthread_mutex_init(&a->frames.lock, NULL);
	pthread_mutex_init(&a->objects.lock, NULL);
	a->frames.bytes = config->frame_bytes;
	a->objects.bytes = config->object_bytes;
	*allocator = &a->base;
	return 0;
}
