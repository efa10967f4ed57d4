/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * When nothing is free.  The words are read twice.  If none was free at the
 * first reading and the sum of all generations is the same at the second, no
 * slab was given up between its two readings, since that raises its generation
 * and nothing lowers one.  So none was free at the moment between the readings.
 * The same goes for fewer than n.  If the sums differ, somebody has given up a
 * slab, and it is worth looking again.
 *
 * Who fails does so under the lock.  A get of many holds what it finds, one by
 * one, and lets go of it when it was too little, all under the lock; so nobody
 * fails for what was only tried, and two who want many cannot starve each other.
 *
 * The peak.  As many slabs are known as were ever out at once.  A get takes a
 * known slab with one swap.  When it has found an unknown one it makes it known
 * under the lock, and another one that nobody holds unknown in its place.  Where
 * all known ones are held, at one moment as above, there are more out than ever
 * before, and one more is known.  Only what is whole is made known: what was
 * claimed, or came back incomplete, always asks under the lock.
 *
 * Gets and puts of warm frames are not counted at all: each put raises a
 * generation by one.
 */
#include "frame.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "populate.h"
#include "host.h"
#include "sys.h"

/* Slabs whose words share a cache line */
#define LINE_SLABS	8

/* CPUs with notes of their own; a power of two */
#define MAX_CPUS	64

/* Notes that are tried before the words are */
#define NOTE_TRIES	4

/* How often what is out is counted anew because it changed meanwhile */
#define COUNT_TRIES	8

/* All words, at one reading. */
struct reading {
	uint64_t gens;		/* their sum */
	uint32_t free;
	uint32_t ours;		/* held by this client */
};

/* seq_cst for the sake of wait.c */
static uint64_t load_word(const struct slab_table *table, uint32_t slab)
{
	return __atomic_load_n(&table->words[slab], __ATOMIC_SEQ_CST);
}

static bool is_free(uint64_t word)
{
	uint32_t state = aoipool_word_state(word);

	return state == AOIPOOL_SLAB_PARKED || state == AOIPOOL_SLAB_ABSENT;
}

static struct reading read_words(struct slab_table *table)
{
	struct reading reading = { 0 };
	uint64_t word;
	uint32_t i;

	for (i = 0; i < table->nr; i++) {
		slab_step(table, SLAB_STEP_READ, i);
		word = load_word(table, i);
		reading.gens += aoipool_word_gen(word);
		reading.free += is_free(word);
		reading.ours +=
			aoipool_word_state(word) == AOIPOOL_SLAB_HELD &&
			aoipool_word_owner(word) == table->owner;
	}
	return reading;
}

static int init_arrays(struct frame_store *store, bool dressed)
{
	size_t bytes = (store->notes_mask + 1) * sizeof(*store->notes);

	store->known = calloc(store->table->nr, 1);
	if (dressed) {
		store->leaving = calloc(store->table->nr,
					sizeof(*store->leaving));
		if (!store->leaving)
			return -ENOMEM;
	}
	store->notes = aligned_alloc(128, bytes);
	if (!store->known || !store->notes)
		return -ENOMEM;
	memset(store->notes, 0xff, bytes);	/* FRAME_NO_NOTE */
	return 0;
}

int frame_store_init(struct frame_store *store, struct slab_table *table,
		     bool dressed)
{
	uint32_t cpus = host_cpus_online(), shares = 1;
	int err;

	while (shares < cpus && shares < MAX_CPUS)
		shares *= 2;
	*store = (struct frame_store){
		.table = table,
		.notes_mask = shares - 1,
		.cpus = cpus,
		.first_gens = read_words(table).gens,
	};
	sys_init_lock(&store->lock);
	err = init_arrays(store, dressed);
	if (!err)
		err = gate_init(&store->gate);
	if (err) {
		free(store->known);
		free(store->notes);
		free(store->leaving);
	}
	return err;
}

void frame_store_exit(struct frame_store *store)
{
	gate_exit(&store->gate);
	free(store->known);
	free(store->notes);
	free(store->retired);
	free(store->leaving);
}

static void lock(struct frame_store *store)
{
	pthread_mutex_lock(&store->lock);
}

static void unlock(struct frame_store *store)
{
	pthread_mutex_unlock(&store->lock);
}

/* At one moment fewer than @n were free.  False says nothing. */
static bool fewer_than(struct slab_table *table, size_t n)
{
	struct reading first = read_words(table);

	return first.free < n && read_words(table).gens == first.gens;
}

static bool is_known(const struct frame_store *store, uint32_t slab)
{
	return __atomic_load_n(&store->known[slab], __ATOMIC_SEQ_CST);
}

static void set_known(struct frame_store *store, uint32_t slab, bool yes)
{
	__atomic_store_n(&store->known[slab], yes, __ATOMIC_SEQ_CST);
}

/*
 * The lock is held, here and below.  A getter first takes the word and then asks
 * whether the slab is known; here it is first made unknown, and then the word
 * is looked at: so either we see the getter or he finds it unknown, and then
 * waits for the lock.
 */
static bool make_unknown(struct frame_store *store, uint32_t slab)
{
	set_known(store, slab, false);
	if (is_free(load_word(store->table, slab)))
		return true;
	set_known(store, slab, true);
	return false;
}

/* *@gens: the sum over the known ones, when all were seen held. */
static bool make_one_unknown(struct frame_store *store, uint64_t *gens)
{
	uint64_t word;
	uint32_t i;

	*gens = 0;
	for (i = 0; i < store->table->nr; i++) {
		if (!is_known(store, i))
			continue;
		while (is_free(word = load_word(store->table, i)))
			if (make_unknown(store, i))
				return true;
		*gens += aoipool_word_gen(word);
	}
	return false;
}

static void make_known(struct frame_store *store, uint32_t slab)
{
	uint64_t before, after;
	bool swapped;

	if (is_known(store, slab))
		return;
	do
		swapped = make_one_unknown(store, &before) ||
			  make_one_unknown(store, &after);
	while (!swapped && before != after);
	set_known(store, slab, true);
	store->nr_known += !swapped;
}

/*
 * The memory of a slab that was held is there.  Somebody may have failed for
 * one that was held on the way and given up again.
 */
static void settle(struct frame_store *store, const struct slab *slab)
{
	if (!slab->fresh && is_known(store, slab->index))
		return;
	lock(store);
	make_known(store, slab->index);
	unlock(store);
	if (slab->fresh)
		gate_rouse(&store->gate, true);
}

int frame_accept(struct frame_store *store, const struct slab *slab)
{
	int err = slab->fresh ? slab_complete(store->table, slab) : 0;

	if (err)
		gate_rouse_sated(&store->gate);
	else
		settle(store, slab);
	return err;
}

/*
 * CPUs that look from different places find slabs whose words are on different
 * cache lines, and keep them: a put leaves a note for the same CPU.
 */
static uint32_t begin(const struct frame_store *store, uint32_t cpu)
{
	uint32_t part = store->table->nr / store->cpus;

	return (cpu % store->cpus * part) & ~(LINE_SLABS - 1U);
}

static bool none_free(struct frame_store *store)
{
	bool none;

	lock(store);
	none = fewer_than(store->table, 1);
	unlock(store);
	return none;
}

struct wish {
	struct frame_store *store;
	struct here here;
	struct slab *slabs;
	size_t n;
};

static int search_one(struct wish *wish)
{
	struct frame_store *store = wish->store;
	uint32_t scans = slab_patience(store->table);
	int err;

	while (scans--) {
		err = slab_take_from(store->table, wish->here.node,
				     begin(store, wish->here.cpu), wish->slabs);
		if (!err) {
			settle(store, wish->slabs);
			return 0;
		}
		if (err != -EAGAIN)	/* as settle() */
			gate_rouse_sated(&store->gate);
		if (err != -EAGAIN || none_free(store))
			return err;
		sys_yield();
	}
	return -EAGAIN;
}

/* What was put last is warm, and few notes are wrong. */
static bool hold_noted(struct wish *wish)
{
	unsigned int tries;

	for (tries = 0; tries < NOTE_TRIES; tries++)
		if (frame_hold_noted(wish->store, wish->store->table,
				     wish->here.cpu, wish->here.node,
				     wish->slabs))
			return true;
	return false;
}

static int try_one(void *arg)
{
	struct wish *wish = arg;

	if (hold_noted(wish) && !frame_accept(wish->store, wish->slabs))
		return 0;
	return search_one(wish);
}

/* The lock is held, so nobody else holds many meanwhile. */
static size_t hold_found(struct wish *wish, size_t held)
{
	struct frame_store *store = wish->store;
	uint32_t from = begin(store, wish->here.cpu);

	for (; held < wish->n; held++) {
		if (slab_hold_from(store->table, wish->here.node, from,
				   &wish->slabs[held]))
			break;
		from = wish->slabs[held].index + 1;
	}
	return held;
}

static int hold_many(struct wish *wish)
{
	struct slab_table *table = wish->store->table;
	uint32_t scans = slab_patience(table);
	size_t held = 0;

	/* what is claimed in vain is parked without memory: look first */
	if (fewer_than(table, wish->n))
		return -EAGAIN;
	while (scans--) {
		held = hold_found(wish, held);
		if (held == wish->n)
			return 0;
		if (fewer_than(table, wish->n - held))
			break;
		sys_yield();
	}
	while (held--)
		slab_drop(table, &wish->slabs[held]);
	return -EAGAIN;
}

/* All are held; what is fresh lacks memory. */
static int complete_all(struct wish *wish)
{
	struct frame_store *store = wish->store;
	int err = populate_slabs(store->table, wish->here.node, wish->slabs,
				 wish->n, NULL);
	size_t i;

	for (i = 0; i < wish->n && !err; i++)
		settle(store, &wish->slabs[i]);
	if (err)	/* as settle() */
		gate_rouse_sated(&store->gate);
	return err;
}

static int try_many(void *arg)
{
	struct wish *wish = arg;
	int err;

	lock(wish->store);
	err = hold_many(wish);
	unlock(wish->store);
	return err ? err : complete_all(wish);
}

static bool any_free(void *arg)
{
	struct wish *wish = arg;

	return read_words(wish->store->table).free;
}

int frame_get(struct frame_store *store, struct here here, struct slab *slabs,
	      size_t n, int timeout_ms)
{
	struct wish wish = {
		.store = store,
		.here = here,
		.slabs = slabs,
		.n = n,
	};
	struct visit visit = {
		.try = n > 1 ? try_many : try_one,
		.any = any_free,
		.arg = &wish,
		.many = n > 1,
	};

	return gate_pass(&store->gate, &visit, timeout_ms);
}

/* The same sum twice: nothing was given up between the two readings. */
static struct reading read_at_rest(struct slab_table *table)
{
	struct reading reading = read_words(table), before;
	unsigned int tries = COUNT_TRIES;

	do {
		before = reading;
		reading = read_words(table);
	} while ((before.gens != reading.gens || before.ours != reading.ours) &&
		 --tries);
	return reading;
}

struct frame_counts frame_count(struct frame_store *store)
{
	struct slab_table *table = store->table;
	struct frame_counts counts;
	struct reading reading;

	lock(store);
	reading = read_at_rest(table);
	/* what is beyond the known ones is in a get that has not settled */
	counts.out = reading.ours < store->nr_known ? reading.ours :
						      store->nr_known;
	counts.peak = store->nr_known;
	counts.parks = reading.gens - store->first_gens +
		       (__atomic_load_n(&table->wraps, __ATOMIC_RELAXED) << 32);
	unlock(store);
	return counts;
}

uint64_t frame_out(const struct frame_store *store)
{
	return read_words(store->table).ours;
}

int frame_reset(struct frame_store *store, uint32_t *slabs)
{
	struct slab_table *table = store->table;
	uint32_t i, left = 0;

	if (!store->retired)
		store->retired = calloc(table->nr, sizeof(*store->retired));
	if (!store->retired)
		return -ENOMEM;
	for (i = 0; i < table->nr; i++) {
		left += !slab_leave(table, i,
				    aoipool_word_gen(slab_word(table, i)));
		store->retired[i] = aoipool_word_gen(slab_word(table, i));
	}
	*slabs = left;
	gate_rouse(&store->gate, true);
	return 0;
}

int frame_fd(struct frame_store *store)
{
	struct wish wish = { .store = store };
	struct visit visit = { .any = any_free, .arg = &wish };

	return gate_fd(&store->gate, &visit);
}
