// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * Every moment between two steps of claim, park and revive, times everything
 * that the kernel or a peer may do there.  Whatever comes of it must be within
 * the contract: a slab has one owner, its content is intact or zero, none is
 * lost, the error says what was missing, and each change of a word is an arc.
 *
 * One test a moment and action; each runs all scenes, at the first time the
 * moment comes, at the second, until it comes no more.
 */
#include <stdio.h>
#include <stdlib.h>

#include "fixture.h"
#include "mock_provider.h"
#include "pattern.h"

#define SLABS	4
#define SEED	1000	/* + slab: what lies in the slabs at the start */

struct stage {
	struct mock mock;
	struct aoipool_pool *pool;
	size_t bytes;
	uint64_t seeds[SLABS];
	struct aoipool_slot held[SLABS];
	size_t nr_held;
	struct aoipool_slot got[2];
	size_t want;
	uint32_t peer;		/* the slab that a peer holds */
	uint32_t free;		/* slabs to be had at the start */
	int err;
};

struct moment {
	enum slab_step step;
	enum mock_action action;
	char name[64];
};

static unsigned int reached[MOCK_STEPS];
static unsigned int acted[NR_MOCK_ACTIONS];

static void seed_slab(struct stage *stage, const struct aoipool_slot *slot)
{
	uint32_t slab = mock_slab_of(&stage->mock, slot->ptr);

	stage->seeds[slab] = SEED + slab;
	pattern_sprinkle(slot->ptr, stage->bytes, stage->seeds[slab]);
}

static void open_stage(struct stage *stage)
{
	struct aoipool_attr *attr = new_attr();

	assert_ok(aoipool_attr_set_frame(attr, 1920, 2000, AOIPOOL_PIXEL_MONO8,
					 SLABS));
	stage->pool = mock_open(&stage->mock, attr);
	aoipool_attr_destroy(attr);
	assert_non_null(stage->pool);
	assert_int_equal(stage->mock.slab_blocks, 2);
	stage->bytes = aoipool_pool_slot_bytes(stage->pool);
	assert_true(mock_peer_take(&stage->mock, SLABS - 1));
	stage->peer = SLABS - 1;
	stage->free = SLABS - 1;
	stage->want = 1;
}

/* The three that the peer does not have were used and given up. */
static void park_the_rest(struct stage *stage)
{
	struct aoipool_slot slots[SLABS - 1];

	assert_ok(aoipool_get_many(stage->pool, slots, SLABS - 1, 0));
	for (size_t i = 0; i < SLABS - 1; i++)
		seed_slab(stage, &slots[i]);
	put_all(stage->pool, slots, SLABS - 1);
}

static void set_absent(struct stage *stage)
{
	(void)stage;
}

static void set_parked(struct stage *stage)
{
	park_the_rest(stage);
}

static void set_two_of_parked(struct stage *stage)
{
	park_the_rest(stage);
	stage->want = 2;
}

static void set_two_of_absent(struct stage *stage)
{
	stage->want = 2;
}

/* The get finds one that does not count for the peak: another is to make room. */
static void set_unknown(struct stage *stage)
{
	struct frame_store *frames = &stage->pool->frames;

	park_the_rest(stage);
	for (uint32_t slab = 0; slab < SLABS; slab++)
		frames->known[slab] = slab == 1;
	frames->nr_known = 1;
}

static void hold(struct stage *stage, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		stage->held[i] = get_slot(stage->pool);
		seed_slab(stage, &stage->held[i]);
	}
	stage->nr_held = n;
	stage->free -= n;
}

static void set_last_parked(struct stage *stage)
{
	park_the_rest(stage);
	hold(stage, 2);
}

static void set_last_absent(struct stage *stage)
{
	hold(stage, 2);
}

static void set_held(struct stage *stage)
{
	hold(stage, 1);
	stage->want = 0;
}

static const struct {
	const char *name;
	void (*set)(struct stage *stage);
} scenes[] = {
	{ "get of absent", set_absent },
	{ "get of parked", set_parked },
	{ "get_many of absent", set_two_of_absent },
	{ "get_many of parked", set_two_of_parked },
	{ "get of the last, absent", set_last_absent },
	{ "get of an unknown one", set_unknown },
	{ "get of the last, parked", set_last_parked },
	{ "put", set_held },
};

#define NR_SCENES	ARRAY_SIZE(scenes)

static void perform(struct stage *stage)
{
	switch (stage->want) {
	case 0:
		stage->err = aoipool_put(stage->pool, stage->held[0].ref);
		stage->nr_held = 0;
		break;
	case 1:
		stage->err = aoipool_get(stage->pool, stage->got);
		break;
	default:
		stage->err = aoipool_get_many(stage->pool, stage->got,
					      stage->want, 0);
	}
}

static bool starves(enum mock_action action)
{
	return action == MOCK_NO_MEMORY || action == MOCK_LIMIT ||
	       action == MOCK_CGROUP_FULL || action == MOCK_HALF_A_SLAB;
}

static int starved_err(enum mock_action action)
{
	if (action == MOCK_LIMIT)
		return -ENOSPC;
	return action == MOCK_CGROUP_FULL ? -EDQUOT : -ENOMEM;
}

static void check_err_fits(struct stage *stage, enum mock_action action)
{
	bool taken = action == MOCK_RIVAL_TAKES && stage->mock.fired;

	if (stage->mock.fired && starves(action) && stage->want)
		assert_one_of(stage->err, 0, starved_err(action));
	else if (taken && stage->want >= stage->free)
		assert_one_of(stage->err, 0, -EAGAIN);
	else
		assert_ok(stage->err);
}

/* Only what may have lost its memory may be zero, and only as a whole block. */
static void check_content(struct stage *stage, const struct aoipool_slot *slot)
{
	uint32_t slab = mock_slab_of(&stage->mock, slot->ptr);
	bool fresh = !stage->seeds[slab];

	for (size_t from = 0; from < stage->bytes; from += BLOCK_BYTES) {
		size_t to = from + BLOCK_BYTES;

		if (pattern_zero_in(slot->ptr, stage->bytes, from, to)) {
			assert_true(fresh || stage->mock.info.reclaimed_slabs);
			continue;
		}
		if (!fresh && pattern_sprinkled_in(slot->ptr, stage->bytes,
						   stage->seeds[slab], from,
						   to))
			continue;
		/* A peer sprinkles whole slabs, so the end lies elsewhere. */
		assert_true(stage->mock.peer_seed[slab] != 0);
		assert_true(pattern_sprinkled_in(
			slot->ptr, mock_slab_bytes(&stage->mock),
			stage->mock.peer_seed[slab], from,
			to < stage->bytes ? to : stage->bytes));
	}
}

static void check_got(struct stage *stage)
{
	for (size_t i = 0; i < stage->want; i++) {
		struct aoipool_slot *slot = &stage->got[i];
		uint32_t slab = mock_slab_of(&stage->mock, slot->ptr);
		uint64_t word = mock_word(&stage->mock, slab);

		assert_true(mock_present(&stage->mock, slab));
		assert_int_equal(aoipool_word_state(word), AOIPOOL_SLAB_HELD);
		assert_int_equal(aoipool_word_owner(word), MOCK_CLIENT);
		assert_int_equal(aoipool_word_gen(word),
				 (uint32_t)((slot->ref >> 32) -
					    stage->pool->range.salt));
		assert_true(!i || slot->ptr != stage->got[0].ptr);
		check_content(stage, slot);
		assert_ok(aoipool_put(stage->pool, slot->ref));
		assert_err(aoipool_put(stage->pool, slot->ref), -EALREADY);
	}
}

static void check_held(struct stage *stage)
{
	for (size_t i = 0; i < stage->nr_held; i++) {
		struct aoipool_slot *slot = &stage->held[i];
		uint32_t slab = mock_slab_of(&stage->mock, slot->ptr);

		assert_true(pattern_sprinkled(slot->ptr, stage->bytes,
					      stage->seeds[slab]));
		assert_ok(aoipool_put(stage->pool, slot->ref));
	}
	/* Stale, if a peer has had the slab since. */
	if (!stage->want)
		assert_one_of(aoipool_put(stage->pool, stage->held[0].ref),
			      -EALREADY, -ESTALE);
}

/* The kernel is at rest: all slabs are to be had, each once, and no more. */
static void check_none_lost(struct stage *stage)
{
	struct aoipool_slot slots[SLABS], one_more;

	assert_int_equal(stats_of(stage->pool).slots_out, 0);
	for (uint32_t i = 0; i < SLABS; i++)
		mock_peer_park(&stage->mock, i);
	assert_int_equal(mock_count(&stage->mock, AOIPOOL_SLAB_HELD), 0);
	assert_ok(aoipool_get_many(stage->pool, slots, SLABS, 0));
	assert_int_equal(mock_count(&stage->mock, AOIPOOL_SLAB_HELD), SLABS);
	for (size_t i = 0; i < SLABS; i++)
		check_content(stage, &slots[i]);
	assert_err(aoipool_get(stage->pool, &one_more), -EAGAIN);
	put_all(stage->pool, slots, SLABS);
}

static void check_arcs(struct stage *stage)
{
	mock_disarm(&stage->mock);
	if (stage->mock.illegal)
		print_error("# %s\n", stage->mock.illegal_text);
	assert_int_equal(stage->mock.illegal, 0);
}

/* Return: the moment came. */
static bool play(const struct moment *moment, size_t scene, unsigned int nth)
{
	struct stage stage = { .pool = NULL };
	bool came;

	open_stage(&stage);
	scenes[scene].set(&stage);
	mock_arm(&stage.mock, moment->step, nth, moment->action);
	perform(&stage);
	came = !stage.mock.armed;
	mock_disarm(&stage.mock);
	check_err_fits(&stage, moment->action);
	if (!stage.err)
		check_got(&stage);
	check_held(&stage);
	check_none_lost(&stage);
	check_arcs(&stage);
	assert_ok(aoipool_pool_close(stage.pool));
	for (size_t i = 0; i < MOCK_STEPS; i++)
		reached[i] += stage.mock.reached[i];
	acted[moment->action] += stage.mock.fired;
	return came;
}

static void contract_is_kept(void **state)
{
	const struct moment *moment = *state;

	for (size_t scene = 0; scene < NR_SCENES; scene++) {
		unsigned int nth = 0;

		while (play(moment, scene, nth))
			assert_true(++nth < 32);
	}
}

/* Did the scenes above show what they say?  Last, since they count for it. */
static void every_step_was_reached(void **state)
{
	(void)state;
	for (size_t i = 0; i < MOCK_STEPS; i++) {
		print_message("# step %s: %u\n", mock_step_name(i), reached[i]);
		assert_true(reached[i] > 0);
	}
}

static void every_action_had_an_effect(void **state)
{
	(void)state;
	for (size_t i = MOCK_NOTHING + 1; i < NR_MOCK_ACTIONS; i++) {
		print_message("# action %s: %u\n", mock_action_name(i),
			      acted[i]);
		assert_true(acted[i] > 0);
	}
}

#define NR_MOMENTS	(MOCK_STEPS * NR_MOCK_ACTIONS)

static struct moment moments[NR_MOMENTS];

static struct CMUnitTest moment_test(size_t i)
{
	struct moment *moment = &moments[i];

	moment->step = i / NR_MOCK_ACTIONS;
	moment->action = i % NR_MOCK_ACTIONS;
	snprintf(moment->name, sizeof(moment->name), "%s_at_%s",
		 mock_action_name(moment->action),
		 mock_step_name(moment->step));
	return (struct CMUnitTest){ .name = moment->name,
				    .test_func = contract_is_kept,
				    .initial_state = moment };
}

int main(void)
{
	static struct CMUnitTest worst_moments[NR_MOMENTS + 2];

	for (size_t i = 0; i < NR_MOMENTS; i++)
		worst_moments[i] = moment_test(i);
	worst_moments[NR_MOMENTS] = (struct CMUnitTest)
		cmocka_unit_test(every_step_was_reached);
	worst_moments[NR_MOMENTS + 1] = (struct CMUnitTest)
		cmocka_unit_test(every_action_had_an_effect);
	return RUN(worst_moments);
}
