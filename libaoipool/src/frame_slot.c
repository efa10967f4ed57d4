/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
#include "frame_slot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* as many as are taken at once without asking malloc for room */
#define FEW	32

/* The slab is held, so its byte of table->raw is ours. */
static __attribute__((noinline)) void dress(struct aoipool_pool *pool,
					    uint32_t slab, void *ptr)
{
	if (pool->table.raw[slab])
		hooks_raw(&pool->hooks, ptr);
	pool->table.raw[slab] = false;
	if (!hooks_get(&pool->hooks, ptr))
		pool_complain(pool, slab);
}

static void hand_out(struct aoipool_pool *pool, struct here here,
		     const struct slab *slab, struct aoipool_slot *slot)
{
	frame_slot_fill(pool, slab, slot);
	if (slab->node != here.node)
		stats_add(&pool->stats, STAT_REMOTE_GETS, 1);
	if (hooks_any(&pool->hooks))
		dress(pool, slab->index, slot->ptr);
}

static int get(struct aoipool_pool *pool, struct here here, struct slab *slabs,
	       size_t n, int timeout_ms)
{
	int err = frame_get(&pool->frames, here, slabs, n, timeout_ms);

	provider_tell(&pool->provider);
	return pool_failure(pool, err);
}

int frame_slot_get(struct aoipool_pool *pool, struct aoipool_slot *slot,
		   int timeout_ms)
{
	struct here here = here_now(&pool->frames.nodes);
	struct slab slab;
	int err = get(pool, here, &slab, 1, timeout_ms);

	if (!err)
		hand_out(pool, here, &slab, slot);
	return err;
}

int frame_slot_accept(struct aoipool_pool *pool, struct aoipool_slot *slot,
		      uint32_t slab)
{
	uint64_t word = slab_word(&pool->table, slab);
	struct slab held = {
		.index = slab,
		.node = aoipool_word_node(word),
		.gen = aoipool_word_gen(word),
		.fresh = slab_is_incomplete(&pool->table, slab),
	};

	if (frame_accept(&pool->frames, &held))
		return frame_slot_get(pool, slot, 0);
	hand_out(pool, here_now(&pool->frames.nodes), &held, slot);
	return 0;
}

int frame_slot_get_many(struct aoipool_pool *pool, struct aoipool_slot *slots,
			size_t n, int timeout_ms)
{
	struct here here = here_now(&pool->frames.nodes);
	struct slab few[FEW], *slabs = few;
	size_t i;
	int err;

	if (n > FEW)
		slabs = malloc(n * sizeof(*slabs));
	if (!slabs)
		return -ENOMEM;
	err = get(pool, here, slabs, n, timeout_ms);
	for (i = 0; i < n && !err; i++)
		hand_out(pool, here, &slabs[i], &slots[i]);
	if (slabs != few)
		free(slabs);
	return err;
}

/* The slot of a ref, or why it is refused. */
static int find(const struct aoipool_pool *pool, aoipool_ref_t ref,
		uint32_t *slab)
{
	*slab = ref_slot(&pool->range, ref);
	if (*slab < pool->range.slots)
		return 0;
	return refspace_misuse(&pool->range, (uint32_t)ref);
}

/* A pool that was reset since knows why better than the slab word. */
static int why_refused(const struct aoipool_pool *pool, uint32_t slab,
		       uint32_t gen, int err)
{
	const uint32_t *retired = pool->frames.retired;

	return retired && (int32_t)(retired[slab] - gen) > 0 ? -EIDRM : err;
}

/* Return: whether nobody else has begun to put the slab under @gen or later. */
static bool begin_put(struct frame_store *frames, uint32_t slab, uint32_t gen)
{
	uint32_t last = __atomic_load_n(&frames->leaving[slab],
					__ATOMIC_RELAXED);

	while ((int32_t)(gen + 1 - last) > 0)
		if (__atomic_compare_exchange_n(&frames->leaving[slab], &last,
						gen + 1, true, __ATOMIC_ACQ_REL,
						__ATOMIC_RELAXED))
			return true;
	return false;
}

/*
 * What is done to the slot is done while it is still held, for once it is
 * parked it may be somebody else's; and by the one who was first to begin.
 */
static int put_dressed(struct aoipool_pool *pool, uint32_t slab, uint32_t gen)
{
	int err = slab_check(&pool->table, slab, gen);

	if (err)
		return err;
	if (!begin_put(&pool->frames, slab, gen))
		return -EALREADY;
	hooks_put(&pool->hooks, provider_slab(&pool->provider, slab));
	return frame_put(&pool->frames, &pool->table, here_cpu(), slab,
				    gen);
}

static inline int put(struct aoipool_pool *pool, uint32_t slab, uint32_t gen)
{
	int err = hooks_any(&pool->hooks) ?
			  put_dressed(pool, slab, gen) :
			  frame_put(&pool->frames, &pool->table, here_cpu(), slab,
				    gen);

	return err ? why_refused(pool, slab, gen, err) : 0;
}

int frame_slot_put(struct aoipool_pool *pool, aoipool_ref_t ref)
{
	uint32_t slab;
	int err = find(pool, ref, &slab);

	return err ? err : put(pool, slab, ref_gen(&pool->range, ref));
}

/* Under the generation that it has now. */
int frame_slot_put_ptr(struct aoipool_pool *pool, const void *ptr)
{
	size_t bytes = provider_slab_bytes(&pool->provider);
	size_t offset = (uintptr_t)ptr - (uintptr_t)pool->provider.data;
	size_t slab = offset / bytes;
	int err;

	if (offset % bytes || slab >= pool->slots)
		return -EINVAL;
	err = put(pool, slab, aoipool_word_gen(slab_word(&pool->table, slab)));
	return err == -ESTALE ? -EALREADY : err;
}

int frame_slot_look_up(const struct aoipool_pool *pool, aoipool_ref_t ref,
		       void **ptr)
{
	uint32_t slab, gen = ref_gen(&pool->range, ref);
	int err = find(pool, ref, &slab);

	if (err)
		return err;
	err = slab_check(&pool->table, slab, gen);
	if (err)
		return why_refused(pool, slab, gen, err);
	*ptr = provider_slab(&pool->provider, slab);
	return 0;
}

int frame_slot_reset(struct aoipool_pool *pool)
{
	uint32_t slabs;
	int err = frame_reset(&pool->frames, &slabs);

	if (err)
		return err;
	stats_add(&pool->stats, STAT_RESET_SLOTS, slabs);
	memset(pool->table.raw, true, pool->table.nr);
	return 0;
}
