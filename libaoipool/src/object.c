/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * All that is known of a slot besides is its generation, that of the ref which
 * may put it next.  put is one compare-and-swap to the next generation: it
 * decides between racing putters and refuses whatever is not the newest ref.
 * get changes nothing of the slot.  (In a pool that is put to by pointer, where
 * no generation comes along, it does: there an odd generation says that the slot
 * is held.)
 *
 * A free slot is in one of three places: on a CPU's list, in its node's home,
 * or in the hands of a thread that moves it between the two.  The budget counts
 * those at home, for whoever takes from there, be it for a list, is served by
 * the budget first.  So a get that meets an empty list and an empty budget
 * knows nothing yet: it closes the lists, brings home what is on them and waits
 * for the movers, and then the budget tells the truth.  The lists stay closed
 * while anybody waits for a slot, and until enough are free again; meanwhile
 * every get and put goes by the budget, which loses no wake-up.
 */
#include "object.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "pool.h"
#include "sys.h"

/* as many as are brought home at once */
#define FEW	128

/* Lists stay closed so long after there was no memory for a slab */
#define POOR_MS	1000

/* What was compiled into programs: to be changed with the soname only. */
_Static_assert(offsetof(struct aoipool_hot, nr_cpus) == 16 &&
	       offsetof(struct aoipool_hot, gens) == 32 &&
	       offsetof(struct aoipool_hot, homes) == 64 &&
	       sizeof(struct aoipool_hot) == 80,
	       "layout of what inline calls look at");
_Static_assert(offsetof(struct aoipool_pool, hot) == 0, "hot comes first");

static int init_cpu_nodes(struct aoipool_pool *pool)
{
	struct object_store *store = pool->objects;
	uint32_t n = store->lists.nr_cpus, i;

	if (!n)
		return 0;
	store->cpu_nodes = calloc(n, 1);
	if (!store->cpu_nodes)
		return -ENOMEM;
	host_cpu_nodes(store->cpu_nodes, n);
	for (i = 0; i < n; i++)
		store->cpu_nodes[i] = slab_near(&pool->table,
						store->cpu_nodes[i]);
	return 0;
}

static int init_parts(struct aoipool_pool *pool, const struct aoipool_attr *attr)
{
	struct object_store *store = pool->objects;
	int err;

	err = lists_init(&store->lists, attr->lists, pool->slots,
			 pool->geometry.stride, &attr->log);
	if (err)
		return err;
	err = homes_init(&store->homes, &pool->table, &pool->geometry,
			 store->lists.limit[LISTS_NEAR] ? 2 * store->lists.online : 0);
	if (err)
		goto exit_lists;
	err = init_cpu_nodes(pool);
	if (err)
		goto exit_homes;
	return 0;

exit_homes:
	homes_exit(&store->homes, false);
exit_lists:
	lists_exit(&store->lists);
	return err;
}

int object_store_init(struct aoipool_pool *pool, const struct aoipool_attr *attr)
{
	struct object_store *store = aligned_alloc(64, sizeof(*store));
	int err;

	if (!store)
		return -ENOMEM;
	memset(store, 0, sizeof(*store));
	sys_init_lock(&store->refill);
	store->marks = attr->put_by_pointer;
	pool->objects = store;
	err = init_parts(pool, attr);
	if (err) {
		free(store);
		pool->objects = NULL;
	}
	return err;
}

void object_store_exit(struct aoipool_pool *pool, bool forked)
{
	struct object_store *store = pool->objects;

	lists_exit(&store->lists);
	homes_exit(&store->homes, forked);
	free(store->cpu_nodes);
	free(store->retired);
	free(store);
	pool->objects = NULL;
}

bool object_is_plain(const struct aoipool_pool *pool)
{
	return !pool->objects->marks && !hooks_any(&pool->hooks) &&
	       !pool->ledger.slots;
}

static void choose_shape(struct aoipool_pool *pool)
{
	struct object_store *store = pool->objects;
	const struct geometry *g = &pool->geometry;
	uint64_t skip = provider_slab_bytes(&pool->provider) -
			((uint64_t)g->stride << g->index_shift);
	uintptr_t base = pool->range.base;

	store->shape = (struct aoipool_hot){
		.lists = store->lists.list,
		.rseq = pool->hot.rseq,
		.span = pool->range.slots,
		.base = base,
		.shift = g->index_shift,
		.gens = (uintptr_t)store->homes.gens -
			base * sizeof(*store->homes.gens),
		.data = (uintptr_t)pool->provider.data - base * g->stride -
			(base >> g->index_shift) * skip,
		.stride = g->stride,
		.skip = skip,
		.homes = store->homes.many_nodes ? store->homes.nodes : NULL,
		.cpu_nodes = store->cpu_nodes,
	};
}

void object_store_publish(struct aoipool_pool *pool)
{
	struct object_store *store = pool->objects;
	uint32_t salt = pool->range.salt;

	store->homes.base = pool->range.base;
	store->homes.first_gen = store->marks ? (salt | 2) & ~1U : salt | 1;
	choose_shape(pool);
	if (store->lists.mode == LISTS_RSEQ && object_is_plain(pool)) {
		pool->hot = store->shape;
		store->lists.valve_cpus = &pool->hot.nr_cpus;
	}
	lists_open(&store->lists, pool->slots);
}

void *object_ptr(const struct aoipool_pool *pool, uint32_t index)
{
	const struct aoipool_hot *shape = &pool->objects->shape;

	return aoipool_hot_ptr(shape, shape->base + index);
}

void object_give_back(struct aoipool_pool *pool, const uint64_t *refs, size_t n)
{
	if (!n)
		return;
	home_give(&pool->objects->homes, refs, n);
	budget_give(&pool->budget, n);
}

/* The valve is locked. */
static void bring_home(struct aoipool_pool *pool)
{
	struct object_store *store = pool->objects;
	uint64_t refs[FEW], sum = 0;
	uint32_t i, n;

	if (!lists_close(&store->lists))
		return;
	for (i = 0; i < lists_nr(&store->lists); i++)
		while ((n = lists_take(&store->lists, i, refs, FEW))) {
			home_give(&store->homes, refs, n);
			sum += n;
		}
	if (sum)
		budget_give(&pool->budget, sum);
}

/* Somebody waits for the next put, asleep or by the bell. */
static bool is_wanted(const struct aoipool_pool *pool)
{
	const struct gate *gate = &pool->budget.gate;

	return wait_anybody(&gate->waiters) || bell_armed(&gate->bell);
}

void object_tighten(struct aoipool_pool *pool)
{
	struct lists *lists = &pool->objects->lists;

	pthread_mutex_lock(&lists->valve);
	if (lists_are_open(lists) || !lists->at_rest)
		bring_home(pool);
	pthread_mutex_unlock(&lists->valve);
}

static uint64_t now_ms(void)
{
	struct timespec now;

	sys_now(&now);
	return now.tv_sec * 1000ULL + now.tv_nsec / 1000000;
}

bool object_is_poor(const struct object_store *store)
{
	uint64_t until = __atomic_load_n(&store->homes.poor_until,
					 __ATOMIC_RELAXED);

	return until && now_ms() < until;
}

void object_set_poor(struct object_store *store, bool poor)
{
	uint64_t *until = &store->homes.poor_until;

	if (poor || __atomic_load_n(until, __ATOMIC_RELAXED))
		__atomic_store_n(until, poor ? now_ms() + POOR_MS : 0,
				 __ATOMIC_RELAXED);
}

/*
 * Whoever waits has said so before it locked the valve to close the lists: it
 * is seen here, or it finds them open and closes them again.
 */
void object_loosen(struct aoipool_pool *pool)
{
	struct object_store *store = pool->objects;
	struct lists *lists = &store->lists;
	uint64_t free = budget_free(&pool->budget);

	if (lists_are_open(lists) || !lists_may_open(lists, free) ||
	    is_wanted(pool) || object_is_poor(store))
		return;
	pthread_mutex_lock(&lists->valve);
	if (!lists_are_open(lists) && !is_wanted(pool))
		lists_open(lists, free);
	pthread_mutex_unlock(&lists->valve);
}

int object_fd(struct aoipool_pool *pool)
{
	int fd = budget_fd(&pool->budget);

	/* the next put is to be heard; what is on lists already, too */
	if (bell_armed(&pool->budget.gate.bell))
		object_tighten(pool);
	return fd;
}

void object_drain(struct aoipool_pool *pool)
{
	struct lists *lists = &pool->objects->lists;
	bool reopen;

	pthread_mutex_lock(&lists->valve);
	reopen = lists_are_open(lists);
	if (reopen || !lists->at_rest)
		bring_home(pool);
	homes_drain(&pool->objects->homes);
	if (reopen)
		lists_open(lists, budget_free(&pool->budget));
	pthread_mutex_unlock(&lists->valve);
}

static void forget_notes(struct aoipool_pool *pool)
{
	uint32_t i;

	for (i = 0; i < pool->range.slots && pool->ledger.slots; i++)
		ledger_note_put(&pool->ledger.slots[i]);
}

int object_reset(struct aoipool_pool *pool)
{
	struct object_store *store = pool->objects;
	size_t indices = pool->range.slots;

	if (!store->retired)
		store->retired = calloc(indices, sizeof(*store->retired));
	if (!store->retired)
		return -ENOMEM;
	/* until the end: the governor may come to drain */
	pthread_mutex_lock(&store->lists.valve);
	stats_add(&pool->stats, STAT_RESET_SLOTS, object_out(pool));
	lists_forget(&store->lists);
	homes_reset(&store->homes, store->retired, store->marks);
	forget_notes(pool);
	budget_give(&pool->budget, budget_out(&pool->budget));
	pthread_mutex_unlock(&store->lists.valve);
	object_loosen(pool);
	return 0;
}

uint64_t object_out(const struct aoipool_pool *pool)
{
	uint64_t away = budget_out(&pool->budget);
	uint64_t listed = lists_fill(&pool->objects->lists);

	return away > listed ? away - listed : 0;
}
