// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* allocator-aoipool - a bounded frame pool and a bounded object pool. */
#include <stdlib.h>

#include <aoipool.h>

#include "allocator.h"

/* A whole panel's frames are waited for so long before the panel is put off. */
#define GET_TIMEOUT_MS	2000

#define FRAMES_MAX	16	/* frames of one get_frames() */

#define SLAB_STEP	(2u << 20)

struct aoipool_allocator {
	struct allocator base;	/* first, so that the pointers convert */
	struct aoipool_pool *frames;
	struct aoipool_pool *objects;
	/* what frames and objects are taken for */
	int camera;
	int candidates;
	void (*heard)(void *arg, const struct allocator_event *event);
	void *heard_arg;
};

static struct aoipool_allocator *from(struct allocator *base)
{
	return (struct aoipool_allocator *)base;
}

static int get_frames(struct allocator *base, struct slot *slots, size_t n,
		      bool wait)
{
	struct aoipool_slot got[FRAMES_MAX];
	int err;

	if (n > FRAMES_MAX)
		return -EINVAL;
	aoipool_tag_set(from(base)->camera);
	err = aoipool_get_many(from(base)->frames, got, n,
			       wait ? GET_TIMEOUT_MS : 0);
	for (size_t i = 0; !err && i < n; i++)
		slots[i] = (struct slot){ got[i].ptr, got[i].ref };
	return err;
}

static int put_frame(struct allocator *base, const struct slot *slot)
{
	return aoipool_put(from(base)->frames, slot->ref);
}

static int get_object(struct allocator *base, struct slot *slot)
{
	struct aoipool_slot got;
	int err;

	aoipool_tag_set(from(base)->candidates);
	err = aoipool_get(from(base)->objects, &got);
	if (!err)
		*slot = (struct slot){ got.ptr, got.ref };
	return err;
}

static int put_object(struct allocator *base, const struct slot *slot)
{
	return aoipool_put(from(base)->objects, slot->ref);
}

static uint64_t slab_bytes(const struct aoipool_pool *pool)
{
	uint64_t bytes = aoipool_pool_slot_bytes(pool);

	return (bytes + SLAB_STEP - 1) / SLAB_STEP * SLAB_STEP;
}

static void add_misuse(struct allocator_stats *stats,
		       const struct aoipool_stats *pool)
{
	stats->double_puts += pool->double_puts;
	stats->stale_refs += pool->stale_refs;
	stats->foreign_refs += pool->foreign_refs;
	stats->wrong_type_refs += pool->wrong_type_refs;
	stats->invalid_refs += pool->invalid_refs;
}

static void stats(struct allocator *base, struct allocator_stats *stats)
{
	struct aoipool_stats frames = { .size = sizeof(frames) };
	struct aoipool_stats objects = { .size = sizeof(objects) };
	struct aoipool_allocator *a = from(base);

	*stats = (struct allocator_stats){ .level = -1 };
	if (aoipool_pool_stats(a->frames, &frames) ||
	    aoipool_pool_stats(a->objects, &objects))
		return;
	*stats = (struct allocator_stats){
		.level = aoipool_pool_level(a->frames),
		.frames_bound = frames.slots,
		.frames_out_peak = frames.slots_out_peak,
		.frames_made = frames.claims,
		.frames_revived = frames.revives,
		.held_bytes = frames.resident_bytes,
		.reclaimed_bytes =
			frames.reclaimed_slabs * slab_bytes(a->frames),
		.page_bytes = frames.block_bytes,
		.objects_got = objects.gets,
	};
	add_misuse(stats, &frames);
	add_misuse(stats, &objects);
}

static void close_aoipool(struct allocator *base)
{
	aoipool_pool_close(from(base)->frames);
	aoipool_pool_close(from(base)->objects);
	free(from(base));
}

static const struct allocator_ops aoipool_ops = {
	.name = "aoipool",
	.get_frames = get_frames,
	.put_frame = put_frame,
	.get_object = get_object,
	.put_object = put_object,
	.stats = stats,
	.close = close_aoipool,
};

static void hear(void *arg, enum aoipool_log_level level, const char *line)
{
	(void)arg;
	(void)level;
	fprintf(stderr, "aoipool: %s\n", line);
}

/* "0-1,3" as bits; node 0 where the kernel tells none. */
static uint64_t nodes_with_memory(void)
{
	FILE *file = fopen("/sys/devices/system/node/has_memory", "re");
	unsigned int first, last;
	uint64_t nodes = 0;
	int got;

	while (file && (got = fscanf(file, "%u-%u", &first, &last)) > 0) {
		last = got == 2 ? last : first;
		for (; first <= last && first < 64; first++)
			nodes |= 1ull << first;
		if (fgetc(file) != ',')
			break;
	}
	if (file)
		fclose(file);
	return nodes ? nodes : 1;
}

static int set_frames(struct aoipool_attr *attr,
		      const struct allocator_config *config)
{
	int err = aoipool_attr_set_frame(attr, config->width, config->height,
					 AOIPOOL_PIXEL_MONO8, config->frames);

	if (!err)
		err = aoipool_attr_set_reserve(attr, config->reserve);
	if (!err && config->numa == AOIPOOL_NUMA_INTERLEAVE)
		err = aoipool_attr_set_numa(attr, AOIPOOL_NUMA_INTERLEAVE,
					    nodes_with_memory());
	if (!err && config->keep_idle)
		err = aoipool_attr_set_idle(attr, AOIPOOL_IDLE_MS_NEVER,
					    SIZE_MAX);
	if (!err)
		err = aoipool_attr_set_name(attr, "engine-frames");
	return err;
}

static int set_objects(struct aoipool_attr *attr,
		       const struct allocator_config *config)
{
	int err = aoipool_attr_set_object(attr, config->object_bytes,
					  config->objects);

	if (!err)
		err = aoipool_attr_set_type(attr, "candidate", 1);
	if (!err)
		err = aoipool_attr_set_name(attr, "engine-candidates");
	return err;
}

/* Both pools hear of the same host; one of them tells. */
static void tell(void *arg, const struct aoipool_event *event)
{
	struct aoipool_allocator *a = arg;
	struct allocator_event heard = {
		.time_ns = event->time_ns,
		.level = event->level,
	};

	switch (event->kind) {
	case AOIPOOL_EVENT_LEVEL:
		heard.what = "level";
		heard.bytes = event->available_bytes;
		break;
	case AOIPOOL_EVENT_RECLAIM:
		heard.what = "reclaim";
		heard.bytes = event->reclaimed_bytes;
		break;
	default:
		return;
	}
	if (a->heard)
		a->heard(a->heard_arg, &heard);
}

static int open_pool(const struct allocator_config *config,
		     int (*set)(struct aoipool_attr *attr,
				const struct allocator_config *config),
		     struct aoipool_allocator *teller,
		     struct aoipool_pool **pool)
{
	struct aoipool_attr *attr;
	int err = aoipool_attr_create(&attr);

	if (err)
		return err;
	err = set(attr, config);
	if (!err)
		err = aoipool_attr_set_custody(
			attr, (enum aoipool_custody_mode)config->custody);
	if (!err)
		err = aoipool_attr_set_provider(
			attr, (enum aoipool_provider)config->provider);
	if (!err && config->verbose)
		err = aoipool_attr_set_log(attr, hear, NULL);
	if (!err && teller)
		err = aoipool_attr_set_events(attr, tell, teller);
	if (!err)
		err = aoipool_pool_open(attr, pool);
	aoipool_attr_destroy(attr);
	return err;
}

static int open_pools(struct aoipool_allocator *a,
		      const struct allocator_config *config,
		      struct complaint *why)
{
	int err = open_pool(config, set_frames, a, &a->frames);

	if (err) {
		complain(why, "frame pool: %s", aoipool_strerror(err));
		return err;
	}
	err = open_pool(config, set_objects, NULL, &a->objects);
	if (err) {
		aoipool_pool_close(a->frames);
		complain(why, "object pool: %s", aoipool_strerror(err));
	}
	return err;
}

int allocator_aoipool_open(const struct allocator_config *config,
			   struct allocator **allocator, struct complaint *why)
{
	struct aoipool_allocator *a = calloc(1, sizeof(*a));
	int err;

	if (!a) {
		complain(why, "no memory");
		return -ENOMEM;
	}
	a->camera = aoipool_tag("camera");
	a->candidates = aoipool_tag("candidates");
	a->heard = config->heard;
	a->heard_arg = config->heard_arg;
	err = open_pools(a, config, why);
	if (err) {
		free(a);
		return err;
	}
	a->base.ops = &aoipool_ops;
	a->base.provider = aoipool_pool_provider(a->frames);
	a->base.provider_reason = aoipool_pool_provider_reason(a->frames);
	*allocator = &a->base;
	return 0;
}
