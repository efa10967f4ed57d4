/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A pool as a client sees it: a descriptor, its three mappings, and the arcs
 * of its slab words that belong to user space.
 *
 * Verbs return 0 or a negative errno.
 */
#ifndef POOL_H
#define POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/aoipool.h>

#define BLOCK	((size_t)AOIPOOL_BLOCK_BYTES)

struct pool {
	int fd;
	__u32 client;
	__u32 nr_slabs;
	size_t slab_bytes;
	struct aoipool_pool_layout layout;
	const volatile struct aoipool_pool_info_page *info;
	__u64 *words;
	char *data;
};

/* The device */
int device_open(void);
int device_info(struct aoipool_info *info);
/* Wait until nothing moves: out - in == pool + depot.  -ETIMEDOUT: never. */
int device_settle(struct aoipool_info *info);
/* Wait until the pools have that many blocks. */
int device_await_pool_blocks(__u64 blocks);

/* Arguments that are right; the caller changes what the test is about. */
struct aoipool_pool_create pool_args(__u32 nr_slabs, __u32 slab_blocks);
void pool_args_node(struct aoipool_pool_create *args, int node);

int pool_create(struct pool *pool, struct aoipool_pool_create *args);
/* Create and map, one block a slab. */
int pool_open(struct pool *pool, __u32 nr_slabs);
int pool_open_named(struct pool *pool, const char *name, __u32 nr_slabs);
int pool_open_args(struct pool *pool, struct aoipool_pool_create *args);
int pool_map(struct pool *pool);
void pool_unmap(struct pool *pool);
/* Unmap and close. */
void pool_close(struct pool *pool);
/* A client of its own on the same pool, not mapped. */
int pool_attach(const struct pool *pool, struct pool *client);
/* Attach and map. */
int pool_join(const struct pool *pool, struct pool *client);

int pool_info(const struct pool *pool, struct aoipool_pool_info *info);
int pool_populate(const struct pool *pool, __u32 first, __u32 nr, __u32 *done);
/* @trim may be NULL. */
int pool_trim(const struct pool *pool, __u32 flags, struct aoipool_pool_trim *trim);
/* Slabs whose word is in @state; @node -1 is any. */
__u32 pool_count(const struct pool *pool, enum aoipool_slab_state state, int node);

/* The arcs; -EBUSY: the word was not in the state the arc begins with. */
__u64 slab_word(const struct pool *pool, __u32 slab);
__u32 slab_state(const struct pool *pool, __u32 slab);
char *slab_data(const struct pool *pool, __u32 slab);
int slab_claim(const struct pool *pool, __u32 slab, __u32 node);
int slab_park(const struct pool *pool, __u32 slab);
int slab_revive(const struct pool *pool, __u32 slab);

/* Claim @nr slabs from @first on, on @node, and populate them. */
int slabs_hold(const struct pool *pool, __u32 first, __u32 nr, __u32 node);
int slabs_park(const struct pool *pool, __u32 first, __u32 nr);

#endif /* POOL_H */
