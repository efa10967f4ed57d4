/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * The way out of an object: from the CPU's list, or from the home of a node, and
 * then the list is filled by the way; or it has to be known that there is none.
 * See object.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "object.h"
#include "pool.h"
#include "sys.h"

/* as many as are taken at once without asking malloc for room */
#define FEW	128

/* Generations in a cache line */
#define LINE_GENS	16

/*
 * Looks at threads that move slots.  They need microseconds, or as long as a
 * thread has to wait for a CPU.
 */
#define MOVER_PATIENCE	1000
#define MOVER_NAP_US	50

static uint32_t take_elsewhere(struct object_store *store, struct haul *haul,
			       uint32_t n)
{
	uint64_t nodes = store->homes.table->provider->nodes;
	uint32_t done = 0;

	for (; nodes && !done; nodes &= nodes - 1)
		done = home_take(&store->homes, __builtin_ctzll(nodes), haul, n,
				 true);
	return done;
}

/*
 * Only one thread brings a slab at a time; who waited for it finds its slots.
 * Without that every thread that meets an empty home would bring one.
 */
static int bring_slab(struct object_store *store, uint32_t node,
		      struct haul *haul, uint32_t n)
{
	struct slab taken;
	int err = slab_take(store->homes.table, node, &taken);

	object_set_poor(store, err && err != -EAGAIN);
	homes_set_dry(&store->homes, err == -EAGAIN);
	if (err)
		return err;
	slab_note(store->homes.table, &taken);
	home_add(&store->homes, &taken, haul, n);
	return 0;
}

static int refill(struct object_store *store, uint32_t node, uint32_t near,
		  struct haul *haul, uint32_t n)
{
	int err = 0;

	pthread_mutex_lock(&store->refill);
	if (!home_take(&store->homes, near, haul, n, true) &&
	    !(homes_are_dry(&store->homes) && take_elsewhere(store, haul, n)))
		err = bring_slab(store, node, haul, n);
	if (err && take_elsewhere(store, haul, n))
		err = 0;
	pthread_mutex_unlock(&store->refill);
	return err;
}

/* Up to @n slots, at least one, for a caller whom the budget has served. */
static int find_some(struct object_store *store, uint32_t node,
		     struct haul *haul, uint32_t n)
{
	struct slab_table *table = store->homes.table;
	uint32_t near = slab_near(table, node);
	uint32_t scans = slab_patience(table);
	int err;

	haul->nr = 0;
	while (scans--) {
		if (home_take(&store->homes, near, haul, n, true))
			return 0;
		err = refill(store, node, near, haul, n);
		if (err != -EAGAIN)
			return err;
		sys_yield();
	}
	return -EAGAIN;
}

static void construct(const struct aoipool_pool *pool, const struct haul *haul)
{
	uint32_t i;

	if (!hooks_any(&pool->hooks))
		return;
	for (i = 0; i < haul->nr; i++)
		if (haul->raw[i])
			hooks_raw(&pool->hooks,
				  object_ptr(pool, home_index(&pool->objects->homes,
							  haul->refs[i])));
}

static uint32_t count_remote(const struct homes *homes, const struct haul *haul,
			     uint32_t node)
{
	uint32_t i, slab, remote = 0;

	for (i = 0; i < haul->nr; i++) {
		slab = home_index(homes, haul->refs[i]) >> homes->shift;
		remote += home_node(homes, slab) != node;
	}
	return remote;
}

/*
 * The budget has served @n.  Return: how many were found; with fewer than @n
 * *@err says why.
 */
static size_t find(struct aoipool_pool *pool, uint64_t *refs, size_t n, int *err)
{
	struct object_store *store = pool->objects;
	uint32_t node = sys_node(), remote;
	struct haul haul;
	size_t found = 0;

	*err = 0;
	while (found < n) {
		*err = find_some(store, node, &haul,
				 n - found < HAUL ? n - found : HAUL);
		if (*err)
			break;
		construct(pool, &haul);
		memcpy(refs + found, haul.refs, haul.nr * sizeof(*refs));
		found += haul.nr;
		remote = count_remote(&store->homes, &haul, node);
		if (remote)
			stats_add(&pool->stats, STAT_REMOTE_GETS, remote);
	}
	return found;
}

/* For a caller whom the budget has served: all or none. */
static int find_all(struct aoipool_pool *pool, uint64_t *refs, size_t n)
{
	size_t found;
	int err;

	found = find(pool, refs, n, &err);
	if (!err)
		return 0;
	home_give(&pool->objects->homes, refs, found);
	budget_return(&pool->budget, n);
	return err;
}

/* Refs to spare go on the list; what has no room there, home, budget and all. */
static size_t keep_rest(struct aoipool_pool *pool, const uint64_t *refs,
			size_t n)
{
	struct lists *lists = &pool->objects->lists;
	size_t kept = n ? lists_push(lists, LISTS_NEAR, refs, n) : 0;

	if (n && !kept)
		lists_calm(lists, LISTS_NEAR);
	object_give_back(pool, refs + kept, n - kept);
	return kept;
}

/* How many more than the @n that are wanted to bring to this CPU's list. */
static size_t choose_extra(struct aoipool_pool *pool, size_t n)
{
	struct lists *lists = &pool->objects->lists;
	uint64_t free = budget_free(&pool->budget);
	uint64_t fair = free / (2 * lists->online);
	size_t extra;

	if (n > LISTS_BATCH || !lists_are_open(lists))
		return 0;
	lists_adapt(lists, LISTS_NEAR, free);
	/* whole lines of generations, not to share one with another CPU */
	extra = (n + lists_batch(lists, LISTS_NEAR)) / LINE_GENS * LINE_GENS;
	extra = extra > n ? extra - n : LINE_GENS - n % LINE_GENS;
	return extra < fair ? extra : fair;
}

/* What the budget has served too much goes back. */
static void settle(struct aoipool_pool *pool, size_t served, size_t found)
{
	if (served > found)
		budget_give(&pool->budget, served - found);
}

/*
 * A whole magazine, of at least @n.  Return: how many of the @served it took,
 * 0 for none.
 */
static size_t fetch_magazine(struct aoipool_pool *pool, uint64_t *refs,
			     size_t n, size_t served)
{
	struct homes *homes = &pool->objects->homes;
	uint32_t node = sys_node(), near = slab_near(homes->table, node);
	struct magazine *magazine = home_take_over(homes, near, n, served);
	size_t took;

	if (!magazine)
		return 0;
	took = magazine->nr;
	memcpy(refs, magazine->refs + took - n, n * sizeof(*refs));
	if (node != near)
		stats_add(&pool->stats, STAT_REMOTE_GETS, took);
	keep_rest(pool, magazine->refs, took - n);
	magazine->nr = 0;
	home_hand_over(homes, near, magazine);
	return took;
}

/*
 * A magazine that another CPU has handed over serves the caller and fills his
 * list, all without a look at a slab.
 */
static bool take_over(struct aoipool_pool *pool, uint64_t *refs, size_t n,
		      size_t extra)
{
	struct object_store *store = pool->objects;
	size_t served = 0, found = 0;

	object_begin_move(store);
	if (lists_are_open(&store->lists))
		served = budget_take_some(&pool->budget, n, n + extra);
	if (served) {
		found = fetch_magazine(pool, refs, n, served);
		settle(pool, served, found);
	}
	object_end_move(store);
	return found;
}

/* Return: how many were found; *@more: there is room for others. */
static uint32_t top_up_step(struct aoipool_pool *pool, uint32_t near, size_t n,
			    bool *more)
{
	struct object_store *store = pool->objects;
	struct haul haul;

	haul.nr = 0;
	home_take(&store->homes, near, &haul, n < HAUL ? n : HAUL,
		  !hooks_any(&pool->hooks));
	*more = haul.nr && keep_rest(pool, haul.refs, haul.nr) == haul.nr;
	return haul.nr;
}

/*
 * Brings a batch to the list, of what is at hand: neither a slab that is not
 * there yet, nor slots that the caller's constructor has to see first.
 */
static void top_up(struct aoipool_pool *pool, size_t extra)
{
	struct object_store *store = pool->objects;
	uint32_t node = sys_node(), near = slab_near(&pool->table, node);
	size_t served = 0, done = 0;
	bool more = true;

	object_begin_move(store);
	if (lists_are_open(&store->lists))
		served = budget_take_some(&pool->budget, 1, extra);
	while (done < served && more)
		done += top_up_step(pool, near, served - done, &more);
	settle(pool, served, done);
	object_end_move(store);
	if (done && node != near)
		stats_add(&pool->stats, STAT_REMOTE_GETS, done);
}

static bool has_magazine(const struct aoipool_pool *pool)
{
	const struct homes *homes = &pool->objects->homes;

	return home_has_magazine(homes, slab_near(homes->table, sys_node()));
}

/* What is at home; brings this CPU's list a batch by the way. */
static int fetch(struct aoipool_pool *pool, uint64_t *refs, size_t n)
{
	size_t extra;
	int err;

	object_loosen(pool);
	extra = choose_extra(pool, n);
	if (extra && has_magazine(pool) && take_over(pool, refs, n, extra))
		return 0;
	if (!budget_take_some(&pool->budget, n, n))
		return -EAGAIN;
	err = find_all(pool, refs, n);
	if (!err && extra)
		top_up(pool, extra);
	return err;
}

/* Lists are closed: what movers have in hand will come to the budget. */
static void await_movers(struct aoipool_pool *pool, size_t n)
{
	const uint32_t *moving = &pool->objects->moving;
	uint32_t looks;

	for (looks = MOVER_PATIENCE; looks; looks--) {
		if (!__atomic_load_n(moving, __ATOMIC_SEQ_CST) ||
		    budget_free(&pool->budget) >= n)
			return;
		/* not a yield: he may have less priority than we have */
		sys_nap_us(MOVER_NAP_US);
	}
}

/*
 * As a waiter from the start, also with no time to wait: as long as there is
 * one the lists stay closed.
 */
static int fetch_last(struct aoipool_pool *pool, uint64_t *refs, size_t n,
		      int timeout_ms)
{
	struct budget *budget = &pool->budget;
	int err;

	wait_join(&budget->gate.waiters, n > 1);
	object_tighten(pool);
	await_movers(pool, n);
	err = budget_take(budget, n, timeout_ms);
	wait_leave(&budget->gate.waiters, n > 1);
	return err ? err : find_all(pool, refs, n);
}

/*
 * There is no memory for more: what is left is what lists hold, and others'
 * homes.  They stay closed until there is some again.  @err: why not.
 */
static int fetch_poor(struct aoipool_pool *pool, uint64_t *refs, size_t n,
		      int err)
{
	struct object_store *store = pool->objects;
	struct haul haul;
	size_t found = 0;

	object_tighten(pool);
	if (!budget_take_some(&pool->budget, n, n))
		return err;
	do {
		haul.nr = 0;
		take_elsewhere(store, &haul, n - found < HAUL ? n - found : HAUL);
		construct(pool, &haul);
		memcpy(refs + found, haul.refs, haul.nr * sizeof(*refs));
		found += haul.nr;
	} while (haul.nr && found < n);
	/* slabs that the lists' slots completed are parked, and still there */
	if (found < n)
		found += find(pool, refs + found, n - found, &err);
	if (found == n)
		return 0;
	home_give(&store->homes, refs, found);
	budget_return(&pool->budget, n);
	return err;
}

/* The lists had nothing. */
static int gather_slowly(struct aoipool_pool *pool, uint64_t *refs, size_t n,
			 int timeout_ms)
{
	int err = fetch(pool, refs, n);

	if (err == -EAGAIN)
		return fetch_last(pool, refs, n, timeout_ms);
	return err ? fetch_poor(pool, refs, n, err) : 0;
}

struct wish {
	struct aoipool_pool *pool;
	uint64_t *refs;
	size_t n;
};

static int try_wish(void *arg)
{
	struct wish *wish = arg;

	return gather_slowly(wish->pool, wish->refs, wish->n, 0);
}

/* Until there is memory.  As long as anybody waits the lists stay closed. */
static int gather_waiting(struct aoipool_pool *pool, uint64_t *refs, size_t n,
			  int timeout_ms)
{
	struct wish wish = { .pool = pool, .refs = refs, .n = n };
	struct visit visit = {
		.try = try_wish,
		.arg = &wish,
		.many = n > 1,
	};
	struct timespec room;
	const struct timespec *deadline = wait_deadline(timeout_ms, &room);
	int err = gather_slowly(pool, refs, n, timeout_ms);

	if (!gate_is_hungry(err))
		return err;
	return gate_pass_until(&pool->budget.gate, &visit, deadline);
}

static int gather(struct aoipool_pool *pool, uint64_t *refs, size_t n,
		  int timeout_ms)
{
	int err;

	if (lists_pop(&pool->objects->lists, refs, n))
		return 0;
	err = timeout_ms ? gather_waiting(pool, refs, n, timeout_ms) :
			   gather_slowly(pool, refs, n, 0);
	if (!err)
		stats_add(&pool->stats, STAT_GETS, n);
	return err;
}

static void hand_out_dressed(struct aoipool_pool *pool, uint64_t ref,
			     struct aoipool_slot *slot)
{
	struct homes *homes = &pool->objects->homes;
	uint32_t index = home_index(homes, ref);

	if (pool->objects->marks) {
		ref += 1ULL << 32;
		__atomic_store_n(&homes->gens[index], ref >> 32,
				 __ATOMIC_RELEASE);
	}
	slot->ptr = object_ptr(pool, index);
	slot->ref = ref;
	if (pool->ledger.slots)
		ledger_note_get(&pool->ledger.slots[index],
				home_node(homes, index >> homes->shift),
				ref >> 32);
	if (hooks_any(&pool->hooks) && !hooks_get(&pool->hooks, slot->ptr))
		pool_complain(pool, index);
}

static void hand_out_plain(const struct object_store *store,
			   const uint64_t *refs, size_t n,
			   struct aoipool_slot *slots)
{
	/* a copy, which no store to a slot can change */
	const struct aoipool_hot shape = store->shape;
	size_t i;

	if (!shape.skip) {
		for (i = 0; i < n; i++) {
			slots[i].ptr = (void *)(shape.data +
						(uint32_t)refs[i] *
							shape.stride);
			slots[i].ref = refs[i];
		}
		return;
	}
	for (i = 0; i < n; i++) {
		slots[i].ptr = aoipool_hot_ptr(&shape, refs[i]);
		slots[i].ref = refs[i];
	}
}

static void hand_out(struct aoipool_pool *pool, const uint64_t *refs, size_t n,
		     struct aoipool_slot *slots)
{
	size_t i;

	if (object_is_plain(pool))
		hand_out_plain(pool->objects, refs, n, slots);
	else
		for (i = 0; i < n; i++)
			hand_out_dressed(pool, refs[i], &slots[i]);
}

/* The caller's array stays as it is until nothing can fail any more. */
int object_get(struct aoipool_pool *pool, struct aoipool_slot *slots, size_t n,
	       int timeout_ms)
{
	uint64_t few[FEW], *refs = few;
	int err;

	if (n > FEW)
		refs = malloc(n * sizeof(*refs));
	if (!refs)
		return -ENOMEM;
	err = gather(pool, refs, n, timeout_ms);
	if (!err)
		hand_out(pool, refs, n, slots);
	if (refs != few)
		free(refs);
	return err;
}
