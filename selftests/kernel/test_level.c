// SPDX-License-Identifier: GPL-2.0-only
/*
 * The levels of pressure: when they rise and fall, and who hears of it.
 */
#include "harness.h"
#include "child.h"
#include "hog.h"
#include "node.h"
#include "pool.h"
#include "proc.h"
#include "trace.h"
#include "tune.h"

#include <errno.h>
#include <poll.h>
#include <time.h>

#define SLABS		4U
#define MS_A_SECOND	1000

FIXTURE(level)
{
	struct tune tune;
	struct pool pool;
};

/* The page follows the host's level in the same look, and may lag for a node's. */
static int await_page(const struct pool *pool, __u32 level)
{
	int err = tune_await_level(level);

	while (!err && pool->info->pressure_level != level)
		usleep(10 * 1000);
	return err;
}

/* What an earlier test has left of pressure is over, on all nodes. */
static int await_calm(const struct pool *pool)
{
	return await_page(pool, AOIPOOL_PRESSURE_NONE);
}

static short polled(const struct pool *pool, short events, int timeout_ms)
{
	struct pollfd fd = { .fd = pool->fd, .events = events };

	return poll(&fd, 1, timeout_ms) < 0 ? -1 : fd.revents;
}

/* Quick to fall, so that a test need not wait; no change is left untold. */
FIXTURE_SETUP(level)
{
	ASSERT_EQ(0, tune_save(&self->tune));
	ASSERT_EQ(0, tune_set_long("pressure/hold_ms", 100));
	ASSERT_EQ(0, pool_open(&self->pool, SLABS));
	ASSERT_EQ(0, await_calm(&self->pool));
	ASSERT_LE(0, polled(&self->pool, POLLPRI, 0));
}

FIXTURE_TEARDOWN(level)
{
	EXPECT_EQ(0, tune_restore(&self->tune));
	EXPECT_EQ(0, tune_await_level(AOIPOOL_PRESSURE_NONE));
	pool_close(&self->pool);
}

TEST_F(level, page_of_a_new_pool_says_none)
{
	EXPECT_EQ(AOIPOOL_PRESSURE_NONE, self->pool.info->pressure_level);
	EXPECT_EQ(AOIPOOL_PRESSURE_NONE, self->pool.info->host_level);
	EXPECT_EQ(AOIPOOL_PRESSURE_NONE, tune_level());
}

TEST_F(level, rises_at_once_over_any_distance)
{
	__u64 seq = self->pool.info->pressure_seq;

	ASSERT_EQ(0, trace_start());
	ASSERT_EQ(0, tune_force_level(AOIPOOL_PRESSURE_CRITICAL));
	EXPECT_EQ(0, await_page(&self->pool, AOIPOOL_PRESSURE_CRITICAL));
	EXPECT_EQ(POLLPRI, polled(&self->pool, POLLPRI, MS_A_SECOND));
	EXPECT_EQ(AOIPOOL_PRESSURE_CRITICAL, self->pool.info->host_level);
	EXPECT_LT(seq, self->pool.info->pressure_seq);
	EXPECT_LE(1, trace_count("aoipool_level: node=-1"));
	EXPECT_EQ(0, trace_stop());
}

TEST_F(level, falls_a_step_at_a_time)
{
	__u64 seq;

	ASSERT_EQ(0, tune_force_level(AOIPOOL_PRESSURE_CRITICAL));
	ASSERT_EQ(0, await_page(&self->pool, AOIPOOL_PRESSURE_CRITICAL));
	seq = self->pool.info->pressure_seq;
	ASSERT_EQ(0, tune_force_level(AOIPOOL_PRESSURE_NONE));
	EXPECT_EQ(0, await_page(&self->pool, AOIPOOL_PRESSURE_NONE));
	EXPECT_EQ(seq + AOIPOOL_PRESSURE_CRITICAL, self->pool.info->pressure_seq);
}

/* In times that the governor has looked at, what it did not do is not chance. */
static int await_looks(int looks)
{
	int pools = 0;

	/* each new pool makes it look */
	while (looks--) {
		struct pool pool;

		pools += pool_open(&pool, 1) ? 0 : 1;
		pool_close(&pool);
		usleep(150 * 1000);
	}
	return pools;
}

TEST_F(level, stays_within_the_hysteresis)
{
	long total = meminfo_kib("MemTotal");

	ASSERT_LT(20, meminfo_kib("MemAvailable") * 100 / total);
	ASSERT_EQ(0, tune_set_long("pressure/hysteresis_percent", 85));
	ASSERT_EQ(0, tune_set_long("pressure/low_percent", 100));
	ASSERT_EQ(0, tune_await_level(AOIPOOL_PRESSURE_LOW));
	/* far above the threshold now, but not by as much as the hysteresis */
	ASSERT_EQ(0, tune_set_long("pressure/low_percent", 15));
	EXPECT_EQ(5, await_looks(5));
	EXPECT_EQ(AOIPOOL_PRESSURE_LOW, tune_level());
	ASSERT_EQ(0, tune_set_long("pressure/hysteresis_percent", 3));
	EXPECT_EQ(0, tune_await_level(AOIPOOL_PRESSURE_NONE));
}

TEST_F(level, poll_tells_each_change_once_on_each_descriptor)
{
	struct pool second;

	ASSERT_EQ(0, pool_attach(&self->pool, &second));
	EXPECT_EQ(0, polled(&self->pool, POLLPRI, 0));
	ASSERT_EQ(0, tune_force_level(AOIPOOL_PRESSURE_LOW));
	EXPECT_EQ(POLLPRI, polled(&self->pool, POLLPRI, 10 * MS_A_SECOND));
	EXPECT_EQ(POLLPRI, polled(&second, POLLPRI, 10 * MS_A_SECOND));
	ASSERT_EQ(0, tune_await_level(AOIPOOL_PRESSURE_LOW));
	await_looks(2);
	/* what followed the first change, where there was more, is told now */
	polled(&self->pool, POLLPRI, 0);
	EXPECT_EQ(0, polled(&self->pool, POLLPRI, 0));
	close(second.fd);
}

/* Who polls for a free slab must not swallow the news of the level. */
TEST_F(level, poll_for_slabs_leaves_the_change_untold)
{
	ASSERT_EQ(0, tune_force_level(AOIPOOL_PRESSURE_LOW));
	ASSERT_EQ(0, tune_await_level(AOIPOOL_PRESSURE_LOW));
	EXPECT_EQ(POLLIN, polled(&self->pool, POLLIN, MS_A_SECOND));
	EXPECT_EQ(POLLPRI, polled(&self->pool, POLLPRI, MS_A_SECOND));
}

TEST_F(level, rise_gives_grace)
{
	struct timespec now;

	ASSERT_EQ(0, tune_policy(AOIPOOL_PRESSURE_LOW, "grace_ms", "10000"));
	ASSERT_EQ(0, tune_force_level(AOIPOOL_PRESSURE_LOW));
	ASSERT_EQ(POLLPRI, polled(&self->pool, POLLPRI, 10 * MS_A_SECOND));
	clock_gettime(CLOCK_MONOTONIC, &now);
	EXPECT_LT(now.tv_sec * 1000000000ULL + now.tv_nsec, self->pool.info->grace_ns);
}

TEST_F(level, thresholds_out_of_order_are_refused)
{
	EXPECT_EQ(-EINVAL, tune_set("pressure/low_percent", "9"));
	EXPECT_EQ(-EINVAL, tune_set("pressure/high_percent", "21"));
	EXPECT_EQ(-EINVAL, tune_set("pressure/high_percent", "4"));
	EXPECT_EQ(-EINVAL, tune_set("pressure/critical_percent", "11"));
	EXPECT_EQ(-EINVAL, tune_set("pressure/low_percent", "101"));
	EXPECT_EQ(-EINVAL, tune_set("pressure/low_percent", "many"));
	EXPECT_EQ(-EINVAL, tune_set("pressure/hold_ms", "60001"));
	EXPECT_EQ(-EINVAL, tune_set("policy_low/depot", "some"));
	EXPECT_EQ(-EINVAL, tune_set("policy_low/decay_ms", "-1"));
	EXPECT_EQ(-EINVAL, tune_set("policy_low/grace_ms", "10001"));
	EXPECT_EQ(-EINVAL, tune_set("policy_low/gives_reserve", "maybe"));
	EXPECT_EQ(-EINVAL, tune_set("idle_max_bytes", "few"));
	EXPECT_EQ(20, tune_get_long("pressure/low_percent"));
	EXPECT_EQ(10, tune_get_long("pressure/high_percent"));
	EXPECT_EQ(5, tune_get_long("pressure/critical_percent"));
}

TEST_F(level, memory_of_nodes_adds_up)
{
	long available = meminfo_kib("MemAvailable"), sum = 0;

	for (int node = 0; node < 2; node++) {
		char file[32];

		snprintf(file, sizeof(file), "node%d/available_bytes", node);
		if (node_has_memory(node))
			sum += tune_get_long(file) >> 10;
	}
	/* the reserves of zones and what moves meanwhile */
	EXPECT_LT(available - available / 10, sum);
	EXPECT_GT(available + available / 10, sum);
}

/* Real memory, really short: the level that the host is told is what there is. */
static int level_by_memory(void)
{
	long percent = meminfo_kib("MemAvailable") * 100 / meminfo_kib("MemTotal");

	if (percent < 5)
		return AOIPOOL_PRESSURE_CRITICAL;
	if (percent < 10)
		return AOIPOOL_PRESSURE_HIGH;
	return percent < 20 ? AOIPOOL_PRESSURE_LOW : AOIPOOL_PRESSURE_NONE;
}

static size_t bytes_down_to(int percent)
{
	long total = meminfo_kib("MemTotal");
	long eat = meminfo_kib("MemAvailable") - total * percent / 100;

	return eat < 0 ? 0 : (size_t)eat << 10;
}

TEST_F(level, hog_drives_the_host_up_and_its_end_down)
{
	static const int percents[] = { 17, 8 };
	struct hog hogs[2];

	ASSERT_EQ(0, oom_protect());
	for (int i = 0; i < 2; i++) {
		ASSERT_EQ(0, hog_start(&hogs[i], bytes_down_to(percents[i]), -1));
		ASSERT_EQ(0, hog_await(&hogs[i]));
		EXPECT_EQ(0, tune_await_level(level_by_memory()));
		EXPECT_EQ(i ? AOIPOOL_PRESSURE_HIGH : AOIPOOL_PRESSURE_LOW, tune_level());
	}
	for (int i = 0; i < 2; i++)
		EXPECT_EQ(0, hog_end(&hogs[i]));
	EXPECT_EQ(0, tune_await_level(AOIPOOL_PRESSURE_NONE));
}

/* A pool that may only use node 1 hears of node 0 what the host does, no more. */
TEST_F(level, full_node_raises_the_level_of_its_pools)
{
	struct aoipool_pool_create args = pool_args(SLABS, 1);
	struct pool far;
	struct hog hog;
	size_t eat;

	if (!node_has_memory(1))
		SKIP(return, "this machine has one node");
	args.node_policy = AOIPOOL_NODE_BIND;
	pool_args_node(&args, 1);
	ASSERT_EQ(0, pool_open_args(&far, &args));
	ASSERT_EQ(0, oom_protect());
	eat = (size_t)tune_get_long("node0/available_bytes");
	eat -= ((size_t)node_meminfo_kib(0, "MemTotal") << 10) * 15 / 100;
	ASSERT_EQ(0, hog_start(&hog, eat, 0));
	ASSERT_EQ(0, hog_await(&hog));
	EXPECT_EQ(POLLPRI, polled(&self->pool, POLLPRI, 20 * MS_A_SECOND));
	EXPECT_LE(AOIPOOL_PRESSURE_LOW, self->pool.info->pressure_level);
	EXPECT_EQ(AOIPOOL_PRESSURE_NONE, self->pool.info->host_level);
	EXPECT_EQ(AOIPOOL_PRESSURE_NONE, far.info->pressure_level);
	EXPECT_EQ(0, hog_end(&hog));
	pool_close(&far);
}

/* Nothing of the module runs while there is nothing for it to look after. */
TEST(governor_sleeps_while_there_are_no_pools_and_no_pressure)
{
	struct pool pool;

	ASSERT_EQ(0, pool_open(&pool, SLABS));
	ASSERT_EQ(0, await_calm(&pool));
	pool_close(&pool);
	/* it may be about to look for the last time */
	usleep(1500 * 1000);
	ASSERT_EQ(0, trace_start());
	usleep(3000 * 1000);
	EXPECT_EQ(0, trace_count(" aoipool_look: "));
	ASSERT_EQ(0, pool_open(&pool, SLABS));
	usleep(3000 * 1000);
	/* and with a pool it does not look as often as under pressure */
	EXPECT_LE(1, trace_count(" aoipool_look: "));
	EXPECT_GE(28, trace_count(" aoipool_look: "));
	EXPECT_EQ(0, trace_stop());
	pool_close(&pool);
}

TEST_HARNESS_MAIN
