/* SPDX-License-Identifier: GPL-2.0-only */
/* Events: what the module tells user space, from wherever it happens. */
#ifndef AOIPOOL_EVENT_H
#define AOIPOOL_EVENT_H

#include <linux/list.h>
#include <linux/types.h>
#include <linux/aoipool.h>
#include "memory.h"

struct aoipool_client;
struct aoipool_pool;

#define AOIPOOL_EXHAUSTED_REASONS	(AOIPOOL_EXHAUSTED_CGROUP + 1)

/**
 * struct aoipool_event - one event, with all that is to be told of it
 * @seq: its number; every event has one, sent or not
 * @nr_lost: how many of those before it the module has lost
 * @time_ns: CLOCK_MONOTONIC, of the first that it tells of
 * @cmd: enum aoipool_genl_cmd; of what follows each has what is its own
 * @nid: NUMA_NO_NODE is the host
 * @before: level
 * @level: after it; not in AOIPOOL_GENL_RECLAIM, which tells the level at its end
 * @memory: at that moment
 * @pool: its id
 * @name: the pool's
 * @client: its number
 * @pid: of the client, in the initial namespace
 * @comm: of the client
 * @key: causes or reason
 * @count: slabs, or gets that failed
 * @blocks: of those slabs
 *
 * Nothing in here is a reference: pool and client may be gone when it is sent.
 */
struct aoipool_event {
	u64 seq;
	u64 nr_lost;
	u64 time_ns;
	u8 cmd;
	int nid;
	enum aoipool_pressure before;
	enum aoipool_pressure level;
	struct aoipool_memory memory;
	u64 pool;
	char name[AOIPOOL_NAME_BYTES];
	u32 client;
	u32 pid;
	char comm[AOIPOOL_COMM_BYTES];
	u32 key;
	u64 count;
	u64 blocks;
};

/**
 * struct aoipool_tally - what happens too often to be told each time
 * @link: among the tallies that have something to tell
 * @pool: whose exhaustion it counts; NULL: it counts what is taken of a node
 * @key: the node or the reason
 * @since_ns: when the first happened of what is not told yet
 * @not_before_ns: when it may be told
 * @causes: of what was taken
 * @count: slabs taken, or gets that failed
 * @blocks: taken
 *
 * All but @pool and @key are protected by the lock of event.c.
 */
struct aoipool_tally {
	struct list_head link;
	struct aoipool_pool *pool;
	u32 key;
	u64 since_ns;
	u64 not_before_ns;
	u32 causes;
	u64 count;
	u64 blocks;
};

/*
 * All of these may be called from within anybody's allocation and under any
 * mutex: they allocate nothing, sleep not, and leave a record for a worker.
 */

/* @nid: NUMA_NO_NODE for the host */
void aoipool_event_level(int nid, enum aoipool_pressure before,
			 enum aoipool_pressure now,
			 const struct aoipool_memory *memory);
/* @cause: one of AOIPOOL_CAUSE_* */
void aoipool_event_reclaim(int nid, u32 cause, unsigned long nr_slabs,
			   unsigned long nr_blocks);
void aoipool_event_sweep(const struct aoipool_client *client, u32 nr_slabs,
			 u64 nr_blocks);
void aoipool_event_exhausted(struct aoipool_pool *pool,
			     enum aoipool_exhausted reason, u32 count);

/* The tallies of a pool: before anyone can see it, and when nobody does. */
void aoipool_event_pool_begin(struct aoipool_pool *pool);
void aoipool_event_pool_end(struct aoipool_pool *pool);

void aoipool_event_count(u64 *seq, u64 *lost);
u64 aoipool_event_reclaimed(int nid);

void aoipool_event_end(void);

int aoipool_event_init(void);
void aoipool_event_exit(void);

#endif /* AOIPOOL_EVENT_H */
