/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * aoipool - huge-page slabs for machine vision: the contract between the
 * kernel module and user space.  The only header both sides share.
 *
 * Four things are written here and nowhere else: the slab word with its arcs,
 * the layout of a pool's mapping, the ioctls with their errors, and the generic
 * netlink family with its attributes.
 */
#ifndef _UAPI_LINUX_AOIPOOL_H
#define _UAPI_LINUX_AOIPOOL_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* Raised when an old library can no longer work with a new module. */
#define AOIPOOL_ABI_VERSION	1

#define AOIPOOL_DEVICE_PATH	"/dev/aoipool"

/*
 * A block is one 2 MiB physically contiguous huge page on one NUMA node: the
 * unit in which memory is allocated, cleared, accounted and taken back.
 */
#define AOIPOOL_BLOCK_SHIFT	21
#define AOIPOOL_BLOCK_BYTES	(1ULL << AOIPOOL_BLOCK_SHIFT)

/* Sizes include the terminating NUL. */
#define AOIPOOL_NAME_BYTES	32
#define AOIPOOL_TYPE_BYTES	32

#define AOIPOOL_MAX_SLABS	(1U << 20)
#define AOIPOOL_MAX_SLAB_BLOCKS	(1U << 10)

/**
 * DOC: The slab word
 *
 * One 64-bit word per slab, in memory that the kernel and every client of the
 * pool share and change by compare-and-swap only::
 *
 *    63            32 31            16 15        6 5    2 1     0
 *   +----------------+----------------+-----------+------+-------+
 *   |   generation   |     owner      |   node    | age  | state |
 *   +----------------+----------------+-----------+------+-------+
 *
 * state       one of enum aoipool_slab_state
 * age         how many ageing rounds a parked slab has outlived; user space
 *             writes 0, the kernel counts
 * node        the NUMA node that the slab's blocks are on, chosen at claim
 * owner       the client number that holds or last held the slab; 0 is nobody
 * generation  counts the times the slab was given up; part of every ref
 *
 * Arcs, each one compare-and-swap that exactly one side wins:
 *
 *   ABSENT -> HELD    claim, by user space.  Names node and owner, age 0, keeps
 *                     the generation.  The slab has no memory yet: first touch
 *                     or AOIPOOL_POOL_POPULATE brings zeroed blocks.
 *   HELD   -> PARKED  park, by the owner.  Generation + 1, age 0.  The content
 *                     may vanish from this moment on.
 *   PARKED -> HELD    revive, by user space.  Names the owner, keeps node and
 *                     generation.  The content is as it was left.
 *   PARKED -> ABSENT  reclaim or trim, by the kernel.  Keeps the generation;
 *                     node, owner and age become 0.  The memory is gone from
 *                     every mapping.
 *   PARKED -> PARKED  age, by the kernel: age + 1
 *   HELD   -> PARKED  sweep, by the kernel, when the owner's descriptor is
 *                     closed.  Generation + 1, so the dead client's refs are
 *                     stale.
 *
 * No other change of a word is legal.  The kernel believes no word for safety:
 * which blocks a slab has is in records of its own.  A client that writes
 * nonsense into the words can lose the content of its own pool and nothing
 * else.
 */
enum aoipool_slab_state {
	AOIPOOL_SLAB_ABSENT	= 0,	/* nobody's, no memory */
	AOIPOOL_SLAB_HELD	= 1,	/* the owner's, never taken */
	AOIPOOL_SLAB_PARKED	= 2,	/* nobody's, content kept until taken */
};

#define AOIPOOL_WORD_STATE_SHIFT	0
#define AOIPOOL_WORD_STATE_BITS		2
#define AOIPOOL_WORD_AGE_SHIFT		2
#define AOIPOOL_WORD_AGE_BITS		4
#define AOIPOOL_WORD_NODE_SHIFT		6
#define AOIPOOL_WORD_NODE_BITS		10
#define AOIPOOL_WORD_OWNER_SHIFT	16
#define AOIPOOL_WORD_OWNER_BITS		16
#define AOIPOOL_WORD_GEN_SHIFT		32
#define AOIPOOL_WORD_GEN_BITS		32

#define AOIPOOL_MAX_CLIENTS	((1U << AOIPOOL_WORD_OWNER_BITS) - 1)

#define __AOIPOOL_WORD_MASK(field) \
	(((__u64)1 << AOIPOOL_WORD_##field##_BITS) - 1)
#define __AOIPOOL_WORD_GET(word, field) \
	((__u32)(((word) >> AOIPOOL_WORD_##field##_SHIFT) & \
		 __AOIPOOL_WORD_MASK(field)))
#define __AOIPOOL_WORD_PUT(value, field) \
	(((__u64)(value) & __AOIPOOL_WORD_MASK(field)) << \
	 AOIPOOL_WORD_##field##_SHIFT)

static __inline__ __u32 aoipool_word_state(__u64 word)
{
	return __AOIPOOL_WORD_GET(word, STATE);
}

static __inline__ __u32 aoipool_word_age(__u64 word)
{
	return __AOIPOOL_WORD_GET(word, AGE);
}

static __inline__ __u32 aoipool_word_node(__u64 word)
{
	return __AOIPOOL_WORD_GET(word, NODE);
}

static __inline__ __u32 aoipool_word_owner(__u64 word)
{
	return __AOIPOOL_WORD_GET(word, OWNER);
}

static __inline__ __u32 aoipool_word_gen(__u64 word)
{
	return __AOIPOOL_WORD_GET(word, GEN);
}

/* The successors of a word: the arithmetic of each arc, written once. */
static __inline__ __u64 aoipool_word_held(__u64 word, __u32 node, __u32 owner)
{
	return __AOIPOOL_WORD_PUT(aoipool_word_gen(word), GEN) |
	       __AOIPOOL_WORD_PUT(owner, OWNER) |
	       __AOIPOOL_WORD_PUT(node, NODE) |
	       __AOIPOOL_WORD_PUT(AOIPOOL_SLAB_HELD, STATE);
}

static __inline__ __u64 aoipool_word_parked(__u64 word)
{
	return __AOIPOOL_WORD_PUT(aoipool_word_gen(word) + 1U, GEN) |
	       __AOIPOOL_WORD_PUT(aoipool_word_owner(word), OWNER) |
	       __AOIPOOL_WORD_PUT(aoipool_word_node(word), NODE) |
	       __AOIPOOL_WORD_PUT(AOIPOOL_SLAB_PARKED, STATE);
}

static __inline__ __u64 aoipool_word_absent(__u64 word)
{
	return __AOIPOOL_WORD_PUT(aoipool_word_gen(word), GEN) |
	       __AOIPOOL_WORD_PUT(AOIPOOL_SLAB_ABSENT, STATE);
}

#define AOIPOOL_MAX_AGE	((1U << AOIPOOL_WORD_AGE_BITS) - 1)

/* Of a parked word, an ageing round later; not beyond AOIPOOL_MAX_AGE. */
static __inline__ __u64 aoipool_word_older(__u64 word)
{
	return word + ((__u64)1 << AOIPOOL_WORD_AGE_SHIFT);
}

/**
 * DOC: The mapping of a pool
 *
 * A pool's descriptor is mapped in three ranges, each with its own mmap() and
 * MAP_SHARED; offsets and lengths come from struct aoipool_pool_layout:
 *
 *   info    one page, read-only: struct aoipool_pool_info_page
 *   words   one __u64 per slab, read-write
 *   data    nr_slabs * slab_blocks * 2 MiB, read-write; offset and address are
 *           multiples of 2 MiB, so that a block is one huge page table entry
 *
 * Mappings are not inherited by fork: the child has the descriptor and may
 * attach as a client of its own.  A touch of a data page whose slab is neither
 * HELD nor still populated raises SIGBUS, as does a first touch for which the
 * named node or the limits have no memory; AOIPOOL_POOL_POPULATE reports the
 * same as an error.  get_user_pages() works on the data range (O_DIRECT,
 * io_uring buffers, process_vm_readv, device registration); a block that is
 * pinned is not taken and is never handed to another pool.
 *
 * poll() on the descriptor:
 *
 *   POLLIN   while a slab is ABSENT or PARKED.  Who waits is woken by the
 *            kernel's own arcs (sweep), by room that appears where a populate
 *            was refused for want of it (a slab was taken, a pool closed, a
 *            level changed, the limit was raised), and by
 *            AOIPOOL_POOL_TELL of another client.  A poll() that finds
 *            nothing free sets info->wanted; a client that parks a slab and
 *            then reads it as set says so by AOIPOOL_TELL_FREED.  (Both
 *            sides write before they read: no wake-up is lost.)  Of those
 *            that wait exclusively (EPOLLEXCLUSIVE) each such word wakes one.
 *   POLLPRI  once on each descriptor after pressure_seq changed, as the triggers
 *            of PSI do.  epoll_ctl() polls, too, and may eat one: who adds the
 *            descriptor looks at pressure_seq once afterwards
 */
struct aoipool_pool_layout {
	__aligned_u64 info_offset;
	__aligned_u64 info_bytes;
	__aligned_u64 words_offset;
	__aligned_u64 words_bytes;	/* rounded up to whole pages */
	__aligned_u64 data_offset;
	__aligned_u64 data_bytes;
};

enum aoipool_pressure {
	AOIPOOL_PRESSURE_NONE		= 0,
	AOIPOOL_PRESSURE_LOW		= 1,
	AOIPOOL_PRESSURE_HIGH		= 2,
	AOIPOOL_PRESSURE_CRITICAL	= 3,
};

/*
 * What the kernel tells every client without a system call.  Each field is
 * read with one load; fields are not consistent with one another.
 */
struct aoipool_pool_info_page {
	__u32 abi_version;
	/* the highest of the host's level and of those of the pool's nodes */
	__u32 pressure_level;		/* enum aoipool_pressure */
	__aligned_u64 pressure_seq;	/* counts changes of pressure_level */
	__aligned_u64 populated_slabs;	/* with all their blocks, now */
	__aligned_u64 populated_blocks;	/* now */
	__aligned_u64 reclaimed_slabs;	/* taken since creation, trim included */
	__aligned_u64 reclaimed_blocks;
	__aligned_u64 swept_slabs;	/* since creation */
	__aligned_u64 populate_failures;
	__u32 host_level;		/* enum aoipool_pressure */
	__u32 wanted;			/* not 0: somebody polls for a free slab */
	__aligned_u64 idle_blocks;	/* of parked slabs, at the last ageing round */
	/* CLOCK_MONOTONIC: nothing young goes before but at a limit, or for OOM */
	__aligned_u64 grace_ns;
};

/**
 * DOC: The ioctls and their errors
 *
 * Every argument is a struct that begins with its size.  A caller sets size to
 * the size it was compiled with; it may be larger or smaller than the kernel's.
 * Errors that every ioctl may return:
 *
 *   ENOTTY      the number is not an ioctl of this descriptor
 *   EINVAL      size is below the struct's first published size; an unknown
 *               flag is set; a reserved field is not zero; a value is out of
 *               the range its comment gives
 *   E2BIG       bytes beyond the kernel's struct are not zero, or size is above
 *               4096
 *   EFAULT      the argument cannot be read or written
 *   EOPNOTSUPP  the flag is known but not compiled in
 *   ENOMEM      no kernel memory for records
 *
 * Others are named at the struct.  An ioctl that fails has changed nothing but
 * the fields its comment names.
 */
#define AOIPOOL_IOC_MAGIC	0xA7

enum {
	AOIPOOL_CMD_INFO		= 0x00,
	AOIPOOL_CMD_POOL_CREATE		= 0x01,
	/* 0x02 is kept for opening a named pool from a second process */

	AOIPOOL_CMD_POOL_INFO		= 0x20,
	AOIPOOL_CMD_POOL_POPULATE	= 0x21,
	AOIPOOL_CMD_POOL_TRIM		= 0x22,
	AOIPOOL_CMD_POOL_ATTACH		= 0x23,
	/* 0x24 is kept for the export of a slab as a dma-buf */
	AOIPOOL_CMD_POOL_POLICY		= 0x25,
	AOIPOOL_CMD_POOL_TELL		= 0x26,
};

/* On the device */
#define AOIPOOL_INFO		_IO(AOIPOOL_IOC_MAGIC, AOIPOOL_CMD_INFO)
#define AOIPOOL_POOL_CREATE	_IO(AOIPOOL_IOC_MAGIC, AOIPOOL_CMD_POOL_CREATE)
/* On a pool */
#define AOIPOOL_POOL_INFO	_IO(AOIPOOL_IOC_MAGIC, AOIPOOL_CMD_POOL_INFO)
#define AOIPOOL_POOL_POPULATE	_IO(AOIPOOL_IOC_MAGIC, AOIPOOL_CMD_POOL_POPULATE)
#define AOIPOOL_POOL_TRIM	_IO(AOIPOOL_IOC_MAGIC, AOIPOOL_CMD_POOL_TRIM)
#define AOIPOOL_POOL_ATTACH	_IO(AOIPOOL_IOC_MAGIC, AOIPOOL_CMD_POOL_ATTACH)
#define AOIPOOL_POOL_POLICY	_IO(AOIPOOL_IOC_MAGIC, AOIPOOL_CMD_POOL_POLICY)
#define AOIPOOL_POOL_TELL	_IO(AOIPOOL_IOC_MAGIC, AOIPOOL_CMD_POOL_TELL)

/**
 * struct aoipool_info - the module, its bounds and what it owns (AOIPOOL_INFO)
 * @size: sizeof(struct aoipool_info)
 * @flags: in, must be 0
 * @abi_version: out, AOIPOOL_ABI_VERSION of the module
 * @nr_pools: out, pools that exist
 * @block_bytes: out, AOIPOOL_BLOCK_BYTES of the module
 * @limit_blocks: out, bound on the blocks of all pools and the depot
 * @blocks_out: out, blocks taken from the page allocator since load
 * @blocks_in: out, blocks given back to the page allocator since load
 * @pool_blocks: out, blocks that pools have now
 * @depot_blocks: out, blocks that the depot has now;
 *	blocks_out - blocks_in = pool_blocks + depot_blocks when nothing moves
 * @reclaimed_blocks: out, blocks taken from pools since load, whatever the
 *	cause
 * @oom_calls: out, times the OOM notifier ran
 * @oom_blocks: out, blocks it gave back
 * @swept_slabs: out, slabs of dead clients parked since load
 */
struct aoipool_info {
	__u32 size;
	__u32 flags;
	__u32 abi_version;
	__u32 nr_pools;
	__aligned_u64 block_bytes;
	__aligned_u64 limit_blocks;
	__aligned_u64 blocks_out;
	__aligned_u64 blocks_in;
	__aligned_u64 pool_blocks;
	__aligned_u64 depot_blocks;
	__aligned_u64 reclaimed_blocks;
	__aligned_u64 oom_calls;
	__aligned_u64 oom_blocks;
	__aligned_u64 swept_slabs;
};

/* Which nodes the claims of a pool may name */
enum aoipool_node_policy {
	/* the claimer's node; another one when that has no memory */
	AOIPOOL_NODE_LOCAL	= 0,
	/* the nodes of the mask only */
	AOIPOOL_NODE_BIND	= 1,
	/* the nodes of the mask in turn, slab by slab */
	AOIPOOL_NODE_INTERLEAVE	= 2,
};

#define AOIPOOL_NODEMASK_WORDS	16	/* 1024 nodes */

/* At a level whose policy says so, reclaim takes from the reserve, too */
#define AOIPOOL_CREATE_GIVE_RESERVE	(1U << 0)

/**
 * struct aoipool_pool_create - create a pool (AOIPOOL_POOL_CREATE)
 * @size: sizeof(struct aoipool_pool_create)
 * @flags: AOIPOOL_CREATE_*
 * @name: printable, NUL-terminated, 1 to 31 bytes without '/'; need not be
 *	unique
 * @type: what the slots are, NUL-terminated, 1 to 31 printable bytes; who
 *	opens a pool with another type is refused
 * @slot_bytes: 1 to slab_blocks * 2 MiB; recorded, not interpreted
 * @slab_blocks: blocks a slab, 1 to AOIPOOL_MAX_SLAB_BLOCKS
 * @nr_slabs: 1 to AOIPOOL_MAX_SLABS; with slab_blocks the bound of the pool
 * @reserve_slabs: 0 to nr_slabs; once that many are populated, reclaim leaves
 *	that many
 * @node_policy: enum aoipool_node_policy
 * @nodemask: bit n of the array is node n.  LOCAL: must be empty.  BIND and
 *	INTERLEAVE: at least one node, each of which has memory
 * @linger_ms: must be 0 (kept for pools that outlive their last client)
 * @reserved: must be 0
 * @fd: out, the pool's descriptor, close-on-exec; the caller owns it
 * @client: out, the client number of this descriptor, never 0
 * @layout: out, how to map it
 *
 * Errors: EMFILE or ENFILE; ENOSPC when the pool alone exceeds the limit of the
 * module.
 */
struct aoipool_pool_create {
	__u32 size;
	__u32 flags;
	__u8 name[AOIPOOL_NAME_BYTES];
	__u8 type[AOIPOOL_TYPE_BYTES];
	__aligned_u64 slot_bytes;
	__u32 slab_blocks;
	__u32 nr_slabs;
	__u32 reserve_slabs;
	__u32 node_policy;
	__aligned_u64 nodemask[AOIPOOL_NODEMASK_WORDS];
	__u32 linger_ms;
	__u32 reserved;
	__s32 fd;
	__u32 client;
	struct aoipool_pool_layout layout;
};

/**
 * struct aoipool_pool_info - what a pool is and has (AOIPOOL_POOL_INFO)
 * @size: sizeof(struct aoipool_pool_info)
 * @flags: in, must be 0
 * @name: out, as created
 * @type: out, as created
 * @slot_bytes: out, as created
 * @slab_blocks: out, as created
 * @nr_slabs: out, as created
 * @reserve_slabs: out, as created
 * @node_policy: out, as created
 * @nodemask: out, the nodes that claims may name; all nodes with memory for
 *	AOIPOOL_NODE_LOCAL
 * @client: out, the client number of this descriptor
 * @nr_clients: out, descriptors with a client number
 * @absent_slabs: out, counted from the words, as are the next two
 * @held_slabs: out
 * @parked_slabs: out
 * @reserved: must be 0
 * @populated_blocks: out, from the kernel's records
 * @layout: out, how to map it
 * @pool: out, the number of the pool, which netlink calls POOL
 */
struct aoipool_pool_info {
	__u32 size;
	__u32 flags;
	__u8 name[AOIPOOL_NAME_BYTES];
	__u8 type[AOIPOOL_TYPE_BYTES];
	__aligned_u64 slot_bytes;
	__u32 slab_blocks;
	__u32 nr_slabs;
	__u32 reserve_slabs;
	__u32 node_policy;
	__aligned_u64 nodemask[AOIPOOL_NODEMASK_WORDS];
	__u32 client;
	__u32 nr_clients;
	__u32 absent_slabs;
	__u32 held_slabs;
	__u32 parked_slabs;
	__u32 reserved;
	__aligned_u64 populated_blocks;
	struct aoipool_pool_layout layout;
	__aligned_u64 pool;
};

/**
 * struct aoipool_pool_populate - bring the memory of held slabs
 *	(AOIPOOL_POOL_POPULATE)
 * @size: sizeof(struct aoipool_pool_populate)
 * @flags: must be 0
 * @first_slab: index of the first slab
 * @nr_slabs: 1 to the number of slabs from first_slab on
 * @done_slabs: out, also on error: slabs that are wholly populated now, counted
 *	from first_slab
 * @reserved: must be 0
 *
 * Each slab must be HELD by this client; its missing blocks are allocated on
 * the node in its word, cleared.  Blocks that are there keep their content.
 *
 * Errors: ESTALE a slab is not held by this client; ENOMEM the node has no
 * free block or is not in the caller's cpuset; EDQUOT the memory cgroup is at
 * its limit, and nothing idle is charged to it; ENOSPC the limit of the module
 * is reached; EPERM the word names a node outside the pool's policy; EINTR a
 * fatal signal came.  Slabs before @done_slabs stay populated.
 */
struct aoipool_pool_populate {
	__u32 size;
	__u32 flags;
	__u32 first_slab;
	__u32 nr_slabs;
	__u32 done_slabs;
	__u32 reserved;
};

/* Take from the reserve too */
#define AOIPOOL_TRIM_RESERVE	(1U << 0)

/**
 * struct aoipool_pool_trim - give parked slabs back (AOIPOOL_POOL_TRIM)
 * @size: sizeof(struct aoipool_pool_trim)
 * @flags: AOIPOOL_TRIM_*
 * @max_blocks: at most about so many (the last slab is taken whole); 0 is all
 * @freed_blocks: out
 * @pinned_slabs: out, parked slabs left alone because a block is pinned
 * @reserved: must be 0
 *
 * Errors: EINTR a fatal signal came; what was freed is in @freed_blocks.
 */
struct aoipool_pool_trim {
	__u32 size;
	__u32 flags;
	__aligned_u64 max_blocks;
	__aligned_u64 freed_blocks;
	__u32 pinned_slabs;
	__u32 reserved;
};

/**
 * struct aoipool_pool_attach - become one more client of a pool
 *	(AOIPOOL_POOL_ATTACH)
 * @size: sizeof(struct aoipool_pool_attach)
 * @flags: must be 0
 * @fd: out, a new descriptor of the same pool, close-on-exec
 * @client: out, its client number
 *
 * For a process that was given the descriptor (fork, SCM_RIGHTS): what it
 * claims through the new number is swept when the new descriptor closes.
 * Numbers of closed descriptors are used again, after their sweep.
 *
 * Errors: EMFILE or ENFILE; EUSERS all AOIPOOL_MAX_CLIENTS numbers are in use.
 */
struct aoipool_pool_attach {
	__u32 size;
	__u32 flags;
	__s32 fd;
	__u32 client;
};

/* Change the policy to what the struct says, before it is read back */
#define AOIPOOL_POLICY_SET	(1U << 0)

#define AOIPOOL_DECAY_OF_HOST	(~(__u32)0)
#define AOIPOOL_DECAY_NEVER	(~(__u32)0 - 1)
#define AOIPOOL_IDLE_OF_HOST	(~(__u64)0)

/**
 * struct aoipool_pool_policy - how long and how much a pool may keep idle
 *	(AOIPOOL_POOL_POLICY)
 * @size: sizeof(struct aoipool_pool_policy)
 * @flags: AOIPOOL_POLICY_*
 * @decay_ms: in and out, milliseconds after which a parked slab is taken, in
 *	rounds of a quarter of that; AOIPOOL_DECAY_OF_HOST (the default) is what
 *	the level's policy says, AOIPOOL_DECAY_NEVER is not at level none.  Under
 *	pressure the shorter of the pool's and the level's counts.
 * @reserved: must be 0
 * @idle_max_blocks: in and out, blocks of parked slabs above which the oldest
 *	are taken at the next round; AOIPOOL_IDLE_OF_HOST (the default) is without
 *	a bound of the pool's own.  The reserve stays in any case.
 */
struct aoipool_pool_policy {
	__u32 size;
	__u32 flags;
	__u32 decay_ms;
	__u32 reserved;
	__aligned_u64 idle_max_blocks;
};

/* A slab was parked, or several, while info->wanted was set */
#define AOIPOOL_TELL_FREED	(1U << 0)
/* Gets of this client found no free slot */
#define AOIPOOL_TELL_EXHAUSTED	(1U << 1)

/**
 * struct aoipool_pool_tell - what only a client can know (AOIPOOL_POOL_TELL)
 * @size: sizeof(struct aoipool_pool_tell)
 * @flags: AOIPOOL_TELL_*, at least one
 * @count: with AOIPOOL_TELL_EXHAUSTED, gets that failed since the last call; else
 *	0
 * @reserved: must be 0
 *
 * The library calls it once a second and pool at most.
 */
struct aoipool_pool_tell {
	__u32 size;
	__u32 flags;
	__u32 count;
	__u32 reserved;
};

/*
 * The first published size of each struct: the least that is ever accepted.
 * These numbers never change.
 */
#define AOIPOOL_INFO_SIZE_VER0		96
#define AOIPOOL_POOL_CREATE_SIZE_VER0	288
#define AOIPOOL_POOL_INFO_SIZE_VER0	304
#define AOIPOOL_POOL_POPULATE_SIZE_VER0	24
#define AOIPOOL_POOL_TRIM_SIZE_VER0	32
#define AOIPOOL_POOL_ATTACH_SIZE_VER0	16
#define AOIPOOL_POOL_POLICY_SIZE_VER0	24
#define AOIPOOL_POOL_TELL_SIZE_VER0	16

/**
 * DOC: The generic netlink family
 *
 * Family AOIPOOL_GENL_NAME, version AOIPOOL_GENL_VERSION.  Resolve its number
 * and that of the multicast group by the controller, as for every family; both
 * change when the module is loaded anew.
 *
 * Requests.  GET_STATE and TRIM answer with one message; the others are dumps,
 * which go on where they stopped, over pools that come and go in between:
 *
 *   GET_STATE    LEVEL SEQ LOST TIME_NS AVAILABLE_BYTES TOTAL_BYTES POOL_BYTES
 *                DEPOT_BYTES IDLE_BYTES RECLAIMED_BYTES NR_POOLS ABI_VERSION
 *                LIMIT_BYTES RESERVED_BYTES APART_BYTES SWEPT_SLABS OOM_CALLS
 *                OOM_BYTES FAILURES
 *   GET_NODES    a message a node with memory: NODE LEVEL AVAILABLE_BYTES
 *                TOTAL_BYTES POOL_BYTES DEPOT_BYTES RECLAIMED_BYTES
 *                POPULATED_BYTES FAILURES
 *   GET_POOLS    a message a pool: POOL NAME TYPE LEVEL SLAB_BYTES NR_SLABS
 *                HELD_SLABS PARKED_SLABS POOL_BYTES IDLE_BYTES RECLAIMED_BYTES
 *                NR_CLIENTS UID SLOT_BYTES HELD_BYTES RESERVED_BYTES APART_BYTES
 *                SWEPT_SLABS FAILURES
 *   GET_HOLDERS  a message a client: POOL NAME CLIENT PID COMM UID HELD_SLABS
 *                HELD_BYTES
 *   GET_SLABS    a message a slab that is HELD: POOL SLAB CLIENT PID UID NODE
 *                GENERATION HELD_BYTES.  With POOL in the request: of that pool
 *                only, ENOENT where there is none that the asker may see
 *   TRIM         takes what is parked, the oldest first, as AOIPOOL_POOL_TRIM
 *                does.  In the request, all optional: POOL, of that one only;
 *                NODE, what is there only; MAX_BYTES, about so much at most; the
 *                flags RESERVE, the reserves too, and DEPOT, what is left of
 *                MAX_BYTES from the depot, too.  Answer: RECLAIMED_BYTES
 *                DEPOT_BYTES, what came from where.  Only of pools that GET_POOLS
 *                shows the asker: ENOENT where POOL is none of them; DEPOT is
 *                EPERM without CAP_SYS_ADMIN; EINVAL: NODE has no memory; EINTR: a
 *                fatal signal came
 *
 * IDLE_BYTES is what is parked: in answers now, in events at the last ageing
 * rounds.  RESERVED_BYTES are what reserves keep of it, and APART_BYTES what cannot
 * be taken of it just now, because somebody pins it; nothing is in both.
 *
 * GET_STATE and GET_NODES are for everybody.  Of pools everybody sees those that
 * were created under his own user number, with all their holders and slabs, and of
 * the holders and slabs of other pools those that are his own clients.  Who has
 * CAP_SYS_ADMIN in the initial user namespace sees all.  A slab whose word names
 * nobody as its owner has PID 0 and the UID of nobody.
 *
 * Events, to the multicast group AOIPOOL_GENL_GROUP.  Each begins with SEQ,
 * TIME_NS, LOST:
 *
 *   LEVEL      a level changed: NODE (absent: the host) LEVEL LEVEL_BEFORE
 *              AVAILABLE_BYTES TOTAL_BYTES POOL_BYTES IDLE_BYTES HOLDERS
 *   RECLAIM    memory was taken: NODE RECLAIMED_BYTES RECLAIMED_SLABS (both
 *              since the last such event of the node) CAUSES LEVEL HOLDERS.  At
 *              most ten a second and node; what comes in between is added up
 *   SWEEP      a client is gone: POOL NAME CLIENT PID COMM SLABS HELD_BYTES
 *   EXHAUSTED  a pool could not serve: POOL NAME REASON COUNT LEVEL HOLDERS; at
 *              most one a second, pool and reason, with what came in between
 *              added up
 *
 * SEQ counts every event from the load of the module on, whether it could be
 * sent or not: who sees a gap has lost what is between, and GET_STATE tells where
 * the count is now.  LOST counts those that the module itself had to drop; in an
 * event, those of them that came before it.
 *
 * Pools belong to the host, not to a network namespace: every namespace has the
 * family and its events.  Outside the initial network namespace events come
 * without HOLDERS, PID and COMM, which are another's business there, and dumps
 * with PIDs of the asker's PID namespace, 0 where it has none for the process.
 *
 * HOLDERS is a nest of up to 5 HOLDER nests, the largest first: POOL NAME CLIENT
 * PID COMM HELD_BYTES.  PID and COMM are of the process that opened the
 * descriptor.
 */
#define AOIPOOL_GENL_NAME	"aoipool"
#define AOIPOOL_GENL_VERSION	1
#define AOIPOOL_GENL_GROUP	"pressure"

#define AOIPOOL_COMM_BYTES	16	/* with the terminating NUL */
#define AOIPOOL_MAX_HOLDERS	5

enum aoipool_genl_cmd {
	AOIPOOL_GENL_UNSPEC		= 0,
	AOIPOOL_GENL_GET_STATE		= 1,
	AOIPOOL_GENL_GET_NODES		= 2,
	AOIPOOL_GENL_GET_POOLS		= 3,
	AOIPOOL_GENL_GET_HOLDERS	= 4,
	AOIPOOL_GENL_GET_SLABS		= 5,
	AOIPOOL_GENL_TRIM		= 6,
	/* events */
	AOIPOOL_GENL_LEVEL		= 16,
	AOIPOOL_GENL_RECLAIM		= 17,
	AOIPOOL_GENL_SWEEP		= 18,
	AOIPOOL_GENL_EXHAUSTED		= 19,
};

enum aoipool_genl_attr {
	AOIPOOL_A_UNSPEC		= 0,
	AOIPOOL_A_PAD			= 1,	/* alignment of 64-bit values */
	AOIPOOL_A_SEQ			= 2,	/* u64 */
	AOIPOOL_A_TIME_NS		= 3,	/* u64, CLOCK_MONOTONIC */
	AOIPOOL_A_LOST			= 4,	/* u64 */
	AOIPOOL_A_NODE			= 5,	/* u32 */
	AOIPOOL_A_LEVEL			= 6,	/* u32, enum aoipool_pressure */
	AOIPOOL_A_LEVEL_BEFORE		= 7,	/* u32 */
	AOIPOOL_A_AVAILABLE_BYTES	= 8,	/* u64 */
	AOIPOOL_A_TOTAL_BYTES		= 9,	/* u64 */
	AOIPOOL_A_POOL_BYTES		= 10,	/* u64, that pools have */
	AOIPOOL_A_DEPOT_BYTES		= 11,	/* u64 */
	AOIPOOL_A_IDLE_BYTES		= 12,	/* u64, parked */
	AOIPOOL_A_RECLAIMED_BYTES	= 13,	/* u64 */
	AOIPOOL_A_RECLAIMED_SLABS	= 14,	/* u64 */
	AOIPOOL_A_CAUSES		= 15,	/* u32, AOIPOOL_CAUSE_* */
	AOIPOOL_A_NR_POOLS		= 16,	/* u32 */
	AOIPOOL_A_NR_CLIENTS		= 17,	/* u32 */
	AOIPOOL_A_POOL			= 18,	/* u64, never used again */
	AOIPOOL_A_NAME			= 19,	/* string */
	AOIPOOL_A_TYPE			= 20,	/* string */
	AOIPOOL_A_SLAB_BYTES		= 21,	/* u64 */
	AOIPOOL_A_NR_SLABS		= 22,	/* u32 */
	AOIPOOL_A_HELD_SLABS		= 23,	/* u32 */
	AOIPOOL_A_PARKED_SLABS		= 24,	/* u32 */
	AOIPOOL_A_HELD_BYTES		= 25,	/* u64, populated */
	AOIPOOL_A_CLIENT		= 26,	/* u32 */
	AOIPOOL_A_PID			= 27,	/* u32 */
	AOIPOOL_A_COMM			= 28,	/* string */
	AOIPOOL_A_UID			= 29,	/* u32, of the asker's user namespace */
	AOIPOOL_A_SLABS			= 30,	/* u32, that were swept */
	AOIPOOL_A_REASON		= 31,	/* u32, enum aoipool_exhausted */
	AOIPOOL_A_COUNT			= 32,	/* u64 */
	AOIPOOL_A_HOLDERS		= 33,	/* nest of HOLDER */
	AOIPOOL_A_HOLDER		= 34,	/* nest */
	AOIPOOL_A_ABI_VERSION		= 35,	/* u32 */
	AOIPOOL_A_LIMIT_BYTES		= 36,	/* u64 */
	AOIPOOL_A_RESERVED_BYTES	= 37,	/* u64 */
	AOIPOOL_A_APART_BYTES		= 38,	/* u64 */
	AOIPOOL_A_SWEPT_SLABS		= 39,	/* u64, since load or creation */
	AOIPOOL_A_OOM_CALLS		= 40,	/* u64 */
	AOIPOOL_A_OOM_BYTES		= 41,	/* u64 */
	AOIPOOL_A_FAILURES		= 42,	/* u64, populates that got no memory */
	AOIPOOL_A_POPULATED_BYTES	= 43,	/* u64, that pools were given, ever */
	AOIPOOL_A_SLOT_BYTES		= 44,	/* u64 */
	AOIPOOL_A_SLAB			= 45,	/* u32, its index */
	AOIPOOL_A_GENERATION		= 46,	/* u32 */
	AOIPOOL_A_MAX_BYTES		= 47,	/* u64 */
	AOIPOOL_A_RESERVE		= 48,	/* flag */
	AOIPOOL_A_DEPOT			= 49,	/* flag */

	__AOIPOOL_A_END,
	AOIPOOL_A_MAX			= __AOIPOOL_A_END - 1,
};

/* Why memory was taken; bits of AOIPOOL_A_CAUSES */
#define AOIPOOL_CAUSE_SHRINKER	(1U << 0)	/* the node or cgroup ran short */
#define AOIPOOL_CAUSE_OOM	(1U << 1)	/* the OOM notifier */
#define AOIPOOL_CAUSE_TRIM	(1U << 2)	/* somebody asked */
#define AOIPOOL_CAUSE_LIMIT	(1U << 3)	/* room for a populate */
#define AOIPOOL_CAUSE_DECAY	(1U << 4)	/* idle for long enough */
#define AOIPOOL_CAUSE_IDLE_MAX	(1U << 5)	/* too much was idle */

/* What a pool was short of */
enum aoipool_exhausted {
	AOIPOOL_EXHAUSTED_SLOTS		= 0,	/* all are out: AOIPOOL_POOL_TELL */
	AOIPOOL_EXHAUSTED_MEMORY	= 1,	/* the node */
	AOIPOOL_EXHAUSTED_LIMIT		= 2,	/* the module's bound */
	AOIPOOL_EXHAUSTED_CGROUP	= 3,	/* the memory cgroup */
};

#if defined(__cplusplus) && __cplusplus >= 201103L
#define __AOIPOOL_ASSERT(cond)	static_assert(cond, #cond)
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define __AOIPOOL_ASSERT(cond)	_Static_assert(cond, #cond)
#endif

#ifdef __AOIPOOL_ASSERT
#define __AOIPOOL_AT(type, member, offset) \
	__AOIPOOL_ASSERT(__builtin_offsetof(struct type, member) == (offset))

__AOIPOOL_ASSERT(sizeof(struct aoipool_info) == AOIPOOL_INFO_SIZE_VER0);
__AOIPOOL_AT(aoipool_info, block_bytes, 16);
__AOIPOOL_AT(aoipool_info, swept_slabs, 88);

__AOIPOOL_ASSERT(sizeof(struct aoipool_pool_create) ==
		 AOIPOOL_POOL_CREATE_SIZE_VER0);
__AOIPOOL_AT(aoipool_pool_create, name, 8);
__AOIPOOL_AT(aoipool_pool_create, type, 40);
__AOIPOOL_AT(aoipool_pool_create, slot_bytes, 72);
__AOIPOOL_AT(aoipool_pool_create, slab_blocks, 80);
__AOIPOOL_AT(aoipool_pool_create, nodemask, 96);
__AOIPOOL_AT(aoipool_pool_create, linger_ms, 224);
__AOIPOOL_AT(aoipool_pool_create, fd, 232);
__AOIPOOL_AT(aoipool_pool_create, client, 236);
__AOIPOOL_AT(aoipool_pool_create, layout, 240);

__AOIPOOL_AT(aoipool_pool_info, pool, AOIPOOL_POOL_INFO_SIZE_VER0);
__AOIPOOL_AT(aoipool_pool_info, nodemask, 96);
__AOIPOOL_AT(aoipool_pool_info, client, 224);
__AOIPOOL_AT(aoipool_pool_info, populated_blocks, 248);
__AOIPOOL_AT(aoipool_pool_info, layout, 256);

__AOIPOOL_ASSERT(sizeof(struct aoipool_pool_populate) ==
		 AOIPOOL_POOL_POPULATE_SIZE_VER0);
__AOIPOOL_AT(aoipool_pool_populate, done_slabs, 16);
__AOIPOOL_ASSERT(sizeof(struct aoipool_pool_trim) ==
		 AOIPOOL_POOL_TRIM_SIZE_VER0);
__AOIPOOL_AT(aoipool_pool_trim, freed_blocks, 16);
__AOIPOOL_ASSERT(sizeof(struct aoipool_pool_attach) ==
		 AOIPOOL_POOL_ATTACH_SIZE_VER0);
__AOIPOOL_AT(aoipool_pool_attach, client, 12);
__AOIPOOL_ASSERT(sizeof(struct aoipool_pool_policy) ==
		 AOIPOOL_POOL_POLICY_SIZE_VER0);
__AOIPOOL_AT(aoipool_pool_policy, idle_max_blocks, 16);
__AOIPOOL_ASSERT(sizeof(struct aoipool_pool_tell) ==
		 AOIPOOL_POOL_TELL_SIZE_VER0);
__AOIPOOL_ASSERT(sizeof(struct aoipool_pool_layout) == 48);
__AOIPOOL_ASSERT(sizeof(struct aoipool_pool_info_page) == 88);
__AOIPOOL_AT(aoipool_pool_info_page, host_level, 64);
__AOIPOOL_AT(aoipool_pool_info_page, grace_ns, 80);
#endif

#endif /* _UAPI_LINUX_AOIPOOL_H */
