/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
#ifndef POOL_H
#define POOL_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

#include "aoipool.h"
#include "attr.h"
#include "budget.h"
#include "frame.h"
#include "governed.h"
#include "hooks.h"
#include "layout.h"
#include "ledger.h"
#include "object.h"
#include "prefill.h"
#include "provider.h"
#include "refspace.h"
#include "slab.h"
#include "stats.h"

struct aoipool_pool {
	struct aoipool_hot hot;		/* first: see aoipool/inline.h */
	uint64_t slots;
	struct refrange range;
	struct geometry geometry;
	struct provider provider;
	struct ledger ledger;
	struct slab_table table;
	struct object_store *objects;	/* NULL: a frame pool */
	struct budget budget;		/* of objects */
	struct frame_store frames;
	struct stats stats;
	struct hooks hooks;
	struct log log;
	struct aoipool_frame_layout frame;
	struct prefill prefill;
	struct governed governed;
};

/**
 * pool_open_on() - aoipool_pool_open() on a given provider
 * @ops: NULL: as the attributes, the environment and the host say
 */
int pool_open_on(const struct aoipool_attr *attr,
		 const struct aoipool_provider_ops *ops,
		 struct aoipool_pool **pool);

/* Counts why a get failed and has it told; returns @err. */
int pool_count_failure(struct aoipool_pool *pool, int err);
/* The same of a get that may have failed. */
static inline int pool_failure(struct aoipool_pool *pool, int err)
{
	return err ? pool_count_failure(pool, err) : 0;
}

/* A slot was found with its poison damaged. */
void pool_complain(struct aoipool_pool *pool, uint32_t slot);

/* -EPERM in a child of the process that opened the pool. */
static inline int pool_enter(const struct aoipool_pool *pool)
{
	return refspace_forked(&pool->range) ? -EPERM : 0;
}

#endif
