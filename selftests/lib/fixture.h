/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Pools as the tests want them, opened and closed with checks.
 *
 * The provider is the user provider, so that the suite says the same on every
 * host; where AOIPOOL_PROVIDER is set it decides, so that the same suite can be
 * run on the kernel module.
 */
#ifndef SELFTESTS_LIB_FIXTURE_H
#define SELFTESTS_LIB_FIXTURE_H

#include "test.h"

#define BLOCK_BYTES	((size_t)2 << 20)

/* A frame that fills one block but for a little. */
#define FRAME_WIDTH	1920
#define FRAME_HEIGHT	1080

struct aoipool_attr *new_attr(void);
struct aoipool_attr *frame_attr(size_t count);
struct aoipool_attr *object_attr(size_t bytes, size_t count);

/* Opens and destroys @attr; fails the test when it does not open. */
struct aoipool_pool *open_pool(struct aoipool_attr *attr);
struct aoipool_pool *open_frames(size_t count);
struct aoipool_pool *open_objects(size_t bytes, size_t count);

/* Opens, expects the error and that *pool is NULL; destroys @attr. */
void open_refused(struct aoipool_attr *attr, int err);

/* As test set-up: four frames, or objects of 64 bytes in two slabs or more. */
int four_frames(void **state);
int small_objects(void **state);
/* As test teardown: closes *state, where it is not NULL. */
int close_pool(void **state);

struct aoipool_slot get_slot(struct aoipool_pool *pool);
struct aoipool_stats stats_of(struct aoipool_pool *pool);
size_t trim_all(struct aoipool_pool *pool);

/* Every slot the pool has; the caller frees the array. */
struct aoipool_slot *get_all(struct aoipool_pool *pool, size_t *n);
void put_all(struct aoipool_pool *pool, const struct aoipool_slot *slots,
	     size_t n);

/* What the log callback of new_attr() heard since heard_nothing(). */
void heard_nothing(void);
const char *heard(void);
void hear(void *arg, enum aoipool_log_level level, const char *line);

#endif
