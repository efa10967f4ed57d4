// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * Where frames are looked for first is written down by CPU, and may be wrong.
 * And what stands on it: nobody fails while a frame is free, and the numbers
 * that nobody counts are right.
 */
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "crew.h"
#include "fixture.h"
#include "mock_provider.h"
#include "pattern.h"

#define FRAMES	96

static struct mock mock;

static int ninety_six_frames(void **state)
{
	*state = open_frames(FRAMES);
	return 0;
}

static struct frame_notes *all_notes(struct aoipool_pool *pool, size_t *n)
{
	*n = pool->frames.notes_mask + 1;
	return pool->frames.notes;
}

/* Every note of every CPU says the same. */
static void note_everywhere(struct aoipool_pool *pool, uint32_t slab)
{
	size_t n;
	struct frame_notes *notes = all_notes(pool, &n);

	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < FRAME_NOTES; k++)
			notes[i].slab[k] = slab;
	}
}

static void note_at_random(struct aoipool_pool *pool, unsigned int *seed)
{
	size_t n;
	struct frame_notes *notes = all_notes(pool, &n);

	for (size_t i = 0; i < n; i++) {
		notes[i].top = crew_random(seed);
		for (size_t k = 0; k < FRAME_NOTES; k++)
			notes[i].slab[k] = crew_random(seed) % (FRAMES + 8);
	}
}

/* Each once, then -EAGAIN; put back. */
static void all_are_there_once(struct aoipool_pool *pool)
{
	struct aoipool_slot one_more, *slots;
	bool seen[FRAMES] = { false };
	size_t n;

	slots = get_all(pool, &n);
	for (size_t i = 0; i < n; i++) {
		uint32_t slab = (uint32_t)slots[i].ref - pool->range.base;

		assert_true(slab < n && !seen[slab]);
		seen[slab] = true;
	}
	assert_err(aoipool_get(pool, &one_more), -EAGAIN);
	assert_int_equal(stats_of(pool).slots_out, n);
	put_all(pool, slots, n);
	free(slots);
	assert_int_equal(stats_of(pool).slots_out, 0);
}

static void notes_that_lie_do_no_harm(void **state)
{
	unsigned int seed = 4711;

	for (int i = 0; i < 20; i++) {
		note_at_random(*state, &seed);
		all_are_there_once(*state);
	}
	note_everywhere(*state, FRAMES);
	all_are_there_once(*state);
	note_everywhere(*state, FRAME_NO_NOTE - 1);
	all_are_there_once(*state);
}

static void a_note_of_a_held_frame_does_not_hand_it_out(void **state)
{
	struct aoipool_slot held = get_slot(*state), other;

	note_everywhere(*state, (uint32_t)held.ref -
					((struct aoipool_pool *)*state)
						->range.base);
	for (int i = 0; i < 10; i++) {
		other = get_slot(*state);
		assert_true(other.ptr != held.ptr);
		assert_ok(aoipool_put(*state, other.ref));
	}
	assert_ok(aoipool_put(*state, held.ref));
}

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	assert_ok(sched_setaffinity(0, sizeof(set), &set));
}

/* Whoever had them before: all were put on another CPU. */
static void all_frames_are_to_be_had_on_each_cpu(void **state)
{
	cpu_set_t may;
	int cpus = 0;

	assert_ok(sched_getaffinity(0, sizeof(may), &may));
	for (int round = 0; round < 2; round++) {
		for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
			if (!CPU_ISSET(cpu, &may))
				continue;
			pin(cpu);
			all_are_there_once(*state);
			cpus++;
		}
	}
	assert_ok(sched_setaffinity(0, sizeof(may), &may));
	print_message("# on %d CPUs\n", cpus / 2);
}

static void the_last_put_is_the_next_got(void **state)
{
	struct aoipool_slot slots[3], again;
	cpu_set_t may;

	assert_ok(sched_getaffinity(0, sizeof(may), &may));
	pin(sched_getcpu());
	assert_ok(aoipool_get_many(*state, slots, 3, 0));
	for (size_t i = 0; i < 3; i++)
		assert_ok(aoipool_put(*state, slots[i].ref));
	for (size_t i = 3; i--;) {
		again = get_slot(*state);
		assert_ptr_equal(again.ptr, slots[i].ptr);
		slots[i] = again;
	}
	put_all(*state, slots, 3);
	assert_ok(sched_setaffinity(0, sizeof(may), &may));
}

static struct aoipool_pool *open_mock(uint64_t nodes)
{
	struct aoipool_attr *attr = frame_attr(4);
	struct aoipool_pool *pool;

	mock = (struct mock){ .nodes = nodes };
	pool = mock_open(&mock, attr);
	aoipool_attr_destroy(attr);
	assert_non_null(pool);
	return pool;
}

static void close_mock(struct aoipool_pool *pool)
{
	mock_disarm(&mock);
	if (mock.illegal)
		print_error("# %s\n", mock.illegal_text);
	assert_int_equal(mock.illegal, 0);
	assert_ok(aoipool_pool_close(pool));
}

static void a_noted_frame_that_was_reclaimed_comes_back_whole(void **state)
{
	struct aoipool_pool *pool = open_mock(1);
	struct aoipool_slot slot = get_slot(pool), again;
	uint32_t slab = mock_slab_of(&mock, slot.ptr);

	(void)state;
	assert_ok(aoipool_put(pool, slot.ref));
	assert_true(mock_act(&mock, MOCK_RECLAIM, slab));
	again = get_slot(pool);
	assert_true(mock_present(&mock, mock_slab_of(&mock, again.ptr)));
	assert_true(all_zero(again.ptr, aoipool_pool_slot_bytes(pool)));
	assert_ok(aoipool_put(pool, again.ref));
	close_mock(pool);
}

static void a_noted_frame_that_lacks_memory_is_completed(void **state)
{
	struct aoipool_pool *pool = open_mock(1);
	struct aoipool_slot slot;
	uint32_t slab = 0;

	(void)state;
	mock_act(&mock, MOCK_HALF_A_SLAB, 0);
	assert_err(aoipool_get(pool, &slot), -ENOMEM);
	mock_disarm(&mock);
	/* What was brought of it is parked. */
	assert_int_equal(mock_count(&mock, AOIPOOL_SLAB_PARKED), 1);
	while (aoipool_word_state(mock_word(&mock, slab)) !=
	       AOIPOOL_SLAB_PARKED)
		slab++;
	note_everywhere(pool, slab);
	for (int i = 0; i < 4; i++) {
		slot = get_slot(pool);
		assert_true(mock_present(&mock, mock_slab_of(&mock, slot.ptr)));
		assert_true(all_zero(slot.ptr, aoipool_pool_slot_bytes(pool)));
	}
	mock_disarm(&mock);
	assert_int_equal(mock.illegal, 0);
	assert_err(aoipool_pool_close(pool), -EBUSY);
}

static uint32_t here(void)
{
	unsigned int cpu, node;

	assert_ok(syscall(SYS_getcpu, &cpu, &node, NULL));
	return node;
}

static void a_frame_near_goes_before_a_noted_one_far_away(void **state)
{
	uint32_t node = here();
	struct aoipool_pool *pool = open_mock(1ULL << node | 2ULL << node);
	struct aoipool_slot far, near;

	(void)state;
	mock.empty_nodes = 1ULL << node;
	far = get_slot(pool);
	mock.empty_nodes = 0;
	near = get_slot(pool);
	assert_true(aoipool_word_node(mock_word(
			    &mock, mock_slab_of(&mock, far.ptr))) == node + 1);
	assert_ok(aoipool_put(pool, near.ref));
	assert_ok(aoipool_put(pool, far.ref));
	note_everywhere(pool, mock_slab_of(&mock, far.ptr));
	for (int i = 0; i < 3; i++) {
		struct aoipool_slot slot = get_slot(pool);

		assert_ptr_equal(slot.ptr, near.ptr);
		assert_ok(aoipool_put(pool, slot.ref));
		note_everywhere(pool, mock_slab_of(&mock, far.ptr));
	}
	close_mock(pool);
}

/* As many frames as threads, and none ever has two. */
static unsigned int get_one_put_one(struct crew *crew, unsigned int number)
{
	unsigned int turns = rounds(200000), wrong = 0;
	struct aoipool_slot slot;

	(void)number;
	while (turns--) {
		if (aoipool_get(crew->arg, &slot))
			wrong++;
		else
			wrong += aoipool_put(crew->arg, slot.ref) != 0;
	}
	return wrong;
}

static void no_get_fails_while_a_frame_is_free(void **state)
{
	struct aoipool_pool *pool = open_frames(3);
	struct aoipool_stats stats;

	(void)state;
	assert_int_equal(crew_run(3, get_one_put_one, pool), 0);
	stats = stats_of(pool);
	assert_int_equal(stats.exhausted, 0);
	assert_int_equal(stats.gets, 3 * rounds(200000));
	assert_int_equal(stats.puts, stats.gets);
	assert_int_equal(stats.parks, stats.puts);
	assert_int_equal(stats.revives + stats.claims, stats.gets);
	assert_in_range(stats.slots_out_peak, 1, 3);
	assert_ok(aoipool_pool_close(pool));
}

/*
 * The only free frame is now the first, now the last: who reads all words one
 * after the other may see neither.
 */
struct swing {
	struct aoipool_pool *pool;
	struct aoipool_slot held[FRAMES];
	atomic_int busy;
};

static void note_for_all(struct aoipool_pool *pool, uint32_t slab)
{
	size_t n;
	struct frame_notes *notes = all_notes(pool, &n);

	for (size_t i = 0; i < n; i++) {
		__atomic_store_n(&notes[i].slab[0], slab, __ATOMIC_RELAXED);
		__atomic_store_n(&notes[i].top, 1, __ATOMIC_RELAXED);
	}
}

static unsigned int swing_or_get(struct crew *crew, unsigned int number)
{
	struct swing *swing = crew->arg;
	unsigned int turns = rounds(200000), wrong = 0, side = 0;
	struct aoipool_slot slot;

	while (number ? swing->busy != 0 : turns-- > 0) {
		if (!number)
			note_for_all(swing->pool,
				     side++ % 2 ? FRAMES - 1 : 0);
		if (aoipool_get(swing->pool, &slot))
			wrong++;
		else
			wrong += aoipool_put(swing->pool, slot.ref) != 0;
	}
	swing->busy = 0;
	return wrong;
}

static void a_frame_that_moves_is_seen(void **state)
{
	struct swing swing = { .pool = *state, .busy = 1 };
	struct aoipool_slot slots[FRAMES];
	size_t n = 0;

	assert_ok(aoipool_get_many(*state, slots, FRAMES, 0));
	for (size_t i = 0; i < FRAMES; i++) {
		uint32_t slab = (uint32_t)slots[i].ref -
				swing.pool->range.base;

		if (slab == 0 || slab == FRAMES - 1)
			assert_ok(aoipool_put(*state, slots[i].ref));
		else
			swing.held[n++] = slots[i];
	}
	assert_int_equal(crew_run(2, swing_or_get, &swing), 0);
	assert_int_equal(stats_of(*state).exhausted, 0);
	put_all(*state, swing.held, n);
}

/* The same at the worst moment: two are free all the while. */
struct move {
	struct aoipool_pool *pool;
	aoipool_ref_t first;	/* held, and put half way */
	bool done;
};

static void move_half_way(void *arg, enum slab_step step, uint32_t slab)
{
	struct move *move = arg;
	uint64_t *word = &move->pool->table.words[FRAMES - 2];

	if (step != SLAB_STEP_READ || slab != FRAMES / 2 || move->done)
		return;
	move->done = true;
	assert_ok(aoipool_put(move->pool, move->first));
	assert_ok(slab_revive(&move->pool->table, FRAMES - 2, *word));
}

static void frames_that_move_while_words_are_read_are_seen(void **state)
{
	struct aoipool_pool *pool = *state;
	struct move move = { .pool = pool };
	struct aoipool_slot slots[FRAMES], got[2];
	size_t n = 0;

	assert_ok(aoipool_get_many(pool, slots, FRAMES, 0));
	for (size_t i = 0; i < FRAMES; i++) {
		uint32_t slab = (uint32_t)slots[i].ref - pool->range.base;

		if (slab == 0)
			move.first = slots[i].ref;
		else if (slab >= FRAMES - 2)
			assert_ok(aoipool_put(pool, slots[i].ref));
		else
			slots[n++] = slots[i];
	}
	pool->table.step_arg = &move;
	pool->table.step = move_half_way;
	assert_ok(aoipool_get_many(pool, got, 2, 0));
	pool->table.step = NULL;
	assert_true(move.done);
	put_all(pool, got, 2);
	put_all(pool, slots, n);
	assert_ok(slab_park(&pool->table, FRAMES - 2,
			    aoipool_word_gen(pool->table.words[FRAMES - 2])));
}

struct greed {
	struct aoipool_pool *pool;
	atomic_int busy;
	/* read: in a get; write: who has three gives them, all before a get */
	pthread_rwlock_t giving;
};

/*
 * Of four, two threads want three each; the third wants one, and one is left.
 * It would not be if one of them could take three while the other still has to
 * give the last of his.
 */
static unsigned int want_three_or_one(struct crew *crew, unsigned int number)
{
	struct greed *greed = crew->arg;
	unsigned int turns = rounds(100000), wrong = 0;
	struct aoipool_slot slots[3];
	size_t n = number ? 3 : 1;
	int err;

	while (number ? greed->busy != 0 : turns-- > 0) {
		if (number)
			pthread_rwlock_rdlock(&greed->giving);
		err = aoipool_get_many(greed->pool, slots, n, 0);
		if (number)
			pthread_rwlock_unlock(&greed->giving);
		wrong += err && (err != -EAGAIN || !number);
		if (err)
			continue;
		if (number)
			pthread_rwlock_wrlock(&greed->giving);
		for (size_t i = 0; i < n; i++)
			wrong += aoipool_put(greed->pool, slots[i].ref) != 0;
		if (number)
			pthread_rwlock_unlock(&greed->giving);
	}
	greed->busy = 0;
	return wrong;
}

static void nobody_fails_for_what_was_only_tried(void **state)
{
	struct greed greed = {
		.pool = open_frames(4),
		.busy = 1,
		.giving = PTHREAD_RWLOCK_INITIALIZER,
	};

	(void)state;
	assert_int_equal(crew_run(3, want_three_or_one, &greed), 0);
	all_are_there_once(greed.pool);
	assert_ok(aoipool_pool_close(greed.pool));
}

/* Of three, one thread has tried two when the third goes to somebody else. */
struct trial {
	struct aoipool_pool *pool;
	atomic_uint held;
	atomic_bool tried, done;
};

static void lose_the_third(void *arg, enum slab_step step, uint32_t slab)
{
	struct trial *trial = arg;
	struct slab_table *table = &trial->pool->table;

	(void)slab;
	if (step != SLAB_STEP_REVIVED || ++trial->held != 2)
		return;
	for (uint32_t i = 0; i < 3; i++) {
		uint64_t word = slab_word(table, i);

		if (aoipool_word_state(word) == AOIPOOL_SLAB_PARKED)
			slab_swap(table, i, word, aoipool_word_held(word, 0, 2),
				  __ATOMIC_SEQ_CST);
	}
	/* Time enough for the other to fail, if he could. */
	trial->tried = true;
	for (int i = 0; i < 2000 && !trial->done; i++)
		sched_yield();
}

static unsigned int try_three_or_get_one(struct crew *crew, unsigned int number)
{
	struct trial *trial = crew->arg;
	struct aoipool_slot slots[3];
	unsigned int wrong;

	if (!number)
		return aoipool_get_many(trial->pool, slots, 3, 0) != -EAGAIN;
	while (!trial->tried)
		sched_yield();
	wrong = aoipool_get(trial->pool, slots) != 0;
	trial->done = true;
	return wrong;
}

static void a_get_waits_for_who_only_tries(void **state)
{
	struct trial trial = { .pool = open_frames(3) };
	struct aoipool_slot slots[3];

	(void)state;
	assert_ok(aoipool_get_many(trial.pool, slots, 3, 0));
	put_all(trial.pool, slots, 3);
	note_everywhere(trial.pool, FRAME_NO_NOTE);
	trial.pool->table.step_arg = &trial;
	trial.pool->table.step = lose_the_third;
	assert_int_equal(crew_run(2, try_three_or_get_one, &trial), 0);
	assert_true(trial.held >= 2);
	assert_err(aoipool_pool_close(trial.pool), -EBUSY);
}

/* Which frames they were does not matter. */
static void the_peak_is_the_most_that_were_out(void **state)
{
	struct aoipool_pool *pool = *state;
	struct aoipool_slot slots[7];
	unsigned int seed = 99;

	for (size_t n = 1; n <= 7; n++) {
		for (int i = 0; i < 30; i++) {
			note_at_random(pool, &seed);
			for (size_t k = 0; k < n; k++)
				slots[k] = get_slot(pool);
			put_all(pool, slots, n);
			if (i % 10 == 9)
				trim_all(pool);
		}
		assert_int_equal(stats_of(pool).slots_out_peak, n);
	}
	assert_ok(aoipool_get_many(pool, slots, 3, 0));
	put_all(pool, slots, 3);
	assert_int_equal(stats_of(pool).slots_out_peak, 7);
}

/* They were warm before anybody had them. */
static void reserved_frames_count_for_the_peak(void **state)
{
	struct aoipool_attr *attr = frame_attr(4);
	struct aoipool_slot slots[4];
	struct aoipool_pool *pool;

	(void)state;
	assert_ok(aoipool_attr_set_reserve(attr, 4));
	pool = open_pool(attr);
	for (uint32_t i = 0; i < 4; i++) {
		note_everywhere(pool, i);
		slots[i] = get_slot(pool);
		assert_int_equal(stats_of(pool).slots_out_peak, i + 1);
	}
	put_all(pool, slots, 4);
	assert_int_equal(stats_of(pool).gets, 4);
	assert_ok(aoipool_pool_close(pool));
}

static void a_get_that_had_no_memory_is_not_in_the_peak(void **state)
{
	struct aoipool_pool *pool = open_mock(1);
	struct aoipool_slot slots[4];

	(void)state;
	slots[0] = get_slot(pool);
	mock_act(&mock, MOCK_NO_MEMORY, 0);
	assert_err(aoipool_get(pool, &slots[1]), -ENOMEM);
	assert_err(aoipool_get_many(pool, &slots[1], 3, 0), -ENOMEM);
	mock_disarm(&mock);
	assert_int_equal(stats_of(pool).slots_out_peak, 1);
	assert_int_equal(stats_of(pool).gets, 1);
	assert_int_equal(stats_of(pool).puts, 0);
	assert_ok(aoipool_put(pool, slots[0].ref));
	assert_int_equal(stats_of(pool).puts, 1);
	close_mock(pool);
}

/* The generation of a slab begins anew after 2^32 puts. */
static void puts_are_counted_past_the_last_generation(void **state)
{
	struct aoipool_pool *pool = open_mock(1);
	struct aoipool_slot slot;

	(void)state;
	for (uint32_t i = 0; i < 4; i++)
		mock.words[i] = (uint64_t)(UINT32_MAX - 1) << 32;
	mock_disarm(&mock);
	mock.illegal = 0;
	pool->frames.first_gens += 4 * (uint64_t)(UINT32_MAX - 1);
	for (int i = 1; i <= 5; i++) {
		slot = get_slot(pool);
		assert_ok(aoipool_put(pool, slot.ref));
		assert_err(aoipool_put(pool, slot.ref), -EALREADY);
		assert_int_equal(stats_of(pool).puts, i);
		assert_int_equal(stats_of(pool).gets, i);
	}
	close_mock(pool);
}

#define on_96(test) \
	cmocka_unit_test_setup_teardown(test, ninety_six_frames, close_pool)

int main(void)
{
	const struct CMUnitTest frame_note[] = {
		on_96(notes_that_lie_do_no_harm),
		on_96(a_note_of_a_held_frame_does_not_hand_it_out),
		on_96(all_frames_are_to_be_had_on_each_cpu),
		on_96(the_last_put_is_the_next_got),
		cmocka_unit_test(
			a_noted_frame_that_was_reclaimed_comes_back_whole),
		cmocka_unit_test(a_noted_frame_that_lacks_memory_is_completed),
		cmocka_unit_test(a_frame_near_goes_before_a_noted_one_far_away),
		cmocka_unit_test(no_get_fails_while_a_frame_is_free),
		on_96(a_frame_that_moves_is_seen),
		on_96(frames_that_move_while_words_are_read_are_seen),
		cmocka_unit_test(a_get_waits_for_who_only_tries),
		cmocka_unit_test(nobody_fails_for_what_was_only_tried),
		on_96(the_peak_is_the_most_that_were_out),
		cmocka_unit_test(reserved_frames_count_for_the_peak),
		cmocka_unit_test(a_get_that_had_no_memory_is_not_in_the_peak),
		cmocka_unit_test(puts_are_counted_past_the_last_generation),
	};

	return RUN(frame_note);
}
