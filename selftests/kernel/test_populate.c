// SPDX-License-Identifier: GPL-2.0-only
/*
 * Populating big ranges: by one caller with the help of the module's workers, and
 * by many callers at once; and that every way to clear a block does.
 */
#include "harness.h"
#include "cgroup.h"
#include "child.h"
#include "content.h"
#include "node.h"
#include "pool.h"
#include "proc.h"
#include "trace.h"
#include "tune.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#define SECRET		0x5ec2e75ec2e75ec2ULL
#define SLABS		96U
#define THREADS		4U
/* What the module's workers leave alone of a limit (kmod/supply.c). */
#define SPARE_BLOCKS	64U
/* Threads that are free to run at once do so, but nobody promises when. */
#define TRIES		50
#define KILLS		10
/* Killed with some blocks there and many to come. */
#define KILL_AFTER	16U
#define KILL_SLABS	256U

/* No depot: it moves by itself. */
static int settings_change(struct tune *old)
{
	int err = tune_save(old);

	if (err)
		return err;
	return tune_get_long("populate_workers") > 0 ? tune_no_depot() : -EINVAL;
}

FIXTURE(populate)
{
	struct tune old;
};

FIXTURE_SETUP(populate)
{
	ASSERT_EQ(0, settings_change(&self->old));
}

FIXTURE_TEARDOWN(populate)
{
	EXPECT_EQ(0, tune_restore(&self->old));
}

/* The same, and who brings blocks is traced. */
FIXTURE(parallel)
{
	struct tune old;
};

FIXTURE_SETUP(parallel)
{
	ASSERT_EQ(0, settings_change(&self->old));
	ASSERT_EQ(0, trace_start());
}

FIXTURE_TEARDOWN(parallel)
{
	EXPECT_EQ(0, trace_stop());
	EXPECT_EQ(0, tune_restore(&self->old));
}

static __u64 populated(const struct pool *pool)
{
	struct aoipool_pool_info info;

	return pool_info(pool, &info) ? ~0ULL : info.populated_blocks;
}

/* Blocks that the module has, or ~0 where its books never agree. */
static __u64 blocks_out(void)
{
	struct aoipool_info info;

	return device_settle(&info) ? ~0ULL : info.pool_blocks + info.depot_blocks;
}

static int claim_all(const struct pool *pool, __u32 nr_nodes)
{
	int err = 0;

	for (__u32 slab = 0; slab < pool->nr_slabs && !err; slab++)
		err = slab_claim(pool, slab, slab % nr_nodes);
	return err;
}

/* Of blocks that were touched: move_pages() looks into the page table. */
static bool all_on_their_nodes(const struct pool *pool)
{
	for (__u32 slab = 0; slab < pool->nr_slabs; slab++)
		if (!node_is(slab_data(pool, slab), pool->slab_bytes,
			     aoipool_word_node(slab_word(pool, slab))))
			return false;
	return true;
}

static __u32 nr_nodes(void)
{
	return node_has_memory(1) ? 2 : 1;
}

static int give_back_all(const struct pool *pool)
{
	int err = slabs_park(pool, 0, pool->nr_slabs);

	if (!err)
		err = pool_trim(pool, AOIPOOL_TRIM_RESERVE, NULL);
	return err;
}

/* Threads that populate together, from one moment on. */
struct caller {
	pthread_t thread;
	pthread_barrier_t *start;
	const struct pool *pool;
	__u32 first;
	__u32 nr;
	__u32 done;
	int err;
};

static void *call(void *arg)
{
	struct caller *caller = arg;

	pthread_barrier_wait(caller->start);
	caller->err = pool_populate(caller->pool, caller->first, caller->nr, &caller->done);
	return NULL;
}

static int callers_run(struct caller *callers, __u32 nr)
{
	pthread_barrier_t start;

	if (pthread_barrier_init(&start, NULL, nr))
		return -EAGAIN;
	for (__u32 i = 0; i < nr; i++) {
		callers[i].start = &start;
		/* the barrier has no other way out */
		if (pthread_create(&callers[i].thread, NULL, call, &callers[i]))
			abort();
	}
	for (__u32 i = 0; i < nr; i++)
		pthread_join(callers[i].thread, NULL);
	pthread_barrier_destroy(&start);
	return 0;
}

/* Each its part of one pool. */
static int callers_share(struct caller *callers, const struct pool *pool, __u32 nr)
{
	__u32 part = pool->nr_slabs / nr;

	for (__u32 i = 0; i < nr; i++)
		callers[i] = (struct caller){ .pool = pool, .first = i * part, .nr = part };
	return callers_run(callers, nr);
}

/* Each all of one pool. */
static int callers_overlap(struct caller *callers, const struct pool *pool, __u32 nr)
{
	for (__u32 i = 0; i < nr; i++)
		callers[i] = (struct caller){ .pool = pool, .nr = pool->nr_slabs };
	return callers_run(callers, nr);
}

static bool callers_are_done(const struct caller *callers, __u32 nr)
{
	for (__u32 i = 0; i < nr; i++)
		if (callers[i].err || callers[i].done != callers[i].nr)
			return false;
	return true;
}

TEST_F(populate, big_range_is_complete_clean_and_on_its_nodes)
{
	struct pool pool;
	__u32 done;

	ASSERT_EQ(0, pool_open(&pool, SLABS));
	ASSERT_EQ(0, claim_all(&pool, nr_nodes()));
	ASSERT_EQ(0, pool_populate(&pool, 0, SLABS, &done));
	EXPECT_EQ(SLABS, done);
	EXPECT_EQ(SLABS, populated(&pool));
	EXPECT_TRUE(pattern_is(pool.data, SLABS * BLOCK, 0));
	EXPECT_TRUE(all_on_their_nodes(&pool));
	pool_close(&pool);
}

TEST_F(populate, one_big_slab_is_complete_and_clean)
{
	struct aoipool_pool_create args = pool_args(1, SLABS);
	struct pool pool;

	ASSERT_EQ(0, pool_open_args(&pool, &args));
	ASSERT_EQ(0, slabs_hold(&pool, 0, 1, 0));
	EXPECT_EQ(SLABS, populated(&pool));
	EXPECT_EQ(1, pool.info->populated_slabs);
	EXPECT_TRUE(pattern_is(pool.data, SLABS * BLOCK, 0));
	EXPECT_TRUE(all_on_their_nodes(&pool));
	pool_close(&pool);
}

TEST_F(populate, blocks_that_are_there_keep_their_content)
{
	struct pool pool;

	ASSERT_EQ(0, pool_open(&pool, SLABS));
	ASSERT_EQ(0, claim_all(&pool, 1));
	for (__u32 slab = 0; slab < SLABS; slab += 3) {
		stamp_write(slab_data(&pool, slab), BLOCK, slab + 1);
	}
	ASSERT_EQ(0, pool_populate(&pool, 0, SLABS, NULL));
	for (__u32 slab = 0; slab < SLABS; slab++) {
		EXPECT_TRUE(stamp_is(slab_data(&pool, slab), BLOCK, slab % 3 ? 0 : slab + 1));
	}
	EXPECT_EQ(SLABS, populated(&pool));
	pool_close(&pool);
}

/* What was made ahead and not needed is given back before the call is. */
TEST_F(populate, nothing_is_left_over)
{
	__u64 before = blocks_out();
	struct pool pool;

	ASSERT_EQ(0, pool_open(&pool, SLABS));
	ASSERT_EQ(0, claim_all(&pool, nr_nodes()));
	ASSERT_EQ(0, pool_populate(&pool, 0, SLABS, NULL));
	EXPECT_EQ(before + SLABS, blocks_out());
	ASSERT_EQ(0, give_back_all(&pool));
	EXPECT_EQ(0, populated(&pool));
	EXPECT_EQ(before, blocks_out());
	pool_close(&pool);
}

/* Workers do not run ahead of the order: nothing comes from there on. */
TEST_F(populate, ends_at_the_first_slab_that_is_not_held)
{
	struct pool pool;
	__u32 done;

	ASSERT_EQ(0, pool_open(&pool, SLABS));
	ASSERT_EQ(0, claim_all(&pool, 1));
	ASSERT_EQ(0, slab_park(&pool, SLABS / 2));
	EXPECT_EQ(-ESTALE, pool_populate(&pool, 0, SLABS, &done));
	EXPECT_EQ(SLABS / 2, done);
	EXPECT_EQ(SLABS / 2, populated(&pool));
	pool_close(&pool);
}

TEST_F(parallel, workers_help_with_a_big_range)
{
	struct trace_bring seen;
	struct pool pool;

	for (int i = 0; i < TRIES; i++) {
		ASSERT_EQ(0, trace_clear());
		ASSERT_EQ(0, pool_open(&pool, SLABS));
		ASSERT_EQ(0, slabs_hold(&pool, 0, SLABS, 0));
		pool_close(&pool);
		ASSERT_EQ(0, trace_read_bring(&seen));
		EXPECT_LE(SLABS, seen.events);
		if (seen.tasks > 1 && seen.most_at_once > 1)
			break;
	}
	EXPECT_LT(1, seen.tasks);
	EXPECT_LT(1, seen.most_at_once);
}

TEST_F(parallel, workers_help_with_one_big_slab)
{
	struct aoipool_pool_create args = pool_args(1, SLABS);
	struct trace_bring seen;
	struct pool pool;

	for (int i = 0; i < TRIES; i++) {
		ASSERT_EQ(0, trace_clear());
		ASSERT_EQ(0, pool_open_args(&pool, &args));
		ASSERT_EQ(0, slabs_hold(&pool, 0, 1, 0));
		pool_close(&pool);
		ASSERT_EQ(0, trace_read_bring(&seen));
		if (seen.tasks > 1 && seen.most_at_once > 1)
			break;
	}
	EXPECT_LT(1, seen.tasks);
	EXPECT_LT(1, seen.most_at_once);
}

TEST_F(parallel, no_worker_helps_where_none_is_wanted)
{
	struct trace_bring seen;
	struct pool pool;

	ASSERT_EQ(0, tune_set_long("populate_workers", 0));
	ASSERT_EQ(0, pool_open(&pool, SLABS));
	ASSERT_EQ(0, slabs_hold(&pool, 0, SLABS, 0));
	ASSERT_EQ(0, trace_read_bring(&seen));
	EXPECT_EQ(SLABS, seen.events);
	EXPECT_EQ(1, seen.tasks);
	EXPECT_EQ(1, seen.most_at_once);
	pool_close(&pool);
}

TEST_F(populate, more_workers_than_there_can_be_are_refused)
{
	long before = tune_get_long("populate_workers");

	EXPECT_EQ(-EINVAL, tune_set_long("populate_workers", 1000));
	EXPECT_EQ(before, tune_get_long("populate_workers"));
}

TEST_F(populate, threads_fill_their_parts)
{
	struct caller callers[THREADS];
	struct pool pool;

	ASSERT_EQ(0, pool_open(&pool, SLABS));
	ASSERT_EQ(0, claim_all(&pool, nr_nodes()));
	ASSERT_EQ(0, callers_share(callers, &pool, THREADS));
	EXPECT_TRUE(callers_are_done(callers, THREADS));
	EXPECT_EQ(SLABS, populated(&pool));
	EXPECT_TRUE(pattern_is(pool.data, SLABS * BLOCK, 0));
	EXPECT_TRUE(all_on_their_nodes(&pool));
	pool_close(&pool);
}

TEST_F(populate, threads_fill_one_range_together)
{
	struct caller callers[2 * THREADS];
	__u64 before = blocks_out();
	struct pool pool;

	ASSERT_EQ(0, pool_open(&pool, SLABS));
	for (int round = 0; round < 10; round++) {
		ASSERT_EQ(0, claim_all(&pool, nr_nodes()));
		ASSERT_EQ(0, callers_overlap(callers, &pool, 2 * THREADS));
		EXPECT_TRUE(callers_are_done(callers, 2 * THREADS));
		EXPECT_EQ(SLABS, populated(&pool));
		EXPECT_EQ(SLABS, pool.info->populated_slabs);
		EXPECT_EQ(before + SLABS, blocks_out());
		EXPECT_TRUE(stamp_is(pool.data, SLABS * BLOCK, 0));
		EXPECT_TRUE(all_on_their_nodes(&pool));
		stamp_write(pool.data, SLABS * BLOCK, SECRET);
		ASSERT_EQ(0, give_back_all(&pool));
		EXPECT_EQ(before, blocks_out());
	}
	pool_close(&pool);
}

TEST_F(populate, threads_fill_pools_of_their_own)
{
	struct caller callers[THREADS];
	struct pool pools[THREADS];

	for (__u32 i = 0; i < THREADS; i++) {
		ASSERT_EQ(0, pool_open(&pools[i], SLABS / THREADS));
		ASSERT_EQ(0, claim_all(&pools[i], nr_nodes()));
		callers[i] = (struct caller){ .pool = &pools[i], .nr = SLABS / THREADS };
	}
	ASSERT_EQ(0, callers_run(callers, THREADS));
	EXPECT_TRUE(callers_are_done(callers, THREADS));
	for (__u32 i = 0; i < THREADS; i++) {
		EXPECT_EQ(SLABS / THREADS, populated(&pools[i]));
		EXPECT_TRUE(pattern_is(pools[i].data, SLABS / THREADS * BLOCK, 0));
		pool_close(&pools[i]);
	}
}

typedef int (*callers_body)(struct caller *callers, const struct pool *pool, __u32 nr);

/* Without workers, so that whoever is seen is one of the callers. */
static void expect_at_once(struct __test_metadata *_metadata, callers_body body)
{
	struct caller callers[THREADS];
	struct trace_bring seen;
	struct pool pool;

	ASSERT_EQ(0, tune_set_long("populate_workers", 0));
	for (int i = 0; i < TRIES; i++) {
		ASSERT_EQ(0, trace_clear());
		ASSERT_EQ(0, pool_open(&pool, SLABS));
		ASSERT_EQ(0, claim_all(&pool, 1));
		ASSERT_EQ(0, body(callers, &pool, THREADS));
		EXPECT_TRUE(callers_are_done(callers, THREADS));
		pool_close(&pool);
		ASSERT_EQ(0, trace_read_bring(&seen));
		EXPECT_EQ(SLABS, seen.events);
		if (seen.tasks > 1 && seen.most_at_once > 1)
			break;
	}
	EXPECT_LT(1, seen.tasks);
	EXPECT_LT(1, seen.most_at_once);
}

TEST_F(parallel, threads_with_parts_bring_blocks_at_once)
{
	expect_at_once(_metadata, callers_share);
}

TEST_F(parallel, threads_with_one_range_bring_blocks_at_once)
{
	expect_at_once(_metadata, callers_overlap);
}

/* The last slab that fits is the last that is there, and the error comes once. */
TEST_F(populate, limit_in_the_middle_ends_the_order)
{
	const __u32 room = SPARE_BLOCKS + SLABS / 2;
	struct pool pool;
	__u32 done;

	ASSERT_EQ(0, pool_open(&pool, 2 * SLABS));
	ASSERT_EQ(0, claim_all(&pool, nr_nodes()));
	ASSERT_EQ(0, tune_limit(blocks_out() + room));
	EXPECT_EQ(-ENOSPC, pool_populate(&pool, 0, 2 * SLABS, &done));
	EXPECT_EQ(room, done);
	EXPECT_EQ(room, populated(&pool));
	EXPECT_EQ(1, pool.info->populate_failures);
	pool_close(&pool);
}

TEST_F(populate, limit_in_the_middle_of_many_loses_no_block)
{
	const __u32 room = SPARE_BLOCKS + SLABS / 2;
	struct caller callers[THREADS];
	__u64 before = blocks_out();
	__u32 done = 0, failed = 0;
	struct pool pool;

	ASSERT_EQ(0, pool_open(&pool, 2 * SLABS));
	ASSERT_EQ(0, claim_all(&pool, 1));
	ASSERT_EQ(0, tune_limit(before + room));
	ASSERT_EQ(0, callers_share(callers, &pool, THREADS));
	for (__u32 i = 0; i < THREADS; i++) {
		EXPECT_TRUE(!callers[i].err || callers[i].err == -ENOSPC);
		failed += callers[i].err != 0;
		done += callers[i].done;
	}
	EXPECT_LT(0, failed);
	EXPECT_EQ(room, done);
	EXPECT_EQ(room, populated(&pool));
	EXPECT_EQ(before + room, blocks_out());
	ASSERT_EQ(0, give_back_all(&pool));
	EXPECT_EQ(before, blocks_out());
	pool_close(&pool);
}

static int populate_until_killed(int sock, void *arg)
{
	struct pool client;

	(void)sock;
	if (pool_join(arg, &client) || claim_all(&client, nr_nodes()))
		return 1;
	return pool_populate(&client, 0, client.nr_slabs, NULL) ? 2 : 0;
}

/* Killed wherever it was: what came is counted, and all of it can be had back. */
TEST_F(populate, kill_in_the_middle_leaves_the_counts_right)
{
	__u64 before = blocks_out(), there;
	struct child child;
	struct pool pool;
	int killed = 0;

	ASSERT_EQ(0, pool_open(&pool, KILL_SLABS));
	for (int i = 0; i < KILLS; i++) {
		ASSERT_EQ(0, child_start(&child, populate_until_killed, &pool));
		while (pool.info->populated_blocks < KILL_AFTER + i)
			;
		killed += child_kill(&child) == 128 + SIGKILL;
		there = populated(&pool);
		EXPECT_EQ(before + there, blocks_out());
		EXPECT_EQ(there, pool.info->populated_slabs);
		EXPECT_EQ(KILL_SLABS, pool_count(&pool, AOIPOOL_SLAB_PARKED, -1));
		ASSERT_EQ(0, pool_trim(&pool, AOIPOOL_TRIM_RESERVE, NULL));
		EXPECT_EQ(0, populated(&pool));
		EXPECT_EQ(before, blocks_out());
	}
	EXPECT_LT(0, killed);
	pool_close(&pool);
}

static int populate_past_the_cpuset(int sock, void *arg)
{
	struct pool pool;
	__u32 done;

	(void)sock;
	if (cgroup_enter(arg) || pool_open(&pool, SLABS))
		return 1;
	for (__u32 slab = 0; slab < SLABS; slab++)
		if (slab_claim(&pool, slab, slab >= SLABS / 2))
			return 2;
	if (pool_populate(&pool, 0, SLABS, &done) != -ENOMEM || done != SLABS / 2)
		return 3;
	return populated(&pool) == SLABS / 2 ? 0 : 4;
}

/* Workers are in no cpuset themselves. */
TEST_F(populate, help_ends_with_the_callers_cpuset)
{
	struct cgroup group;
	struct child child;

	if (nr_nodes() < 2)
		SKIP(return, "this machine has one node");
	if (cgroup_make(&group, "populate", "cpuset"))
		SKIP(return, "no cpuset controller");
	ASSERT_EQ(0, cgroup_set(&group, "cpuset.mems", "0"));
	ASSERT_EQ(0, child_start(&child, populate_past_the_cpuset, &group));
	EXPECT_EQ(0, child_wait(&child));
	EXPECT_EQ(0, cgroup_remove(&group));
}

/* A control group that a child lives in. */
FIXTURE(charge)
{
	struct cgroup group;
};

FIXTURE_SETUP(charge)
{
	if (cgroup_make(&self->group, "populate", "memory"))
		SKIP_FIXTURE("no memory controller");
}

FIXTURE_TEARDOWN(charge)
{
	EXPECT_EQ(0, cgroup_remove(&self->group));
}

static int populate_in_group(int sock, void *arg)
{
	struct caller callers[THREADS];
	struct cgroup *group = arg;
	struct pool pool;
	long start;

	(void)sock;
	if (cgroup_enter(group) || pool_open(&pool, SLABS))
		return 1;
	start = cgroup_get(group, "memory.current");
	if (claim_all(&pool, nr_nodes()) || pool_populate(&pool, 0, SLABS, NULL))
		return 2;
	if (!cgroup_has_bytes(group, start + SLABS * BLOCK))
		return 3;
	if (give_back_all(&pool) || !cgroup_falls_to(group, start))
		return 4;
	if (claim_all(&pool, nr_nodes()) || callers_overlap(callers, &pool, THREADS) ||
	    !callers_are_done(callers, THREADS))
		return 5;
	if (!cgroup_has_bytes(group, start + SLABS * BLOCK))
		return 6;
	pool_close(&pool);
	return cgroup_falls_to(group, start) ? 0 : 7;
}

/* What a worker brings is charged to the caller, and to nobody twice. */
TEST_F(charge, help_is_charged_to_who_is_helped)
{
	struct trace_bring seen;
	struct child child;

	ASSERT_EQ(0, trace_start());
	for (int i = 0; i < TRIES; i++) {
		ASSERT_EQ(0, child_start(&child, populate_in_group, &self->group));
		ASSERT_EQ(0, child_wait(&child));
		ASSERT_EQ(0, trace_read_bring(&seen));
		/* the threads, their process, and at least one worker */
		if (seen.tasks > 1 + (int)THREADS)
			break;
		ASSERT_EQ(0, trace_clear());
	}
	EXPECT_LT(1 + THREADS, seen.tasks);
	EXPECT_EQ(0, trace_stop());
	EXPECT_TRUE(cgroup_falls_to(&self->group, 0));
}

static int populate_until_full(int sock, void *arg)
{
	const long room = SPARE_BLOCKS + SLABS / 2;
	struct cgroup *group = arg;
	struct pool pool;
	__u32 done;

	(void)sock;
	if (cgroup_enter(group) || pool_open(&pool, 2 * SLABS) || claim_all(&pool, 1))
		return 1;
	if (cgroup_set_long(group, "memory.max", cgroup_get(group, "memory.current") +
			    room * (long)BLOCK + (long)BLOCK / 2))
		return 2;
	if (pool_populate(&pool, 0, 2 * SLABS, &done) != -EDQUOT)
		return 3;
	if (done < room - 2 || done > room || populated(&pool) != done)
		return 4;
	return pool.info->populate_failures == 1 ? 0 : 5;
}

TEST_F(charge, full_group_in_the_middle_ends_the_order)
{
	struct child child;

	ASSERT_EQ(0, child_start(&child, populate_until_full, &self->group));
	EXPECT_EQ(0, child_wait(&child));
	EXPECT_EQ(0, cgroup_get_key(&self->group, "memory.events", "oom_kill"));
	EXPECT_TRUE(cgroup_falls_to(&self->group, 0));
}

/* The ways to clear a block. */
FIXTURE(clear)
{
	char modes[32];
	char chosen[32];
};

FIXTURE_VARIANT(clear)
{
	const char *mode;
};

FIXTURE_VARIANT_ADD(clear, pages) { .mode = "pages" };
FIXTURE_VARIANT_ADD(clear, stosb) { .mode = "stosb" };
FIXTURE_VARIANT_ADD(clear, clzero) { .mode = "clzero" };

FIXTURE_SETUP(clear)
{
	ASSERT_NE(0, tune_get("clear_modes", self->modes)[0]);
	ASSERT_NE(0, tune_get("clear_mode", self->chosen)[0]);
	if (!strstr(self->modes, variant->mode)) {
		EXPECT_EQ(-EOPNOTSUPP, tune_set("clear_mode", variant->mode));
		SKIP_FIXTURE("this CPU has no %s, it has %s", variant->mode, self->modes);
	}
	ASSERT_EQ(0, tune_set("clear_mode", variant->mode));
}

FIXTURE_TEARDOWN(clear)
{
	EXPECT_EQ(0, tune_set("clear_mode", self->chosen));
}

TEST_F(clear, mode_is_what_was_chosen)
{
	char now[32];

	EXPECT_STREQ(variant->mode, tune_get("clear_mode", now));
	EXPECT_EQ(-EINVAL, tune_set("clear_mode", "nonsense"));
	EXPECT_STREQ(variant->mode, tune_get("clear_mode", now));
}

/* Dirtied in one pool, given back, got again in another: by populate and touch. */
TEST_F(clear, nothing_is_left_of_another_pool)
{
	struct pool pool;

	for (int round = 0; round < 3; round++) {
		ASSERT_EQ(0, pool_open(&pool, SLABS));
		ASSERT_EQ(0, slabs_hold(&pool, 0, SLABS / 2, 0));
		for (__u32 slab = SLABS / 2; slab < SLABS; slab++) {
			ASSERT_EQ(0, slab_claim(&pool, slab, 0));
		}
		EXPECT_TRUE(pattern_is(pool.data, SLABS * BLOCK, 0));
		pattern_fill(pool.data, SLABS * BLOCK, SECRET);
		pool_close(&pool);
	}
}

/* What a charged caller traded in is cleared by the depot's worker. */
static int dirty_in_group(int sock, void *arg)
{
	struct pool pool;

	(void)sock;
	if (cgroup_enter(arg))
		return 1;
	for (int round = 0; round < 3; round++) {
		if (pool_open(&pool, SLABS) || slabs_hold(&pool, 0, SLABS, 0))
			return 2;
		if (!pattern_is(pool.data, SLABS * BLOCK, 0))
			return 3;
		pattern_fill(pool.data, SLABS * BLOCK, SECRET);
		pool_close(&pool);
	}
	return 0;
}

TEST_F(clear, nothing_is_left_where_blocks_are_charged)
{
	struct cgroup group;
	struct child child;

	if (cgroup_make(&group, "clear", "memory"))
		SKIP(return, "no memory controller");
	ASSERT_EQ(0, child_start(&child, dirty_in_group, &group));
	EXPECT_EQ(0, child_wait(&child));
	EXPECT_TRUE(cgroup_falls_to(&group, 0));
	EXPECT_EQ(0, cgroup_remove(&group));
}

TEST_HARNESS_MAIN
