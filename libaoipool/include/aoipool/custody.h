/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Custody: who holds what, since when, and what for.
 *
 * A tag says what for: a camera, a stage, a call site.  A pool that keeps custody
 * notes with each slot that is out the thread, its tag and the time.  The notes
 * lie in a ledger, memory that other processes may read as far as they may look
 * into this one: so they tell of a holder that hangs or is stopped, too.
 *
 * A snapshot adds the notes up; two of them tell what grew in between.
 */
#ifndef AOIPOOL_CUSTODY_H
#define AOIPOOL_CUSTODY_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct aoipool_attr;
struct aoipool_pool;
struct aoipool_slot;

#define AOIPOOL_TAG_NONE	0
#define AOIPOOL_MAX_TAGS	256	/* a process, with AOIPOOL_TAG_NONE */
#define AOIPOOL_TAG_BYTES	48	/* with the terminating NUL */

/**
 * aoipool_tag() - the number of a tag of this process
 * @name: 1 to 47 printable bytes
 *
 * The same name has the same number; a number lasts as long as the process.
 * Cheap enough for a call at start, not for one a get: keep what it returns.
 *
 * Return: 1 or more; -EINVAL: not such a name; -ENOSPC: AOIPOOL_MAX_TAGS are in
 * use; -ENOMEM.
 */
int aoipool_tag(const char *name);

/** Return: the name of a tag, which lasts as the process does; NULL: no tag. */
const char *aoipool_tag_name(int tag);

/**
 * aoipool_tag_set() - what the calling thread gets for, from now on
 * @tag: of aoipool_tag(), or AOIPOOL_TAG_NONE, with which every thread begins
 *
 * Return: the tag until now; -EINVAL: there is no such tag.
 */
int aoipool_tag_set(int tag);

/*
 * "file.c:123", as a tag that is looked up once in the life of the place;
 * AOIPOOL_TAG_NONE where no more are to be had: a get does not fail for that.
 */
#define AOIPOOL_TAG_HERE()                                                  \
	__extension__({                                                     \
		static int aoipool_tag_here_;                               \
		int aoipool_tag_got_ = __atomic_load_n(&aoipool_tag_here_,  \
						       __ATOMIC_RELAXED);   \
		if (!aoipool_tag_got_) {                                    \
			aoipool_tag_got_ = aoipool_tag_of_place(__FILE__,   \
								__LINE__);  \
			__atomic_store_n(&aoipool_tag_here_,                \
					 aoipool_tag_got_,                  \
					 __ATOMIC_RELAXED);                 \
		}                                                           \
		aoipool_tag_got_ > 0 ? aoipool_tag_got_ : AOIPOOL_TAG_NONE; \
	})

/** Return: as aoipool_tag(), of the last part of @file and the line. */
int aoipool_tag_of_place(const char *file, unsigned int line);

/**
 * aoipool_get_tagged() - aoipool_get_wait() for another tag than the thread's
 * @tag: as of aoipool_tag_set()
 *
 * Return: as aoipool_get_wait(); -EINVAL, too: there is no such tag.
 */
int aoipool_get_tagged(struct aoipool_pool *pool, struct aoipool_slot *slot,
		       int tag, int timeout_ms);

enum aoipool_custody_mode {
	/* the environment variable AOIPOOL_CUSTODY ("none", "slabs", "slots" or
	 * "auto") decides; unset or auto: slabs */
	AOIPOOL_CUSTODY_AUTO	= 0,
	AOIPOOL_CUSTODY_NONE	= 1,	/* no notes; the pool itself is seen */
	/* frames have a note each, and of objects each slab, of whom it was last
	 * taken by.  What it costs stands in libaoipool/docs/custody.md */
	AOIPOOL_CUSTODY_SLABS	= 2,
	/* each object has a note of its own: get and put are no longer inline */
	AOIPOOL_CUSTODY_SLOTS	= 3,
};

/** Return: 0; -EINVAL. */
int aoipool_attr_set_custody(struct aoipool_attr *attr,
			     enum aoipool_custody_mode mode);

/*
 * Snapshots: the pools of a process and what is out of them.
 */
struct aoipool_snapshot;

/* Ages of AOIPOOL_AGES kinds: below 1 ms, 10 ms, ... 10,000 s, and above. */
#define AOIPOOL_AGES		9

/**
 * struct aoipool_pool_entry - a pool in a snapshot
 * @size: sizeof(struct aoipool_pool_entry) of the library; grows at the end only
 * @pool: counts the pools of its process, from 1; never used again
 * @pid: of the process, as the caller of aoipool_snapshot_take() sees it
 * @mode: enum aoipool_custody_mode, never AUTO
 * @is_kernel: the provider is the module, else the user provider
 * @is_frames: frames, else objects
 * @slots: its bound
 * @slot_bytes: of one
 * @slab_bytes: of one
 * @nr_slabs: its bound
 * @reserve_slabs: that stay populated
 * @slots_out: held by callers; for objects without AOIPOOL_CUSTODY_SLOTS,
 *	those that lie on lists of CPUs are among them
 * @resident_bytes: that the pool has; 0 where not known (kernel provider, of
 *	another process: ask the module)
 * @idle_bytes: of free slabs; 0 likewise
 * @block_bytes: of the pages behind it: 2 MiB or 4 KiB
 * @level: enum aoipool_pressure_level, as the pool was told
 * @exhausted: gets that found no slot, since it was opened
 * @no_memory: gets that found a slot but no memory
 * @reclaimed_slabs: that were taken, since it was opened
 * @misuses: refs that were refused
 * @opened_ns: CLOCK_MONOTONIC
 * @kernel_pool: the module's number of the pool; 0: it is not the module's
 * @name: as set by aoipool_attr_set_name()
 * @type: tag@version
 * @comm: of the process
 */
struct aoipool_pool_entry {
	size_t size;
	uint64_t pool;
	uint32_t pid;
	uint32_t mode;
	uint32_t is_kernel;
	uint32_t is_frames;
	uint64_t slots;
	uint64_t slot_bytes;
	uint64_t slab_bytes;
	uint32_t nr_slabs;
	uint32_t reserve_slabs;
	uint64_t slots_out;
	uint64_t resident_bytes;
	uint64_t idle_bytes;
	uint64_t block_bytes;
	uint32_t level;
	uint32_t reserved;
	uint64_t exhausted;
	uint64_t no_memory;
	uint64_t reclaimed_slabs;
	uint64_t misuses;
	uint64_t opened_ns;
	uint64_t kernel_pool;
	char name[32];
	char type[32];
	char comm[16];
};

/**
 * struct aoipool_custody - what one thread holds of one pool for one tag
 * @size: sizeof(struct aoipool_custody) of the library; grows at the end only
 * @pool: aoipool_pool_entry.pool
 * @pid: of the process
 * @tid: of the thread that got, in the process's own PID namespace; it may have
 *	ended since.  0: not known
 * @node: where the memory is; -1: not known, as when it was freed and taken
 *	again while the snapshot was taken
 * @count: slots (slabs, of objects without AOIPOOL_CUSTODY_SLOTS) that are out;
 *	in a difference, how many more, so it may be below 0
 * @bytes: of those slots
 * @oldest_ns: age of the oldest; in a difference that of @after
 * @youngest_ns: likewise
 * @ages: how many below 1 ms, 10 ms, 100 ms, 1 s, 10 s, 100 s, 1,000 s,
 *	10,000 s, and how many above; of what nobody has noted (@tid is 0) all
 *	ages are 0
 * @tag: "" is none; "(others)", with @tid 0 and @node -1, is what was more than
 *	16,384 such entries
 * @name: of the pool
 */
struct aoipool_custody {
	size_t size;
	uint64_t pool;
	uint32_t pid;
	uint32_t tid;
	int32_t node;
	uint32_t reserved;
	int64_t count;
	int64_t bytes;
	uint64_t oldest_ns;
	uint64_t youngest_ns;
	int64_t ages[AOIPOOL_AGES];
	char tag[AOIPOOL_TAG_BYTES];
	char name[32];
};

/**
 * aoipool_snapshot_take() - what is out of all pools of a process, now
 * @pid: the process; 0 is the caller's own
 *
 * Reads the ledgers without the help of the process, and without stopping it:
 * entries are of about the same moment.  A process that does not use the library
 * has no pool, which is no error.
 *
 * Return: 0 and *@snapshot, to be freed by the caller;
 * -ESRCH: no such process;
 * -EACCES: the caller may not look into it (ptrace(2) has the rules);
 * -EPROTO: its library keeps another kind of ledger, and none that can be read;
 * -EMFILE, -ENFILE; -ENOMEM.
 */
int aoipool_snapshot_take(struct aoipool_snapshot **snapshot, pid_t pid);

/**
 * aoipool_snapshot_diff() - what grew between two snapshots of one process
 * @before: an earlier one
 * @after: a later one
 *
 * Entries that are neither more nor fewer are left out.
 *
 * Return: 0 and *@diff, a snapshot of its own, whose pools are those of @after;
 * -EINVAL: of two processes; -ENOMEM.
 */
int aoipool_snapshot_diff(const struct aoipool_snapshot *before,
			  const struct aoipool_snapshot *after,
			  struct aoipool_snapshot **diff);

/** NULL is allowed. */
void aoipool_snapshot_free(struct aoipool_snapshot *snapshot);

/*
 * Call @each for one after the other: pools by their numbers, holdings the
 * largest first.  Return: 0, or what @each returned when that was not 0: it is
 * not called again then.  A snapshot is for one thread at a time.
 */
int aoipool_snapshot_each_pool(const struct aoipool_snapshot *snapshot,
			       int (*each)(void *arg,
					   const struct aoipool_pool_entry *),
			       void *arg);
int aoipool_snapshot_each(const struct aoipool_snapshot *snapshot,
			  int (*each)(void *arg, const struct aoipool_custody *),
			  void *arg);

#ifdef __cplusplus
}
#endif

#endif /* AOIPOOL_CUSTODY_H */
