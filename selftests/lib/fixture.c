// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

static struct {
	pthread_mutex_t lock;
	char text[8192];
} log_heard = { .lock = PTHREAD_MUTEX_INITIALIZER };

void hear(void *arg, enum aoipool_log_level level, const char *line)
{
	size_t used;

	(void)arg;
	pthread_mutex_lock(&log_heard.lock);
	used = strlen(log_heard.text);
	snprintf(log_heard.text + used, sizeof(log_heard.text) - used,
		 "<%d>%s\n", (int)level, line);
	pthread_mutex_unlock(&log_heard.lock);
}

void heard_nothing(void)
{
	pthread_mutex_lock(&log_heard.lock);
	log_heard.text[0] = '\0';
	pthread_mutex_unlock(&log_heard.lock);
}

const char *heard(void)
{
	return log_heard.text;
}

struct aoipool_attr *new_attr(void)
{
	struct aoipool_attr *attr = NULL;

	assert_ok(aoipool_attr_create(&attr));
	assert_non_null(attr);
	if (!getenv("AOIPOOL_PROVIDER"))
		assert_ok(aoipool_attr_set_provider(attr,
						    AOIPOOL_PROVIDER_USER));
	assert_ok(aoipool_attr_set_log(attr, hear, NULL));
	return attr;
}

struct aoipool_attr *frame_attr(size_t count)
{
	struct aoipool_attr *attr = new_attr();

	assert_ok(aoipool_attr_set_frame(attr, FRAME_WIDTH, FRAME_HEIGHT,
					 AOIPOOL_PIXEL_MONO8, count));
	return attr;
}

struct aoipool_attr *object_attr(size_t bytes, size_t count)
{
	struct aoipool_attr *attr = new_attr();

	assert_ok(aoipool_attr_set_object(attr, bytes, count));
	return attr;
}

struct aoipool_pool *open_pool(struct aoipool_attr *attr)
{
	struct aoipool_pool *pool = NULL;
	int err;

	heard_nothing();
	err = aoipool_pool_open(attr, &pool);
	aoipool_attr_destroy(attr);
	if (err)
		print_error("# log: %s\n", heard());
	assert_ok(err);
	assert_non_null(pool);
	return pool;
}

void open_refused(struct aoipool_attr *attr, int err)
{
	struct aoipool_pool *pool = (void *)attr;
	int got;

	heard_nothing();
	got = aoipool_pool_open(attr, &pool);
	aoipool_attr_destroy(attr);
	assert_err(got, err);
	assert_null(pool);
}

struct aoipool_pool *open_frames(size_t count)
{
	return open_pool(frame_attr(count));
}

struct aoipool_pool *open_objects(size_t bytes, size_t count)
{
	return open_pool(object_attr(bytes, count));
}

int four_frames(void **state)
{
	*state = open_frames(4);
	return 0;
}

int small_objects(void **state)
{
	/* A slab has at most 2 MiB / 64 of them, if slabs are one block. */
	*state = open_objects(64, BLOCK_BYTES / 64 + 1);
	return 0;
}

int close_pool(void **state)
{
	int err = aoipool_pool_close(*state);

	*state = NULL;
	/* A failed test leaves slots out; that is not one more failure. */
	return err == -EBUSY ? 0 : err;
}

struct aoipool_slot get_slot(struct aoipool_pool *pool)
{
	struct aoipool_slot slot = { 0 };

	assert_ok(aoipool_get(pool, &slot));
	assert_non_null(slot.ptr);
	assert_true(slot.ref != 0);
	return slot;
}

struct aoipool_stats stats_of(struct aoipool_pool *pool)
{
	struct aoipool_stats stats = { .size = sizeof(stats) };

	assert_ok(aoipool_pool_stats(pool, &stats));
	return stats;
}

size_t trim_all(struct aoipool_pool *pool)
{
	size_t freed = 0;

	assert_ok(aoipool_pool_trim(pool, SIZE_MAX, &freed));
	return freed;
}

struct aoipool_slot *get_all(struct aoipool_pool *pool, size_t *n)
{
	struct aoipool_slot *slots;

	*n = aoipool_pool_slots(pool);
	slots = calloc(*n, sizeof(*slots));
	assert_non_null(slots);
	for (size_t i = 0; i < *n; i++)
		slots[i] = get_slot(pool);
	return slots;
}

void put_all(struct aoipool_pool *pool, const struct aoipool_slot *slots,
	     size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_ok(aoipool_put(pool, slots[i].ref));
}
