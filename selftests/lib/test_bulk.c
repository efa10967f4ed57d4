// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * Many slots in one call: a get gives all or none, a put takes all that are
 * good and says what was wrong with the first that is not.
 */
#include <stdlib.h>
#include <string.h>

#include "crew.h"
#include "kinds.h"
#include "pattern.h"

#define GENERATION	((aoipool_ref_t)1 << 32)

/* More than a list holds, more than is looked at in one go, odd ones. */
static const size_t numbers[] = { 1,   2,   3,	 7,   63,   64,	  65,  127,
				  128, 129, 511, 512, 1016, 1017, 5000 };

#define NR_NUMBERS	ARRAY_SIZE(numbers)

static struct aoipool_slot *room_for(size_t n)
{
	struct aoipool_slot *slots = calloc(n, sizeof(*slots));

	assert_non_null(slots);
	return slots;
}

static int by_ref(const void *a, const void *b)
{
	const struct aoipool_slot *x = a, *y = b;

	return (x->ref > y->ref) - (x->ref < y->ref);
}

static void shuffle(struct aoipool_slot *slots, size_t n)
{
	unsigned int random = 17;
	struct aoipool_slot slot;

	for (size_t i = n; i > 1; i--) {
		size_t j = crew_random(&random) % i;

		slot = slots[i - 1];
		slots[i - 1] = slots[j];
		slots[j] = slot;
	}
}

/* Each slot is another one, and at its own place. */
static void assert_all_differ(struct aoipool_pool *pool,
			      struct aoipool_slot *slots, size_t n)
{
	void *ptr;

	qsort(slots, n, sizeof(*slots), by_ref);
	for (size_t i = 0; i < n; i++) {
		assert_true(!i || (uint32_t)slots[i - 1].ref !=
					  (uint32_t)slots[i].ref);
		assert_ok(aoipool_deref(pool, slots[i].ref, &ptr));
		assert_ptr_equal(ptr, slots[i].ptr);
	}
}

static void any_number_comes_and_goes(void **state)
{
	struct aoipool_pool *pool = open_kind(*state, 64, 32768);
	struct aoipool_slot *slots = room_for(5000);
	uint64_t gets = 0;

	for (size_t i = 0; i < 3 * NR_NUMBERS; i++) {
		size_t n = numbers[i % NR_NUMBERS];

		assert_ok(aoipool_get_many(pool, slots, n, 0));
		gets += n;
		assert_int_equal(stats_of(pool).slots_out, n);
		assert_int_equal(stats_of(pool).gets, gets);
		assert_all_differ(pool, slots, n);
		if (i / NR_NUMBERS == 1)
			shuffle(slots, n);
		assert_ok(aoipool_put_many(pool, slots, n));
		assert_int_equal(stats_of(pool).slots_out, 0);
		assert_int_equal(stats_of(pool).puts, gets);
		assert_err(aoipool_put_many(pool, slots, n), -EALREADY);
	}
	free(slots);
	assert_ok(aoipool_pool_close(pool));
}

static void frames_go_together_too(void **state)
{
	struct aoipool_pool *pool = open_frames(40);
	struct aoipool_slot slots[40];

	(void)state;
	assert_ok(aoipool_get_many(pool, slots, 40, 0));
	slots[39].ref += GENERATION;
	assert_err(aoipool_put_many(pool, slots, 40), -ESTALE);
	assert_int_equal(stats_of(pool).slots_out, 1);
	slots[39].ref -= GENERATION;
	assert_ok(aoipool_put(pool, slots[39].ref));
	assert_int_equal(stats_of(pool).puts, 40);
	assert_err(aoipool_put_many(pool, slots, 40), -EALREADY);
	assert_int_equal(stats_of(pool).double_puts, 40);
	assert_ok(aoipool_pool_close(pool));
}

static void get_many_gives_all_or_none(void **state)
{
	struct aoipool_pool *pool = open_kind(*state, 64, 32768);
	size_t n = aoipool_pool_slots(pool);
	struct aoipool_slot *slots = room_for(n), held[7], none[3000];

	for (unsigned int turn = 0; turn < 3; turn++) {
		pin(turn);
		assert_ok(aoipool_get_many(pool, held, 7, 0));
		memset(none, 0, sizeof(none));
		assert_ok(aoipool_get_many(pool, slots, n - 2999, 0));
		assert_err(aoipool_get_many(pool, none, 3000, 0), -EAGAIN);
		assert_true(all_zero(none, sizeof(none)));
		assert_int_equal(stats_of(pool).slots_out, n - 2992);
		assert_ok(aoipool_get_many(pool, none, 2992, 0));
		assert_ok(aoipool_put_many(pool, none, 2992));
		assert_ok(aoipool_put_many(pool, slots, n - 2999));
		assert_ok(aoipool_put_many(pool, held, 7));
	}
	unpin();
	free(slots);
	assert_ok(aoipool_pool_close(pool));
}

static void more_than_the_pool_has_is_refused(void **state)
{
	struct aoipool_pool *pool = open_kind(*state, 64, 32768);
	size_t n = aoipool_pool_slots(pool);
	struct aoipool_slot *slots = room_for(n + 1);

	assert_err(aoipool_get_many(pool, slots, n + 1, 0), -EINVAL);
	assert_err(aoipool_get_many(pool, slots, n + 1, -1), -EINVAL);
	assert_err(aoipool_get_many(pool, slots, SIZE_MAX, 0), -EINVAL);
	assert_err(aoipool_get_many(pool, slots, 0, 0), -EINVAL);
	assert_ok(aoipool_get_many(pool, slots, n, 0));
	assert_ok(aoipool_put_many(pool, slots, n));
	free(slots);
	assert_ok(aoipool_pool_close(pool));
}

/*
 * Bad refs among good ones.  Slots 0 to 99 of the array are held, by ascending
 * index; what is wrong stands where it hurts: alone, in either half of a pair
 * of neighbours, at both ends.
 */
struct row {
	struct aoipool_pool *pool, *other;
	struct aoipool_slot slots[100], stale, twice, foreign;
};

static void start_row(struct row *row, const struct kind *kind)
{
	struct aoipool_slot *again;
	size_t n;

	row->pool = open_kind(kind, 64, 32768);
	row->other = open_kind(kind, 64, 32768);
	row->foreign = get_slot(row->other);
	row->stale = get_slot(row->pool);
	assert_ok(aoipool_put(row->pool, row->stale.ref));
	/* all of them, so that the one that went stale is among them */
	again = get_all(row->pool, &n);
	put_all(row->pool, again, n);
	free(again);
	row->twice = get_slot(row->pool);
	assert_ok(aoipool_get_many(row->pool, row->slots, 100, 0));
	assert_ok(aoipool_put(row->pool, row->twice.ref));
	qsort(row->slots, 100, sizeof(row->slots[0]), by_ref);
}

static void end_row(struct row *row)
{
	assert_ok(aoipool_put(row->other, row->foreign.ref));
	assert_ok(aoipool_pool_close(row->other));
	assert_ok(aoipool_pool_close(row->pool));
}

/* Of 100, those at @bad cannot be put; @err is of the first of them. */
static void put_row(struct row *row, const struct aoipool_slot *bad,
		    const size_t *at, size_t n, int err)
{
	struct aoipool_slot slots[100], left[100];
	size_t i;

	memcpy(slots, row->slots, sizeof(slots));
	for (i = 0; i < n; i++) {
		left[i] = slots[at[i]];
		slots[at[i]] = bad[i];
	}
	assert_err(aoipool_put_many(row->pool, slots, 100), err);
	assert_int_equal(stats_of(row->pool).slots_out, n);
	/* What was not named is still held. */
	assert_ok(aoipool_put_many(row->pool, left, n));
	assert_err(aoipool_put_many(row->pool, row->slots, 100), -EALREADY);
	assert_int_equal(stats_of(row->pool).slots_out, 0);
}

static void good_refs_are_put_whatever_lies_between(void **state)
{
	const size_t places[][3] = { { 0, 50, 99 },  { 1, 2, 3 },
				     { 63, 64, 65 }, { 97, 98, 99 },
				     { 10, 21, 32 }, { 0, 1, 2 } };

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		struct row row;

		start_row(&row, *state);
		const struct aoipool_slot bad[] = { row.twice, row.foreign,
						    row.stale };

		put_row(&row, bad, places[i], 3, -EALREADY);
		assert_int_equal(stats_of(row.pool).foreign_refs, 1);
		assert_int_equal(stats_of(row.pool).stale_refs, 1);
		assert_int_equal(stats_of(row.pool).double_puts, 101);
		end_row(&row);
	}
}

static void the_first_error_is_told(void **state)
{
	const size_t places[] = { 13, 40, 77 };
	struct row row;

	start_row(&row, *state);
	put_row(&row,
		(struct aoipool_slot[]){ row.foreign, row.twice, row.stale },
		places, 3, -EXDEV);
	end_row(&row);
	start_row(&row, *state);
	put_row(&row,
		(struct aoipool_slot[]){ row.stale, row.twice, row.foreign },
		places, 3, -ESTALE);
	end_row(&row);
	start_row(&row, *state);
	put_row(&row, (struct aoipool_slot[]){ { 0 }, row.twice, row.stale },
		places, 3, -EINVAL);
	end_row(&row);
}

static void one_that_stands_there_twice_is_put_once(void **state)
{
	const size_t places[][2] = { { 1, 0 },	 { 2, 1 },   { 99, 0 },
				     { 64, 63 }, { 65, 64 }, { 50, 90 } };

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		struct row row;
		size_t to = places[i][0], from = places[i][1];

		start_row(&row, *state);
		put_row(&row, &row.slots[from], &to, 1, -EALREADY);
		end_row(&row);
	}
}

static void all_the_same_ref_is_put_once(void **state)
{
	struct aoipool_pool *pool = open_kind(*state, 64, 32768);
	struct aoipool_slot slots[1000];

	slots[0] = get_slot(pool);
	for (size_t i = 1; i < 1000; i++)
		slots[i] = slots[0];
	assert_err(aoipool_put_many(pool, slots, 1000), -EALREADY);
	assert_int_equal(stats_of(pool).slots_out, 0);
	assert_int_equal(stats_of(pool).puts, 1);
	assert_int_equal(stats_of(pool).double_puts, 999);
	assert_ok(aoipool_pool_close(pool));
}

/* Neighbours share eight bytes of generations: any order, either first. */
static void neighbours_are_put_in_any_order(void **state)
{
	struct aoipool_pool *pool = open_kind(*state, 64, 32768);
	struct aoipool_slot slots[8], some[4];
	const size_t orders[][4] = { { 0, 1, 2, 3 }, { 1, 0, 3, 2 },
				     { 3, 2, 1, 0 }, { 1, 2, 0, 3 },
				     { 2, 0, 3, 1 }, { 0, 3, 1, 2 } };

	for (size_t i = 0; i < ARRAY_SIZE(orders) * 2; i++) {
		assert_ok(aoipool_get_many(pool, slots, 8, 0));
		qsort(slots, 8, sizeof(slots[0]), by_ref);
		for (size_t j = 0; j < 4; j++)
			some[j] = slots[orders[i / 2][j] + i % 2];
		assert_ok(aoipool_put_many(pool, some, 4));
		for (size_t j = 0; j < 4; j++)
			assert_err(aoipool_put(pool, some[j].ref), -EALREADY);
		assert_int_equal(stats_of(pool).slots_out, 4);
		assert_err(aoipool_put_many(pool, slots, 8),
			   -EALREADY);
		assert_int_equal(stats_of(pool).slots_out, 0);
	}
	assert_ok(aoipool_pool_close(pool));
}

/* One put, the other held: a pair that cannot be put as one. */
static void of_a_pair_the_one_that_is_held_is_put(void **state)
{
	struct aoipool_pool *pool = open_kind(*state, 64, 32768);
	struct aoipool_slot slots[64], turned;

	for (unsigned int i = 0; i < 4; i++) {
		assert_ok(aoipool_get_many(pool, slots, 64, 0));
		qsort(slots, 64, sizeof(slots[0]), by_ref);
		for (size_t j = i / 2; j < 64; j += 2)
			assert_ok(aoipool_put(pool, slots[j].ref));
		for (size_t j = 0; i % 2 && j < 64; j += 2) {
			turned = slots[j];
			slots[j] = slots[j + 1];
			slots[j + 1] = turned;
		}
		assert_err(aoipool_put_many(pool, slots, 64), -EALREADY);
		assert_int_equal(stats_of(pool).slots_out, 0);
		assert_int_equal(stats_of(pool).double_puts, 32 * (i + 1));
	}
	assert_ok(aoipool_pool_close(pool));
}

/* The pointers are not looked at, nor is the array written to. */
static void only_the_refs_are_looked_at(void **state)
{
	struct aoipool_pool *pool = open_kind(*state, 64, 32768);
	struct aoipool_slot slots[50], copy[50];

	assert_ok(aoipool_get_many(pool, slots, 50, 0));
	for (size_t i = 0; i < 50; i++)
		slots[i].ptr = (void *)1;
	memcpy(copy, slots, sizeof(copy));
	assert_ok(aoipool_put_many(pool, slots, 50));
	assert_memory_equal(copy, slots, sizeof(copy));
	assert_ok(aoipool_pool_close(pool));
}

static void a_missing_array_is_refused(void **state)
{
	struct aoipool_pool *pool = open_kind(*state, 64, 32768);

	assert_err(aoipool_get_many(pool, NULL, 1, 0), -EINVAL);
	assert_err(aoipool_put_many(pool, NULL, 1), -EINVAL);
	assert_ok(aoipool_pool_close(pool));
}

/*
 * One array, put by all at once, as a whole or one by one, from the front or
 * from behind: each slot by one of them.
 */
#define RACED	300

struct race {
	struct aoipool_pool *pool;
	unsigned int turns;
	struct aoipool_slot slots[RACED];
	atomic_uint wins;
};

static unsigned int put_one_by_one(struct race *race, bool from_behind)
{
	unsigned int wrong = 0;
	int err;

	for (size_t i = 0; i < RACED; i++) {
		size_t at = from_behind ? RACED - 1 - i : i;

		err = aoipool_put(race->pool, race->slots[at].ref);
		race->wins += !err;
		wrong += err && err != -EALREADY;
	}
	return wrong;
}

static unsigned int put_in_parts(struct race *race, size_t part)
{
	unsigned int wrong = 0;
	size_t n;
	int err;

	for (size_t i = 0; i < RACED; i += n) {
		n = RACED - i < part ? RACED - i : part;
		err = aoipool_put_many(race->pool, race->slots + i, n);
		wrong += err && err != -EALREADY;
	}
	return wrong;
}

static unsigned int put_the_same_array(struct crew *crew, unsigned int number)
{
	struct race *race = crew->arg;
	unsigned int wrong = 0;

	for (unsigned int i = 0; i < race->turns; i++) {
		if (crew_meet(crew)) {
			wrong += aoipool_get_many(race->pool, race->slots,
						  RACED, 0) != 0;
			if (i % 2)
				shuffle(race->slots, RACED);
		}
		crew_meet(crew);
		if (number < 2)
			wrong += put_in_parts(race, number ? RACED : 3);
		else
			wrong += put_one_by_one(race, number == 2);
		crew_meet(crew);
	}
	return wrong;
}

static void of_racing_arrays_each_slot_is_put_once(void **state)
{
	struct race race = { .turns = rounds(2000) };
	struct aoipool_stats stats;

	race.pool = open_kind(*state, 64, 32768);
	assert_int_equal(crew_run(4, put_the_same_array, &race), 0);
	stats = stats_of(race.pool);
	assert_int_equal(stats.slots_out, 0);
	assert_int_equal(stats.gets, (uint64_t)race.turns * RACED);
	assert_int_equal(stats.puts, stats.gets);
	/* Four tried each slot, three heard that it was put before. */
	assert_int_equal(stats.double_puts, 3 * stats.gets);
	assert_ok(aoipool_pool_close(race.pool));
}

/* Many at a time by all, from a pool that has not enough for all. */
static unsigned int get_and_put_many(struct crew *crew, unsigned int number)
{
	struct aoipool_slot *slots = calloc(3000, sizeof(*slots));
	unsigned int random = number + 1, turns = rounds(2000), wrong = 0;
	size_t n;
	int err;

	while (turns--) {
		n = 1 + crew_random(&random) % 3000;
		err = aoipool_get_many(crew->arg, slots, n,
				       random % 2 ? -1 : 0);
		wrong += err && (err != -EAGAIN || random % 2);
		for (size_t i = 0; !err && i < n; i++)
			*(uint64_t *)slots[i].ptr = slots[i].ref;
		for (size_t i = 0; !err && i < n; i++)
			wrong += *(uint64_t *)slots[i].ptr != slots[i].ref;
		if (!err)
			wrong += aoipool_put_many(crew->arg, slots, n) != 0;
	}
	free(slots);
	return wrong;
}

static void many_by_many_are_never_given_twice(void **state)
{
	struct aoipool_pool *pool = open_kind(*state, 256, 8192);

	assert_int_equal(crew_run(4, get_and_put_many, pool), 0);
	assert_int_equal(stats_of(pool).slots_out, 0);
	assert_int_equal(stats_of(pool).gets, stats_of(pool).puts);
	assert_ok(aoipool_pool_close(pool));
}

int main(void)
{
	const struct CMUnitTest bulk[] = {
		on_each_kind(any_number_comes_and_goes),
		cmocka_unit_test(frames_go_together_too),
		on_each_kind(get_many_gives_all_or_none),
		on_each_kind(more_than_the_pool_has_is_refused),
		on_each_kind(good_refs_are_put_whatever_lies_between),
		on_each_kind(the_first_error_is_told),
		on_each_kind(one_that_stands_there_twice_is_put_once),
		on_each_kind(all_the_same_ref_is_put_once),
		on_each_kind(neighbours_are_put_in_any_order),
		on_each_kind(of_a_pair_the_one_that_is_held_is_put),
		on_each_kind(only_the_refs_are_looked_at),
		on_each_kind(a_missing_array_is_refused),
		on_each_kind(of_racing_arrays_each_slot_is_put_once),
		on_each_kind(many_by_many_are_never_given_twice),
	};

	return RUN(bulk);
}
