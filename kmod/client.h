/* SPDX-License-Identifier: GPL-2.0-only */
/* A client: one open descriptor of a pool, with a number that owns slabs. */
#ifndef AOIPOOL_CLIENT_H
#define AOIPOOL_CLIENT_H

#include <linux/sched.h>
#include <linux/types.h>
#include <linux/uidgid.h>

struct aoipool_pool;
struct pid;

/**
 * struct aoipool_client - one open descriptor of a pool
 * @pool: a reference
 * @number: unique among the pool's clients
 * @pid: of the process that opened it, a reference; it may have ended since, and
 *	its number may be another's
 * @comm: of that process, as it was then
 * @uid: as whom it was opened
 * @seen_seq: of pressure_seq: poll() has told it
 * @held_slabs: at the last count, see holder.c
 * @held_blocks: of those slabs
 *
 * The counts are protected by pool->clients_lock, seen_seq is exchanged as one;
 * the rest is fixed for the client's life.
 */
struct aoipool_client {
	struct aoipool_pool *pool;
	u32 number;
	struct pid *pid;
	char comm[TASK_COMM_LEN];
	kuid_t uid;
	u64 seen_seq;
	u32 held_slabs;
	u64 held_blocks;
};

struct aoipool_client *aoipool_client_create(struct aoipool_pool *pool);
void aoipool_client_destroy(struct aoipool_client *client);

u64 aoipool_swept_slabs(void);

#endif /* AOIPOOL_CLIENT_H */
