// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * Threads, more than CPUs, that move from CPU to CPU, get and put in every way,
 * hand slots to one another and put refs at once that only one may put: no slot
 * is lost, doubled or invented.
 *
 * Without arguments a test as the others.
 *
 *   test_stress OPERATIONS KIND [SEED]
 *
 * runs so many operations (slots got or put), says every few seconds how far it
 * is, and ends with 1 when anything was wrong.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "crew.h"
#include "kinds.h"
#include "pool.h"

#define MOST_TRIES	10
#define BYTES 256
#define COUNT (2 * BLOCK_BYTES / BYTES)
/* All hands together have room for more than the pool has. */
#define HAND  3000
#define BULK  700
#define CELLS	8
#define RACE_SPINS	300
/* Operations between two moves to another CPU, and between two drains. */
#define STAY	  2000
#define UNDRAINED 200000
/* operations of a thread that are counted at once */
#define TALLY	   1024

#define NOBODY	   0
#define ON_THE_WAY 255

struct mark {
	uint64_t ref, holder, sum;
};

struct place {
	atomic_uint holder; /* thread + 1 */
	atomic_uint races, wins; /* refs put by several at once */
};

struct stress {
	struct aoipool_pool *pool;
	uint64_t operations; /* of each thread */
	uint64_t seed;
	struct place *places; /* of each index */
	atomic_uint_fast64_t cells[CELLS]; /* refs on their way */
	atomic_uint_fast64_t raced[CELLS]; /* refs for all to put */
	atomic_uint_fast64_t joined[CELLS]; /* of those, seen by others */
	atomic_uint_fast64_t done, gets, refusals, failures;
};

struct hand {
	struct stress *stress;
	struct aoipool_slot slots[HAND];
	size_t n;
	unsigned int me; /* thread + 1 */
	unsigned int random;
	unsigned int wrong;
	aoipool_ref_t joined[CELLS];	/* the last ones */
	uint64_t done, gets, refusals, failures;
};

static unsigned int below(struct hand *hand, unsigned int n)
{
	return crew_random(&hand->random) % n;
}

static struct place *place_of(const struct stress *stress, aoipool_ref_t ref)
{
	return &stress->places[(uint32_t)ref - stress->pool->range.base];
}

static uint64_t sum_of(uint64_t ref, uint64_t holder)
{
	return (ref ^ holder << 56) * 0x9e3779b97f4a7c15ULL;
}

/* At the slot's start and at its end, so that one that is shifted shows. */
static void leave_mark(struct aoipool_slot slot, unsigned int holder)
{
	struct mark mark = {slot.ref, holder, sum_of(slot.ref, holder)};

	memcpy(slot.ptr, &mark, sizeof(mark));
	memcpy((char *)slot.ptr + BYTES - sizeof(mark), &mark, sizeof(mark));
}

static bool has_mark(struct aoipool_slot slot, unsigned int holder)
{
	struct mark mark = {slot.ref, holder, sum_of(slot.ref, holder)};
	char *end = (char *)slot.ptr + BYTES - sizeof(mark);

	return !memcmp(slot.ptr, &mark, sizeof(mark)) &&
	       !memcmp(end, &mark, sizeof(mark));
}

/* Two who are given one slot meet in its place. */
static void receive(struct hand *hand, size_t n)
{
	struct aoipool_slot *slots = hand->slots + hand->n;

	for (size_t i = 0; i < n; i++) {
		struct place *place = place_of(hand->stress, slots[i].ref);

		hand->wrong += atomic_exchange(&place->holder, hand->me) !=
			       NOBODY;
		leave_mark(slots[i], hand->me);
	}
	hand->n += n;
	hand->done += n;
	hand->gets += n;
}

/* The last moment at which the slot is ours. */
static void let_go(struct hand *hand, struct aoipool_slot slot)
{
	struct place *place = place_of(hand->stress, slot.ref);

	hand->wrong += !has_mark(slot, hand->me);
	hand->wrong += atomic_exchange(&place->holder, NOBODY) != hand->me;
}

static void get(struct hand *hand)
{
	struct aoipool_slot *slots = hand->slots + hand->n;
	struct aoipool_pool *pool = hand->stress->pool;
	size_t n = 1;
	int err;

	switch (below(hand, 32)) {
	case 0:
		n = 1 + below(hand, BULK);
		break;
	case 1 ... 4:
		n = 1 + below(hand, 24);
		break;
	}
	if (n > HAND - hand->n)
		return;
	if (n > 1)
		err = aoipool_get_many(pool, slots, n, 0);
	else if (below(hand, 4))
		err = aoipool_get(pool, slots);
	else
		err = library_get(pool, slots);
	if (!err)
		receive(hand, n);
	hand->failures += err != 0;
	hand->wrong += err && err != -EAGAIN;
}

static struct aoipool_slot pick(struct hand *hand)
{
	size_t i = below(hand, hand->n);
	struct aoipool_slot slot = hand->slots[i];

	hand->slots[i] = hand->slots[--hand->n];
	return slot;
}

static void put_one(struct hand *hand)
{
	struct aoipool_slot slot = pick(hand);

	let_go(hand, slot);
	if (below(hand, 4))
		hand->wrong += aoipool_put(hand->stress->pool, slot.ref) != 0;
	else
		hand->wrong += library_put(hand->stress->pool, slot.ref) != 0;
	hand->done++;
}

static void put_some(struct hand *hand)
{
	size_t n = 1 + below(hand, below(hand, 8) ? 24 : BULK);

	if (n > hand->n)
		n = hand->n;
	hand->n -= n;
	for (size_t i = 0; i < n; i++)
		let_go(hand, hand->slots[hand->n + i]);
	hand->wrong += aoipool_put_many(hand->stress->pool,
					hand->slots + hand->n, n) != 0;
	hand->done += n;
}

static void adopt(struct hand *hand, aoipool_ref_t ref)
{
	struct aoipool_slot *slot = &hand->slots[hand->n++];
	struct place *place = place_of(hand->stress, ref);

	slot->ref = ref;
	hand->wrong += aoipool_deref(hand->stress->pool, ref, &slot->ptr) != 0;
	hand->wrong += !has_mark(*slot, ON_THE_WAY);
	hand->wrong += atomic_exchange(&place->holder, hand->me) != ON_THE_WAY;
	leave_mark(*slot, hand->me);
}

/* For whoever comes by next; what somebody else left there is ours now. */
static void hand_over(struct hand *hand)
{
	struct aoipool_slot slot = pick(hand);
	struct place *place = place_of(hand->stress, slot.ref);
	uint64_t left;

	hand->wrong += !has_mark(slot, hand->me);
	leave_mark(slot, ON_THE_WAY);
	hand->wrong += atomic_exchange(&place->holder, ON_THE_WAY) != hand->me;
	left = atomic_exchange(&hand->stress->cells[below(hand, CELLS)],
			       slot.ref);
	if (left)
		adopt(hand, left);
}

static void put_raced(struct hand *hand, aoipool_ref_t ref)
{
	int err = aoipool_put(hand->stress->pool, ref);

	if (!err) {
		place_of(hand->stress, ref)->wins++;
		hand->done++;
		return;
	}
	hand->refusals++;
	hand->wrong += err != -EALREADY && err != -ESTALE;
}

/* Shown to all, and put when the next one has it, so that both put at once. */
static void race(struct hand *hand)
{
	struct stress *stress = hand->stress;
	struct aoipool_slot slot = pick(hand);
	unsigned int cell = below(hand, CELLS), spins = 0;

	let_go(hand, slot);
	place_of(stress, slot.ref)->races++;
	stress->raced[cell] = slot.ref;
	while (stress->joined[cell] != slot.ref && spins < RACE_SPINS)
		spins++;
	put_raced(hand, slot.ref);
}

/* If there is none that was not seen yet, one that is stale by now will do. */
static void join_race(struct hand *hand)
{
	struct stress *stress = hand->stress;
	unsigned int cell = 0, spins;
	aoipool_ref_t ref = 0;

	for (spins = 0; spins < RACE_SPINS; spins++) {
		cell = spins % CELLS;
		ref = stress->raced[cell];
		if (ref != hand->joined[cell])
			break;
	}
	hand->joined[cell] = ref;
	stress->joined[cell] = ref;
	if (ref)
		put_raced(hand, ref);
}

static void act(struct hand *hand)
{
	switch (hand->n ? below(hand, 64) : 0) {
	case 0 ... 31:
		get(hand);
		break;
	case 32 ... 55:
		put_one(hand);
		break;
	case 56 ... 57:
		put_some(hand);
		break;
	case 58 ... 60:
		hand_over(hand);
		break;
	case 61:
		race(hand);
		break;
	default:
		join_race(hand);
	}
	if (!below(hand, STAY))
		pin(below(hand, cpus()));
	if (!below(hand, UNDRAINED))
		hand->wrong += aoipool_pool_drain(hand->stress->pool) != 0;
}

static unsigned int work(struct crew *crew, unsigned int number)
{
	struct stress *stress = crew->arg;
	struct hand *hand = calloc(1, sizeof(*hand));
	uint64_t told = 0;
	unsigned int wrong;

	if (!hand)
		return 1;
	hand->stress = stress;
	hand->me = number + 1;
	hand->random = stress->seed * (2 * CREW_MAX) + number + 1;
	while (hand->done < stress->operations) {
		act(hand);
		if (hand->done - told < TALLY)
			continue;
		stress->done += hand->done - told;
		told = hand->done;
	}
	while (hand->n)
		put_one(hand);
	stress->done += hand->done - told;
	stress->gets += hand->gets;
	stress->refusals += hand->refusals;
	stress->failures += hand->failures;
	wrong = hand->wrong;
	free(hand);
	return wrong;
}

/* What nobody took from the cells. */
static void empty_cells(struct stress *stress)
{
	for (size_t i = 0; i < CELLS; i++) {
		if (!stress->cells[i])
			continue;
		assert_ok(aoipool_put(stress->pool, stress->cells[i]));
		place_of(stress, stress->cells[i])->holder = NOBODY;
	}
}

static void check_counts(const struct stress *stress)
{
	struct aoipool_stats stats = stats_of(stress->pool);

	assert_int_equal(stats.slots_out, 0);
	assert_int_equal(stats.gets, stress->gets);
	assert_int_equal(stats.puts, stress->gets);
	assert_int_equal(stats.double_puts + stats.stale_refs,
			 stress->refusals);
	assert_int_equal(stats.exhausted, stress->failures);
	assert_int_equal(stats.invalid_refs + stats.foreign_refs, 0);
}

/* Each slot is there, at its own address, and no other. */
static void check_slots(const struct stress *stress)
{
	size_t n;
	struct aoipool_slot *slots = get_all(stress->pool, &n), more;

	assert_err(aoipool_get(stress->pool, &more), -EAGAIN);
	for (size_t i = 0; i < n; i++) {
		struct place *place = place_of(stress, slots[i].ref);
		void *ptr;

		assert_int_equal(place->holder, NOBODY);
		place->holder = 1;
		assert_int_equal(place->races, place->wins);
		assert_ok(aoipool_deref(stress->pool, slots[i].ref, &ptr));
		assert_ptr_equal(ptr, slots[i].ptr);
		leave_mark(slots[i], 1);
	}
	for (size_t i = 0; i < n; i++)
		assert_true(has_mark(slots[i], 1));
	put_all(stress->pool, slots, n);
	free(slots);
}

static unsigned int crew_size(void)
{
	unsigned int size = 2 * cpus() + 3;

	return size < CREW_MAX ? size : CREW_MAX;
}

static void run(const struct kind *kind, uint64_t operations, uint64_t seed,
		struct stress *stress)
{
	unsigned int size = crew_size();

	stress->pool = open_kind(kind, BYTES, COUNT);
	stress->operations = operations / size + 1;
	stress->seed = seed;
	stress->places =
		calloc(stress->pool->range.slots, sizeof(*stress->places));
	assert_non_null(stress->places);
	assert_int_equal(crew_run(size, work, stress), 0);
	empty_cells(stress);
	check_counts(stress);
	check_slots(stress);
	assert_ok(aoipool_pool_drain(stress->pool));
	assert_int_equal(stats_of(stress->pool).slots_listed, 0);
	free(stress->places);
	assert_ok(aoipool_pool_close(stress->pool));
}

/* What it is about: an empty pool, and refs that are refused. */
static bool has_come_to_it(const struct stress *stress)
{
	return (instrumented() || stress->failures > 0) && stress->refusals > 0;
}

/* On a busy host threads may run one after the other, and never meet. */
static void no_slot_is_lost_doubled_or_invented(void **state)
{
	uint64_t seed = (uint64_t)time(NULL) * 1000003 + getpid();
	unsigned int tries = MOST_TRIES;
	struct stress stress;

	need_kind(*state);
	do {
		stress = (struct stress){.done = 0};
		print_message("# seed %" PRIu64 "\n", seed);
		run(*state, rounds(4000000), seed++, &stress);
	} while (!has_come_to_it(&stress) && --tries);
	assert_true(has_come_to_it(&stress));
}

/*
 * The long run.
 */
static struct {
	struct stress stress;
	struct kind kind;
	uint64_t operations, seed;
	pthread_t teller;
	atomic_bool over;
} long_run;

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static void tell(double since)
{
	uint64_t done = long_run.stress.done;

	print_message("# %6.1f s  %10" PRIu64 " operations  %5.2f million/s\n",
		      seconds() - since, done,
		      done / 1e6 / (seconds() - since));
	fflush(stdout);
}

static void *tell_now_and_then(void *arg)
{
	double start = seconds();

	for (unsigned int i = 1; !long_run.over; i++) {
		usleep(100 * 1000);
		if (i % 30 == 0)
			tell(start);
	}
	tell(start);
	return arg;
}

static void a_long_run(void **state)
{
	(void)state;
	/* As many operations as there are take as long as they take. */
	alarm(0);
	print_message("# %" PRIu64 " operations, lists %s, seed %" PRIu64
		      ", %u threads on %u CPUs\n",
		      long_run.operations, long_run.kind.name, long_run.seed,
		      crew_size(), cpus());
	assert_ok(pthread_create(&long_run.teller, NULL, tell_now_and_then,
				 NULL));
	run(&long_run.kind, long_run.operations, long_run.seed,
	    &long_run.stress);
	long_run.over = true;
	assert_ok(pthread_join(long_run.teller, NULL));
	print_message("# %" PRIu64 " gets found nothing, %" PRIu64
		      " puts were refused\n",
		      (uint64_t)long_run.stress.failures,
		      (uint64_t)long_run.stress.refusals);
}

static int start_long_run(int argc, char **argv)
{
	const struct CMUnitTest one[] = {cmocka_unit_test(a_long_run)};
	int (*const set_ups[])(void **) = {kind_rseq, kind_locked, kind_none};
	const struct kind *kind;

	long_run.operations = strtoull(argv[1], NULL, 10);
	long_run.seed = argc > 3 ? strtoull(argv[3], NULL, 10)
				 : (uint64_t)time(NULL);
	for (size_t i = 0; i < ARRAY_SIZE(set_ups); i++) {
		set_ups[i]((void **)&kind);
		if (!strcmp(kind->name, argv[2]))
			long_run.kind = *kind;
	}
	if (long_run.operations && long_run.kind.name)
		return RUN(one);
	fprintf(stderr, "usage: %s OPERATIONS rseq|locked|none [SEED]\n",
		argv[0]);
	return 2;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest stress[] = {
		on_each_kind(no_slot_is_lost_doubled_or_invented),
	};

	return argc > 2 ? start_long_run(argc, argv) : RUN(stress);
}
