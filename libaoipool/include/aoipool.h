/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * libaoipool - bounded pools of frames and objects in huge pages.
 *
 * A pool hands out equal slots.  A slot of a frame pool is one image; a slot
 * of an object pool is one small record.  get() gives a pointer and a ref,
 * put() takes the ref back.  A ref is checked at every put: one that was put
 * before, has gone stale or belongs elsewhere is refused with an error of its
 * own and nothing is touched.
 *
 * Every function that can fail returns 0 or a negative errno value.  Unless a
 * comment says otherwise every function may be called from any thread at any
 * time on the same pool; none is async-signal-safe.  The library prints
 * nothing and never ends the process.  A thread is not to be cancelled
 * (pthread_cancel) in a call: hold cancellation off around it.
 *
 * fork(): a pool belongs to the process that opened it.  In a child the memory
 * is not mapped and calls that get, put, look up, trim, wait or count return
 * -EPERM; aoipool_pool_close() frees what the child has of it.  exec() closes
 * the descriptors.
 *
 * aoipool_get() and aoipool_put() are inline where that pays.  Define
 * AOIPOOL_NO_INLINE before this header to call the library for each; it has all
 * functions under their names, for other languages too.  (Units compiled with
 * -masm=intel need that.)  Their arguments must not be NULL.
 */
#ifndef AOIPOOL_H
#define AOIPOOL_H

#include <stddef.h>
#include <stdint.h>

#include "aoipool/custody.h"
#include "aoipool/event.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AOIPOOL_VERSION_MAJOR	0
#define AOIPOOL_VERSION_MINOR	1
#define AOIPOOL_VERSION_PATCH	0

/** "major.minor.patch" of the library that was linked; static storage. */
const char *aoipool_version(void);

/**
 * aoipool_strerror() - what an error of this library means
 * @err: a value that a function returned; the sign does not matter
 *
 * Return: one sentence that says what was wrong and, where there is one, the
 * way out ("double put: this ref was put before").  Static storage.  An error
 * that has no meaning of its own here gets the C library's text.
 */
const char *aoipool_strerror(int err);

/*
 * Attributes: what a pool is to be.  Made, filled, given to
 * aoipool_pool_open(), destroyed; one attribute object may open many pools.  An
 * attribute object is for one thread at a time.  Setters copy what they get
 * and return -EINVAL for a value that can never be right.
 */
struct aoipool_attr;

/** Return: 0; -ENOMEM.  *@attr is the caller's, to be destroyed. */
int aoipool_attr_create(struct aoipool_attr **attr);

/** NULL is allowed. */
void aoipool_attr_destroy(struct aoipool_attr *attr);

/** @name: 1 to 31 printable bytes without '/'.  Default "anonymous". */
int aoipool_attr_set_name(struct aoipool_attr *attr, const char *name);

/**
 * aoipool_attr_set_type() - what the slots are
 * @tag: 1 to 23 printable bytes without '@', for example "defect"
 * @version: raised when the layout of the slot changes
 *
 * Refs of a pool with another tag or version are refused as of the wrong type.
 * Default: "frame" or "object", version 0.
 */
int aoipool_attr_set_type(struct aoipool_attr *attr, const char *tag,
			  uint32_t version);

/**
 * aoipool_attr_set_object() - make it an object pool
 * @bytes: of one slot, 1 to 1 MiB; rounded up to a multiple of 16
 * @count: at least so many slots; rounded up to whole slabs
 */
int aoipool_attr_set_object(struct aoipool_attr *attr, size_t bytes,
			    size_t count);

/* How the samples of one pixel lie in memory; no planes, no packing of bits. */
enum aoipool_pixel {
	AOIPOOL_PIXEL_MONO8	= 1,	/* 1 byte: grey, or one Bayer sample */
	AOIPOOL_PIXEL_MONO16	= 2,	/* 2 bytes: 9 to 16 bit sensors */
	AOIPOOL_PIXEL_RGB24	= 3,	/* 3 bytes */
	AOIPOOL_PIXEL_RGBA32	= 4,	/* 4 bytes */
	AOIPOOL_PIXEL_FLOAT32	= 5,	/* 4 bytes: height maps */
};

/**
 * aoipool_attr_set_frame() - make it a frame pool
 * @width: pixels a row, at least 1
 * @height: rows, at least 1
 * @pixel: enum aoipool_pixel
 * @count: frames; the bound of the pool
 */
int aoipool_attr_set_frame(struct aoipool_attr *attr, uint32_t width,
			   uint32_t height, enum aoipool_pixel pixel,
			   size_t count);

/**
 * aoipool_attr_set_reserve() - keep a part of the pool warm
 * @count: slots (frames or objects; objects are rounded up to slabs) that
 *	pressure never takes; populated when the pool is opened.  Default 0.
 */
int aoipool_attr_set_reserve(struct aoipool_attr *attr, size_t count);

/**
 * aoipool_attr_set_progress() - hear how far the reserve is
 * @progress: called with @arg while aoipool_pool_open() populates the reserve, in
 *	the thread that opens: how many bytes are there, and how many are to be.
 *	The last call before the pool is open has the two equal.  NULL is none.
 */
int aoipool_attr_set_progress(struct aoipool_attr *attr,
			      void (*progress)(void *arg, size_t done_bytes,
					       size_t total_bytes),
			      void *arg);

/**
 * aoipool_attr_set_reserve_yields() - give the reserve, too, before the worst
 * @on: at level critical idle slots of the reserve may be taken; it is not
 *	populated again by itself.  Default 0.
 */
int aoipool_attr_set_reserve_yields(struct aoipool_attr *attr, int on);

/**
 * aoipool_attr_set_prefill() - bring memory ahead of need, in the background
 * @count: slots (with those of the reserve) that are to have memory; default 0
 *
 * Slab by slab, by the library's thread, after the pool was opened.  It ends for
 * good when so many have it, when so many were brought (some may have decayed
 * meanwhile), or as soon as memory is short.  What was brought is idle as any
 * other free slot, and decays as such: see aoipool_attr_set_idle().  The one slab
 * that is being brought is nobody's meanwhile; never the last that is free.
 * stats.prefilled_slots tells how far it is.
 */
int aoipool_attr_set_prefill(struct aoipool_attr *attr, size_t count);

/* For aoipool_attr_set_idle() */
#define AOIPOOL_IDLE_MS_OF_HOST	(~(uint32_t)0)
#define AOIPOOL_IDLE_MS_NEVER	(~(uint32_t)0 - 1)

/**
 * aoipool_attr_set_idle() - how long and how much of the pool may be idle
 * @decay_ms: milliseconds after which a free slot's memory is given back, in
 *	rounds of a quarter of that; AOIPOOL_IDLE_MS_OF_HOST (the default: 10 s
 *	with the user provider, with the module what its administrator says),
 *	AOIPOOL_IDLE_MS_NEVER: not before memory is short.  Under pressure the
 *	shorter of this and the level's time counts.
 * @max_bytes: of free slots; what is above goes at the next round, the oldest
 *	first.  SIZE_MAX (the default): without a bound
 *
 * The reserve stays in any case.  Objects that lie on CPUs' lists are not idle in
 * this sense, nor are slabs that such a one is in.
 */
int aoipool_attr_set_idle(struct aoipool_attr *attr, uint32_t decay_ms,
			  size_t max_bytes);

enum aoipool_numa {
	AOIPOOL_NUMA_LOCAL	= 0,	/* the getter's node, else another */
	/* nodes of the mask, local one first; with the user provider a
	 * preference that the kernel may not follow when they are full */
	AOIPOOL_NUMA_BIND	= 1,
	AOIPOOL_NUMA_INTERLEAVE	= 2,	/* nodes of the mask in turn */
};

/**
 * aoipool_attr_set_numa() - where slabs may live
 * @nodes: bit n is node n (0 to 63); must be 0 for AOIPOOL_NUMA_LOCAL
 */
int aoipool_attr_set_numa(struct aoipool_attr *attr, enum aoipool_numa policy,
			  uint64_t nodes);

enum aoipool_provider {
	/* the environment variable AOIPOOL_PROVIDER ("kernel", "user" or
	 * "auto") decides; unset or auto: kernel if its device opens, else
	 * user */
	AOIPOOL_PROVIDER_AUTO	= 0,
	AOIPOOL_PROVIDER_KERNEL	= 1,
	AOIPOOL_PROVIDER_USER	= 2,
};

int aoipool_attr_set_provider(struct aoipool_attr *attr,
			      enum aoipool_provider provider);

/**
 * aoipool_attr_set_events() - be told what happens to the pool's memory
 * @tell: called with @arg and an event, which lives as long as the call, in the
 *	library's own thread, with all signals blocked and no lock held: when the
 *	level of pressure changed (before anything is taken for the new one), when
 *	memory was taken (at most ten times a second), when gets failed (at most
 *	once a second and reason).  NULL is none.
 *
 * It may get and put, look up, trim, drain, reset and count, on any pool; it can
 * neither open nor close one.  Who opens or closes a pool waits for it: hold no
 * lock meanwhile that it wants.  Its stack has 256 KiB.  While it runs nothing is
 * taken, from whichever pool of this process with the user provider: it had
 * better be quick, or hand the news on to another thread.  Events may come as
 * soon as aoipool_pool_open() has set *@pool, before it returns, and none after
 * aoipool_pool_close() has.
 */
int aoipool_attr_set_events(struct aoipool_attr *attr,
			    void (*tell)(void *arg,
					 const struct aoipool_event *event),
			    void *arg);

enum aoipool_log_level {
	AOIPOOL_LOG_ERROR	= 3,
	AOIPOOL_LOG_WARNING	= 4,
	AOIPOOL_LOG_INFO	= 6,
};

/**
 * How free objects are kept at hand: each CPU has a list of some of them, so
 * that most calls need no other thread's consent.  The lists of the CPUs that
 * were there when the pool was opened hold about a quarter of it at most, and
 * when the pool is exhausted they are emptied before a get fails.  What they
 * hold keeps its slabs from being reclaimed until aoipool_pool_drain().  Frames
 * are never kept back, nor are objects of a pool with less than 32 slots a CPU,
 * or above 512 KiB.
 */
enum aoipool_lists {
	/* the environment variable AOIPOOL_LISTS ("rseq", "locked", "none" or
	 * "auto") decides; unset or auto: rseq if it can be had */
	AOIPOOL_LISTS_AUTO	= 0,
	/* restartable sequences: no lock, no atomic operation for a get */
	AOIPOOL_LISTS_RSEQ	= 1,
	/* a lock for each CPU: wherever the kernel or the C library has no
	 * rseq, under valgrind, under ThreadSanitizer */
	AOIPOOL_LISTS_LOCKED	= 2,
	AOIPOOL_LISTS_NONE	= 3,	/* every call takes a lock of a node */
};

/** Opening a pool fails with -EOPNOTSUPP where rseq was asked for in vain. */
int aoipool_attr_set_lists(struct aoipool_attr *attr, enum aoipool_lists lists);

/**
 * aoipool_attr_set_constructor() - build a slot before its first use
 * @construct: called with @arg and the slot, in the thread that gets; once in a
 *	slot's life, and again when its memory was reclaimed in between or the
 *	pool was reset.  May be called for slots that are not handed out yet.
 *	No lock is held; must not use the pool.  NULL is none.
 */
int aoipool_attr_set_constructor(struct aoipool_attr *attr,
				 void (*construct)(void *arg, void *ptr),
				 void *arg);

enum aoipool_reset {
	AOIPOOL_RESET_ON_PUT	= 1,	/* while it is still cached */
	AOIPOOL_RESET_ON_GET	= 2,	/* only what is really used again */
};

/**
 * aoipool_attr_set_reset() - bring a slot back to its first state
 * @when: in the thread that puts, or in the one that gets
 * @reset: called with @arg and the slot at every put that succeeds, or at every
 *	get; no lock is held; must not use the pool.  NULL is none.
 */
int aoipool_attr_set_reset(struct aoipool_attr *attr, enum aoipool_reset when,
			   void (*reset)(void *arg, void *ptr), void *arg);

/**
 * aoipool_attr_set_poison() - find writes to slots that were put
 * @on: every put fills the slot with bytes 0x6b; a get that finds another byte
 *	counts it (stats.written_after_put) and says so in the log
 *
 * Costs the time to write and to read every slot.  Not together with a
 * constructor or a reset.  Frames that were reclaimed are not looked at.
 */
int aoipool_attr_set_poison(struct aoipool_attr *attr, int on);

/**
 * aoipool_attr_set_put_by_pointer() - allow aoipool_put_ptr() for objects
 * @on: each get then marks its slot as held, which costs a store
 */
int aoipool_attr_set_put_by_pointer(struct aoipool_attr *attr, int on);

/**
 * aoipool_attr_set_log() - hear the library's reasons
 * @log: called with one line without a newline, from any thread, with no lock
 *	of the library held; must not call the library
 * @arg: handed to @log
 *
 * Without it the library is silent.
 */
int aoipool_attr_set_log(struct aoipool_attr *attr,
			 void (*log)(void *arg, enum aoipool_log_level level,
				     const char *line),
			 void *arg);

/*
 * Pools.
 */
struct aoipool_pool;

/**
 * aoipool_pool_open() - make a pool
 *
 * Return: 0 and *@pool, to be closed by the caller.
 * -EINVAL: neither or both of object and frame were set, or a value does not
 *	fit the others (the log names it);
 * -ENODEV, -EACCES: provider kernel was asked for and its device is not there
 *	or may not be opened;
 * -EPROTO: the module's ABI is not this library's;
 * -EXDEV: a node of the mask does not exist or has no memory;
 * -EINVAL, too: the environment variable AOIPOOL_PROVIDER, AOIPOOL_LISTS or
 *	AOIPOOL_CUSTODY has a value that is not known;
 * -EOPNOTSUPP: lists by rseq were asked for and cannot be had;
 * -ENOSPC: the pool exceeds the module's limit, or all pools together the 2^32
 *	slots that refs can tell apart;
 * -EMFILE, -ENFILE: no descriptor is left;
 * -ENOMEM: no address space;
 * -ENOMEM, -ENOSPC, -EDQUOT: the reserve cannot be populated, as aoipool_get();
 *	the log says how much of it is missing;
 * -EDEADLK: called by the function of aoipool_attr_set_events().
 * On an error *@pool is NULL and nothing is left behind.
 */
int aoipool_pool_open(const struct aoipool_attr *attr,
		      struct aoipool_pool **pool);

/**
 * aoipool_pool_close() - unmap and forget a pool
 *
 * The caller sees to it that no other thread is in a call on this pool or
 * touches its slots.  Slots still out are lost with the pool; their number is
 * the return value's business: 0, or -EBUSY when slots were still out (the pool
 * is closed all the same).  -EDEADLK: called by the function of
 * aoipool_attr_set_events(), and nothing is closed.  NULL is allowed.
 */
int aoipool_pool_close(struct aoipool_pool *pool);

/** "kernel" or "user"; lives as long as the pool. */
const char *aoipool_pool_provider(const struct aoipool_pool *pool);

/**
 * aoipool_pool_provider_reason() - why this provider, and on which pages
 *
 * For example "forced by AOIPOOL_PROVIDER; memfd with 2 MiB pages by collapse".
 * Lives as long as the pool.
 */
const char *aoipool_pool_provider_reason(const struct aoipool_pool *pool);

/** "rseq", "locked" or "none": how free slots are kept; static storage. */
const char *aoipool_pool_lists(const struct aoipool_pool *pool);

struct aoipool_frame_layout {
	uint32_t width;		/* pixels */
	uint32_t height;	/* rows */
	uint32_t pixel;		/* enum aoipool_pixel */
	uint32_t pixel_bytes;
	size_t pitch;		/* bytes from one row to the next */
	size_t bytes;		/* pitch * height */
};

/**
 * aoipool_frame_layout() - how frames of such a pool lie in memory
 *
 * The pitch is a multiple of 64 bytes and never of 512, at the price of 127
 * bytes a row at most: rows of a multiple of 512 fall on the same few cache
 * sets.  Measured on a pitch of 8192 instead of 8256, a column took 1.9 times as
 * long and a transposition 2.2 times; on 2048 instead of 2112, 3.4 and 2.2 times.
 *
 * Return: 0; -EINVAL: a size of 0 or an unknown pixel; -EOVERFLOW.
 */
int aoipool_frame_layout(uint32_t width, uint32_t height,
			 enum aoipool_pixel pixel,
			 struct aoipool_frame_layout *layout);

/** Return: 0; -ENOTTY: not a frame pool. */
int aoipool_pool_frame_layout(const struct aoipool_pool *pool,
			      struct aoipool_frame_layout *layout);

/** Bytes a slot has for the caller: pitch * height, or the object's size. */
size_t aoipool_pool_slot_bytes(const struct aoipool_pool *pool);

/** Slots the pool can hand out at most. */
size_t aoipool_pool_slots(const struct aoipool_pool *pool);

/*
 * Slots.
 */

/*
 * A handle to one use of one slot: generation << 32 | index.  Never 0 for a
 * slot that was handed out.  Plain data: may be stored, compared, sent.
 */
typedef uint64_t aoipool_ref_t;

struct aoipool_slot {
	void *ptr;		/* frames: 2 MiB aligned; objects: 16 bytes */
	aoipool_ref_t ref;
};

/**
 * aoipool_get() - take a slot
 *
 * The content is whatever the slot's last user of this pool left, or zeroes;
 * never anything of another pool or process.  The memory is populated: touching
 * it does not fail.
 *
 * Return: 0 and *@slot, held by the caller until put; on an error it is all
 * zeroes.
 * -EAGAIN: all slots are out;
 * -ENOMEM: a slot is free, but the host or its nodes have no memory for it;
 * -EDQUOT: the same for the memory cgroup, and nothing of it is idle.  With the
 *	user provider as the cgroup's files tell, and its OOM killer may be faster;
 * -ENOSPC: the same for the module's limit;
 * -EINTR: a fatal signal came while the kernel populated the slot;
 * -EPERM: called in a fork()ed child.
 */
int aoipool_get(struct aoipool_pool *pool, struct aoipool_slot *slot);

/**
 * aoipool_get_wait() - take a slot, waiting for one
 * @timeout_ms: 0 does not wait, -1 waits without bound
 *
 * It waits for memory, too: as long as a slot is free, and -ENOMEM, -ENOSPC or
 * -EDQUOT is why it cannot be had.
 *
 * Return: as aoipool_get(), and -ETIMEDOUT instead of -EAGAIN when @timeout_ms
 * is not 0; -EINVAL for a @timeout_ms below -1.
 */
int aoipool_get_wait(struct aoipool_pool *pool, struct aoipool_slot *slot,
		     int timeout_ms);

/**
 * aoipool_get_many() - take @n slots or none
 * @slots: room for @n; untouched on an error
 * @timeout_ms: as above
 *
 * Return: as aoipool_get_wait(); -EINVAL: @n is 0 or more than the pool has.
 */
int aoipool_get_many(struct aoipool_pool *pool, struct aoipool_slot *slots,
		     size_t n, int timeout_ms);

/**
 * aoipool_put() - give a slot back
 *
 * Exactly one of any number of racing puts of one ref succeeds.  A refused put
 * touches neither the slot nor the pool (but for the count of misuse).  That
 * holds for every ref that was handed out.  A ref that somebody made up is
 * refused, too, unless it happens to be the one that its slot is going to be
 * handed out under next.
 *
 * Return: 0;
 * -EALREADY: double put, this very ref was put before and its slot not given up
 *	again since (it may be out again under another ref);
 * -ESTALE: the slot has been given up more than once since, or the ref's
 *	generation was never handed out;
 * -EIDRM: the pool was reset since the slot was handed out;
 * -EXDEV: a ref of another pool of the same type;
 * -EPROTOTYPE: a ref of a pool of another type;
 * -EINVAL: a ref of no pool that is open;
 * -EPERM: called in a fork()ed child.
 */
int aoipool_put(struct aoipool_pool *pool, aoipool_ref_t ref);

/**
 * aoipool_put_many() - give @n slots back
 * @slots: their refs are looked at, their pointers are not
 * @n: may be 0
 *
 * Return: 0; -EINVAL: no @slots; the error of the first ref that is refused, as aoipool_put().  All
 * refs that are good have been put then, also those behind it.
 */
int aoipool_put_many(struct aoipool_pool *pool, const struct aoipool_slot *slots,
		     size_t n);

/**
 * aoipool_put_ptr() - give a slot back of which only the pointer is known
 * @ptr: what a get returned as slot.ptr
 *
 * A weaker promise than that of aoipool_put(): a second put is refused as long
 * as the slot is free, but once somebody else holds it, it is taken from under
 * him, for a pointer does not tell one use of a slot from the next.  Refs stay
 * as strict as they are.
 *
 * Return: 0;
 * -EALREADY: nobody holds the slot;
 * -EINVAL: not where a slot of this pool begins;
 * -EOPNOTSUPP: an object pool without aoipool_attr_set_put_by_pointer();
 * -EPERM: called in a fork()ed child.
 */
int aoipool_put_ptr(struct aoipool_pool *pool, void *ptr);

/**
 * aoipool_deref() - the pointer behind a ref that is still held
 *
 * Return: 0 and *@ptr; errors as aoipool_put().
 */
int aoipool_deref(struct aoipool_pool *pool, aoipool_ref_t ref, void **ptr);

/**
 * aoipool_pool_fd() - a descriptor to wait on with poll() or epoll
 *
 * Readable: a slot may have come free since the last get that failed with
 * -EAGAIN; get again.  The pool's: neither read nor close it.  Who waits for
 * several slots at once had better give aoipool_get_many() a timeout: the
 * descriptor is readable as long as any slot is free.
 *
 * Return: the descriptor; -EPERM: called in a fork()ed child.
 */
int aoipool_pool_fd(const struct aoipool_pool *pool);

/**
 * aoipool_pool_trim() - give free slots' memory back now
 * @max_bytes: about so many at most, in whole 2 MiB; SIZE_MAX is all.  The
 *	reserve stays.
 * @freed_bytes: out, may be NULL
 *
 * Return: 0; -EINTR: a fatal signal came; -EPERM: called in a fork()ed child.
 */
int aoipool_pool_trim(struct aoipool_pool *pool, size_t max_bytes,
		      size_t *freed_bytes);

/**
 * aoipool_pool_level() - how short memory is
 *
 * The highest of the host's level and those of the pool's nodes, as the module
 * or, with the user provider, the library's thread has it; the latter minds the
 * cgroup, too, but sleeps, until threads stall, while no pool has anything to
 * give beyond its reserve.  One load.
 *
 * Return: enum aoipool_pressure_level; -EPERM: called in a fork()ed child.
 */
int aoipool_pool_level(const struct aoipool_pool *pool);

/**
 * aoipool_pool_drain() - let go of what is kept at hand
 *
 * Objects on all CPUs' lists return to their slabs, and slabs that are free as
 * a whole are parked, to be reclaimed when memory runs short.
 *
 * Return: 0; -EPERM: called in a fork()ed child.
 */
int aoipool_pool_drain(struct aoipool_pool *pool);

/**
 * aoipool_pool_reset() - take all slots back at once
 *
 * Whoever held one does so no more, and every ref that was handed out is
 * refused with -EIDRM from now on.  Constructors run again.  The caller sees to
 * it that no other thread is in a call on this pool or touches its slots.
 *
 * Return: 0; -ENOMEM: and nothing has changed; -EPERM: called in a fork()ed
 * child.
 */
int aoipool_pool_reset(struct aoipool_pool *pool);

/*
 * Numbers of one pool since it was opened, unless "now" is said.  Not
 * consistent with one another while threads work.  Grows at the end only.
 */
struct aoipool_stats {
	size_t size;		/* in: sizeof(struct aoipool_stats) */
	uint64_t slots;		/* the pool's bound */
	uint64_t slots_out;	/* now */
	uint64_t slots_out_peak; /* of objects: with those on CPUs' lists */
	uint64_t gets;		/* that succeeded */
	uint64_t puts;		/* that succeeded */
	uint64_t exhausted;	/* gets that found no free slot */
	uint64_t timeouts;
	uint64_t no_memory;	/* gets that found a slot but no memory */
	uint64_t claims;	/* slabs taken ABSENT: memory came new */
	uint64_t revives;	/* slabs taken PARKED: memory was there */
	uint64_t parks;
	/* slots of another node than that of the CPU they were got on, or for
	 * whose list they were fetched */
	uint64_t remote_gets;
	uint64_t double_puts;	/* refs refused, by put or deref, as put before */
	uint64_t stale_refs;
	uint64_t foreign_refs;
	uint64_t wrong_type_refs;
	uint64_t invalid_refs;
	uint64_t reclaimed_slabs; /* taken by pressure or trim */
	uint64_t resident_bytes; /* now: memory the pool has */
	uint64_t block_bytes;	/* page size that backs it: 2 MiB or 4 KiB */
	uint64_t reset_refs;	/* refs refused, from before a reset */
	uint64_t written_after_put; /* slots whose poison was damaged */
	uint64_t slots_listed;	/* now: free, on lists of CPUs */
	uint64_t prefill_slots;	/* to be brought ahead, in whole slabs */
	uint64_t prefilled_slots; /* that were, in the background */
};

/** Return: 0; -EINVAL: stats->size is not one that was ever published. */
int aoipool_pool_stats(struct aoipool_pool *pool, struct aoipool_stats *stats);

#ifdef __cplusplus
}
#endif

#include "aoipool/inline.h"

#endif /* AOIPOOL_H */
