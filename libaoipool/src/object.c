/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * What is known of a slot is one 64-bit value:
 *
 *    63        32 31       0
 *   +------------+----------+
 *   | generation |   link   |
 *   +------------+----------+
 *
 * The link is the next free slot of the slab while the slot is free, and a mark
 * while it is not.  put is one compare-and-swap from (generation, HELD) to
 * (generation + 1, LEAVING): it decides between racing putters, and refuses a
 * ref to a slot that is free, whatever its generation.  The winner alone then
 * links the slot, under the lock of its home node.  get takes a slot off the
 * list and leaves its generation as it is.  Generations outlive the slab's
 * memory, so a ref from before a reclaim stays stale.
 *
 * A slab without a free slot is on no list; one that is parked is on none
 * either, and whoever takes it next finds its list of free slots as it was.
 */
#include "object.h"

#include <errno.h>
#include <stdlib.h>

#include "sys.h"

#define LINK_HELD	0xffffffffU
#define LINK_LEAVING	0xfffffffeU
#define LINK_END	0xfffffffdU

static uint64_t slot_value(uint32_t gen, uint32_t link)
{
	return (uint64_t)gen << 32 | link;
}

static uint32_t slot_gen(uint64_t value)
{
	return value >> 32;
}

static uint32_t slot_link(uint64_t value)
{
	return (uint32_t)value;
}

static int init_nodes(struct object_store *store)
{
	int i;

	for (i = 0; i < PROVIDER_MAX_NODES; i++)
		pthread_mutex_init(&store->nodes[i].lock, NULL);
	return pthread_mutex_init(&store->refill, NULL);
}

int object_store_init(struct object_store *store, struct slab_table *table,
		      const struct geometry *geometry)
{
	size_t slots = (size_t)geometry->nr_slabs * geometry->slab_slots;

	*store = (struct object_store){
		.table = table,
		.geometry = *geometry,
		.slabs = calloc(geometry->nr_slabs, sizeof(*store->slabs)),
		.slots = calloc(slots, sizeof(*store->slots)),
	};
	if (!store->slabs || !store->slots) {
		object_store_exit(store);
		return -ENOMEM;
	}
	for (slots = 0; slots < geometry->nr_slabs; slots++)
		store->slabs[slots].head = LINK_END;
	return -init_nodes(store);
}

void object_store_exit(struct object_store *store)
{
	free(store->slabs);
	free(store->slots);
}

static uint32_t slab_index(const struct object_store *store,
			   const struct object_slab *slab)
{
	return slab - store->slabs;
}

/* Atomic also under the lock: who has a stale ref may look at any moment. */
static uint64_t load_slot(const struct object_store *store, uint32_t slot)
{
	return __atomic_load_n(&store->slots[slot], __ATOMIC_ACQUIRE);
}

static void store_slot(struct object_store *store, uint32_t slot, uint32_t gen,
		       uint32_t link)
{
	__atomic_store_n(&store->slots[slot], slot_value(gen, link),
			 __ATOMIC_RELEASE);
}

static struct object_slab *slab_of(const struct object_store *store,
				   uint32_t slot)
{
	return &store->slabs[slot / store->geometry.slab_slots];
}

static void list_add(struct object_node *node, struct object_slab *slab)
{
	slab->prev = NULL;
	slab->next = node->partial;
	if (slab->next)
		slab->next->prev = slab;
	node->partial = slab;
}

static void list_del(struct object_node *node, struct object_slab *slab)
{
	if (slab->prev)
		slab->prev->next = slab->next;
	else
		node->partial = slab->next;
	if (slab->next)
		slab->next->prev = slab->prev;
}

/* Used slots first: their metadata, and likely they themselves, are cached. */
static uint32_t unlink_slot(struct object_store *store,
			    struct object_slab *slab)
{
	uint32_t first = slab_index(store, slab) * store->geometry.slab_slots;
	uint32_t slot;

	if (slab->head == LINK_END)
		return first + slab->carved++;
	slot = first + slab->head;
	slab->head = slot_link(load_slot(store, slot));
	return slot;
}

/* @node is locked and has a slab with a free slot. */
static uint32_t pop(struct object_store *store, struct object_node *node,
		    uint32_t *gen)
{
	struct object_slab *slab = node->partial;
	uint32_t slot = unlink_slot(store, slab);

	if (!--slab->free)
		list_del(node, slab);
	*gen = slot_gen(load_slot(store, slot));
	store_slot(store, slot, *gen, LINK_HELD);
	return slot;
}

static bool pop_on(struct object_store *store, uint32_t number, uint32_t *slot,
		   uint32_t *gen)
{
	struct object_node *node = &store->nodes[number];
	bool got;

	pthread_mutex_lock(&node->lock);
	got = node->partial;
	if (got)
		*slot = pop(store, node, gen);
	pthread_mutex_unlock(&node->lock);
	return got;
}

static bool pop_elsewhere(struct object_store *store, uint32_t *slot,
			  uint32_t *gen, uint32_t *home)
{
	uint64_t nodes = store->table->provider->nodes;

	for (; nodes; nodes &= nodes - 1) {
		*home = __builtin_ctzll(nodes);
		if (pop_on(store, *home, slot, gen))
			return true;
	}
	return false;
}

/*
 * Takes a slab, and a slot of it before anyone else can: the slab goes on the
 * list and the slot off it under one lock.
 */
static int pop_new_slab(struct object_store *store, uint32_t number,
			uint32_t *slot, uint32_t *gen, uint32_t *home)
{
	struct object_slab *slab;
	struct object_node *node;
	struct slab taken;
	int err = slab_take(store->table, number, &taken);

	if (err)
		return err;
	*home = taken.node % PROVIDER_MAX_NODES;
	node = &store->nodes[*home];
	pthread_mutex_lock(&node->lock);
	slab = &store->slabs[taken.index];
	slab->node = *home;
	slab->gen = taken.gen;
	slab->free = store->geometry.slab_slots;
	list_add(node, slab);
	*slot = pop(store, node, gen);
	pthread_mutex_unlock(&node->lock);
	return 0;
}

/*
 * Only one thread brings a slab at a time; who waited for it finds its slots.
 * Without that every thread that meets an empty list would bring one.
 */
static int refill(struct object_store *store, uint32_t node, uint32_t *slot,
		  uint32_t *gen, uint32_t *home)
{
	int err = 0;

	pthread_mutex_lock(&store->refill);
	if (!pop_on(store, *home, slot, gen)) {
		err = pop_new_slab(store, node, slot, gen, home);
		if (err && pop_elsewhere(store, slot, gen, home))
			err = 0;
	}
	pthread_mutex_unlock(&store->refill);
	return err;
}

int object_get(struct object_store *store, uint32_t node, uint32_t *slot,
	       uint32_t *gen, uint32_t *home)
{
	uint32_t near = slab_near(store->table, node);
	uint32_t scans = slab_patience(store->table);
	int err;

	while (scans--) {
		*home = near;
		if (pop_on(store, near, slot, gen))
			return 0;
		err = refill(store, node, slot, gen, home);
		if (err != -EAGAIN)
			return err;
		sys_yield();
	}
	return -EAGAIN;
}

int object_check(const struct object_store *store, uint32_t slot, uint32_t gen)
{
	uint64_t value = load_slot(store, slot);

	if (value == slot_value(gen, LINK_HELD))
		return 0;
	return slot_gen(value) == gen + 1 ? -EALREADY : -ESTALE;
}

/*
 * Off the list and PARKED under one lock: a slab in between would be free and
 * found by nobody, for as long as this thread is not run.
 */
static void give_up(struct object_store *store, struct object_node *node,
		    struct object_slab *slab)
{
	list_del(node, slab);
	slab_park(store->table, slab_index(store, slab), slab->gen);
}

/*
 * A slab that became wholly free goes back, unless it is the node's only one
 * with a free slot: a pool whose use swings about a slab's edge keeps it warm.
 */
static void push(struct object_store *store, struct object_node *node,
		 struct object_slab *slab, uint32_t slot, uint32_t gen)
{
	store_slot(store, slot, gen, slab->head);
	slab->head = slot % store->geometry.slab_slots;
	if (!slab->free++)
		list_add(node, slab);
	if (slab->free < store->geometry.slab_slots)
		return;
	if (node->partial != slab || slab->next)
		give_up(store, node, slab);
}

int object_put(struct object_store *store, uint32_t slot, uint32_t gen)
{
	struct object_slab *slab = slab_of(store, slot);
	uint64_t held = slot_value(gen, LINK_HELD);
	struct object_node *node;

	if (!__atomic_compare_exchange_n(&store->slots[slot], &held,
					 slot_value(gen + 1, LINK_LEAVING),
					 false, __ATOMIC_ACQ_REL,
					 __ATOMIC_ACQUIRE))
		return slot_gen(held) == gen + 1 ? -EALREADY : -ESTALE;
	/* the slab cannot go, nor its home change, before this slot is back */
	node = &store->nodes[slab->node];
	pthread_mutex_lock(&node->lock);
	push(store, node, slab, slot, gen + 1);
	pthread_mutex_unlock(&node->lock);
	return 0;
}

void *object_ptr(const struct object_store *store, uint32_t slot)
{
	uint32_t slab = slot / store->geometry.slab_slots;

	return provider_slab(store->table->provider, slab) +
	       slot % store->geometry.slab_slots * store->geometry.stride;
}

static void drain_node(struct object_store *store, struct object_node *node)
{
	struct object_slab *slab, *next;

	pthread_mutex_lock(&node->lock);
	for (slab = node->partial; slab; slab = next) {
		next = slab->next;
		if (slab->free == store->geometry.slab_slots)
			give_up(store, node, slab);
	}
	pthread_mutex_unlock(&node->lock);
}

void object_drain(struct object_store *store)
{
	int i;

	for (i = 0; i < PROVIDER_MAX_NODES; i++)
		drain_node(store, &store->nodes[i]);
}
