/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * What a ledger's file looks like, for the library that keeps it and for the one
 * that reads it, which may be another build in another process: fixed sizes, the
 * machine's byte order, grown at the end only.  A change of meaning raises
 * LEDGER_LAYOUT.  See libaoipool/docs/custody.md.
 *
 *	0		struct ledger_head
 *	tags_at		LEDGER_TAGS names of LEDGER_TAG_BYTES
 *	words_at	nr_slabs slab words; 0: they are elsewhere
 *	slabs_at	nr_slabs struct ledger_note; 0: none are kept
 *	slots_at	nr_slabs << index_shift struct ledger_note; 0: likewise
 */
#ifndef LEDGER_FORMAT_H
#define LEDGER_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#include <linux/aoipool.h>

/* The name of the file, as /proc shows it. */
#define LEDGER_NAME		"aoipool-ledger"

#define LEDGER_MAGIC		0x72656764656c5041ULL	/* "APledger" */
#define LEDGER_LAYOUT		1
#define LEDGER_PAGE		4096

#define LEDGER_TAGS		256
#define LEDGER_TAG_BYTES	48

/*
 * Who has the slab or the slot.  @who is 0 while nobody does; else, from the
 * lowest bit on: 24 bits of the thread's number, 8 of the tag, 8 of the node, 24
 * of the generation.  @since_ns is older than @who.  Where there are words, those
 * tell whether anybody has a slab, and a note of another generation is old.
 */
struct ledger_note {
	uint64_t since_ns;	/* CLOCK_MONOTONIC, as the coarse clock has it */
	uint64_t who;
};

#define LEDGER_TID_BITS		24
#define LEDGER_TAG_SHIFT	24
#define LEDGER_NODE_SHIFT	32
#define LEDGER_GEN_SHIFT	40
#define LEDGER_GEN_MASK		((1U << 24) - 1)

static inline uint64_t ledger_who(uint32_t tid, uint32_t tag)
{
	return tid | (uint64_t)tag << LEDGER_TAG_SHIFT;
}

static inline uint32_t ledger_who_tid(uint64_t who)
{
	return who & ((1U << LEDGER_TID_BITS) - 1);
}

static inline uint32_t ledger_who_tag(uint64_t who)
{
	return who >> LEDGER_TAG_SHIFT & 0xff;
}

static inline uint32_t ledger_who_node(uint64_t who)
{
	return who >> LEDGER_NODE_SHIFT & 0xff;
}

static inline uint32_t ledger_who_gen(uint64_t who)
{
	return who >> LEDGER_GEN_SHIFT;
}

/* What changes while the pool is open; atomics. */
struct ledger_live {
	uint64_t exhausted;
	uint64_t no_memory;
	uint64_t misuses;
	uint64_t reclaimed_slabs;	/* of the module's pools, now and then */
	uint64_t block_bytes;
	uint32_t level;
	uint32_t reserved;
	uint64_t pad[2];
	uint64_t free_slots;		/* of objects, but for those on lists */
	uint64_t pad_after[7];
};

/* @state: 0 until all else is there, and again when the pool is closed. */
struct ledger_head {
	uint64_t magic;
	uint32_t layout;
	uint32_t head_bytes;		/* sizeof(struct ledger_head) */
	uint32_t state;			/* enum ledger_state; atomic */
	uint32_t pid;			/* of the owner, as it sees itself */
	uint64_t start_ticks;		/* of the owner, see proc(5); 0: not known */
	uint64_t file_bytes;
	uint64_t tags_at;
	uint64_t words_at;
	uint64_t slabs_at;
	uint64_t slots_at;
	uint64_t pool;
	uint64_t opened_ns;
	uint64_t kernel_pool;
	uint32_t mode;			/* enum aoipool_custody_mode */
	uint32_t is_kernel;
	uint32_t is_frames;
	uint32_t client;		/* the owner that held words name */
	uint64_t slots;
	uint64_t slot_bytes;
	uint32_t slab_blocks;
	uint32_t nr_slabs;
	uint32_t slab_slots;
	uint32_t index_shift;
	uint32_t reserve_slabs;
	uint32_t node_policy;
	uint64_t nodes;
	char name[AOIPOOL_NAME_BYTES];
	char type[AOIPOOL_TYPE_BYTES];
	uint64_t reserved[8];
	/* of the user provider, else zeroes */
	struct aoipool_pool_info_page info __attribute__((aligned(64)));
	struct ledger_live live __attribute__((aligned(64)));
};

enum ledger_state {
	LEDGER_MADE	= 0,
	LEDGER_OPEN	= 1,
};

_Static_assert(sizeof(struct ledger_note) == 16, "layout of the file");
_Static_assert(offsetof(struct ledger_head, name) == 160 &&
	       offsetof(struct ledger_head, info) == 320 &&
	       offsetof(struct ledger_head, live) == 448 &&
	       offsetof(struct ledger_live, free_slots) == 64 &&
	       sizeof(struct ledger_head) == 576,
	       "layout of the file");

#endif
