// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * A kernel and a peer that act at random, in a thread of their own, while other
 * threads get and put: the moments that nobody has thought of.
 */
#include <stdatomic.h>
#include <stdlib.h>

#include "crew.h"
#include "fixture.h"
#include "mock_provider.h"
#include "pattern.h"

#define SLABS	6
#define USERS	3
#define BATCH	5	/* objects at a time */

struct play {
	struct mock mock;
	struct aoipool_pool *pool;
	size_t bytes;
	bool objects;
	atomic_int busy;
	atomic_int owner[SLABS];	/* frames: who has the slab now */
	atomic_uint_fast64_t seed[SLABS];	/* frames: its last user's */
	atomic_uint intact, zero, no_memory, exhausted;
};

/* One is enough but where threads are slow and the kernel is quick. */
#define PLAYS	20

static unsigned int count_err(struct play *play, int err)
{
	if (err == -ENOMEM || err == -ENOSPC || err == -EDQUOT)
		play->no_memory++;
	else if (err == -EAGAIN)
		play->exhausted++;
	else
		return 1;
	return 0;
}

/* By block: memory may come back in part where a populate failed half way. */
static bool block_fits(struct play *play, const struct aoipool_slot *slot,
		       uint32_t slab, size_t from)
{
	size_t to = from + BLOCK_BYTES;
	uint64_t seed = play->seed[slab], peer = play->mock.peer_seed[slab];

	if (to > play->bytes)
		to = play->bytes;
	if (pattern_zero_in(slot->ptr, play->bytes, from, to)) {
		play->zero++;
		return true;
	}
	if (pattern_sprinkled_in(slot->ptr, play->bytes, seed, from, to)) {
		play->intact++;
		return true;
	}
	return peer && pattern_sprinkled_in(slot->ptr,
					    mock_slab_bytes(&play->mock), peer,
					    from, to);
}

static unsigned int use_frame(struct play *play,
			      const struct aoipool_slot *slot, int me)
{
	uint32_t slab = mock_slab_of(&play->mock, slot->ptr);
	uint64_t word = mock_word(&play->mock, slab), seed = slot->ref;
	unsigned int wrong = atomic_exchange(&play->owner[slab], me) != 0;

	wrong += aoipool_word_state(word) != AOIPOOL_SLAB_HELD;
	wrong += aoipool_word_owner(word) != MOCK_CLIENT;
	wrong += !mock_present(&play->mock, slab);
	for (size_t from = 0; from < play->bytes; from += BLOCK_BYTES)
		wrong += !block_fits(play, slot, slab, from);
	pattern_sprinkle(slot->ptr, play->bytes, seed);
	sched_yield();
	wrong += !pattern_sprinkled(slot->ptr, play->bytes, seed);
	play->seed[slab] = seed;
	wrong += atomic_exchange(&play->owner[slab], 0) != me;
	return wrong;
}

/* Enough at a time that slabs fill up and empty; that each is mine is seen. */
static unsigned int use_objects(struct play *play)
{
	struct aoipool_slot slots[BATCH];
	unsigned int wrong = 0;
	int err = aoipool_get_many(play->pool, slots, BATCH, 0);

	if (err)
		return count_err(play, err);
	for (size_t i = 0; i < BATCH; i++)
		pattern_write(slots[i].ptr, play->bytes, slots[i].ref);
	sched_yield();
	for (size_t i = 0; i < BATCH; i++)
		wrong += !pattern_intact(slots[i].ptr, play->bytes,
					 slots[i].ref);
	for (size_t i = 0; i < BATCH; i++)
		wrong += aoipool_put(play->pool, slots[i].ref) != 0;
	return wrong;
}

static unsigned int use(struct play *play, int me)
{
	struct aoipool_slot slot;
	unsigned int wrong;
	int err;

	if (play->objects)
		return use_objects(play);
	err = aoipool_get(play->pool, &slot);
	if (err)
		return count_err(play, err);
	wrong = use_frame(play, &slot, me);
	return wrong + (aoipool_put(play->pool, slot.ref) != 0);
}

/* One of the kernel's deeds; memory comes back soon after it went. */
static void deed(struct play *play, unsigned int *random)
{
	static const enum mock_action actions[] = {
		MOCK_RECLAIM,	   MOCK_RECLAIM_LATE, MOCK_RECLAIM,
		MOCK_RECLAIM_LATE, MOCK_RECLAIM_ALL,  MOCK_AGE,
		MOCK_AGE,	   MOCK_RIVAL_TAKES,  MOCK_RIVAL_USES,
		MOCK_SWEEP,	   MOCK_SWEEP,	      MOCK_NO_MEMORY,
		MOCK_LIMIT,	   MOCK_CGROUP_FULL,  MOCK_HALF_A_SLAB,
	};
	enum mock_action action =
		actions[crew_random(random) %
			ARRAY_SIZE(actions)];

	mock_act(&play->mock, action, crew_random(random) % play->mock.nr_slabs);
	if (action >= MOCK_NO_MEMORY)
		sched_yield();
	mock_disarm(&play->mock);
}

static unsigned int act_or_use(struct crew *crew, unsigned int number)
{
	struct play *play = crew->arg;
	unsigned int random = 4711, turns = rounds(2000), wrong = 0;

	while (!number && play->busy) {
		deed(play, &random);
		sched_yield();
	}
	while (number && turns--)
		wrong += use(play, number);
	if (number)
		play->busy--;
	return wrong;
}

static void start_play(struct play *play, struct aoipool_attr *attr)
{
	play->pool = mock_open(&play->mock, attr);
	aoipool_attr_destroy(attr);
	assert_non_null(play->pool);
	/* Many threads change words between two looks: no arc can be told. */
	play->mock.watch = false;
	play->bytes = aoipool_pool_slot_bytes(play->pool);
	play->busy = USERS;
}

static void end_play(struct play *play)
{
	struct aoipool_slot *slots;
	size_t n;

	print_message("# %u blocks intact, %u zero; %u no memory, %u out\n",
		      play->intact, play->zero, play->no_memory,
		      play->exhausted);
	for (uint32_t i = 0; i < play->mock.nr_slabs; i++)
		mock_peer_park(&play->mock, i);
	assert_int_equal(stats_of(play->pool).slots_out, 0);
	slots = get_all(play->pool, &n);
	put_all(play->pool, slots, n);
	free(slots);
	for (size_t i = MOCK_NOTHING + 1; i < NR_MOCK_ACTIONS; i++)
		assert_true(rounds(100) < 100 || play->mock.done[i] > 0);
	assert_ok(aoipool_pool_close(play->pool));
}

static void frames_survive_it(void **state)
{
	static struct play play;
	struct aoipool_attr *attr = new_attr();

	(void)state;
	assert_ok(aoipool_attr_set_frame(attr, 1920, 2000, AOIPOOL_PIXEL_MONO8,
					 SLABS));
	start_play(&play, attr);
	assert_int_equal(crew_run(USERS + 1, act_or_use, &play), 0);
	assert_true(play.intact > 0);
	assert_true(play.zero > 0);
	end_play(&play);
}

static bool slabs_went_and_came(struct play *play)
{
	struct aoipool_stats stats = stats_of(play->pool);

	return stats.claims > 1 && stats.revives > 1;
}

static void objects_survive_it(void **state)
{
	static struct play play = { .objects = true };
	unsigned int tries;

	(void)state;
	/* Seven a slab of four blocks: slabs are parked all the time. */
	start_play(&play, object_attr(1 << 20, 28));
	play.bytes = 4096;
	/* Until slabs went and came, else nothing was shown. */
	for (tries = 0; tries < PLAYS && !slabs_went_and_came(&play); tries++) {
		play.busy = USERS;
		assert_int_equal(crew_run(USERS + 1, act_or_use, &play), 0);
	}
	assert_true(slabs_went_and_came(&play));
	end_play(&play);
}

int main(void)
{
	const struct CMUnitTest kernel_at_random[] = {
		cmocka_unit_test(frames_survive_it),
		cmocka_unit_test(objects_survive_it),
	};

	return RUN(kernel_at_random);
}
