// SPDX-License-Identifier: GPL-2.0-only
/*
 * What nobody uses goes: by time, by amount, the oldest and most remote first,
 * and never before its time, what is held, or what is pinned.
 */
#include "harness.h"
#include "content.h"
#include "node.h"
#include "pool.h"
#include "proc.h"
#include "tune.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define SLABS		16U
#define STAMP		0x0dec0dec0dec0decULL
#define STEP_US		10000
#define WAIT_STEPS	3000
#define NS_A_MS		1000000ULL

FIXTURE(decay)
{
	struct tune tune;
	struct pool pool;
};

/* Nothing goes but for what a test sets, and node 0 is home. */
FIXTURE_SETUP(decay)
{
	ASSERT_EQ(0, node_run_on(0));
	ASSERT_EQ(0, tune_save(&self->tune));
	ASSERT_EQ(0, tune_no_decay());
	ASSERT_EQ(0, tune_set_long("pressure/hold_ms", 100));
	ASSERT_EQ(0, pool_open(&self->pool, SLABS));
	ASSERT_EQ(0, tune_await_level(AOIPOOL_PRESSURE_NONE));
}

FIXTURE_TEARDOWN(decay)
{
	pool_close(&self->pool);
	EXPECT_EQ(0, tune_restore(&self->tune));
	EXPECT_EQ(0, tune_await_level(AOIPOOL_PRESSURE_NONE));
}

static __u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static __u32 absent(const struct pool *pool)
{
	return pool_count(pool, AOIPOOL_SLAB_ABSENT, -1);
}

static __u32 age(const struct pool *pool, __u32 slab)
{
	return aoipool_word_age(slab_word(pool, slab));
}

/* So many at least.  -ETIMEDOUT */
static int await_absent(const struct pool *pool, __u32 nr)
{
	for (int step = 0; step < WAIT_STEPS; step++) {
		if (absent(pool) >= nr)
			return 0;
		usleep(STEP_US);
	}
	return -ETIMEDOUT;
}

static int hold_stamped(const struct pool *pool, __u32 first, __u32 nr)
{
	int err = slabs_hold(pool, first, nr, 0);

	for (__u32 slab = first; slab < first + nr && !err; slab++)
		stamp_write(slab_data(pool, slab), pool->slab_bytes, STAMP + slab);
	return err;
}

static bool is_stamped(const struct pool *pool, __u32 slab)
{
	return stamp_is(slab_data(pool, slab), pool->slab_bytes, STAMP + slab);
}

static int set_policy(const struct pool *pool, __u32 decay_ms, __u64 idle_max_blocks)
{
	struct aoipool_pool_policy policy = {
		.size = sizeof(policy),
		.flags = AOIPOOL_POLICY_SET,
		.decay_ms = decay_ms,
		.idle_max_blocks = idle_max_blocks,
	};

	return ioctl(pool->fd, AOIPOOL_POOL_POLICY, &policy) ? -errno : 0;
}

/* How many of @nr from @first on are gone. */
static __u32 gone(const struct pool *pool, __u32 first, __u32 nr)
{
	__u32 count = 0;

	for (__u32 slab = first; slab < first + nr; slab++)
		count += slab_state(pool, slab) == AOIPOOL_SLAB_ABSENT;
	return count;
}

TEST_F(decay, parked_slab_goes_after_its_time_and_not_before)
{
	__u64 parked, first;

	ASSERT_EQ(0, hold_stamped(&self->pool, 0, SLABS));
	ASSERT_EQ(0, tune_policy(AOIPOOL_PRESSURE_NONE, "decay_ms", "2000"));
	parked = now_ns();
	ASSERT_EQ(0, slabs_park(&self->pool, 0, SLABS));
	ASSERT_EQ(0, await_absent(&self->pool, 1));
	first = now_ns();
	EXPECT_LE(2000 * NS_A_MS, first - parked);
	EXPECT_EQ(0, await_absent(&self->pool, SLABS));
	EXPECT_EQ(0, self->pool.info->populated_blocks);
	EXPECT_EQ(SLABS, self->pool.info->reclaimed_slabs);
}

TEST_F(decay, held_slab_never_goes)
{
	ASSERT_EQ(0, hold_stamped(&self->pool, 0, SLABS));
	ASSERT_EQ(0, tune_policy(AOIPOOL_PRESSURE_NONE, "decay_ms", "0"));
	ASSERT_EQ(0, slabs_park(&self->pool, 1, SLABS - 1));
	ASSERT_EQ(0, await_absent(&self->pool, SLABS - 1));
	usleep(500 * 1000);
	EXPECT_EQ(AOIPOOL_SLAB_HELD, slab_state(&self->pool, 0));
	EXPECT_TRUE(is_stamped(&self->pool, 0));
}

/* One is taken up again and again, the others are not. */
TEST_F(decay, slab_that_is_used_stays_young)
{
	ASSERT_EQ(0, hold_stamped(&self->pool, 0, SLABS));
	ASSERT_EQ(0, tune_policy(AOIPOOL_PRESSURE_NONE, "decay_ms", "2000"));
	ASSERT_EQ(0, slabs_park(&self->pool, 0, SLABS));
	for (int step = 0; step < WAIT_STEPS && absent(&self->pool) < SLABS - 1; step++) {
		ASSERT_EQ(0, slab_revive(&self->pool, 0));
		ASSERT_EQ(0, slab_park(&self->pool, 0));
		usleep(STEP_US);
	}
	EXPECT_EQ(SLABS - 1, absent(&self->pool));
	ASSERT_EQ(0, slab_revive(&self->pool, 0));
	EXPECT_TRUE(is_stamped(&self->pool, 0));
}

TEST_F(decay, pool_may_ask_for_less_time)
{
	struct pool other;

	ASSERT_EQ(0, pool_open(&other, SLABS));
	ASSERT_EQ(0, hold_stamped(&self->pool, 0, SLABS));
	ASSERT_EQ(0, slabs_hold(&other, 0, SLABS, 0));
	ASSERT_EQ(0, set_policy(&self->pool, 400, AOIPOOL_IDLE_OF_HOST));
	ASSERT_EQ(0, slabs_park(&self->pool, 0, SLABS));
	ASSERT_EQ(0, slabs_park(&other, 0, SLABS));
	EXPECT_EQ(0, await_absent(&self->pool, SLABS));
	EXPECT_EQ(0, absent(&other));
	pool_close(&other);
}

TEST_F(decay, pool_may_ask_for_more_time_while_nobody_needs_it)
{
	ASSERT_EQ(0, tune_policy(AOIPOOL_PRESSURE_NONE, "decay_ms", "0"));
	ASSERT_EQ(0, tune_policy(AOIPOOL_PRESSURE_LOW, "decay_ms", "0"));
	ASSERT_EQ(0, tune_policy(AOIPOOL_PRESSURE_LOW, "grace_ms", "0"));
	ASSERT_EQ(0, set_policy(&self->pool, AOIPOOL_DECAY_NEVER, AOIPOOL_IDLE_OF_HOST));
	ASSERT_EQ(0, hold_stamped(&self->pool, 0, SLABS));
	ASSERT_EQ(0, slabs_park(&self->pool, 0, SLABS));
	usleep(1000 * 1000);
	EXPECT_EQ(0, absent(&self->pool));
	ASSERT_EQ(0, tune_force_level(AOIPOOL_PRESSURE_LOW));
	EXPECT_EQ(0, await_absent(&self->pool, SLABS));
}

TEST_F(decay, policy_is_read_back)
{
	struct aoipool_pool_policy policy = { .size = sizeof(policy) };

	ASSERT_EQ(0, ioctl(self->pool.fd, AOIPOOL_POOL_POLICY, &policy));
	EXPECT_EQ(AOIPOOL_DECAY_OF_HOST, policy.decay_ms);
	EXPECT_EQ(AOIPOOL_IDLE_OF_HOST, policy.idle_max_blocks);
	ASSERT_EQ(0, set_policy(&self->pool, 1234, 56));
	ASSERT_EQ(0, ioctl(self->pool.fd, AOIPOOL_POOL_POLICY, &policy));
	EXPECT_EQ(1234, policy.decay_ms);
	EXPECT_EQ(56, policy.idle_max_blocks);
}

TEST_F(decay, rise_of_level_takes_nothing_young_within_its_grace)
{
	__u64 first, grace;

	ASSERT_EQ(0, hold_stamped(&self->pool, 0, SLABS));
	ASSERT_EQ(0, slabs_park(&self->pool, 0, SLABS));
	ASSERT_EQ(0, tune_policy(AOIPOOL_PRESSURE_HIGH, "decay_ms", "0"));
	ASSERT_EQ(0, tune_policy(AOIPOOL_PRESSURE_HIGH, "grace_ms", "1500"));
	ASSERT_EQ(0, tune_policy(AOIPOOL_PRESSURE_LOW, "grace_ms", "1500"));
	ASSERT_EQ(0, tune_force_level(AOIPOOL_PRESSURE_HIGH));
	ASSERT_EQ(0, await_absent(&self->pool, 1));
	first = now_ns();
	grace = self->pool.info->grace_ns;
	EXPECT_LT(0, grace);
	/* jiffies are coarser */
	EXPECT_LE(grace, first + 10 * NS_A_MS);
	EXPECT_EQ(0, await_absent(&self->pool, SLABS));
}

static int open_with_reserve(struct pool *pool, __u32 flags)
{
	struct aoipool_pool_create args = pool_args(SLABS, 1);

	args.reserve_slabs = SLABS / 2;
	args.flags = flags;
	return pool_open_args(pool, &args);
}

TEST_F(decay, reserve_goes_at_critical_where_the_pool_allows_it)
{
	struct pool keeps, gives;

	ASSERT_EQ(0, open_with_reserve(&keeps, 0));
	ASSERT_EQ(0, open_with_reserve(&gives, AOIPOOL_CREATE_GIVE_RESERVE));
	ASSERT_EQ(0, slabs_hold(&keeps, 0, SLABS, 0));
	ASSERT_EQ(0, slabs_hold(&gives, 0, SLABS, 0));
	ASSERT_EQ(0, slabs_park(&keeps, 0, SLABS));
	ASSERT_EQ(0, slabs_park(&gives, 0, SLABS));
	ASSERT_EQ(0, tune_policy(AOIPOOL_PRESSURE_HIGH, "decay_ms", "0"));
	ASSERT_EQ(0, tune_policy(AOIPOOL_PRESSURE_CRITICAL, "decay_ms", "0"));
	ASSERT_EQ(0, tune_force_level(AOIPOOL_PRESSURE_HIGH));
	ASSERT_EQ(0, await_absent(&gives, SLABS / 2));
	usleep(500 * 1000);
	EXPECT_EQ(SLABS / 2, absent(&gives));
	ASSERT_EQ(0, tune_force_level(AOIPOOL_PRESSURE_CRITICAL));
	EXPECT_EQ(0, await_absent(&gives, SLABS));
	EXPECT_EQ(SLABS / 2, absent(&keeps));
	pool_close(&gives);
	pool_close(&keeps);
}

TEST_F(decay, pinned_slab_stays_until_it_is_let_go)
{
	int pipes[2];
	struct iovec iov;

	ASSERT_EQ(0, hold_stamped(&self->pool, 0, 2));
	ASSERT_EQ(0, pipe2(pipes, O_CLOEXEC));
	iov = (struct iovec){ slab_data(&self->pool, 0), 4096 };
	ASSERT_EQ(4096, vmsplice(pipes[1], &iov, 1, 0));
	ASSERT_EQ(0, slabs_park(&self->pool, 0, 2));
	ASSERT_EQ(0, tune_policy(AOIPOOL_PRESSURE_NONE, "decay_ms", "0"));
	ASSERT_EQ(0, await_absent(&self->pool, SLABS - 1));
	usleep(500 * 1000);
	EXPECT_EQ(AOIPOOL_SLAB_PARKED, slab_state(&self->pool, 0));
	close(pipes[0]);
	close(pipes[1]);
	EXPECT_EQ(0, await_absent(&self->pool, SLABS));
}

/* The first half was parked a good while before the second. */
TEST_F(decay, oldest_go_first_beyond_the_bound_of_a_pool)
{
	const __u32 half = SLABS / 2;

	ASSERT_EQ(0, hold_stamped(&self->pool, 0, SLABS));
	ASSERT_EQ(0, tune_policy(AOIPOOL_PRESSURE_NONE, "decay_ms", "60000"));
	ASSERT_EQ(0, set_policy(&self->pool, 4000, AOIPOOL_IDLE_OF_HOST));
	ASSERT_EQ(0, slabs_park(&self->pool, half, half));
	while (age(&self->pool, half) < 2)
		usleep(STEP_US);
	ASSERT_EQ(0, slabs_park(&self->pool, 0, half));
	ASSERT_EQ(0, set_policy(&self->pool, 4000, half));
	ASSERT_EQ(0, await_absent(&self->pool, half));
	EXPECT_EQ(half, gone(&self->pool, half, half));
	EXPECT_EQ(0, gone(&self->pool, 0, half));
}

/* Of two pools each gives by what it has: one has three times as much, equally old. */
TEST_F(decay, bound_of_the_host_takes_from_each_pool_its_share)
{
	const __u32 few = 32, many = 96, keep = 64;
	struct pool pools[2];
	__u32 share;

	ASSERT_EQ(0, pool_open(&pools[0], few));
	ASSERT_EQ(0, pool_open(&pools[1], many));
	ASSERT_EQ(0, slabs_hold(&pools[0], 0, few, 0));
	ASSERT_EQ(0, slabs_hold(&pools[1], 0, many, 0));
	ASSERT_EQ(0, slabs_park(&pools[0], 0, few));
	ASSERT_EQ(0, slabs_park(&pools[1], 0, many));
	ASSERT_EQ(0, tune_policy(AOIPOOL_PRESSURE_NONE, "decay_ms", "20000"));
	while (!age(&pools[0], few - 1) || !age(&pools[1], many - 1))
		usleep(STEP_US);
	EXPECT_GE(2, age(&pools[0], 0));
	EXPECT_GE(2, age(&pools[1], 0));
	ASSERT_EQ(0, tune_set_long("idle_max_bytes", keep * BLOCK));
	while (absent(&pools[0]) + absent(&pools[1]) < few + many - keep)
		usleep(STEP_US);
	ASSERT_EQ(0, tune_no_decay());
	share = absent(&pools[0]);
	TH_LOG("%u of %u and %u of %u were taken", share, few, absent(&pools[1]), many);
	EXPECT_LE(8, share);
	EXPECT_GE(24, share);
	pool_close(&pools[0]);
	pool_close(&pools[1]);
}

/* What is idle is counted once a round; the governor looks more often. */
TEST_F(decay, bound_of_the_host_takes_no_more_than_is_beyond)
{
	const __u32 keep = SLABS / 2;

	ASSERT_EQ(0, tune_policy(AOIPOOL_PRESSURE_NONE, "decay_ms", "20000"));
	ASSERT_EQ(0, hold_stamped(&self->pool, 0, SLABS));
	ASSERT_EQ(0, slabs_park(&self->pool, 0, SLABS));
	ASSERT_EQ(0, tune_set_long("idle_max_bytes", keep * BLOCK));
	ASSERT_EQ(0, await_absent(&self->pool, keep));
	/* each makes it look again */
	for (int look = 0; look < 3; look++) {
		ASSERT_EQ(0, tune_set_long("idle_max_bytes", keep * BLOCK));
		usleep(200 * 1000);
	}
	EXPECT_EQ(keep, absent(&self->pool));
}

/* The pool's memory is asked for on node 0; what is on node 1 is remote. */
TEST_F(decay, remote_goes_before_local_of_the_same_age)
{
	const __u32 half = SLABS / 2;

	if (!node_has_memory(1))
		SKIP(return, "this machine has one node");
	ASSERT_EQ(0, slabs_hold(&self->pool, half, half, 1));
	ASSERT_EQ(0, slabs_hold(&self->pool, 0, half, 0));
	ASSERT_EQ(0, slabs_park(&self->pool, 0, SLABS));
	ASSERT_EQ(0, set_policy(&self->pool, AOIPOOL_DECAY_OF_HOST, half));
	ASSERT_EQ(0, tune_policy(AOIPOOL_PRESSURE_NONE, "decay_ms", "8000"));
	ASSERT_EQ(0, await_absent(&self->pool, half));
	EXPECT_EQ(half, gone(&self->pool, half, half));
}

TEST_F(decay, page_says_what_is_idle)
{
	ASSERT_EQ(0, tune_policy(AOIPOOL_PRESSURE_NONE, "decay_ms", "60000"));
	ASSERT_EQ(0, set_policy(&self->pool, 1000000, AOIPOOL_IDLE_OF_HOST));
	ASSERT_EQ(0, hold_stamped(&self->pool, 0, SLABS));
	ASSERT_EQ(0, slabs_park(&self->pool, 0, SLABS - 3));
	ASSERT_EQ(0, set_policy(&self->pool, 400, AOIPOOL_IDLE_OF_HOST));
	for (int step = 0; step < WAIT_STEPS && !self->pool.info->idle_blocks; step++)
		usleep(1000);
	EXPECT_LT(0, self->pool.info->idle_blocks);
	EXPECT_GE(SLABS - 3, self->pool.info->idle_blocks);
	ASSERT_EQ(0, await_absent(&self->pool, SLABS - 3));
	while (self->pool.info->idle_blocks)
		usleep(STEP_US);
}

static int await_depot(__u64 least, __u64 most)
{
	struct aoipool_info info;

	for (int step = 0; step < WAIT_STEPS; step++) {
		if (device_info(&info))
			return -EIO;
		if (info.depot_blocks >= least && info.depot_blocks <= most)
			return 0;
		usleep(STEP_US);
	}
	return -ETIMEDOUT;
}

TEST_F(decay, depot_keeps_what_the_level_leaves_it)
{
	long low = tune_get_long("node0/depot_low_bytes") / (long)BLOCK;

	EXPECT_EQ(0, await_depot(2 * low + 1, ~0ULL));
	ASSERT_EQ(0, tune_force_level(AOIPOOL_PRESSURE_LOW));
	EXPECT_EQ(0, await_depot(0, 2 * low));
	ASSERT_EQ(0, tune_force_level(AOIPOOL_PRESSURE_HIGH));
	EXPECT_EQ(0, await_depot(0, 0));
	ASSERT_EQ(0, tune_force_level(AOIPOOL_PRESSURE_NONE));
	EXPECT_EQ(0, await_depot(2 * low + 1, ~0ULL));
}

TEST_HARNESS_MAIN
