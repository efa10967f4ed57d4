/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * allocator - where frames and objects come from.
 *
 * One interface, three implementations, so that the inspection is the same
 * code whatever stands behind it:
 *
 * aoipool	a frame pool and an object pool
 * malloc	malloc() at each get, free() at each put
 * freelist	what engines do today: a list of free frames that grows by
 *		malloc() when it is empty and never gives anything back
 *
 * All calls may come from any thread.
 */
#ifndef ALLOCATOR_H
#define ALLOCATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "complaint.h"

struct slot {
	void *ptr;
	uint64_t ref;	/* aoipool's; 0 with the others */
};

/* What an allocator was told of memory, for the record. */
struct allocator_event {
	uint64_t time_ns;	/* CLOCK_MONOTONIC */
	const char *what;	/* "level", "reclaim" */
	int level;
	uint64_t bytes;		/* that were taken, or are available */
};

struct allocator_config {
	uint32_t width;		/* of a frame: 8-bit grey */
	uint32_t height;
	size_t frame_bytes;
	size_t frames;		/* the bound, where there is one */
	size_t reserve;		/* frames kept warm, where that can be */
	size_t object_bytes;
	size_t objects;
	int provider;		/* enum aoipool_provider */
	int numa;		/* enum aoipool_numa */
	int custody;		/* enum aoipool_custody_mode */
	bool keep_idle;		/* as long as memory is not short */
	int verbose;
	/* may be NULL; called from any thread */
	void (*heard)(void *arg, const struct allocator_event *event);
	void *heard_arg;
};

/* Zero where an allocator does not know or cannot have it. */
struct allocator_stats {
	int level;		/* of pressure, 0 to 3; -1: knows none */
	uint64_t frames_bound;
	uint64_t frames_out_peak;
	uint64_t frames_made;	/* malloc()ed or claimed anew */
	uint64_t frames_revived;	/* taken while their memory was there */
	uint64_t held_bytes;	/* memory of free and used frames, now */
	uint64_t reclaimed_bytes;	/* taken back by pressure or decay */
	uint64_t page_bytes;
	uint64_t objects_got;
	uint64_t double_puts;
	uint64_t stale_refs;
	uint64_t foreign_refs;
	uint64_t wrong_type_refs;
	uint64_t invalid_refs;
};

struct allocator;

struct allocator_ops {
	const char *name;
	/*
	 * All @n or none; @wait for others to put theirs, but not for ever.
	 * 0; -EAGAIN, -ETIMEDOUT, -ENOMEM, -ENOSPC, -EDQUOT
	 */
	int (*get_frames)(struct allocator *allocator, struct slot *slots,
			  size_t n, bool wait);
	int (*put_frame)(struct allocator *allocator, const struct slot *slot);
	int (*get_object)(struct allocator *allocator, struct slot *slot);
	int (*put_object)(struct allocator *allocator, const struct slot *slot);
	void (*stats)(struct allocator *allocator,
		      struct allocator_stats *stats);
	void (*close)(struct allocator *allocator);
};

struct allocator {
	const struct allocator_ops *ops;
	const char *provider;		/* "kernel", "user", "libc" */
	const char *provider_reason;
};

/*
 * Return: 0, and *@allocator is to be closed; a negative errno value with the
 * reason in @why.
 */
int allocator_open(const char *name, const struct allocator_config *config,
		   struct allocator **allocator, struct complaint *why);

static inline void allocator_close(struct allocator *allocator)
{
	allocator->ops->close(allocator);
}

int allocator_aoipool_open(const struct allocator_config *config,
			   struct allocator **allocator, struct complaint *why);
int allocator_malloc_open(const struct allocator_config *config,
			  struct allocator **allocator, struct complaint *why);
int allocator_freelist_open(const struct allocator_config *config,
			    struct allocator **allocator,
			    struct complaint *why);

#endif
