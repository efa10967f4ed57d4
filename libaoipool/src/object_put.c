/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * The way back of an object: the check of its ref, which decides between racing
 * putters, and then a place where it will be found; see object.c.
 */
#include <errno.h>
#include <string.h>

#include "object.h"
#include "pool.h"

/* as many as are looked at before they are laid down together */
#define FEW	128

static bool was_reset(const struct object_store *store, uint32_t index,
		      uint32_t gen)
{
	uint32_t left = store->retired ? store->retired[index] : 0;

	/* 0: the slot did not exist yet when the pool was reset */
	return left && (int32_t)(left - gen) > 0;
}

/* Why a ref of generation @gen is not the newest one. */
static int why_refused(const struct object_store *store, uint32_t index,
		       uint32_t gen)
{
	uint32_t now = __atomic_load_n(&store->homes.gens[index],
				       __ATOMIC_RELAXED);
	uint32_t since = now - gen;

	if (was_reset(store, index, gen))
		return -EIDRM;
	if (since == 1 || (store->marks && since == 2 && gen & 1))
		return -EALREADY;
	return -ESTALE;
}

/*
 * Whether a ref can be one that was handed out: not where the pool's indices
 * have gaps, and not of a slab that was never used, whose generations are all
 * still 0.
 */
static bool is_plausible(const struct object_store *store, uint32_t index,
			 uint32_t gen)
{
	const struct homes *homes = &store->homes;
	uint32_t slab = index >> homes->shift;

	if (store->marks && !(gen & 1))
		return false;
	return gen || (__atomic_load_n(&homes->slabs[slab].born,
				       __ATOMIC_RELAXED) &&
		       index - (slab << homes->shift) <
			       homes->geometry->slab_slots);
}

/* Decides between racing putters.  @next: out, the slot's next ref. */
static int release(const struct aoipool_pool *pool, aoipool_ref_t ref,
		   aoipool_ref_t *next)
{
	const struct object_store *store = pool->objects;
	uint32_t index = home_index(&store->homes, ref);
	uint32_t gen = ref >> 32;

	if (index >= pool->range.slots)
		return refspace_misuse(&pool->range, (uint32_t)ref);
	if (!is_plausible(store, index, gen))
		return was_reset(store, index, gen) ? -EIDRM : -ESTALE;
	if (!__atomic_compare_exchange_n(&store->homes.gens[index], &gen,
					 gen + 1, false, __ATOMIC_ACQ_REL,
					 __ATOMIC_RELAXED))
		return why_refused(store, index, ref >> 32);
	*next = ref + (1ULL << 32);
	return 0;
}

static enum lists_side side_of(const struct aoipool_pool *pool, uint64_t ref)
{
	const struct object_store *store = pool->objects;
	uint32_t index = home_index(&store->homes, ref), cpu;

	if (!store->homes.many_nodes)
		return LISTS_NEAR;
	cpu = lists_cpu(&store->lists);
	if (cpu >= store->lists.nr_cpus)
		return LISTS_NEAR;
	if (home_node(&store->homes, index >> store->homes.shift) ==
	    store->cpu_nodes[cpu])
		return LISTS_NEAR;
	return LISTS_AWAY;
}

/* For all to take, as a whole if they are of one node. */
static void send_home(struct aoipool_pool *pool, const uint64_t *refs,
		      uint32_t n)
{
	struct homes *homes = &pool->objects->homes;
	uint32_t node = home_of_all(homes, refs, n);
	struct magazine *magazine = NULL;

	if (node < PROVIDER_MAX_NODES)
		magazine = home_magazine(homes, node);
	if (!magazine) {
		object_give_back(pool, refs, n);
		return;
	}
	memcpy(magazine->refs, refs, n * sizeof(*refs));
	magazine->nr = n;
	home_hand_over(homes, node, magazine);
	budget_give(&pool->budget, n);
}

/* Into a magazine of the near node, if there is one; nothing is copied twice. */
static bool fill_magazine(struct aoipool_pool *pool, uint32_t batch)
{
	struct object_store *store = pool->objects;
	uint32_t near = slab_near(&pool->table, sys_node()), n;
	struct magazine *magazine = home_magazine(&store->homes, near);

	if (!magazine)
		return false;
	n = lists_spill(&store->lists, LISTS_NEAR, magazine->refs, batch);
	if (n && home_of_all(&store->homes, magazine->refs, n) != near) {
		home_give(&store->homes, magazine->refs, n);
		magazine->nr = 0;
	} else {
		magazine->nr = n;
	}
	home_hand_over(&store->homes, near, magazine);
	if (n)
		budget_give(&pool->budget, n);
	return true;
}

static void spill(struct aoipool_pool *pool, enum lists_side side,
		  uint32_t batch)
{
	uint64_t refs[FEW];
	uint32_t n;

	do {
		n = lists_spill(&pool->objects->lists, side, refs,
				batch < FEW ? batch : FEW);
		if (n)
			send_home(pool, refs, n);
		batch -= n;
	} while (n && batch);
}

/* The list has no room: a batch of it goes home. */
static void make_room(struct aoipool_pool *pool, enum lists_side side)
{
	struct lists *lists = &pool->objects->lists;
	uint32_t batch = lists_batch(lists, side);

	object_begin_move(pool->objects);
	if (side != LISTS_NEAR || !fill_magazine(pool, batch))
		spill(pool, side, batch);
	object_end_move(pool->objects);
	lists_adapt(lists, side, budget_free(&pool->budget));
}

/* Slots that are nobody's go where they will be found. */
static void lay_down(struct aoipool_pool *pool, enum lists_side side,
		     const uint64_t *refs, size_t n)
{
	struct lists *lists = &pool->objects->lists;
	size_t kept = lists_push(lists, side, refs, n);

	if (kept == n)
		return;
	if (lists_are_open(lists)) {
		make_room(pool, side);
		kept += lists_push(lists, side, refs + kept, n - kept);
	}
	if (kept == n)
		return;
	object_give_back(pool, refs + kept, n - kept);
	object_loosen(pool);
}

/* Something is to be done to a slot that comes back. */
static bool is_dressed(const struct aoipool_pool *pool)
{
	return hooks_any(&pool->hooks) || pool->ledger.slots;
}

static void take_back(struct aoipool_pool *pool, uint64_t ref)
{
	uint32_t index = home_index(&pool->objects->homes, ref);

	if (pool->ledger.slots)
		ledger_note_put(&pool->ledger.slots[index]);
	if (hooks_any(&pool->hooks))
		hooks_put(&pool->hooks, object_ptr(pool, index));
}

void object_put_rest(struct aoipool_pool *pool, aoipool_ref_t next)
{
	lay_down(pool, side_of(pool, next), &next, 1);
}

int object_put(struct aoipool_pool *pool, aoipool_ref_t ref)
{
	aoipool_ref_t next;
	int err = release(pool, ref, &next);

	if (err)
		return err;
	take_back(pool, next);
	object_put_rest(pool, next);
	return 0;
}

typedef uint64_t __attribute__((__may_alias__)) gen_pair_t;

/* Two generations that share eight bytes, as those lie in memory. */
static gen_pair_t join(uint32_t even, uint32_t odd)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return (uint64_t)odd << 32 | even;
#else
	return (uint64_t)even << 32 | odd;
#endif
}

/*
 * Slots got together are mostly neighbours: one compare-and-swap decides for
 * both.  Return: whether that worked; if not, nothing has changed.
 */
static inline bool release_pair(const struct aoipool_hot *shape,
				aoipool_ref_t a, aoipool_ref_t b)
{
	uint32_t index = (uint32_t)a, even, odd;
	gen_pair_t seen;

	/* chosen, not looked up: that the swap does not wait for */
	even = (index & 1 ? b : a) >> 32;
	odd = (index & 1 ? a : b) >> 32;
	/* 0 may be that of a slot which was never used */
	if ((uint32_t)(a ^ b) != 1 || index - shape->base >= shape->span ||
	    !even || !odd)
		return false;
	seen = join(even, odd);
	return __atomic_compare_exchange_n(
		(gen_pair_t *)(shape->gens +
			       sizeof(even) * (uintptr_t)(index & ~1U)),
		&seen, join(even + 1, odd + 1), false, __ATOMIC_ACQ_REL,
		__ATOMIC_RELAXED);
}

/*
 * As many as go without trouble; nothing is stored in between, for which the
 * next swap would wait.  Return: how many.
 */
static size_t release_run(const struct object_store *store,
			  const struct aoipool_slot *slots, size_t n)
{
	const struct aoipool_hot shape = store->shape;
	size_t i = 0;

	if (store->marks)
		return 0;
	while (i < n) {
		if (i + 1 < n &&
		    release_pair(&shape, slots[i].ref, slots[i + 1].ref))
			i += 2;
		else if (aoipool_hot_release(&shape, slots[i].ref))
			i++;
		else
			break;
	}
	return i;
}

/* @next: out, the refs of those that were not refused; @n is at most FEW. */
static size_t release_some(struct aoipool_pool *pool,
			   const struct aoipool_slot *slots, size_t n,
			   aoipool_ref_t *next, int *why)
{
	size_t done = 0, i = 0, run;
	int err;

	while (i < n) {
		for (run = release_run(pool->objects, slots + i, n - i); run;
		     run--)
			next[done++] = slots[i++].ref + (1ULL << 32);
		if (i == n)
			break;
		err = release(pool, slots[i++].ref, &next[done]);
		if (!err)
			done++;
		else if (stats_misuse(&pool->stats, err) && !*why)
			*why = err;
	}
	return done;
}

/* In runs of one side. */
static void lay_down_all(struct aoipool_pool *pool, const aoipool_ref_t *refs,
			 size_t n)
{
	enum lists_side side;
	size_t first, i;

	for (first = 0; first < n; first = i) {
		side = side_of(pool, refs[first]);
		i = first + 1;
		if (!pool->objects->homes.many_nodes)
			i = n;
		while (i < n && side_of(pool, refs[i]) == side)
			i++;
		lay_down(pool, side, refs + first, i - first);
	}
}

int object_put_many(struct aoipool_pool *pool, const struct aoipool_slot *slots,
		    size_t n)
{
	aoipool_ref_t next[FEW];
	size_t some, good, i;
	int why = 0;

	for (; n; n -= some, slots += some) {
		some = n < FEW ? n : FEW;
		good = release_some(pool, slots, some, next, &why);
		for (i = 0; i < good && is_dressed(pool); i++)
			take_back(pool, next[i]);
		lay_down_all(pool, next, good);
	}
	return why;
}

/* The index of the slot that begins at @ptr. */
static int find_index(const struct aoipool_pool *pool, const void *ptr,
		      uint32_t *index)
{
	const struct geometry *g = &pool->geometry;
	size_t slab_bytes = provider_slab_bytes(&pool->provider);
	size_t offset = (uintptr_t)ptr - (uintptr_t)pool->provider.data;
	size_t slab = offset / slab_bytes, inside = offset % slab_bytes;

	if (slab >= g->nr_slabs || inside % g->stride ||
	    inside / g->stride >= g->slab_slots)
		return -EINVAL;
	*index = (slab << g->index_shift) + inside / g->stride;
	return 0;
}

int object_put_ptr(struct aoipool_pool *pool, const void *ptr)
{
	const struct homes *homes = &pool->objects->homes;
	uint32_t index, gen;
	aoipool_ref_t next;
	int err;

	if (!pool->objects->marks)
		return -EOPNOTSUPP;
	err = find_index(pool, ptr, &index);
	if (err)
		return err;
	gen = __atomic_load_n(&homes->gens[index], __ATOMIC_RELAXED);
	if (!(gen & 1))
		return -EALREADY;
	err = release(pool, (uint64_t)gen << 32 | (homes->base + index), &next);
	if (err)
		return err == -ESTALE ? -EALREADY : err;
	take_back(pool, next);
	object_put_rest(pool, next);
	return 0;
}

int object_look_up(const struct aoipool_pool *pool, aoipool_ref_t ref,
		   void **ptr)
{
	const struct object_store *store = pool->objects;
	uint32_t index = home_index(&store->homes, ref);
	uint32_t gen = ref >> 32;

	if (index >= pool->range.slots)
		return refspace_misuse(&pool->range, (uint32_t)ref);
	if (!is_plausible(store, index, gen))
		return was_reset(store, index, gen) ? -EIDRM : -ESTALE;
	if (__atomic_load_n(&store->homes.gens[index], __ATOMIC_ACQUIRE) != gen)
		return why_refused(store, index, gen);
	*ptr = object_ptr(pool, index);
	return 0;
}

