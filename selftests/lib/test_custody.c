// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * Custody notes of the own pools: who has what, what for and since when.  The
 * clock is the test's.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "crew.h"
#include "fixture.h"
#include "held.h"

#define MS_NS	1000000ULL

/* What the notes' clock and the reader's say. */
static atomic_uint_fast64_t clock_ns = 1000000 * MS_NS;

uint64_t __wrap_sys_coarse_ns(void)
{
	return clock_ns;
}

uint64_t __wrap_sys_second(void)
{
	return clock_ns / (1000 * MS_NS);
}

static atomic_bool clock_is_ours;
uint64_t __real_sys_now_ns(void);

uint64_t __wrap_sys_now_ns(void)
{
	return clock_is_ours ? clock_ns : __real_sys_now_ns();
}

/* The library's own thread goes by the same clock, so only for a look. */
static struct held held_at(const char *tag, uint32_t tid)
{
	struct held held;

	clock_is_ours = true;
	held = held_now(tag, tid);
	clock_is_ours = false;
	return held;
}

static int no_tag(void **state)
{
	(void)state;
	aoipool_tag_set(AOIPOOL_TAG_NONE);
	return 0;
}

static struct aoipool_pool *open_mode(struct aoipool_attr *attr,
				      enum aoipool_custody_mode mode)
{
	assert_ok(aoipool_attr_set_custody(attr, mode));
	return open_pool(attr);
}

static void a_tag_has_one_number(void **state)
{
	int tag = aoipool_tag("custody test");

	(void)state;
	assert_true(tag > 0);
	assert_int_equal(aoipool_tag("custody test"), tag);
	assert_true(aoipool_tag("another") != tag);
	assert_string_equal(aoipool_tag_name(tag), "custody test");
	assert_null(aoipool_tag_name(AOIPOOL_TAG_NONE));
	assert_null(aoipool_tag_name(AOIPOOL_MAX_TAGS - 1));
	assert_null(aoipool_tag_name(-1));
}

static void a_tag_takes_1_to_47_printable_bytes(void **state)
{
	char name[AOIPOOL_TAG_BYTES + 1];

	(void)state;
	memset(name, 'x', sizeof(name) - 1);
	name[AOIPOOL_TAG_BYTES] = '\0';
	assert_err(aoipool_tag(name), -EINVAL);
	name[AOIPOOL_TAG_BYTES - 1] = '\0';
	assert_true(aoipool_tag(name) > 0);
	assert_err(aoipool_tag(""), -EINVAL);
	assert_err(aoipool_tag(NULL), -EINVAL);
	assert_err(aoipool_tag("a\nb"), -EINVAL);
}

static void a_place_is_a_tag_of_its_own(void **state)
{
	int here[2], next;

	(void)state;
	for (int i = 0; i < 2; i++)
		here[i] = AOIPOOL_TAG_HERE();
	next = AOIPOOL_TAG_HERE();
	assert_int_equal(here[0], here[1]);
	assert_true(here[0] != next);
	assert_non_null(strstr(aoipool_tag_name(next), "test_custody.c:"));
	assert_null(strchr(aoipool_tag_name(next), '/'));
}

static void of_a_long_place_the_end_is_kept(void **state)
{
	int tag = aoipool_tag_of_place(
		"/src/a-name-that-is-longer-than-a-tag-may-ever-be-in-all.c",
		123456);

	(void)state;
	assert_true(tag > 0);
	assert_int_equal(strlen(aoipool_tag_name(tag)), AOIPOOL_TAG_BYTES - 1);
	assert_non_null(strstr(aoipool_tag_name(tag), "-be-in-all.c:123456"));
	assert_err(aoipool_tag_of_place(NULL, 1), -EINVAL);
}

static void a_thread_is_asked_for_a_tag_that_exists(void **state)
{
	int tag = aoipool_tag("mine");

	(void)state;
	assert_int_equal(aoipool_tag_set(tag), AOIPOOL_TAG_NONE);
	assert_err(aoipool_tag_set(-1), -EINVAL);
	assert_err(aoipool_tag_set(AOIPOOL_MAX_TAGS - 1), -EINVAL);
	assert_int_equal(aoipool_tag_set(AOIPOOL_TAG_NONE), tag);
}

static unsigned int add_tags(struct crew *crew, unsigned int number)
{
	unsigned int wrong = 0;
	char name[32];

	(void)number;
	crew_meet(crew);
	for (int i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "raced %d", i);
		int tag = aoipool_tag(name);

		wrong += tag <= 0 || strcmp(aoipool_tag_name(tag), name);
		wrong += aoipool_tag(name) != tag;
	}
	return wrong;
}

static void threads_that_race_for_a_tag_get_the_same(void **state)
{
	(void)state;
	assert_int_equal(crew_run(4, add_tags, NULL), 0);
}

static void frames_are_told_apart_by_tag(void **state)
{
	struct aoipool_pool *pool = *state;
	int camera = aoipool_tag("camera"), encoder = aoipool_tag("encoder");
	struct aoipool_slot slots[3];
	uint32_t me = gettid();

	aoipool_tag_set(camera);
	slots[0] = get_slot(pool);
	slots[1] = get_slot(pool);
	aoipool_tag_set(encoder);
	slots[2] = get_slot(pool);
	assert_int_equal(held_now("camera", me).count, 2);
	assert_int_equal(held_now("encoder", me).count, 1);
	assert_int_equal(held_now("encoder", me).bytes,
			 aoipool_pool_slot_bytes(pool));
	assert_ok(aoipool_put(pool, slots[0].ref));
	assert_int_equal(held_now("camera", me).count, 1);
	assert_ok(aoipool_put(pool, slots[1].ref));
	assert_ok(aoipool_put(pool, slots[2].ref));
	assert_int_equal(held_now(ANY_TAG, ANY_THREAD).entries, 0);
}

static void a_get_may_have_a_tag_of_its_own(void **state)
{
	struct aoipool_pool *pool = *state;
	int camera = aoipool_tag("camera"), once = aoipool_tag("once");
	struct aoipool_slot slots[2];

	aoipool_tag_set(camera);
	assert_ok(aoipool_get_tagged(pool, &slots[0], once, 0));
	slots[1] = get_slot(pool);
	assert_int_equal(held_now("once", ANY_THREAD).count, 1);
	assert_int_equal(held_now("camera", ANY_THREAD).count, 1);
	assert_err(aoipool_get_tagged(pool, &slots[0], -1, 0), -EINVAL);
	assert_err(aoipool_get_tagged(pool, &slots[0], AOIPOOL_MAX_TAGS, 0),
		   -EINVAL);
	put_all(pool, slots, 2);
}

struct helper {
	struct aoipool_pool *pool;
	struct aoipool_slot slot;
	uint32_t tid;
	int err;
};

static void *get_and_end(void *arg)
{
	struct helper *helper = arg;

	helper->tid = gettid();
	aoipool_tag_set(aoipool_tag("helper"));
	helper->err = aoipool_get(helper->pool, &helper->slot);
	return NULL;
}

static void a_thread_that_ended_still_holds(void **state)
{
	struct helper helper = { .pool = *state };
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, get_and_end, &helper),
			 0);
	pthread_join(thread, NULL);
	assert_ok(helper.err);
	assert_int_equal(held_now("helper", helper.tid).count, 1);
	assert_int_equal(held_now(ANY_TAG, gettid()).count, 0);
	/* anybody may put */
	assert_ok(aoipool_put(helper.pool, helper.slot.ref));
	assert_int_equal(held_now(ANY_TAG, ANY_THREAD).count, 0);
}

static void ages_are_counted_in_powers_of_ten(void **state)
{
	struct aoipool_pool *pool = *state;
	struct aoipool_slot slots[4];
	struct held held;

	slots[0] = get_slot(pool);
	clock_ns += 20000000 * MS_NS - 15000 * MS_NS;
	slots[1] = get_slot(pool);
	clock_ns += 14985 * MS_NS;
	slots[2] = get_slot(pool);
	clock_ns += 15 * MS_NS;
	slots[3] = get_slot(pool);
	held = held_at(ANY_TAG, ANY_THREAD);
	assert_int_equal(held.count, 4);
	assert_int_equal(held.oldest_ns, 20000000 * MS_NS);
	assert_int_equal(held.ages[0], 1); /* below 1 ms */
	assert_int_equal(held.ages[2], 1); /* 15 ms */
	assert_int_equal(held.ages[5], 1); /* 15 s */
	assert_int_equal(held.ages[8], 1); /* 20,000 s */
	put_all(pool, slots, 4);
}

static void an_age_is_of_the_last_get(void **state)
{
	struct aoipool_pool *pool = *state;
	struct aoipool_slot slot = get_slot(pool);

	clock_ns += 5000 * MS_NS;
	assert_ok(aoipool_put(pool, slot.ref));
	slot = get_slot(pool);
	clock_ns += 7 * MS_NS;
	assert_int_equal(held_at(ANY_TAG, ANY_THREAD).oldest_ns, 7 * MS_NS);
	assert_ok(aoipool_put(pool, slot.ref));
}

/* So many gets in no time that the clock is not looked at for each. */
static void storm(struct aoipool_pool *pool)
{
	for (unsigned int i = 0; i < 1000; i++)
		assert_ok(aoipool_put(pool, get_slot(pool).ref));
}

static void a_storm_of_gets_makes_nothing_old(void **state)
{
	struct aoipool_pool *pool = *state;
	struct aoipool_slot slot;
	struct held held;

	storm(pool);
	clock_ns += 1000 * MS_NS;
	slot = get_slot(pool);
	assert_int_equal(held_at(ANY_TAG, ANY_THREAD).oldest_ns, 0);
	assert_ok(aoipool_put(pool, slot.ref));
	storm(pool);
	clock_ns += 999 * MS_NS;
	slot = get_slot(pool);
	held = held_at(ANY_TAG, ANY_THREAD);
	assert_int_equal(held.count, 1);
	assert_true(held.oldest_ns <= 999 * MS_NS);
	assert_ok(aoipool_put(pool, slot.ref));
}

static void a_refused_put_changes_no_note(void **state)
{
	struct aoipool_pool *pool = *state;
	struct aoipool_slot slot = get_slot(pool), again;

	assert_ok(aoipool_put(pool, slot.ref));
	aoipool_tag_set(aoipool_tag("again"));
	again = get_slot(pool);
	assert_ptr_equal(again.ptr, slot.ptr);
	assert_err(aoipool_put(pool, slot.ref), -EALREADY);
	assert_err(aoipool_put(pool, slot.ref + (5ULL << 32)), -ESTALE);
	assert_int_equal(held_now("again", gettid()).count, 1);
	assert_ok(aoipool_put(pool, again.ref));
}

static void many_at_once_have_a_note_each(void **state)
{
	struct aoipool_pool *pool = *state;
	struct aoipool_slot slots[4];

	aoipool_tag_set(aoipool_tag("board"));
	assert_ok(aoipool_get_many(pool, slots, 4, 0));
	assert_int_equal(held_now("board", gettid()).count, 4);
	assert_ok(aoipool_put_many(pool, slots, 2));
	assert_int_equal(held_now("board", gettid()).count, 2);
	assert_ok(aoipool_put_ptr(pool, slots[2].ptr));
	assert_int_equal(held_now("board", gettid()).count, 1);
	assert_ok(aoipool_put(pool, slots[3].ref));
}

static void a_reset_takes_all_notes_back(void **state)
{
	struct aoipool_pool *pool = *state;
	struct aoipool_slot slots[3];

	assert_ok(aoipool_get_many(pool, slots, 3, 0));
	assert_ok(aoipool_pool_reset(pool));
	assert_int_equal(held_now(ANY_TAG, ANY_THREAD).entries, 0);
}

static void objects_have_a_note_a_slab(void **state)
{
	struct aoipool_pool *pool =
		open_mode(object_attr(64 << 10, 100), AOIPOOL_CUSTODY_SLABS);
	struct aoipool_slot slots[40];
	struct held held;

	(void)state;
	aoipool_tag_set(aoipool_tag("defects"));
	for (int i = 0; i < 40; i++)
		slots[i] = get_slot(pool);
	held = held_now("defects", gettid());
	assert_int_equal(held.count, 2);
	assert_int_equal(held.bytes, 2 * BLOCK_BYTES);
	put_all(pool, slots, 40);
	assert_ok(aoipool_pool_drain(pool));
	assert_int_equal(held_now(ANY_TAG, ANY_THREAD).entries, 0);
	assert_ok(aoipool_pool_close(pool));
}

static struct aoipool_pool *open_noted_objects(void)
{
	return open_mode(object_attr(4096, 4096), AOIPOOL_CUSTODY_SLOTS);
}

static void objects_may_have_a_note_each(void **state)
{
	struct aoipool_pool *pool = open_noted_objects();
	struct aoipool_slot slots[300];

	(void)state;
	aoipool_tag_set(aoipool_tag("defects"));
	for (int i = 0; i < 200; i++)
		slots[i] = get_slot(pool);
	aoipool_tag_set(aoipool_tag("features"));
	assert_ok(aoipool_get_many(pool, slots + 200, 100, 0));
	assert_int_equal(held_now("defects", gettid()).count, 200);
	assert_int_equal(held_now("defects", gettid()).bytes, 200 * 4096);
	assert_int_equal(held_now("features", gettid()).count, 100);
	for (int i = 0; i < 50; i++)
		assert_ok(aoipool_put(pool, slots[i].ref));
	assert_err(aoipool_put(pool, slots[0].ref), -EALREADY);
	assert_ok(aoipool_put_many(pool, slots + 50, 100));
	assert_int_equal(held_now("defects", gettid()).count, 50);
	put_all(pool, slots + 150, 150);
	assert_int_equal(held_now(ANY_TAG, ANY_THREAD).count, 0);
	assert_ok(aoipool_pool_close(pool));
}

static void a_reset_takes_notes_of_objects_back(void **state)
{
	struct aoipool_pool *pool = open_noted_objects();
	struct aoipool_slot slots[100];

	(void)state;
	assert_ok(aoipool_get_many(pool, slots, 100, 0));
	assert_ok(aoipool_pool_reset(pool));
	assert_int_equal(held_now(ANY_TAG, ANY_THREAD).count, 0);
	assert_ok(aoipool_get_many(pool, slots, 50, 0));
	assert_int_equal(held_now(ANY_TAG, gettid()).count, 50);
	put_all(pool, slots, 50);
	assert_ok(aoipool_pool_close(pool));
}

static void objects_put_by_pointer_lose_their_notes(void **state)
{
	struct aoipool_attr *attr = object_attr(4096, 1000);
	struct aoipool_pool *pool;
	struct aoipool_slot slots[10];

	(void)state;
	assert_ok(aoipool_attr_set_put_by_pointer(attr, 1));
	pool = open_mode(attr, AOIPOOL_CUSTODY_SLOTS);
	assert_ok(aoipool_get_many(pool, slots, 10, 0));
	assert_int_equal(held_now(ANY_TAG, gettid()).count, 10);
	for (int i = 0; i < 10; i++)
		assert_ok(aoipool_put_ptr(pool, slots[i].ptr));
	assert_int_equal(held_now(ANY_TAG, ANY_THREAD).count, 0);
	assert_ok(aoipool_pool_close(pool));
}

/* Gets and puts of few slots by many, which race for them with stale refs, too. */
static unsigned int juggle(struct crew *crew, unsigned int number)
{
	struct aoipool_pool *pool = crew->arg;
	unsigned int seed = number, wrong = 0;
	struct aoipool_slot slot, old = { .ref = 0 };
	char name[16];

	snprintf(name, sizeof(name), "thread %u", number);
	aoipool_tag_set(aoipool_tag(name));
	crew_meet(crew);
	for (unsigned int i = rounds(4000); i; i--) {
		if (aoipool_get(pool, &slot))
			continue;
		if (old.ref && crew_random(&seed) % 4 == 0)
			wrong += !aoipool_put(pool, old.ref);
		wrong += aoipool_put(pool, slot.ref) != 0;
		old = slot;
	}
	aoipool_tag_set(AOIPOOL_TAG_NONE);
	return wrong;
}

static void threads_that_race_leave_no_note(void **state)
{
	struct aoipool_pool *frames = *state;
	struct aoipool_pool *objects = open_noted_objects();

	assert_int_equal(crew_run(4, juggle, frames), 0);
	assert_int_equal(crew_run(4, juggle, objects), 0);
	assert_int_equal(held_now(ANY_TAG, ANY_THREAD).count, 0);
	assert_ok(aoipool_pool_close(objects));
}

static void the_attribute_takes_modes_only(void **state)
{
	struct aoipool_attr *attr = new_attr();

	(void)state;
	assert_err(aoipool_attr_set_custody(attr, 4), -EINVAL);
	assert_err(aoipool_attr_set_custody(attr, -1), -EINVAL);
	assert_err(aoipool_attr_set_custody(NULL, AOIPOOL_CUSTODY_NONE),
		   -EINVAL);
	aoipool_attr_destroy(attr);
}

static uint32_t mode_of(struct aoipool_attr *attr)
{
	struct aoipool_pool *pool;
	struct aoipool_snapshot *snapshot;
	uint32_t mode;

	assert_ok(aoipool_attr_set_name(attr, "asked"));
	pool = open_pool(attr);
	snapshot = snapshot_of(0);
	mode = pool_in(snapshot, "asked").mode;
	aoipool_snapshot_free(snapshot);
	assert_ok(aoipool_pool_close(pool));
	return mode;
}

static void the_environment_decides_where_nobody_has(void **state)
{
	struct aoipool_attr *attr = frame_attr(1);

	(void)state;
	unsetenv("AOIPOOL_CUSTODY");
	assert_int_equal(mode_of(frame_attr(1)), AOIPOOL_CUSTODY_SLABS);
	setenv("AOIPOOL_CUSTODY", "slots", 1);
	assert_int_equal(mode_of(frame_attr(1)), AOIPOOL_CUSTODY_SLOTS);
	setenv("AOIPOOL_CUSTODY", "none", 1);
	assert_int_equal(mode_of(frame_attr(1)), AOIPOOL_CUSTODY_NONE);
	assert_ok(aoipool_attr_set_custody(attr, AOIPOOL_CUSTODY_SLABS));
	assert_int_equal(mode_of(attr), AOIPOOL_CUSTODY_SLABS);
	setenv("AOIPOOL_CUSTODY", "everything", 1);
	open_refused(frame_attr(1), -EINVAL);
	assert_non_null(strstr(heard(), "AOIPOOL_CUSTODY"));
	unsetenv("AOIPOOL_CUSTODY");
}

/* As the words say; whose they are nobody knows. */
static void without_notes_a_pool_is_seen_all_the_same(void **state)
{
	struct aoipool_pool *pool =
		open_mode(frame_attr(3), AOIPOOL_CUSTODY_NONE);
	struct aoipool_slot slots[2];
	struct aoipool_snapshot *snapshot;

	(void)state;
	assert_ok(aoipool_get_many(pool, slots, 2, 0));
	snapshot = snapshot_of(0);
	assert_int_equal(pools_in(snapshot), 1);
	if (!strcmp(aoipool_pool_provider(pool), "user")) {
		struct held held = held_by(snapshot, "", 0);

		assert_int_equal(pool_in(snapshot, "anonymous").slots_out, 2);
		assert_int_equal(held.count, 2);
		assert_int_equal(held.oldest_ns, 0);
	}
	aoipool_snapshot_free(snapshot);
	put_all(pool, slots, 2);
	assert_ok(aoipool_pool_close(pool));
}

/* Last: it leaves no number for others. */
static void there_are_255_tags_besides_none(void **state)
{
	char name[16];
	int tag = 0;

	(void)state;
	for (int i = 0; i < AOIPOOL_MAX_TAGS && tag >= 0; i++) {
		snprintf(name, sizeof(name), "tag %d", i);
		tag = aoipool_tag(name);
	}
	assert_err(tag, -ENOSPC);
	assert_true(aoipool_tag("tag 0") > 0);
	/* who tags by place goes on without */
	assert_int_equal(AOIPOOL_TAG_HERE(), AOIPOOL_TAG_NONE);
	assert_non_null(aoipool_tag_name(AOIPOOL_MAX_TAGS - 1));
	assert_null(aoipool_tag_name(AOIPOOL_MAX_TAGS));
}

static int frames_without_tag(void **state)
{
	no_tag(state);
	return four_frames(state);
}

#define with_frames(test) \
	cmocka_unit_test_setup_teardown(test, frames_without_tag, close_pool)
#define alone(test) cmocka_unit_test_setup(test, no_tag)

int main(void)
{
	const struct CMUnitTest tests[] = {
		alone(a_tag_has_one_number),
		alone(a_tag_takes_1_to_47_printable_bytes),
		alone(a_place_is_a_tag_of_its_own),
		alone(of_a_long_place_the_end_is_kept),
		alone(a_thread_is_asked_for_a_tag_that_exists),
		alone(threads_that_race_for_a_tag_get_the_same),
		with_frames(frames_are_told_apart_by_tag),
		with_frames(a_get_may_have_a_tag_of_its_own),
		with_frames(a_thread_that_ended_still_holds),
		with_frames(ages_are_counted_in_powers_of_ten),
		with_frames(an_age_is_of_the_last_get),
		with_frames(a_storm_of_gets_makes_nothing_old),
		with_frames(a_refused_put_changes_no_note),
		with_frames(many_at_once_have_a_note_each),
		with_frames(a_reset_takes_all_notes_back),
		alone(objects_have_a_note_a_slab),
		alone(objects_may_have_a_note_each),
		alone(a_reset_takes_notes_of_objects_back),
		alone(objects_put_by_pointer_lose_their_notes),
		with_frames(threads_that_race_leave_no_note),
		alone(the_attribute_takes_modes_only),
		alone(the_environment_decides_where_nobody_has),
		alone(without_notes_a_pool_is_seen_all_the_same),
		alone(there_are_255_tags_besides_none),
	};

	return RUN(tests);
}
