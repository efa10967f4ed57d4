/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * What happens to memory, told as it happens: to the function that was given to
 * aoipool_attr_set_events(), of what one pool and this process see, and to a
 * listener of the module's events, of what the whole host sees.
 */
#ifndef AOIPOOL_EVENT_H
#define AOIPOOL_EVENT_H

#include <stddef.h>
#include <stdint.h>

/* How short memory is; the values of the module's ABI. */
enum aoipool_pressure_level {
	AOIPOOL_LEVEL_NONE	= 0,
	AOIPOOL_LEVEL_LOW	= 1,
	AOIPOOL_LEVEL_HIGH	= 2,
	AOIPOOL_LEVEL_CRITICAL	= 3,
};

enum aoipool_event_kind {
	AOIPOOL_EVENT_LEVEL	= 1,	/* a level changed */
	AOIPOOL_EVENT_RECLAIM	= 2,	/* memory was taken */
	AOIPOOL_EVENT_SWEEP	= 3,	/* a client is gone */
	AOIPOOL_EVENT_EXHAUSTED	= 4,	/* a pool could not serve */
	AOIPOOL_EVENT_LOST	= 5,	/* events are missing before this one */
};

/* Why memory was taken; bits, the values of the module's ABI. */
enum aoipool_event_cause {
	AOIPOOL_EVENT_CAUSE_SHRINKER	= 1 << 0, /* node or cgroup ran short */
	AOIPOOL_EVENT_CAUSE_OOM		= 1 << 1, /* the OOM notifier */
	AOIPOOL_EVENT_CAUSE_TRIM	= 1 << 2, /* a client asked */
	AOIPOOL_EVENT_CAUSE_LIMIT	= 1 << 3, /* room for a populate */
	AOIPOOL_EVENT_CAUSE_DECAY	= 1 << 4, /* idle for long enough */
	AOIPOOL_EVENT_CAUSE_IDLE_MAX	= 1 << 5, /* too much was idle */
};

/* What a pool was short of; the values of the module's ABI. */
enum aoipool_event_reason {
	AOIPOOL_EVENT_REASON_SLOTS	= 0,	/* all are out */
	AOIPOOL_EVENT_REASON_MEMORY	= 1,	/* memory of the host or a node */
	AOIPOOL_EVENT_REASON_LIMIT	= 2,	/* the module's bound */
	AOIPOOL_EVENT_REASON_CGROUP	= 3,	/* the memory cgroup */
};

#define AOIPOOL_EVENT_NODE_HOST	(-1)

/* Sizes include the terminating NUL. */
#define AOIPOOL_EVENT_NAME_BYTES	32
#define AOIPOOL_EVENT_COMM_BYTES	16
#define AOIPOOL_EVENT_HOLDERS		5

/* Who holds how much of which pool. */
struct aoipool_holder {
	uint64_t pool;		/* number of the pool, 0 where not known */
	uint64_t held_bytes;
	uint32_t client;
	uint32_t pid;		/* 0 where not to be known */
	char name[AOIPOOL_EVENT_NAME_BYTES];	/* of the pool */
	char comm[AOIPOOL_EVENT_COMM_BYTES];	/* of the process; may be empty */
};

/**
 * struct aoipool_event - one event
 * @size: sizeof(struct aoipool_event) of the library; grows at the end only
 * @kind: enum aoipool_event_kind; one that is not known is to be passed over
 * @node: that it is about; AOIPOOL_EVENT_NODE_HOST is the whole host
 * @seq: counts the events of their source, the pool's or the module's
 * @time_ns: of CLOCK_MONOTONIC
 * @lost: events that the source had to drop until then; of LOST, how many are
 *	missing
 * @level: enum aoipool_pressure_level, from now on
 * @level_before: LEVEL: until now
 * @available_bytes: LEVEL: of the node or the host, or of the cgroup where that
 *	has less
 * @total_bytes: LEVEL: of the same
 * @idle_bytes: LEVEL: of parked slabs, when they were counted last
 * @reclaimed_bytes: RECLAIM: taken since the last such event
 * @reclaimed_slabs: RECLAIM: the same
 * @pool: RECLAIM by callback, SWEEP, EXHAUSTED: number of the pool; 0 where
 *	there is none
 * @count: SWEEP: slabs that were taken from the client; EXHAUSTED: gets that
 *	failed since the last such event
 * @held_bytes: SWEEP: of those slabs
 * @causes: RECLAIM: bits of enum aoipool_event_cause; 0 where not known
 * @reason: EXHAUSTED: enum aoipool_event_reason
 * @client: SWEEP: number of the client
 * @pid: SWEEP: of its process
 * @name: of @pool
 * @comm: SWEEP: of the process
 * @nr_holders: of @holders that are filled
 * @holders: the largest, first; a callback's events have none
 *
 * What an event's kind does not name is 0.
 */
struct aoipool_event {
	size_t size;
	enum aoipool_event_kind kind;
	int node;
	uint64_t seq;
	uint64_t time_ns;
	uint64_t lost;
	enum aoipool_pressure_level level;
	enum aoipool_pressure_level level_before;
	uint64_t available_bytes;
	uint64_t total_bytes;
	uint64_t idle_bytes;
	uint64_t reclaimed_bytes;
	uint64_t reclaimed_slabs;
	uint64_t pool;
	uint64_t count;
	uint64_t held_bytes;
	uint32_t causes;
	uint32_t reason;
	uint32_t client;
	uint32_t pid;
	char name[AOIPOOL_EVENT_NAME_BYTES];
	char comm[AOIPOOL_EVENT_COMM_BYTES];
	size_t nr_holders;
	struct aoipool_holder holders[AOIPOOL_EVENT_HOLDERS];
};

#endif /* AOIPOOL_EVENT_H */
