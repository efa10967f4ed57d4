/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * aoipool - huge-page slabs for machine vision: the contract between the
 * kernel module and user space.  The only header both sides share.
 *
 * Three things are written here and nowhere else: the slab word with its
 * arcs, the layout of a pool's mapping, and the ioctls with their errors.
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
 * poll() on the descriptor: POLLIN while a slab is ABSENT or PARKED.  Waiters
 * are woken by the kernel's own arcs (sweep), not by those of other clients.
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
	__u32 pressure_level;		/* enum aoipool_pressure */
	__aligned_u64 pressure_seq;	/* counts changes of the level */
	__aligned_u64 populated_slabs;	/* with all their blocks, now */
	__aligned_u64 populated_blocks;	/* now */
	__aligned_u64 reclaimed_slabs;	/* taken since creation, trim included */
	__aligned_u64 reclaimed_blocks;
	__aligned_u64 swept_slabs;	/* since creation */
	__aligned_u64 populate_failures;
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
	/* 0x25 is kept for the policy of a pool (decay, lingering) */
};

/* On the device */
#define AOIPOOL_INFO		_IO(AOIPOOL_IOC_MAGIC, AOIPOOL_CMD_INFO)
#define AOIPOOL_POOL_CREATE	_IO(AOIPOOL_IOC_MAGIC, AOIPOOL_CMD_POOL_CREATE)
/* On a pool */
#define AOIPOOL_POOL_INFO	_IO(AOIPOOL_IOC_MAGIC, AOIPOOL_CMD_POOL_INFO)
#define AOIPOOL_POOL_POPULATE	_IO(AOIPOOL_IOC_MAGIC, AOIPOOL_CMD_POOL_POPULATE)
#define AOIPOOL_POOL_TRIM	_IO(AOIPOOL_IOC_MAGIC, AOIPOOL_CMD_POOL_TRIM)
#define AOIPOOL_POOL_ATTACH	_IO(AOIPOOL_IOC_MAGIC, AOIPOOL_CMD_POOL_ATTACH)

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
 * @reclaimed_blocks: out, blocks taken from pools by shrinker, OOM notifier
 *	and trim since load
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

/**
 * struct aoipool_pool_create - create a pool (AOIPOOL_POOL_CREATE)
 * @size: sizeof(struct aoipool_pool_create)
 * @flags: must be 0
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
 * free block or is not in the caller's cpuset, or the memory cgroup is at its
 * limit; ENOSPC the limit of the module is reached; EPERM the word names a node outside the pool's policy;
 * EINTR a fatal signal came.  Slabs before @done_slabs stay populated.
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

__AOIPOOL_ASSERT(sizeof(struct aoipool_pool_info) ==
		 AOIPOOL_POOL_INFO_SIZE_VER0);
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
__AOIPOOL_ASSERT(sizeof(struct aoipool_pool_layout) == 48);
__AOIPOOL_ASSERT(sizeof(struct aoipool_pool_info_page) == 64);
#endif

#endif /* _UAPI_LINUX_AOIPOOL_H */
