/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * A provider gives a pool its words, its memory and somebody who plays the
 * kernel's arcs.  The common code works on the words by itself and calls a
 * provider only for memory: never on the path of a warm get or put.
 */
#ifndef PROVIDER_H
#define PROVIDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/aoipool.h>

#include "aoipool.h"
#include "ledger_format.h"
#include "log.h"

#define PROVIDER_REASON_BYTES	256
#define PROVIDER_MAX_NODES	64	/* as many as aoipool_attr_set_numa() */
#define PROVIDER_ALL_BLOCKS	UINT64_MAX

struct provider_params {
	const char *name;
	const char *type;		/* as the uapi has it: tag@version */
	size_t slot_bytes;
	uint32_t slab_blocks;
	uint32_t nr_slabs;
	uint32_t reserve_slabs;
	enum aoipool_numa numa;
	uint64_t nodes;			/* 0 for AOIPOOL_NUMA_LOCAL */
	uint32_t decay_ms;		/* AOIPOOL_DECAY_* */
	uint64_t idle_max_blocks;	/* AOIPOOL_IDLE_OF_HOST */
	bool reserve_yields;
	struct log log;
};

/* What a provider wants said, once, as soon as no lock is held. */
enum provider_note {
	PROVIDER_NOTE_SMALL_PAGES	= 1U << 0,
};

struct provider;
struct user_slabs;

/**
 * struct aoipool_provider_ops - one source of memory
 * @name: "kernel", "user"
 * @open: fill @provider's fields below ops and log; -errno and nothing left
 *	behind; may append to the reason
 * @populate: bring the memory of slabs that this client holds, on the node
 *	that each word names: what is missing comes zeroed, what is there stays.
 *	Returns only when no reclaim of these slabs is under way any more.
 *	-ENOMEM, -ENOSPC, -EDQUOT: slabs are wholly populated up to some point
 * @trim: take parked slabs until @max_blocks are free (the last slab is taken
 *	whole), but for the reserve; *@freed_blocks is set also on an error
 * @tell: so many gets have found no free slot; NULL where nobody wants to know
 * @close: of the process that opened; cannot fail
 * @abandon: of a fork()ed child, where the data is not mapped: give up only
 *	descriptors and memory of the child; touches no lock
 *
 * @populate and @trim may be called by several threads at once.
 */
struct aoipool_provider_ops {
	const char *name;
	int (*open)(struct provider *provider,
		    const struct provider_params *params);
	int (*populate)(struct provider *provider, uint32_t first_slab,
			uint32_t nr_slabs);
	int (*trim)(struct provider *provider, uint64_t max_blocks,
		    uint64_t *freed_blocks);
	void (*tell)(struct provider *provider, uint32_t exhausted);
	void (*close)(struct provider *provider);
	void (*abandon)(struct provider *provider);
};

struct provider {
	const struct aoipool_provider_ops *ops;
	struct log log;
	/* filled by ops->open */
	const struct aoipool_pool_info_page *info;
	struct user_slabs *slabs;	/* to be governed; NULL: the module does */
	int watch_fd;			/* the module's pool, to poll; or -1 */
	uint64_t *words;		/* atomics, shared with the reclaimer */
	unsigned char *data;
	uint32_t nr_slabs;
	uint32_t slab_blocks;
	uint32_t client;		/* the owner that claims name */
	enum aoipool_numa numa;
	uint64_t nodes;			/* bit n: claims may name node n */
	size_t block_bytes;		/* of the pages behind it; atomic */
	uint64_t kernel_pool;		/* the module's number; 0: none */
	struct ledger_live *live;	/* to be told what changes; NULL */
	uint32_t notes;			/* enum provider_note; atomic */
	char reason[PROVIDER_REASON_BYTES];
	void *priv;
};

extern const struct aoipool_provider_ops provider_kernel_ops;
extern const struct aoipool_provider_ops provider_user_ops;

/**
 * provider_open() - choose a provider and open it
 * @ask: the caller's wish; AUTO looks at the environment, then tries
 * @ops: not NULL: this one and no other (for a provider that a test brings)
 *
 * Return: 0; what ops->open() said; -EINVAL: the environment variable names no
 * provider.
 */
int provider_open(struct provider *provider, enum aoipool_provider ask,
		  const struct aoipool_provider_ops *ops,
		  const struct provider_params *params);

/* @forked: in a child of the process that opened it. */
void provider_close(struct provider *provider, bool forked);

/* Adds "; text", or "text" when nothing is there yet; cuts what is too long. */
__attribute__((format(printf, 2, 3))) void
provider_because(struct provider *provider, const char *format, ...);

/* Says what populate and trim left to be said; no lock may be held. */
void provider_tell(struct provider *provider);

static inline size_t provider_slab_bytes(const struct provider *provider)
{
	return (size_t)provider->slab_blocks << AOIPOOL_BLOCK_SHIFT;
}

static inline unsigned char *provider_slab(const struct provider *provider,
					   uint32_t slab)
{
	return provider->data + slab * provider_slab_bytes(provider);
}

#endif
