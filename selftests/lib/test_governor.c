// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * The one thread of all pools: what it tells, in which order it acts, and that it
 * sleeps when there is nothing to do.
 */
#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "told.h"
#include "fixture.h"
#include "governor.h"
#include "kinds.h"
#include "pool.h"
#include "process.h"
#include "weather.h"

#define THREAD_NAME	"aoipool-press"
#define MS_NS		1000000ULL

static struct events events;

static int fair(void **state)
{
	events = (struct events)EVENTS_INIT;
	return weather_fair(state);
}

static void wait_until_resident(struct aoipool_pool *pool, uint64_t blocks)
{
	await(stats_of(pool).resident_bytes == blocks * BLOCK_BYTES);
}

static void wait_until_level(struct aoipool_pool *pool, int level)
{
	await(aoipool_pool_level(pool) == level);
}

/* All of its frames have memory, and are free. */
static struct aoipool_pool *open_idle(struct aoipool_attr *attr, size_t n)
{
	struct aoipool_pool *pool = open_pool(attr);
	struct aoipool_slot slots[64];

	assert_ok(aoipool_get_many(pool, slots, n, 0));
	put_all(pool, slots, n);
	return pool;
}

static struct aoipool_attr *told_attr(size_t frames)
{
	struct aoipool_attr *attr = frame_attr(frames);

	assert_ok(aoipool_attr_set_name(attr, "told"));
	events_attr(&events, attr);
	return attr;
}

struct snapshot {
	struct aoipool_pool *pool;
	uint64_t resident, reclaimed;
	int level;
};

static void snap(struct events *of, const struct aoipool_event *event)
{
	struct snapshot *snapshot = of->arg;
	struct aoipool_stats stats = { .size = sizeof(stats) };

	if (event->kind != AOIPOOL_EVENT_LEVEL || snapshot->level)
		return;
	snapshot->level = aoipool_pool_level(snapshot->pool);
	aoipool_pool_stats(snapshot->pool, &stats);
	snapshot->resident = stats.resident_bytes;
	snapshot->reclaimed = stats.reclaimed_slabs;
}

static void a_level_is_told_before_anything_is_taken(void **state)
{
	struct aoipool_pool *pool = open_idle(told_attr(4), 4);
	struct snapshot snapshot = { .pool = pool };
	struct aoipool_event event;

	(void)state;
	events.arg = &snapshot;
	events.then = snap;
	weather_available = WEATHER_PERCENT;
	wait_until_resident(pool, 0);
	event = events_await(&events, AOIPOOL_EVENT_LEVEL, 0);
	assert_int_equal(event.level, AOIPOOL_LEVEL_CRITICAL);
	assert_int_equal(event.level_before, AOIPOOL_LEVEL_NONE);
	assert_int_equal(event.total_bytes, WEATHER_TOTAL);
	assert_int_equal(event.available_bytes, WEATHER_PERCENT);
	assert_int_equal(snapshot.level, AOIPOOL_LEVEL_CRITICAL);
	assert_int_equal(snapshot.resident, 4 * BLOCK_BYTES);
	assert_int_equal(snapshot.reclaimed, 0);
	assert_ok(aoipool_pool_close(pool));
}

/* As between two looks of one turn, when more and more is taken. */
static void a_level_that_rises_meanwhile_is_told_first(void **state)
{
	struct aoipool_pool *pool = open_frames(1);
	struct governed warned = { .pool = pool, .level = AOIPOOL_LEVEL_HIGH };
	struct outlook outlook = { .host_level.now = AOIPOOL_LEVEL_HIGH };

	(void)state;
	assert_true(governed_is_ripe(&warned, &outlook, 7));
	outlook.host_level.now = AOIPOOL_LEVEL_CRITICAL;
	assert_false(governed_is_ripe(&warned, &outlook, 7));
	assert_int_equal(governed_due(&warned, &outlook, 7), 7);
	assert_ok(aoipool_pool_close(pool));
}

static void what_was_taken_is_told(void **state)
{
	struct aoipool_pool *pool = open_idle(told_attr(4), 4);
	struct aoipool_event event;
	uint64_t bytes = 0, seq = 0;

	(void)state;
	weather_available = WEATHER_PERCENT;
	for (size_t i = 0; bytes < 4 * BLOCK_BYTES; i++) {
		event = events_await(&events, AOIPOOL_EVENT_RECLAIM, i);
		assert_string_equal(event.name, "told");
		assert_int_equal(event.size, sizeof(event));
		assert_int_equal(event.node, AOIPOOL_EVENT_NODE_HOST);
		assert_int_equal(event.causes, AOIPOOL_EVENT_CAUSE_SHRINKER);
		assert_true(event.seq > seq);
		seq = event.seq;
		bytes += event.reclaimed_bytes;
	}
	assert_int_equal(bytes, 4 * BLOCK_BYTES);
	assert_ok(aoipool_pool_close(pool));
}

/* Half a second at low, a tenth at high: what is taken is told later still. */
static void grace_after(uint64_t percent, uint64_t grace_ms)
{
	struct aoipool_pool *pool = open_idle(told_attr(4), 4);
	struct aoipool_event level, taken;

	weather_available = percent * WEATHER_PERCENT;
	level = events_await(&events, AOIPOOL_EVENT_LEVEL, 0);
	taken = events_await(&events, AOIPOOL_EVENT_RECLAIM, 0);
	assert_true(taken.time_ns >= level.time_ns + grace_ms * MS_NS);
	assert_true(taken.seq > level.seq);
	assert_ok(aoipool_pool_close(pool));
}

static void a_low_level_leaves_half_a_second(void **state)
{
	(void)state;
	grace_after(15, 500);
}

static void a_high_level_leaves_a_tenth_of_a_second(void **state)
{
	(void)state;
	grace_after(7, 100);
}

static void a_level_that_falls_is_told_step_by_step(void **state)
{
	struct aoipool_pool *pool = open_pool(told_attr(1));
	struct aoipool_slot slot = get_slot(pool);
	struct aoipool_event event;

	(void)state;
	weather_available = 7 * WEATHER_PERCENT;
	wait_until_level(pool, AOIPOOL_LEVEL_HIGH);
	weather_available = WEATHER_TOTAL / 2;
	wait_until_level(pool, AOIPOOL_LEVEL_NONE);
	event = events_await(&events, AOIPOOL_EVENT_LEVEL, 1);
	assert_int_equal(event.level, AOIPOOL_LEVEL_LOW);
	assert_int_equal(event.level_before, AOIPOOL_LEVEL_HIGH);
	event = events_await(&events, AOIPOOL_EVENT_LEVEL, 2);
	assert_int_equal(event.level, AOIPOOL_LEVEL_NONE);
	assert_ok(aoipool_put(pool, slot.ref));
	assert_ok(aoipool_pool_close(pool));
}

static void a_low_level_empties_the_lists(void **state)
{
	struct aoipool_pool *pool;
	struct aoipool_slot *slots;
	size_t n;

	(void)state;
	pool = open_objects(1024, 4 * LISTED_FEW);
	slots = get_all(pool, &n);
	put_all(pool, slots, n);
	free(slots);
	assert_true(stats_of(pool).slots_listed > 0);
	weather_available = 15 * WEATHER_PERCENT;
	await(!stats_of(pool).slots_listed);
	assert_int_equal(aoipool_pool_level(pool), AOIPOOL_LEVEL_LOW);
	assert_ok(aoipool_pool_close(pool));
}

static struct aoipool_attr *idle_attr(size_t frames, uint32_t decay_ms,
				      size_t blocks)
{
	struct aoipool_attr *attr = told_attr(frames);

	assert_ok(aoipool_attr_set_idle(attr, decay_ms, blocks * BLOCK_BYTES));
	return attr;
}

static void what_is_idle_decays_but_for_the_reserve(void **state)
{
	struct aoipool_attr *attr = told_attr(4);
	struct aoipool_pool *pool;

	(void)state;
	assert_ok(aoipool_attr_set_idle(attr, 100, SIZE_MAX));
	assert_ok(aoipool_attr_set_reserve(attr, 1));
	pool = open_idle(attr, 4);
	wait_until_resident(pool, 1);
	assert_int_equal(events_await(&events, AOIPOOL_EVENT_RECLAIM, 0).causes,
			 AOIPOOL_EVENT_CAUSE_DECAY);
	assert_int_equal(aoipool_pool_level(pool), AOIPOOL_LEVEL_NONE);
	assert_ok(aoipool_pool_close(pool));
}

/* The other one's rounds are seen by that it decays, again and again. */
static void what_is_never_to_decay_stays(void **state)
{
	struct aoipool_attr *attr = frame_attr(2);
	struct aoipool_pool *stays, *decays;
	struct aoipool_slot slot;

	(void)state;
	assert_ok(aoipool_attr_set_idle(attr, AOIPOOL_IDLE_MS_NEVER, SIZE_MAX));
	stays = open_idle(attr, 2);
	attr = frame_attr(1);
	assert_ok(aoipool_attr_set_idle(attr, 50, SIZE_MAX));
	decays = open_pool(attr);
	for (int i = 0; i < 3; i++) {
		slot = get_slot(decays);
		assert_ok(aoipool_put(decays, slot.ref));
		wait_until_resident(decays, 0);
	}
	assert_int_equal(stats_of(stays).resident_bytes, 2 * BLOCK_BYTES);
	assert_ok(aoipool_pool_close(decays));
	assert_ok(aoipool_pool_close(stays));
}

static void no_more_stays_idle_than_is_allowed(void **state)
{
	struct aoipool_pool *pool = open_idle(idle_attr(6, 2000, 2), 6);

	(void)state;
	assert_int_equal(events_await(&events, AOIPOOL_EVENT_RECLAIM, 0).causes,
			 AOIPOOL_EVENT_CAUSE_IDLE_MAX);
	assert_true(stats_of(pool).resident_bytes <= 2 * BLOCK_BYTES);
	assert_ok(aoipool_pool_close(pool));
}

static void what_never_decays_has_its_bound_too(void **state)
{
	struct aoipool_pool *pool =
		open_idle(idle_attr(6, AOIPOOL_IDLE_MS_NEVER, 2), 6);

	(void)state;
	assert_int_equal(events_await(&events, AOIPOOL_EVENT_RECLAIM, 0).causes,
			 AOIPOOL_EVENT_CAUSE_IDLE_MAX);
	assert_int_equal(stats_of(pool).resident_bytes, 2 * BLOCK_BYTES);
	assert_ok(aoipool_pool_close(pool));
}

static void each_pool_gives_its_share(void **state)
{
	struct aoipool_pool *large = open_idle(frame_attr(12), 12);
	struct aoipool_pool *small = open_idle(frame_attr(4), 4);
	struct aoipool_pool *busy = open_frames(2);
	struct aoipool_slot slots[2];

	(void)state;
	assert_ok(aoipool_get_many(busy, slots, 2, 0));
	governor_make_room(8);
	assert_int_equal(stats_of(large).resident_bytes, 6 * BLOCK_BYTES);
	assert_int_equal(stats_of(small).resident_bytes, 2 * BLOCK_BYTES);
	assert_int_equal(stats_of(busy).resident_bytes, 2 * BLOCK_BYTES);
	put_all(busy, slots, 2);
	assert_ok(aoipool_pool_close(busy));
	assert_ok(aoipool_pool_close(small));
	assert_ok(aoipool_pool_close(large));
}

static struct aoipool_attr *warm_attr(bool yields)
{
	struct aoipool_attr *attr = told_attr(4);

	assert_ok(aoipool_attr_set_reserve(attr, 2));
	assert_ok(aoipool_attr_set_reserve_yields(attr, yields));
	return attr;
}

static void a_reserve_that_yields_goes_at_the_worst_only(void **state)
{
	struct aoipool_pool *yields = open_idle(warm_attr(true), 4);
	struct aoipool_pool *stays = open_idle(warm_attr(false), 4);

	(void)state;
	weather_available = 7 * WEATHER_PERCENT;
	wait_until_resident(yields, 2);
	wait_until_resident(stays, 2);
	weather_available = WEATHER_PERCENT;
	wait_until_resident(yields, 0);
	assert_int_equal(stats_of(stays).resident_bytes, 2 * BLOCK_BYTES);
	assert_ok(aoipool_pool_close(stays));
	assert_ok(aoipool_pool_close(yields));
}

static void pressure_is_seen_where_the_kernel_tells_of_none(void **state)
{
	struct aoipool_pool *pool;

	(void)state;
	weather_tells(false);
	pool = open_pool(told_attr(2));
	weather_available = 15 * WEATHER_PERCENT;
	assert_int_equal(events_await(&events, AOIPOOL_EVENT_LEVEL, 0).level,
			 AOIPOOL_LEVEL_LOW);
	assert_ok(aoipool_pool_close(pool));
}

/* Of the thread: "-1" where it is not there. */
static long thread_number(const char *file, const char *field)
{
	char path[300], line[256];
	struct dirent *entry;
	long number = -1;
	DIR *dir = opendir("/proc/self/task");
	FILE *in;

	while (number < 0 && (entry = readdir(dir))) {
		snprintf(path, sizeof(path), "/proc/self/task/%s/comm",
			 entry->d_name);
		in = fopen(path, "re");
		if (!in)
			continue;
		if (!fgets(line, sizeof(line), in) ||
		    strcmp(line, THREAD_NAME "\n"))
			line[0] = '\0';
		fclose(in);
		if (!line[0])
			continue;
		snprintf(path, sizeof(path), "/proc/self/task/%s/%s",
			 entry->d_name, file);
		in = fopen(path, "re");
		while (in && fgets(line, sizeof(line), in))
			if (!strncmp(line, field, strlen(field)))
				number = atol(line + strlen(field));
		if (in)
			fclose(in);
	}
	closedir(dir);
	return number;
}

static long wakes(void)
{
	return thread_number("status", "voluntary_ctxt_switches:");
}

/* Nothing to give: it has had its last look when its number stays. */
static void wait_until_asleep(void)
{
	long before, now = wakes();

	assert_true(now >= 0);
	do {
		before = now;
		usleep(300000);
		now = wakes();
	} while (now != before);
}

static struct aoipool_pool *open_decayed(size_t reserve)
{
	struct aoipool_attr *attr = told_attr(4);
	struct aoipool_pool *pool;

	assert_ok(aoipool_attr_set_idle(attr, 50, SIZE_MAX));
	assert_ok(aoipool_attr_set_reserve(attr, reserve));
	pool = open_idle(attr, 4);
	wait_until_resident(pool, reserve);
	wait_until_asleep();
	return pool;
}

static void a_warm_pool_at_rest_wakes_nobody(void **state)
{
	struct aoipool_pool *pool = open_decayed(2);
	struct aoipool_slot slot;
	long before = wakes();

	(void)state;
	/* warm gets and puts are none of its business either */
	for (int i = 0; i < 1000; i++) {
		slot = get_slot(pool);
		assert_ok(aoipool_put(pool, slot.ref));
	}
	sleep(3);
	assert_int_equal(wakes(), before);
	assert_ok(aoipool_pool_close(pool));
}

static void who_sleeps_is_woken_by_what_is_brought(void **state)
{
	struct aoipool_pool *pool = open_decayed(0);
	struct aoipool_slot slots[4];

	(void)state;
	assert_ok(aoipool_get_many(pool, slots, 4, 0));
	put_all(pool, slots, 4);
	wait_until_resident(pool, 0);
	assert_ok(aoipool_pool_close(pool));
}

static void who_sleeps_is_woken_by_a_stall(void **state)
{
	struct aoipool_pool *pool = open_decayed(1);

	(void)state;
	weather_stall();
	assert_int_equal(events_await(&events, AOIPOOL_EVENT_LEVEL, 0).level,
			 AOIPOOL_LEVEL_LOW);
	assert_ok(aoipool_pool_close(pool));
}

static void one_thread_serves_all_pools(void **state)
{
	struct footprint before = process_footprint(), after;
	struct aoipool_pool *pools[5];

	(void)state;
	for (size_t i = 0; i < 5; i++)
		pools[i] = open_frames(1);
	assert_int_equal(process_footprint().threads, before.threads + 1);
	for (size_t i = 0; i < 4; i++)
		assert_ok(aoipool_pool_close(pools[i]));
	assert_true(wakes() >= 0);
	assert_ok(aoipool_pool_close(pools[4]));
	after = process_footprint_after(&before);
	assert_int_equal(after.threads, before.threads);
	assert_int_equal(after.descriptors, before.descriptors);
	/* and the next one has it again */
	assert_ok(aoipool_pool_close(open_frames(1)));
}

static void failed_gets_are_told_once_a_second(void **state)
{
	struct aoipool_pool *pool = open_pool(told_attr(1));
	struct aoipool_slot slot = get_slot(pool), none;
	struct aoipool_event first, second;

	(void)state;
	assert_err(aoipool_get(pool, &none), -EAGAIN);
	first = events_await(&events, AOIPOOL_EVENT_EXHAUSTED, 0);
	assert_int_equal(first.reason, AOIPOOL_EVENT_REASON_SLOTS);
	assert_int_equal(first.count, 1);
	for (int i = 0; i < 9; i++)
		assert_err(aoipool_get(pool, &none), -EAGAIN);
	second = events_await(&events, AOIPOOL_EVENT_EXHAUSTED, 1);
	assert_int_equal(second.count, 9);
	assert_true(second.time_ns >= first.time_ns + 1000 * MS_NS);
	assert_ok(aoipool_put(pool, slot.ref));
	assert_ok(aoipool_pool_close(pool));
}

static void a_get_without_memory_is_told_as_such(void **state)
{
	struct aoipool_pool *pool = open_pool(told_attr(1));
	struct aoipool_slot none;

	(void)state;
	weather_available = 0;
	assert_err(aoipool_get(pool, &none), -ENOMEM);
	assert_int_equal(events_await(&events, AOIPOOL_EVENT_EXHAUSTED, 0)
				 .reason,
			 AOIPOOL_EVENT_REASON_MEMORY);
	assert_ok(aoipool_pool_close(pool));
}

struct owner {
	struct aoipool_pool *pool;
	struct aoipool_slot held;
	int put_err, get_err, trim_err, drain_err;
	size_t freed;
};

static void give_all(struct events *of, const struct aoipool_event *event)
{
	struct owner *owner = of->arg;

	if (event->kind != AOIPOOL_EVENT_LEVEL || !owner->held.ptr)
		return;
	owner->put_err = aoipool_put(owner->pool, owner->held.ref);
	owner->held.ptr = NULL;
	owner->get_err = aoipool_get(owner->pool, &owner->held);
	owner->put_err |= aoipool_put(owner->pool, owner->held.ref);
	owner->held.ptr = NULL;
	owner->drain_err = aoipool_pool_drain(owner->pool);
	owner->trim_err = aoipool_pool_trim(owner->pool, SIZE_MAX,
					    &owner->freed);
}

static void who_is_told_may_put_drain_and_trim(void **state)
{
	struct aoipool_pool *pool = open_idle(told_attr(4), 4);
	struct owner owner = { .pool = pool, .held = get_slot(pool) };

	(void)state;
	events.arg = &owner;
	events.then = give_all;
	weather_available = 15 * WEATHER_PERCENT;
	events_await(&events, AOIPOOL_EVENT_LEVEL, 0);
	assert_ok(owner.put_err);
	assert_ok(owner.get_err);
	assert_ok(owner.drain_err);
	assert_ok(owner.trim_err);
	assert_int_equal(owner.freed, 4 * BLOCK_BYTES);
	assert_int_equal(events_await(&events, AOIPOOL_EVENT_RECLAIM, 0).causes,
			 AOIPOOL_EVENT_CAUSE_TRIM);
	assert_int_equal(stats_of(pool).slots_out, 0);
	assert_ok(aoipool_pool_close(pool));
}

struct captive {
	struct aoipool_pool *pool;
	struct aoipool_attr *attr;
	int close_err, open_err;
};

static void open_and_close(struct events *of, const struct aoipool_event *event)
{
	struct captive *captive = of->arg;
	struct aoipool_pool *other;

	(void)event;
	captive->open_err = aoipool_pool_open(captive->attr, &other);
	captive->close_err = aoipool_pool_close(captive->pool);
}

/* They would wait for the thread that they are called in. */
static void who_is_told_can_neither_open_nor_close(void **state)
{
	struct captive captive = { .attr = frame_attr(1) };
	struct aoipool_slot slot, none;

	(void)state;
	captive.pool = open_pool(told_attr(1));
	slot = get_slot(captive.pool);
	events.arg = &captive;
	events.then = open_and_close;
	assert_err(aoipool_get(captive.pool, &none), -EAGAIN);
	events_await(&events, AOIPOOL_EVENT_EXHAUSTED, 0);
	assert_err(captive.open_err, -EDEADLK);
	assert_err(captive.close_err, -EDEADLK);
	assert_ok(aoipool_put(captive.pool, slot.ref));
	assert_ok(aoipool_pool_close(captive.pool));
	aoipool_attr_destroy(captive.attr);
}

static void note_mask(struct events *of, const struct aoipool_event *event)
{
	(void)event;
	pthread_sigmask(SIG_BLOCK, NULL, of->arg);
}

static void who_is_told_gets_no_signals(void **state)
{
	struct aoipool_pool *pool = open_pool(told_attr(1));
	struct aoipool_slot slot = get_slot(pool), none;
	sigset_t mask;

	(void)state;
	sigemptyset(&mask);
	events.arg = &mask;
	events.then = note_mask;
	assert_err(aoipool_get(pool, &none), -EAGAIN);
	events_await(&events, AOIPOOL_EVENT_EXHAUSTED, 0);
	assert_int_equal(sigismember(&mask, SIGTERM), 1);
	assert_int_equal(sigismember(&mask, SIGUSR1), 1);
	assert_ok(aoipool_put(pool, slot.ref));
	assert_ok(aoipool_pool_close(pool));
}

static atomic_int telling;

static void be_slow(struct events *of, const struct aoipool_event *event)
{
	(void)of;
	(void)event;
	telling = 1;
	usleep(50000);
	telling = 0;
}

static void close_waits_for_who_is_told(void **state)
{
	(void)state;
	events.then = be_slow;
	for (unsigned int i = 0; i < rounds(20); i++) {
		struct aoipool_pool *pool = open_idle(told_attr(2), 2);
		struct aoipool_pool *other = open_frames(1);

		weather_available = (i % 2 ? 90 : 3) * WEATHER_PERCENT;
		usleep(i * 3000);
		assert_ok(aoipool_pool_close(pool));
		assert_int_equal(telling, 0);
		assert_ok(aoipool_pool_close(other));
		events.n = 0;
	}
}

/* Its own thread and its own descriptors; none of its parent's. */
static int live_as_a_child(struct aoipool_pool *inherited)
{
	struct aoipool_attr *attr;
	struct aoipool_pool *own;
	struct aoipool_slot slot;

	if (wakes() >= 0)
		return 1;
	aoipool_pool_close(inherited);
	if (aoipool_attr_create(&attr) ||
	    aoipool_attr_set_object(attr, 4096, 1) ||
	    aoipool_attr_set_idle(attr, 50, SIZE_MAX) ||
	    aoipool_attr_set_provider(attr, AOIPOOL_PROVIDER_USER) ||
	    aoipool_pool_open(attr, &own))
		return 2;
	aoipool_attr_destroy(attr);
	if (wakes() < 0 || aoipool_get(own, &slot) ||
	    aoipool_put(own, slot.ref) || aoipool_pool_drain(own))
		return 3;
	for (;;) {
		struct aoipool_stats stats = { .size = sizeof(stats) };

		if (aoipool_pool_stats(own, &stats))
			return 4;
		if (!stats.resident_bytes)
			break;
		usleep(10000);
	}
	return aoipool_pool_close(own) ? 5 : 0;
}

static size_t descriptors(void)
{
	return process_footprint().descriptors;
}

static void a_child_has_a_thread_of_its_own(void **state)
{
	size_t before = descriptors();
	struct aoipool_pool *pool;
	int status;
	pid_t pid;

	(void)state;
	if (instrumented_by("tsan"))
		skip_because("a child may not start threads under it");
	pool = open_idle(told_attr(2), 2);
	fflush(NULL);
	pid = fork();
	if (!pid) {
		alarm(60);
		status = live_as_a_child(pool);
		leave_child(status || descriptors() == before ? status : 9);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	/* and the parent's is as it was */
	weather_available = WEATHER_PERCENT;
	wait_until_resident(pool, 0);
	assert_ok(aoipool_pool_close(pool));
}

static void attributes_refuse_no_attribute(void **state)
{
	(void)state;
	assert_err(aoipool_attr_set_events(NULL, NULL, NULL), -EINVAL);
	assert_err(aoipool_attr_set_progress(NULL, NULL, NULL), -EINVAL);
	assert_err(aoipool_attr_set_prefill(NULL, 1), -EINVAL);
	assert_err(aoipool_attr_set_idle(NULL, 1, 1), -EINVAL);
	assert_err(aoipool_attr_set_reserve_yields(NULL, 1), -EINVAL);
}

#define in_fair(test)	cmocka_unit_test_setup(test, fair)

int main(void)
{
	const struct CMUnitTest governor[] = {
		in_fair(a_level_is_told_before_anything_is_taken),
		in_fair(a_level_that_rises_meanwhile_is_told_first),
		in_fair(what_was_taken_is_told),
		in_fair(a_low_level_leaves_half_a_second),
		in_fair(a_high_level_leaves_a_tenth_of_a_second),
		in_fair(a_level_that_falls_is_told_step_by_step),
		in_fair(a_low_level_empties_the_lists),
		in_fair(what_is_idle_decays_but_for_the_reserve),
		in_fair(what_is_never_to_decay_stays),
		in_fair(no_more_stays_idle_than_is_allowed),
		in_fair(what_never_decays_has_its_bound_too),
		in_fair(each_pool_gives_its_share),
		in_fair(a_reserve_that_yields_goes_at_the_worst_only),
		in_fair(pressure_is_seen_where_the_kernel_tells_of_none),
		in_fair(a_warm_pool_at_rest_wakes_nobody),
		in_fair(who_sleeps_is_woken_by_what_is_brought),
		in_fair(who_sleeps_is_woken_by_a_stall),
		in_fair(one_thread_serves_all_pools),
		in_fair(failed_gets_are_told_once_a_second),
		in_fair(a_get_without_memory_is_told_as_such),
		in_fair(who_is_told_may_put_drain_and_trim),
		in_fair(who_is_told_can_neither_open_nor_close),
		in_fair(who_is_told_gets_no_signals),
		in_fair(close_waits_for_who_is_told),
		in_fair(a_child_has_a_thread_of_its_own),
		in_fair(attributes_refuse_no_attribute),
	};

	return RUN(governor);
}
