/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * A pool's ledger: a small file without a name, which others may read, of what
 * the pool is and who has what of it.  The words of the user provider lie in it,
 * too.  A pool does without where there can be none.
 *
 * Notes are hints for people: nothing that the library does depends on one.
 */
#ifndef LEDGER_H
#define LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include "aoipool.h"
#include "ledger_format.h"
#include "self.h"

struct aoipool_pool;
struct aoipool_attr;

struct ledger {
	struct ledger_head *head;	/* the mapping; NULL: there is none */
	struct ledger_note *slabs;	/* of each slab; NULL: none are kept */
	struct ledger_note *slots;	/* of each index; NULL likewise */
	int fd;
	enum aoipool_custody_mode mode;	/* never AUTO */
	const struct aoipool_pool_info_page *info;	/* the provider's */
	struct ledger *next;		/* of those that are open */
};

/*
 * What the attribute and the environment say.  Return: enum
 * aoipool_custody_mode; -EINVAL, and the log says why.
 */
int ledger_mode(const struct aoipool_attr *attr);

/**
 * ledger_open() - make the ledger of a pool
 * @pool: nobody uses it yet
 *
 * Takes over the words of the user provider and counters.  What fails is logged, and the pool
 * has no ledger then.
 */
void ledger_open(struct aoipool_pool *pool, const struct aoipool_attr *attr,
		 enum aoipool_custody_mode mode);

/*
 * Give up the descriptor: no other process sees the pool then, this one does.
 * Return: whether there was one.
 */
bool ledger_conceal(struct ledger *ledger);

/* From now on others see the pool. */
void ledger_publish(struct ledger *ledger);
void ledger_hide(struct ledger *ledger);

/*
 * After the provider.  @forked: in a child, which has only the descriptor of it.
 */
void ledger_close(struct ledger *ledger, bool forked);

/* Writes a tag into all ledgers that are open, and those that will be. */
void ledger_write_tag(uint32_t tag, const char *name);

/* Calls @each with the ledgers that are open, none of which closes meanwhile. */
int ledger_each(int (*each)(void *arg, const struct ledger *ledger), void *arg);

/* Its holder only, once it has it. */
static inline void ledger_note_get(struct ledger_note *note, uint32_t node,
				   uint32_t gen)
{
	uint64_t who = self_who() | (uint64_t)(node & 0xff) << LEDGER_NODE_SHIFT |
		       (uint64_t)gen << LEDGER_GEN_SHIFT;

	__atomic_store_n(&note->since_ns, self_now_ns(), __ATOMIC_RELAXED);
	__atomic_store_n(&note->who, who, __ATOMIC_RELEASE);
}

/* Its holder only, before somebody else can have it. */
static inline void ledger_note_put(struct ledger_note *note)
{
	__atomic_store_n(&note->who, 0, __ATOMIC_RELAXED);
}

#endif
