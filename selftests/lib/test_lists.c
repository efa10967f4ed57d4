// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * Free slots on lists of CPUs: they are never out of anybody's reach, and can
 * all be brought home.
 */
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "crew.h"
#include "kinds.h"

static const struct {
	size_t bytes, count;
} shapes[] = {
	{ 52000, 40 }, { 20000, 100 },	{ 16384, 130 },
	{ 4096, 500 }, { 1024, 2500 }, { 64, 100000 },
};

#define NR_SHAPES	ARRAY_SIZE(shapes)

static struct aoipool_pool *open_shape(const struct kind *kind, size_t i)
{
	return open_pool(kind_attr(kind, shapes[i].bytes, shapes[i].count));
}

static void every_slot_can_be_had_from_every_cpu(void **state)
{
	for (size_t i = 0; i < NR_SHAPES; i++) {
		struct aoipool_pool *pool = open_shape(*state, i);
		struct aoipool_slot *slots, more;
		size_t n;

		for (unsigned int turn = 0; turn < 2 * cpus(); turn++) {
			pin(turn);
			slots = get_all(pool, &n);
			assert_err(aoipool_get(pool, &more), -EAGAIN);
			assert_int_equal(stats_of(pool).slots_out, n);
			/* Those that are put last stay on this CPU's list. */
			put_all(pool, slots, n);
			assert_int_equal(stats_of(pool).slots_out, 0);
			free(slots);
		}
		unpin();
		assert_ok(aoipool_pool_close(pool));
	}
}

static void all_slots_at_once_can_be_had_from_every_cpu(void **state)
{
	for (size_t i = 0; i < NR_SHAPES; i++) {
		struct aoipool_pool *pool = open_shape(*state, i);
		size_t n = aoipool_pool_slots(pool);
		struct aoipool_slot *slots = calloc(n, sizeof(*slots));

		assert_non_null(slots);
		for (unsigned int turn = 0; turn < 2 * cpus(); turn++) {
			pin(turn);
			assert_ok(aoipool_get_many(pool, slots, n, 0));
			put_all(pool, slots, n);
		}
		unpin();
		free(slots);
		assert_ok(aoipool_pool_close(pool));
	}
}

static void lists_hold_a_quarter_of_the_pool_at_most(void **state)
{
	for (size_t i = 0; i < NR_SHAPES; i++) {
		struct aoipool_pool *pool = open_shape(*state, i);
		size_t n;
		struct aoipool_slot *slots = get_all(pool, &n);

		for (size_t j = 0; j < n; j++) {
			if (j % 64 == 0)
				pin(j / 64);
			assert_ok(aoipool_put(pool, slots[j].ref));
		}
		unpin();
		assert_true(stats_of(pool).slots_listed <= n / 4);
		free(slots);
		assert_ok(aoipool_pool_close(pool));
	}
}

static void a_pool_that_is_small_has_no_lists(void **state)
{
	struct aoipool_pool *pool =
		open_pool(kind_attr(*state, 1 << 20, 2));

	assert_true(aoipool_pool_slots(pool) < LISTED_MIN);
	assert_string_equal(aoipool_pool_lists(pool), "none");
	assert_ok(aoipool_pool_close(pool));
}

static void frames_are_never_on_lists(void **state)
{
	struct aoipool_attr *attr;
	struct aoipool_pool *pool;
	struct aoipool_slot slot;

	need_kind(*state);
	attr = frame_attr(100);
	assert_ok(aoipool_attr_set_lists(attr,
					 ((struct kind *)*state)->lists));
	pool = open_pool(attr);
	assert_string_equal(aoipool_pool_lists(pool), "none");
	slot = get_slot(pool);
	assert_ok(aoipool_put(pool, slot.ref));
	assert_int_equal(stats_of(pool).slots_listed, 0);
	assert_ok(aoipool_pool_close(pool));
}

static void numbers_are_exact_when_nobody_works(void **state)
{
	struct aoipool_pool *pool = open_kind(*state, 64, 32768);
	unsigned int n = rounds(3000);
	struct aoipool_slot slots[100];
	struct aoipool_stats stats;

	for (unsigned int i = 0; i < n; i++) {
		slots[i % 100] = get_slot(pool);
		if (i % 100 != 99)
			continue;
		stats = stats_of(pool);
		assert_int_equal(stats.slots_out, 100);
		assert_int_equal(stats.gets, i + 1);
		assert_int_equal(stats.puts, i - 99);
		put_all(pool, slots, 100);
		stats = stats_of(pool);
		assert_int_equal(stats.slots_out, 0);
		assert_int_equal(stats.puts, i + 1);
		assert_true(stats.slots_out_peak >= 100);
	}
	put_all(pool, slots, n % 100);
	assert_int_equal(stats_of(pool).exhausted, 0);
	assert_ok(aoipool_pool_close(pool));
}

static void inline_calls_and_the_librarys_share_one_pool(void **state)
{
	struct aoipool_pool *pool = open_kind(*state, 64, 32768);
	struct aoipool_slot slots[4];

	for (unsigned int i = 0; i < rounds(20000); i++) {
		assert_ok(aoipool_get(pool, &slots[0]));
		assert_ok(library_get(pool, &slots[1]));
		assert_ok(aoipool_get_wait(pool, &slots[2], 0));
		assert_ok(aoipool_get_many(pool, &slots[3], 1, 0));
		assert_ok(library_put(pool, slots[0].ref));
		assert_err(aoipool_put(pool, slots[0].ref), -EALREADY);
		assert_ok(aoipool_put(pool, slots[1].ref));
		assert_err(library_put(pool, slots[1].ref), -EALREADY);
		assert_ok(aoipool_put_many(pool, &slots[2], 2));
		assert_err(aoipool_put(pool, slots[3].ref), -EALREADY);
	}
	assert_int_equal(stats_of(pool).slots_out, 0);
	assert_ok(aoipool_pool_close(pool));
}

/*
 * Where a slot is at hand, a get finds it: whoever has one of as many tokens as
 * the pool has slots must not fail.  A token is taken before the get and given
 * up after the put, so that there are slots enough for all who have tokens.
 */
#define HAND	64

struct brink {
	struct aoipool_pool *pool;
	atomic_int tokens;
	unsigned int turns;
	bool drain;
};

static bool take_tokens(struct brink *brink, int n)
{
	int left = brink->tokens;

	while (left >= n)
		if (atomic_compare_exchange_weak(&brink->tokens, &left,
						 left - n))
			return true;
	return false;
}

static unsigned int get_by_token(struct brink *brink,
				 struct aoipool_slot *slots, size_t *n,
				 unsigned int random)
{
	size_t want = random % 8 ? 1 : 1 + random / 8 % 16;
	int err;

	if (want > HAND - *n || !take_tokens(brink, want))
		return 0;
	if (want > 1)
		err = aoipool_get_many(brink->pool, slots + *n, want, 0);
	else
		err = aoipool_get(brink->pool, slots + *n);
	if (err)
		brink->tokens += want;
	else
		*n += want;
	return err != 0;
}

static unsigned int put_by_token(struct brink *brink,
				 struct aoipool_slot *slots, size_t *n,
				 unsigned int random)
{
	size_t count = random % 8 ? 1 : *n;
	unsigned int wrong;

	if (!*n)
		return 0;
	*n -= count;
	if (count > 1)
		wrong = aoipool_put_many(brink->pool, slots + *n, count) != 0;
	else
		wrong = aoipool_put(brink->pool, slots[*n].ref) != 0;
	brink->tokens += count;
	return wrong;
}

static unsigned int live_on_the_brink(struct crew *crew, unsigned int number)
{
	struct brink *brink = crew->arg;
	struct aoipool_slot slots[HAND];
	unsigned int random = 1 + number, wrong = 0, i;
	size_t n = 0;

	for (i = 0; i < brink->turns; i++) {
		if (crew_random(&random) % 5 < 3)
			wrong += get_by_token(brink, slots, &n, random >> 8);
		else
			wrong += put_by_token(brink, slots, &n, random >> 8);
		if (random % 512 == 0)
			pin(random >> 10);
		if (brink->drain && random % 1024 == 1)
			wrong += aoipool_pool_drain(brink->pool) != 0;
	}
	while (n)
		wrong += put_by_token(brink, slots, &n, 1);
	return wrong;
}

static void run_on_the_brink(const struct kind *kind, size_t bytes,
			     size_t count, bool drain)
{
	struct brink brink = { .turns = rounds(60000), .drain = drain };
	struct aoipool_slot *slots;
	size_t n;

	brink.pool = open_pool(kind_attr(kind, bytes, count));
	brink.tokens = aoipool_pool_slots(brink.pool);
	assert_int_equal(crew_run(5, live_on_the_brink, &brink), 0);
	assert_int_equal(brink.tokens, aoipool_pool_slots(brink.pool));
	assert_int_equal(stats_of(brink.pool).slots_out, 0);
	slots = get_all(brink.pool, &n);
	put_all(brink.pool, slots, n);
	free(slots);
	assert_ok(aoipool_pool_close(brink.pool));
}

static void a_get_fails_only_when_all_slots_are_out(void **state)
{
	run_on_the_brink(*state, 16384, LISTED_FEW, false);
	run_on_the_brink(*state, 8192, 252, false);
}

static void a_drain_hides_no_slot_from_a_get(void **state)
{
	run_on_the_brink(*state, 16384, LISTED_FEW, true);
	run_on_the_brink(*state, 8192, 252, true);
}

/*
 * Slots that wander between many who wait for them, while a tide of other slots
 * opens the lists and closes them.
 */
struct shore {
	struct aoipool_pool *pool;
	unsigned int turns;
	bool poll;
	atomic_uint busy;
};

static int get_after_poll(struct aoipool_pool *pool, struct aoipool_slot *slot)
{
	struct pollfd readable = { .fd = aoipool_pool_fd(pool),
				   .events = POLLIN };
	int err;

	while ((err = aoipool_get(pool, slot)) == -EAGAIN)
		poll(&readable, 1, -1);
	return err;
}

static int get_in_time(struct shore *shore, struct aoipool_slot *slot)
{
	if (shore->poll)
		return get_after_poll(shore->pool, slot);
	return aoipool_get_wait(shore->pool, slot, -1);
}

static unsigned int tide(struct shore *shore)
{
	size_t n = aoipool_pool_slots(shore->pool), some, i;
	struct aoipool_slot *slots = calloc(n, sizeof(*slots));
	unsigned int random = 5, wrong = 0;

	/* All but one. */
	for (i = 0; i + 1 < n; i++)
		wrong += get_in_time(shore, &slots[i]) != 0;
	while (shore->busy) {
		some = 1 + crew_random(&random) % (n - 1);
		for (i = 0; i < some; i++)
			wrong += aoipool_put(shore->pool, slots[i].ref) != 0;
		for (i = 0; i < some; i++)
			wrong += get_in_time(shore, &slots[i]) != 0;
		pin(random);
	}
	wrong += aoipool_put_many(shore->pool, slots, n - 1) != 0;
	free(slots);
	return wrong;
}

static unsigned int wait_at_the_shore(struct crew *crew, unsigned int number)
{
	struct shore *shore = crew->arg;
	struct aoipool_slot slot;
	unsigned int wrong = 0, i;

	if (!number)
		return tide(shore);
	for (i = 0; i < shore->turns; i++) {
		wrong += get_in_time(shore, &slot) != 0;
		if (i % 256 == 0)
			pin(i / 256 + number);
		wrong += aoipool_put(shore->pool, slot.ref) != 0;
	}
	shore->busy--;
	return wrong;
}

static void run_at_the_shore(const struct kind *kind, bool poll)
{
	struct shore shore = { .poll = poll, .busy = 3 };

	shore.pool = open_kind(kind, 16384, LISTED_FEW);
	shore.turns = rounds(20000);
	assert_int_equal(crew_run(4, wait_at_the_shore, &shore), 0);
	assert_int_equal(stats_of(shore.pool).slots_out, 0);
	assert_ok(aoipool_pool_close(shore.pool));
}

static void no_wake_up_is_lost_by_those_who_wait(void **state)
{
	run_at_the_shore(*state, false);
}

static void no_wake_up_is_lost_by_those_who_poll(void **state)
{
	run_at_the_shore(*state, true);
}

/*
 * One waits for some slots; the other gives back that many and then nothing
 * more until they have been got.  Lists are open when it begins.
 */
struct handover {
	struct aoipool_pool *pool;
	size_t want;
	unsigned int turns;
	bool poll;
	atomic_uint begun, got;
	struct aoipool_slot *slots;	/* all the pool has */
	size_t n;
};

static int get_polled(struct handover *handover, struct aoipool_slot *slots)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < handover->want && !err; i++)
		err = get_after_poll(handover->pool, &slots[i]);
	return err;
}

/* The slots it gets go back to the other, who holds all again. */
static unsigned int wait_for_handover(struct handover *handover)
{
	unsigned int wrong = 0, turn;
	int err;

	for (turn = 1; turn <= handover->turns; turn++) {
		while (handover->begun != turn)
			sched_yield();
		if (handover->poll)
			err = get_polled(handover, handover->slots);
		else
			err = aoipool_get_many(handover->pool, handover->slots,
					       handover->want, -1);
		wrong += err != 0;
		handover->got = turn;
	}
	return wrong;
}

/* Puts many and gets them again; no get fails, so the lists stay open. */
static unsigned int open_lists(struct handover *handover)
{
	struct aoipool_slot *slots = handover->slots;
	size_t n = handover->n / 2, i;
	unsigned int wrong = 0;

	wrong += aoipool_put_many(handover->pool, slots, n) != 0;
	for (i = 0; i < n; i++)
		wrong += aoipool_get(handover->pool, &slots[i]) != 0;
	return wrong;
}

static unsigned int hand_over(struct crew *crew, unsigned int number)
{
	struct handover *handover = crew->arg;
	unsigned int random = 3, wrong = 0, turn;
	volatile unsigned int spin;
	aoipool_ref_t refs[64];
	size_t i;

	if (number)
		return wait_for_handover(handover);
	for (turn = 1; turn <= handover->turns; turn++) {
		wrong += open_lists(handover);
		for (i = 0; i < handover->want; i++)
			refs[i] = handover->slots[i].ref;
		handover->begun = turn;
		for (spin = crew_random(&random) % 4096; spin; spin--)
			;
		for (i = 0; i < handover->want; i++)
			wrong += aoipool_put(handover->pool, refs[i]) != 0;
		while (handover->got != turn)
			sched_yield();
	}
	return wrong;
}

static void run_handover(const struct kind *kind, size_t want, bool poll)
{
	struct handover handover = { .want = want,
				     .poll = poll,
				     .turns = rounds(4000) };

	handover.pool = open_kind(kind, 16384, LISTED_FEW);
	handover.slots = get_all(handover.pool, &handover.n);
	assert_int_equal(crew_run(2, hand_over, &handover), 0);
	put_all(handover.pool, handover.slots, handover.n);
	free(handover.slots);
	assert_int_equal(stats_of(handover.pool).slots_out, 0);
	assert_ok(aoipool_pool_close(handover.pool));
}

static void the_one_slot_that_is_missing_wakes_its_waiter(void **state)
{
	run_handover(*state, 1, false);
}

static void the_last_of_many_wakes_who_waits_for_all(void **state)
{
	run_handover(*state, 64, false);
}

static void the_one_slot_that_is_missing_wakes_its_poller(void **state)
{
	run_handover(*state, 1, true);
	run_handover(*state, 30, true);
}

static bool readable(struct aoipool_pool *pool)
{
	struct pollfd readable = { .fd = aoipool_pool_fd(pool),
				   .events = POLLIN };

	return poll(&readable, 1, 0) == 1;
}

/* Who polls first and gets then. */
static void a_put_is_heard_by_who_never_failed_to_get(void **state)
{
	struct aoipool_pool *pool = open_kind(*state, 64, 32768);
	struct pollfd heard = { .events = POLLIN };
	size_t n;
	struct aoipool_slot *slots = get_all(pool, &n);

	heard.fd = aoipool_pool_fd(pool);
	assert_int_equal(poll(&heard, 1, 0), 0);
	assert_ok(aoipool_put(pool, slots[5].ref));
	assert_int_equal(poll(&heard, 1, 0), 1);
	slots[5] = get_slot(pool);
	put_all(pool, slots, n);
	free(slots);
	assert_ok(aoipool_pool_close(pool));
}

static void what_lies_on_lists_makes_the_descriptor_readable(void **state)
{
	struct aoipool_pool *pool = open_kind(*state, 64, 32768);
	size_t n;
	struct aoipool_slot *slots = get_all(pool, &n);

	/* Without a get that failed lists are open, if for a few only. */
	assert_ok(aoipool_put(pool, slots[0].ref));
	assert_true(readable(pool));
	slots[0] = get_slot(pool);
	put_all(pool, slots, n);
	free(slots);
	assert_ok(aoipool_pool_close(pool));
}

static void who_asks_for_the_descriptor_late_misses_nothing(void **state)
{
	struct aoipool_pool *pool = open_kind(*state, 64, 32768);
	struct aoipool_slot *slots, more;
	size_t n;

	slots = get_all(pool, &n);
	assert_err(aoipool_get(pool, &more), -EAGAIN);
	pin(0);
	put_all(pool, slots, n);
	/* Lists are open again: take what is at home, leave what that has. */
	pin(1);
	for (n = 0; stats_of(pool).slots_listed + n <
		    aoipool_pool_slots(pool); n++)
		slots[n] = get_slot(pool);
	assert_true(n < aoipool_pool_slots(pool) || !has_lists(*state) ||
		    cpus() == 1);
	assert_int_equal(readable(pool), n < aoipool_pool_slots(pool));
	put_all(pool, slots, n);
	unpin();
	free(slots);
	assert_ok(aoipool_pool_close(pool));
}

static void lists_open_again_after_exhaustion(void **state)
{
	struct aoipool_pool *pool = open_kind(*state, 64, 32768);
	struct aoipool_slot *slots, more;
	size_t n;

	for (unsigned int turn = 0; turn < 3; turn++) {
		slots = get_all(pool, &n);
		assert_err(aoipool_get(pool, &more), -EAGAIN);
		assert_ok(aoipool_put(pool, slots[n - 1].ref));
		assert_int_equal(stats_of(pool).slots_listed, 0);
		slots[n - 1] = get_slot(pool);
		put_all(pool, slots, n);
		assert_true(stats_of(pool).slots_listed > 0);
		free(slots);
	}
	assert_ok(aoipool_pool_close(pool));
}

/* The bell that a failed get leaves armed is silenced by the next put. */
static void lists_open_again_with_a_descriptor_too(void **state)
{
	struct aoipool_pool *pool = open_kind(*state, 64, 32768);
	struct pollfd heard = { .fd = aoipool_pool_fd(pool),
				.events = POLLIN };
	struct aoipool_slot *slots, more;
	size_t n;

	for (unsigned int turn = 0; turn < 3; turn++) {
		slots = get_all(pool, &n);
		assert_err(aoipool_get(pool, &more), -EAGAIN);
		assert_int_equal(poll(&heard, 1, 0), 0);
		put_all(pool, slots, n);
		assert_int_equal(poll(&heard, 1, 0), 1);
		assert_true(stats_of(pool).slots_listed > 0);
		free(slots);
	}
	assert_ok(aoipool_pool_close(pool));
}

static void warm_lists_of_all_cpus(struct aoipool_pool *pool)
{
	struct aoipool_slot slots[20];

	for (unsigned int cpu = 0; cpu < cpus(); cpu++) {
		pin(cpu);
		assert_ok(aoipool_get_many(pool, slots, 20, 0));
		assert_ok(aoipool_put_many(pool, slots, 20));
	}
	unpin();
}

static void a_drain_brings_all_home(void **state)
{
	struct aoipool_pool *pool = open_kind(*state, 1024, 20000);
	struct aoipool_stats stats;
	size_t n;
	struct aoipool_slot *slots = get_all(pool, &n);

	put_all(pool, slots, n);
	free(slots);
	warm_lists_of_all_cpus(pool);
	stats = stats_of(pool);
	assert_true(has_lists(*state) ? stats.slots_listed > 0 :
					!stats.slots_listed);
	assert_ok(aoipool_pool_drain(pool));
	stats = stats_of(pool);
	assert_int_equal(stats.slots_listed, 0);
	assert_int_equal(stats.slots_out, 0);
	assert_int_equal(stats.parks, stats.claims + stats.revives);
	assert_int_equal(trim_all(pool), stats.resident_bytes);
	assert_int_equal(stats_of(pool).resident_bytes, 0);
	warm_lists_of_all_cpus(pool);
	assert_true(!has_lists(*state) || stats_of(pool).slots_listed > 0);
	assert_ok(aoipool_pool_close(pool));
}

static void a_trim_takes_what_is_on_lists_too(void **state)
{
	struct aoipool_pool *pool = open_kind(*state, 1024, 20000);

	warm_lists_of_all_cpus(pool);
	assert_true(stats_of(pool).resident_bytes > 0);
	assert_true(trim_all(pool) > 0);
	assert_int_equal(stats_of(pool).resident_bytes, 0);
	assert_int_equal(stats_of(pool).slots_listed, 0);
	assert_ok(aoipool_pool_close(pool));
}

static void a_drain_leaves_alone_what_is_out(void **state)
{
	struct aoipool_pool *pool = open_kind(*state, 1024, 20000);
	struct aoipool_slot slot = get_slot(pool);

	warm_lists_of_all_cpus(pool);
	memset(slot.ptr, 7, 1024);
	assert_ok(aoipool_pool_drain(pool));
	trim_all(pool);
	assert_int_equal(stats_of(pool).slots_out, 1);
	assert_int_equal(stats_of(pool).resident_bytes, BLOCK_BYTES);
	assert_int_equal(((unsigned char *)slot.ptr)[1023], 7);
	assert_ok(aoipool_put(pool, slot.ref));
	assert_ok(aoipool_pool_close(pool));
}

static void a_drain_of_a_pool_without_lists_does_nothing(void **state)
{
	struct aoipool_pool *pool = open_frames(2);
	struct aoipool_slot slot = get_slot(pool);

	(void)state;
	assert_ok(aoipool_pool_drain(pool));
	assert_int_equal(stats_of(pool).slots_out, 1);
	assert_ok(aoipool_put(pool, slot.ref));
	assert_ok(aoipool_pool_close(pool));
}

/*
 * How lists are chosen.
 */
static void the_environment_chooses_lists(void **state)
{
	const struct kind *kind = *state;
	struct aoipool_pool *pool;

	need_kind(kind);
	setenv("AOIPOOL_LISTS", kind->name, 1);
	pool = open_objects(64, 32768);
	unsetenv("AOIPOOL_LISTS");
	assert_string_equal(aoipool_pool_lists(pool), kind->name);
	assert_ok(aoipool_pool_close(pool));
}

static void an_attribute_goes_before_the_environment(void **state)
{
	const struct kind *kind = *state;
	struct aoipool_pool *pool;

	setenv("AOIPOOL_LISTS", has_lists(kind) ? "none" : "locked", 1);
	pool = open_kind(kind, 64, 32768);
	unsetenv("AOIPOOL_LISTS");
	assert_ok(aoipool_pool_close(pool));
}

static void an_environment_that_is_not_known_is_refused(void **state)
{
	const char *const wrong[] = { "", "on", "RSEQ", "rseq " };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		setenv("AOIPOOL_LISTS", wrong[i], 1);
		open_refused(object_attr(64, 32768), -EINVAL);
		assert_non_null(strstr(heard(), "AOIPOOL_LISTS"));
	}
	unsetenv("AOIPOOL_LISTS");
}

static void lists_that_are_not_known_are_refused(void **state)
{
	struct aoipool_attr *attr = new_attr();

	(void)state;
	assert_err(aoipool_attr_set_lists(attr, 4), -EINVAL);
	assert_err(aoipool_attr_set_lists(attr, -1), -EINVAL);
	assert_err(aoipool_attr_set_lists(NULL, AOIPOOL_LISTS_NONE), -EINVAL);
	aoipool_attr_destroy(attr);
}

/* By default there are always lists, by rseq where that can be had. */
static void auto_takes_the_best_that_can_be_had(void **state)
{
	struct aoipool_attr *attr = object_attr(64, 32768);
	struct aoipool_pool *pool, *by_rseq = NULL;
	int err;

	(void)state;
	assert_ok(aoipool_attr_set_lists(attr, AOIPOOL_LISTS_RSEQ));
	err = aoipool_pool_open(attr, &by_rseq);
	assert_one_of(err, 0, -EOPNOTSUPP);
	aoipool_attr_destroy(attr);
	setenv("AOIPOOL_LISTS", "auto", 1);
	pool = open_objects(64, 32768);
	unsetenv("AOIPOOL_LISTS");
	assert_string_equal(aoipool_pool_lists(pool), err ? "locked" : "rseq");
	assert_ok(aoipool_pool_close(pool));
	assert_ok(aoipool_pool_close(by_rseq));
}

int main(void)
{
	const struct CMUnitTest lists[] = {
		on_each_kind(every_slot_can_be_had_from_every_cpu),
		on_each_kind(all_slots_at_once_can_be_had_from_every_cpu),
		on_each_kind(lists_hold_a_quarter_of_the_pool_at_most),
		on_each_kind(a_pool_that_is_small_has_no_lists),
		on_each_kind(frames_are_never_on_lists),
		on_each_kind(numbers_are_exact_when_nobody_works),
		on_each_kind(inline_calls_and_the_librarys_share_one_pool),
		on_each_kind(a_get_fails_only_when_all_slots_are_out),
		on_kinds_with_lists(a_drain_hides_no_slot_from_a_get),
		on_each_kind(no_wake_up_is_lost_by_those_who_wait),
		on_each_kind(no_wake_up_is_lost_by_those_who_poll),
		on_each_kind(the_one_slot_that_is_missing_wakes_its_waiter),
		on_each_kind(the_last_of_many_wakes_who_waits_for_all),
		on_each_kind(the_one_slot_that_is_missing_wakes_its_poller),
		on_each_kind(a_put_is_heard_by_who_never_failed_to_get),
		on_each_kind(what_lies_on_lists_makes_the_descriptor_readable),
		on_each_kind(who_asks_for_the_descriptor_late_misses_nothing),
		on_kinds_with_lists(lists_open_again_after_exhaustion),
		on_kinds_with_lists(lists_open_again_with_a_descriptor_too),
		on_each_kind(a_drain_brings_all_home),
		on_each_kind(a_trim_takes_what_is_on_lists_too),
		on_each_kind(a_drain_leaves_alone_what_is_out),
		cmocka_unit_test(a_drain_of_a_pool_without_lists_does_nothing),
		on_each_kind(the_environment_chooses_lists),
		on_each_kind(an_attribute_goes_before_the_environment),
		cmocka_unit_test(an_environment_that_is_not_known_is_refused),
		cmocka_unit_test(lists_that_are_not_known_are_refused),
		cmocka_unit_test(auto_takes_the_best_that_can_be_had),
	};

	return RUN(lists);
}
