/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * A slab without a free slot is on no list; one that is parked is on none
 * either, and whoever takes it next finds its list of free slots as it was,
 * unless its memory went in between: then all its slots are raw again.
 *
 * Generations and links are the library's own memory, since what is in a parked
 * slab may vanish.
 */
#include "home.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "sys.h"

#define LINK_END	0xffffffffU

/* Zeroes, on pages of their own: those that nobody uses cost nothing. */
static int map_numbers(uint32_t **numbers, size_t n)
{
	void *addr;
	int err = sys_map(NULL, n * sizeof(**numbers), PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0,
			  &addr);

	if (!err)
		*numbers = addr;
	return err;
}

int homes_init(struct homes *homes, struct slab_table *table,
	       const struct geometry *geometry, uint32_t max_magazines)
{
	size_t indices = (size_t)geometry->nr_slabs << geometry->index_shift;
	uint64_t nodes = table->provider->nodes;
	uint32_t i;
	int err;

	*homes = (struct homes){
		.table = table,
		.geometry = geometry,
		.slabs = calloc(geometry->nr_slabs, sizeof(*homes->slabs)),
		.nodes = calloc(geometry->nr_slabs, sizeof(*homes->nodes)),
		.shift = geometry->index_shift,
		.max_magazines = max_magazines,
		.many_nodes = nodes & (nodes - 1),
	};
	err = map_numbers(&homes->links, indices);
	if (!err)
		err = map_numbers(&homes->gens, indices);
	if (!homes->slabs || !homes->nodes)
		err = -ENOMEM;
	for (i = 0; i < PROVIDER_MAX_NODES; i++)
		sys_init_lock(&homes->node[i].lock);
	for (i = 0; i < geometry->nr_slabs && !err; i++)
		homes->slabs[i].head = LINK_END;
	if (err)
		homes_exit(homes, false);
	return err;
}

static void free_magazines(struct magazine *magazine)
{
	struct magazine *next;

	for (; magazine; magazine = next) {
		next = magazine->next;
		free(magazine);
	}
}

void homes_exit(struct homes *homes, bool forked)
{
	size_t bytes = sizeof(uint32_t) * (size_t)homes->geometry->nr_slabs
		       << homes->shift;
	uint32_t i;

	for (i = 0; i < PROVIDER_MAX_NODES && !forked; i++) {
		free_magazines(homes->node[i].full);
		free_magazines(homes->node[i].empty);
	}
	free(homes->slabs);
	free(homes->nodes);
	sys_unmap(homes->links, bytes);
	sys_unmap(homes->gens, bytes);
}

static uint32_t slab_nr(const struct homes *homes, const struct home_slab *slab)
{
	return slab - homes->slabs;
}

static uint32_t first_index(const struct homes *homes,
			    const struct home_slab *slab)
{
	return slab_nr(homes, slab) << homes->shift;
}

static void list_add(struct home *home, struct home_slab *slab)
{
	slab->prev = NULL;
	slab->next = home->partial;
	if (slab->next)
		slab->next->prev = slab;
	home->partial = slab;
}

static void list_del(struct home *home, struct home_slab *slab)
{
	if (slab->prev)
		slab->prev->next = slab->next;
	else
		home->partial = slab->next;
	if (slab->next)
		slab->next->prev = slab->prev;
}

/* Atomic: who has a stale ref may look at any moment. */
static uint64_t ref_of(const struct homes *homes, uint32_t index)
{
	uint32_t gen = __atomic_load_n(&homes->gens[index], __ATOMIC_RELAXED);

	return (uint64_t)gen << 32 | (homes->base + index);
}

/* Used slots first: their metadata, and likely they themselves, are cached. */
static uint32_t unlink_slot(struct homes *homes, struct home_slab *slab,
			    bool *raw)
{
	uint32_t index = first_index(homes, slab);

	*raw = slab->head == LINK_END;
	if (*raw)
		return index + slab->carved++;
	index += slab->head;
	slab->head = homes->links[index];
	return index;
}

static uint32_t unlink_slots(struct homes *homes, struct home *home,
			     struct haul *haul, uint32_t n, bool raw)
{
	struct home_slab *slab = home->partial;
	uint32_t done = 0, index;

	while (done < n && slab->free && (raw || slab->head != LINK_END)) {
		index = unlink_slot(homes, slab, &haul->raw[haul->nr]);
		haul->refs[haul->nr++] = ref_of(homes, index);
		slab->free--;
		done++;
	}
	if (!slab->free)
		list_del(home, slab);
	return done;
}

static struct magazine *pop_magazine(struct magazine **list)
{
	struct magazine *magazine = *list;

	__atomic_store_n(list, magazine->next, __ATOMIC_RELAXED);
	return magazine;
}

static void push_magazine(struct magazine **list, struct magazine *magazine)
{
	magazine->next = *list;
	__atomic_store_n(list, magazine, __ATOMIC_RELAXED);
}

/* Of the magazine on top; it is not empty. */
static uint32_t unload(struct home *home, struct haul *haul, uint32_t n)
{
	struct magazine *magazine = home->full;
	uint32_t i;

	if (n > magazine->nr)
		n = magazine->nr;
	for (i = 0; i < n; i++) {
		haul->raw[haul->nr] = false;
		haul->refs[haul->nr++] = magazine->refs[--magazine->nr];
	}
	if (!magazine->nr)
		push_magazine(&home->empty, pop_magazine(&home->full));
	return n;
}

uint32_t home_take(struct homes *homes, uint32_t node, struct haul *haul,
		   uint32_t n, bool raw)
{
	struct home *home = &homes->node[node];
	uint32_t done = 0, more = 1;

	pthread_mutex_lock(&home->lock);
	while (done < n && home->full)
		done += unload(home, haul, n - done);
	while (done < n && home->partial && more) {
		more = unlink_slots(homes, home, haul, n - done, raw);
		done += more;
	}
	pthread_mutex_unlock(&home->lock);
	return done;
}

/*
 * Off the list and PARKED under one lock: a slab in between would be free and
 * found by nobody, for as long as this thread is not run.
 */
static void give_up(struct homes *homes, struct home *home,
		    struct home_slab *slab)
{
	list_del(home, slab);
	slab_park(homes->table, slab_nr(homes, slab), slab->gen);
	homes_set_dry(homes, false);
	__atomic_store_n(&homes->poor_until, 0, __ATOMIC_RELAXED);
}

/*
 * A slab that became wholly free goes back, unless it is the node's only one
 * with a free slot: a pool whose use swings about a slab's edge keeps it warm.
 */
static void link_slot(struct homes *homes, struct home *home, uint32_t index)
{
	struct home_slab *slab = &homes->slabs[index >> homes->shift];

	homes->links[index] = slab->head;
	slab->head = index - first_index(homes, slab);
	if (!slab->free++)
		list_add(home, slab);
	if (slab->free < homes->geometry->slab_slots)
		return;
	if (home->partial != slab || slab->next)
		give_up(homes, home, slab);
}

static uint32_t node_of(const struct homes *homes, uint64_t ref)
{
	return home_node(homes, home_index(homes, ref) >> homes->shift);
}

/* One lock for each run of slots of one node, which mostly is all of them. */
void home_give(struct homes *homes, const uint64_t *refs, uint32_t n)
{
	uint32_t i = 0, node;
	struct home *home;

	while (i < n) {
		node = node_of(homes, refs[i]);
		home = &homes->node[node];
		pthread_mutex_lock(&home->lock);
		while (i < n && node_of(homes, refs[i]) == node)
			link_slot(homes, home, home_index(homes, refs[i++]));
		pthread_mutex_unlock(&home->lock);
	}
}

uint32_t home_of_all(const struct homes *homes, const uint64_t *refs, uint32_t n)
{
	uint32_t node = node_of(homes, refs[0]), i;

	for (i = 1; homes->many_nodes && i < n; i++)
		if (node_of(homes, refs[i]) != node)
			return PROVIDER_MAX_NODES;
	return node;
}

struct magazine *home_magazine(struct homes *homes, uint32_t node)
{
	struct home *home = &homes->node[node];
	struct magazine *magazine = NULL;

	pthread_mutex_lock(&home->lock);
	if (home->empty) {
		magazine = pop_magazine(&home->empty);
	} else if (home->magazines < homes->max_magazines) {
		magazine = malloc(sizeof(*magazine));
		home->magazines += magazine != NULL;
	}
	pthread_mutex_unlock(&home->lock);
	if (magazine)
		magazine->nr = 0;
	return magazine;
}

void home_hand_over(struct homes *homes, uint32_t node,
		    struct magazine *magazine)
{
	struct home *home = &homes->node[node];

	pthread_mutex_lock(&home->lock);
	push_magazine(magazine->nr ? &home->full : &home->empty, magazine);
	pthread_mutex_unlock(&home->lock);
}

struct magazine *home_take_over(struct homes *homes, uint32_t node,
				uint32_t least, uint32_t most)
{
	struct home *home = &homes->node[node];
	struct magazine *magazine = NULL;

	pthread_mutex_lock(&home->lock);
	if (home->full && home->full->nr >= least && home->full->nr <= most)
		magazine = pop_magazine(&home->full);
	pthread_mutex_unlock(&home->lock);
	return magazine;
}

/* Generations outlive the slab's memory: a ref from before a reclaim is stale. */
static void give_birth(struct homes *homes, struct home_slab *slab)
{
	uint32_t first = first_index(homes, slab), i;

	if (slab->born)
		return;
	for (i = 0; i < homes->geometry->slab_slots; i++)
		__atomic_store_n(&homes->gens[first + i], homes->first_gen,
				 __ATOMIC_RELAXED);
	__atomic_store_n(&slab->born, true, __ATOMIC_RELAXED);
}

uint32_t home_add(struct homes *homes, const struct slab *taken,
		  struct haul *haul, uint32_t n)
{
	struct home_slab *slab = &homes->slabs[taken->index];
	uint32_t node = taken->node % PROVIDER_MAX_NODES, done;
	struct home *home = &homes->node[node];

	pthread_mutex_lock(&home->lock);
	give_birth(homes, slab);
	__atomic_store_n(&homes->nodes[taken->index], node, __ATOMIC_RELAXED);
	if (taken->fresh) {
		slab->head = LINK_END;
		slab->carved = 0;
	}
	slab->gen = taken->gen;
	slab->free = homes->geometry->slab_slots;
	list_add(home, slab);
	done = unlink_slots(homes, home, haul, n, true);
	pthread_mutex_unlock(&home->lock);
	return done;
}

static void drain_node(struct homes *homes, struct home *home)
{
	struct home_slab *slab, *next;
	struct magazine *magazine;

	pthread_mutex_lock(&home->lock);
	while (home->full) {
		magazine = pop_magazine(&home->full);
		while (magazine->nr)
			link_slot(homes, home,
				  home_index(homes, magazine->refs[--magazine->nr]));
		push_magazine(&home->empty, magazine);
	}
	for (slab = home->partial; slab; slab = next) {
		next = slab->next;
		if (slab->free == homes->geometry->slab_slots)
			give_up(homes, home, slab);
	}
	pthread_mutex_unlock(&home->lock);
}

void homes_drain(struct homes *homes)
{
	uint32_t i;

	for (i = 0; i < PROVIDER_MAX_NODES; i++)
		drain_node(homes, &homes->node[i]);
}

static void retire(struct homes *homes, struct home_slab *slab,
		   uint32_t *retired, uint32_t step)
{
	uint32_t i = first_index(homes, slab);
	uint32_t end = slab->born ? i + homes->geometry->slab_slots : i;

	for (; i < end; i++) {
		retired[i] = (homes->gens[i] + step) & ~(step - 1);
		__atomic_store_n(&homes->gens[i], retired[i], __ATOMIC_RELEASE);
	}
}

void homes_reset(struct homes *homes, uint32_t *retired, bool odd_is_held)
{
	uint32_t i, state;

	homes_set_dry(homes, false);
	for (i = 0; i < PROVIDER_MAX_NODES; i++) {
		homes->node[i].partial = NULL;
		while (homes->node[i].full)
			push_magazine(&homes->node[i].empty,
				      pop_magazine(&homes->node[i].full));
	}
	for (i = 0; i < homes->geometry->nr_slabs; i++) {
		retire(homes, &homes->slabs[i], retired, odd_is_held ? 2 : 1);
		homes->slabs[i].head = LINK_END;
		homes->slabs[i].carved = 0;
		state = aoipool_word_state(slab_word(homes->table, i));
		if (state == AOIPOOL_SLAB_HELD)
			slab_park(homes->table, i, homes->slabs[i].gen);
	}
}
