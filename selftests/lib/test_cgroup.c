// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* What the cgroups of the process leave it, and what that makes of its pools. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroup.h"
#include "cgroup_watch.h"
#include "told.h"
#include "fixture.h"
#include "sys.h"
#include "text.h"
#include "weather.h"

#define MIB	((uint64_t)1 << 20)

/* A limit in MiB, or "max"; what is used of it, and page cache of that. */
static void write_cgroup(const char *cgroup, const char *max, const char *high,
			 uint64_t used, uint64_t cache)
{
	char text[256];

	weather_write(cgroup, "memory.max", max);
	weather_write(cgroup, "memory.high", high);
	snprintf(text, sizeof(text), "%llu\n",
		 (unsigned long long)(used * MIB));
	weather_write(cgroup, "memory.current", text);
	snprintf(text, sizeof(text),
		 "anon 4096\nfile 1\ninactive_file %llu\nactive_file 0\n"
		 "slab_reclaimable 0\n",
		 (unsigned long long)(cache * MIB));
	weather_write(cgroup, "memory.stat", text);
	weather_write(cgroup, "memory.events.local",
		      "low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\n");
}

static char *mib(uint64_t n)
{
	static char text[4][32];
	static unsigned int next;
	char *at = text[next++ % 4];

	snprintf(at, sizeof(text[0]), "%llu\n", (unsigned long long)(n * MIB));
	return at;
}

/* The root counts nothing, as it is. */
static int two_levels(void **state)
{
	weather_fair(state);
	weather_cgroup("/slice/engine");
	write_cgroup("/slice", mib(1000), "max\n", 100, 0);
	write_cgroup("/slice/engine", mib(100), "max\n", 40, 0);
	return 0;
}

static int remove_cgroups(void **state)
{
	(void)state;
	weather_remove_cgroups();
	return 0;
}

static struct host_memory memory_here(void)
{
	struct cgroup cgroup;
	struct host_memory memory;

	assert_ok(cgroup_find(&cgroup));
	assert_ok(cgroup_memory(&cgroup, 0, &memory));
	return memory;
}

static void a_limit_leaves_what_is_not_used_of_it(void **state)
{
	(void)state;
	assert_int_equal(memory_here().total_bytes, 100 * MIB);
	assert_int_equal(memory_here().available_bytes, 60 * MIB);
}

static void page_cache_is_available(void **state)
{
	(void)state;
	write_cgroup("/slice/engine", mib(100), "max\n", 100, 30);
	assert_int_equal(memory_here().available_bytes, 30 * MIB);
	write_cgroup("/slice", "max\n", "max\n", 100, 0);
	write_cgroup("/slice/engine", mib(100), "max\n", 10, 200);
	assert_int_equal(memory_here().available_bytes, 100 * MIB);
}

static void the_lower_of_high_and_max_counts(void **state)
{
	(void)state;
	write_cgroup("/slice/engine", mib(100), mib(50), 40, 0);
	assert_int_equal(memory_here().total_bytes, 50 * MIB);
	assert_int_equal(memory_here().available_bytes, 10 * MIB);
	write_cgroup("/slice/engine", "max\n", mib(30), 40, 0);
	assert_int_equal(memory_here().available_bytes, 0);
}

static void the_tightest_on_the_way_up_counts(void **state)
{
	(void)state;
	write_cgroup("/slice", mib(1000), "max\n", 950, 0);
	assert_int_equal(memory_here().total_bytes, 1000 * MIB);
	assert_int_equal(memory_here().available_bytes, 50 * MIB);
	write_cgroup("/slice/engine", "max\n", "max\n", 40, 0);
	assert_int_equal(memory_here().total_bytes, 1000 * MIB);
}

static void no_limit_is_said_as_such(void **state)
{
	struct host_memory memory;
	struct cgroup cgroup;

	(void)state;
	write_cgroup("/slice", "max\n", "max\n", 1, 0);
	write_cgroup("/slice/engine", "max\n", "max\n", 1, 0);
	assert_ok(cgroup_find(&cgroup));
	assert_err(cgroup_memory(&cgroup, 0, &memory), -ENOENT);
}

static void who_is_in_none_that_counts_finds_none(void **state)
{
	struct cgroup cgroup;

	(void)state;
	weather_cgroup("/");
	assert_err(cgroup_find(&cgroup), -ENOENT);
	weather_cgroup("/../elsewhere");
	assert_err(cgroup_find(&cgroup), -ENOENT);
	weather_remove_cgroups();
	assert_err(cgroup_find(&cgroup), -ENOENT);
}

/* Memory is counted by the parent where the child's controller is off. */
static void the_nearest_that_counts_is_found(void **state)
{
	struct cgroup cgroup;

	(void)state;
	weather_write("/slice/engine/leaf", "cgroup.procs", "");
	weather_cgroup("/slice/engine/leaf");
	assert_ok(cgroup_find(&cgroup));
	assert_non_null(strstr(cgroup.path, "/slice/engine"));
	assert_null(strstr(cgroup.path, "leaf"));
}

static enum aoipool_pressure_level heard_after(struct cgroup_watch *watch,
					       uint32_t nth, const char *text)
{
	int fd = watch->events[nth].fd;

	assert_int_equal(pwrite(fd, text, strlen(text), 0), strlen(text));
	assert_ok(ftruncate(fd, strlen(text)));
	return cgroup_watch_heard(watch);
}

/* Plain files cannot be polled: what would be read then is read by the test. */
static void what_happened_to_a_cgroup_is_a_level(void **state)
{
	struct cgroup_watch watch = { .nr_events = 2 };
	char path[CGROUP_PATH_BYTES];

	(void)state;
	assert_ok(cgroup_find(&watch.cgroup));
	assert_true(cgroup_file(&watch.cgroup, "memory.events.local", path));
	watch.events[0].fd = sys_open(path, O_RDWR);
	assert_true(cgroup_climb(&watch.cgroup));
	assert_true(cgroup_file(&watch.cgroup, "memory.events.local", path));
	watch.events[1].fd = sys_open(path, O_RDWR);
	assert_false(cgroup_climb(&watch.cgroup));
	watch.psi_fd = -1;
	assert_int_equal(cgroup_watch_heard(&watch), AOIPOOL_LEVEL_NONE);
	assert_int_equal(heard_after(&watch, 0,
				     "low 0\nhigh 0\nmax 7\noom 0\n"),
			 AOIPOOL_LEVEL_LOW);
	assert_int_equal(cgroup_watch_heard(&watch), AOIPOOL_LEVEL_NONE);
	assert_int_equal(heard_after(&watch, 1,
				     "low 9\nhigh 1\nmax 0\noom 0\n"),
			 AOIPOOL_LEVEL_LOW);
	assert_int_equal(heard_after(&watch, 0,
				     "low 0\nhigh 0\nmax 8\noom 1\n"),
			 AOIPOOL_LEVEL_CRITICAL);
	cgroup_watch_close(&watch);
}

static void a_cgroup_that_is_short_gets_memory_back(void **state)
{
	struct events events = EVENTS_INIT;
	struct aoipool_attr *attr = frame_attr(4);
	struct aoipool_slot slots[4];
	struct aoipool_event event;
	struct aoipool_pool *pool;

	(void)state;
	events_attr(&events, attr);
	pool = open_pool(attr);
	assert_ok(aoipool_get_many(pool, slots, 4, 0));
	put_all(pool, slots, 4);
	write_cgroup("/slice/engine", mib(100), "max\n", 99, 0);
	event = events_await(&events, AOIPOOL_EVENT_LEVEL, 0);
	assert_int_equal(event.level, AOIPOOL_LEVEL_CRITICAL);
	assert_int_equal(event.total_bytes, 100 * MIB);
	assert_int_equal(event.available_bytes, MIB);
	await(!stats_of(pool).resident_bytes);
	assert_ok(aoipool_pool_close(pool));
}

/* Its own idle slabs go first; a held one never. */
static void a_full_cgroup_refuses_a_get(void **state)
{
	struct aoipool_pool *pool = open_frames(2);
	struct aoipool_slot held = get_slot(pool), slot;

	(void)state;
	write_cgroup("/slice/engine", mib(100), "max\n", 100, 0);
	assert_err(aoipool_get(pool, &slot), -EDQUOT);
	assert_err(aoipool_get_wait(pool, &slot, 20), -EDQUOT);
	assert_int_equal(stats_of(pool).no_memory, 2);
	write_cgroup("/slice/engine", mib(100), "max\n", 40, 0);
	slot = get_slot(pool);
	assert_ok(aoipool_put(pool, slot.ref));
	assert_ok(aoipool_put(pool, held.ref));
	assert_ok(aoipool_pool_close(pool));
}

/* A tenth of it, which is less than the frame; of the parent a twentieth. */
static void the_smallest_refuses_what_the_tightest_has(void **state)
{
	struct aoipool_pool *pool;
	struct aoipool_slot slot;

	(void)state;
	write_cgroup("/slice", mib(100000), "max\n", 95000, 0);
	write_cgroup("/slice/engine", mib(20), "max\n", 18, 0);
	pool = open_frames(1);
	assert_err(aoipool_get(pool, &slot), -EDQUOT);
	assert_ok(aoipool_pool_close(pool));
}

/* As when no descriptor is left. */
static void use_that_cannot_be_read_is_no_pressure(void **state)
{
	struct host_memory memory;
	struct cgroup cgroup;

	(void)state;
	assert_ok(cgroup_find(&cgroup));
	weather_write("/slice/engine", "memory.current", "");
	assert_ok(cgroup_memory(&cgroup, 0, &memory));
	assert_int_equal(memory.total_bytes, 1000 * MIB);
}

#define in_cgroup(test) \
	cmocka_unit_test_setup_teardown(test, two_levels, remove_cgroups)

int main(void)
{
	const struct CMUnitTest cgroup[] = {
		in_cgroup(a_limit_leaves_what_is_not_used_of_it),
		in_cgroup(page_cache_is_available),
		in_cgroup(the_lower_of_high_and_max_counts),
		in_cgroup(the_tightest_on_the_way_up_counts),
		in_cgroup(no_limit_is_said_as_such),
		in_cgroup(who_is_in_none_that_counts_finds_none),
		in_cgroup(the_nearest_that_counts_is_found),
		in_cgroup(what_happened_to_a_cgroup_is_a_level),
		in_cgroup(a_cgroup_that_is_short_gets_memory_back),
		in_cgroup(a_full_cgroup_refuses_a_get),
		in_cgroup(the_smallest_refuses_what_the_tightest_has),
		in_cgroup(use_that_cannot_be_read_is_no_pressure),
	};

	return RUN(cgroup);
}
