// SPDX-License-Identifier: GPL-2.0-only
/*
 * A host that runs out of memory takes what is parked, without the owner's
 * help, and nothing else.
 */
#include "harness.h"
#include "child.h"
#include "content.h"
#include "hog.h"
#include "node.h"
#include "pool.h"
#include "proc.h"
#include "tune.h"

#include <signal.h>

#define STAMP		0x9a4b0c1d2e3f4a5bULL
#define KIB_A_BLOCK	(BLOCK >> 10)

/* What a node parks of the memory that it has free. */
#define PARK_PERCENT	60
#define HELD_A_NODE	4U
#define RESERVE		16U

/* More words than the shrinker looks at in a pass. */
#define LARGE		10000U
#define FEW		16U
#define DROP_ROUNDS	64

/* How far the hog stays away from the last page of a node, in KiB. */
#define ROOM_KIB	(64 * 1024)

/* What decays for its age is tested elsewhere: here memory is taken for want of it. */
FIXTURE(pressure)
{
	struct tune tune;
	struct pool pool;
	struct hog hog;
	__u32 slabs[2];
	__u32 held;
	long oom_kills;
};

static __u32 slabs_for(int node)
{
	long kib = node_meminfo_kib(node, "MemFree");

	return kib < 0 ? 0 : kib / KIB_A_BLOCK * PARK_PERCENT / 100;
}

FIXTURE_SETUP(pressure)
{
	ASSERT_EQ(0, oom_protect());
	ASSERT_EQ(0, tune_save(&self->tune));
	ASSERT_EQ(0, tune_no_decay());
	self->slabs[0] = slabs_for(0);
	self->slabs[1] = node_has_memory(1) ? slabs_for(1) : 0;
	self->oom_kills = vmstat("oom_kill");
	ASSERT_LE(0, self->oom_kills);
}

FIXTURE_TEARDOWN(pressure)
{
	EXPECT_EQ(self->oom_kills, vmstat("oom_kill"));
	pool_close(&self->pool);
	EXPECT_EQ(0, tune_restore(&self->tune));
}

static int open_pool(FIXTURE_DATA(pressure) *self, __u32 reserve)
{
	struct aoipool_pool_create args = pool_args(self->slabs[0] + self->slabs[1], 1);

	args.reserve_slabs = reserve;
	return pool_open_args(&self->pool, &args);
}

static int hold_stamped(const struct pool *pool, __u32 first, __u32 nr, __u32 node)
{
	int err = nr ? slabs_hold(pool, first, nr, node) : 0;

	for (__u32 slab = first; slab < first + nr && !err; slab++)
		stamp_write(slab_data(pool, slab), BLOCK, STAMP + slab);
	return err;
}

/* Node 0's slabs come first, then node 1's. */
static int hold_everything(const FIXTURE_DATA(pressure) *self, const struct pool *pool)
{
	int err = hold_stamped(pool, 0, self->slabs[0], 0);

	return err ? err : hold_stamped(pool, self->slabs[0], self->slabs[1], 1);
}

static bool is_stamped(const struct pool *pool, __u32 slab)
{
	return stamp_is(slab_data(pool, slab), BLOCK, STAMP + slab);
}

/* The slabs that stay held: the first few of each node. */
static bool stays_held(const FIXTURE_DATA(pressure) *self, __u32 slab)
{
	return slab < HELD_A_NODE ||
	       (slab >= self->slabs[0] && slab < self->slabs[0] + HELD_A_NODE);
}

static int park_the_rest(const FIXTURE_DATA(pressure) *self, const struct pool *pool)
{
	int err = 0;

	for (__u32 slab = 0; slab < pool->nr_slabs && !err; slab++)
		if (!stays_held(self, slab))
			err = slab_park(pool, slab);
	return err;
}

/* Everything is as the contract says: intact where it is, zero where it was taken. */
static int check_slab(const FIXTURE_DATA(pressure) *self, const struct pool *pool, __u32 slab)
{
	if (stays_held(self, slab))
		return is_stamped(pool, slab) ? 0 : 1;
	if (!slab_revive(pool, slab))
		return is_stamped(pool, slab) ? 0 : 2;
	if (slab_claim(pool, slab, slab < self->slabs[0] ? 0 : 1))
		return 3;
	if (!stamp_is(slab_data(pool, slab), BLOCK, 0))
		return 4;
	slab_park(pool, slab);
	return 0;
}

/* The owner: parks nearly all it has, sleeps through the pressure, looks again. */
static int own(int sock, void *arg)
{
	const FIXTURE_DATA(pressure) *self = arg;
	struct pool pool;
	int err = 0;

	if (pool_join(&self->pool, &pool))
		return 10;
	if (hold_everything(self, &pool) || park_the_rest(self, &pool))
		return 11;
	if (child_tell(sock, 'r') || child_expect(sock, 'c'))
		return 12;
	for (__u32 slab = 0; slab < pool.nr_slabs && !err; slab++)
		err = check_slab(self, &pool, slab);
	return err;
}

TEST_F(pressure, stopped_owner_loses_what_is_parked_and_nothing_else)
{
	struct child owner;
	__u32 parked, taken, held;
	size_t hunger;

	ASSERT_EQ(0, open_pool(self, 0));
	ASSERT_EQ(0, child_start(&owner, own, self));
	ASSERT_EQ(0, child_expect(owner.sock, 'r'));
	ASSERT_EQ(0, child_stop(&owner));
	held = pool_count(&self->pool, AOIPOOL_SLAB_HELD, -1);
	parked = pool_count(&self->pool, AOIPOOL_SLAB_PARKED, -1);
	hunger = ((size_t)meminfo_kib("MemAvailable") << 10) + parked / 2 * BLOCK;
	ASSERT_EQ(0, hog_start(&self->hog, hunger, -1));
	EXPECT_EQ(0, hog_await(&self->hog));
	taken = pool_count(&self->pool, AOIPOOL_SLAB_ABSENT, -1);
	TH_LOG("parked %u, hog ate %zu MiB, taken %u", parked, hunger >> 20, taken);
	EXPECT_LE(parked / 4, taken);
	EXPECT_EQ(held, pool_count(&self->pool, AOIPOOL_SLAB_HELD, -1));
	EXPECT_EQ(taken, self->pool.info->reclaimed_slabs);
	EXPECT_EQ('T', process_state(owner.pid));
	EXPECT_EQ(0, hog_end(&self->hog));
	ASSERT_EQ(0, child_continue(&owner));
	ASSERT_EQ(0, child_tell(owner.sock, 'c'));
	EXPECT_EQ(0, child_wait(&owner));
}

TEST_F(pressure, reserve_survives)
{
	__u32 kept = 0, parked;
	size_t hunger;

	ASSERT_EQ(0, open_pool(self, RESERVE));
	parked = self->pool.nr_slabs;
	ASSERT_EQ(0, hold_everything(self, &self->pool));
	ASSERT_EQ(0, slabs_park(&self->pool, 0, parked));
	/* All that is parked, less what the reserve and the host need. */
	hunger = ((size_t)meminfo_kib("MemAvailable") << 10) +
		 (parked - RESERVE) * BLOCK - (ROOM_KIB << 10);
	ASSERT_EQ(0, hog_start(&self->hog, hunger, -1));
	EXPECT_EQ(0, hog_await(&self->hog));
	EXPECT_LE(RESERVE, self->pool.info->populated_slabs);
	for (__u32 slab = 0; slab < parked; slab++) {
		if (!slab_revive(&self->pool, slab)) {
			EXPECT_TRUE(is_stamped(&self->pool, slab));
			kept++;
		}
	}
	TH_LOG("parked %u, hog ate %zu MiB, kept %u", parked, hunger >> 20, kept);
	EXPECT_LE(RESERVE, kept);
	EXPECT_GT(parked / 2, kept);
	EXPECT_EQ(0, hog_end(&self->hog));
}

TEST_F(pressure, one_node_takes_its_own)
{
	__u32 taken[2];
	size_t hunger;

	if (!self->slabs[1])
		SKIP(return, "this machine has one node");
	ASSERT_EQ(0, open_pool(self, 0));
	ASSERT_EQ(0, hold_everything(self, &self->pool));
	ASSERT_EQ(0, slabs_park(&self->pool, 0, self->pool.nr_slabs));
	hunger = ((size_t)node_meminfo_kib(0, "MemFree") << 10) + self->slabs[0] / 2 * BLOCK;
	ASSERT_EQ(0, hog_start(&self->hog, hunger, 0));
	EXPECT_EQ(0, hog_await(&self->hog));
	for (int node = 0; node < 2; node++)
		taken[node] = self->slabs[node] -
			      pool_count(&self->pool, AOIPOOL_SLAB_PARKED, node);
	TH_LOG("taken %u of %u on node 0, %u of %u on node 1", taken[0], self->slabs[0],
	       taken[1], self->slabs[1]);
	EXPECT_LE(self->slabs[0] / 4, taken[0]);
	/* Node 1 has memory to spare: nothing of it had to go for node 0. */
	EXPECT_EQ(0, taken[1]);
	EXPECT_EQ(0, hog_end(&self->hog));
}

/* Its words alone are more than the shrinker looks at in one go. */
TEST_F(pressure, large_pool_with_nothing_to_give_hides_no_other)
{
	struct pool large;

	ASSERT_EQ(0, tune_limit(LARGE));
	EXPECT_EQ(0, pool_open(&large, LARGE));
	ASSERT_EQ(0, tune_limit(0));
	ASSERT_EQ(0, slabs_hold(&large, 0, 1, 0));
	ASSERT_EQ(0, pool_open(&self->pool, FEW));
	ASSERT_EQ(0, slabs_hold(&self->pool, 0, FEW, 0));
	ASSERT_EQ(0, slabs_park(&self->pool, 0, FEW));
	for (int i = 0; i < DROP_ROUNDS && pool_count(&self->pool, AOIPOOL_SLAB_PARKED, 0); i++)
		ASSERT_EQ(0, drop_slabs());
	EXPECT_EQ(FEW, pool_count(&self->pool, AOIPOOL_SLAB_ABSENT, -1));
	pool_close(&large);
}

/* Touch slab after slab from the end: the first signal, 0 when there was none. */
static int touch_down_to(const struct pool *pool, __u32 first)
{
	int signal = 0;

	for (__u32 slab = pool->nr_slabs; slab-- > first && !signal;)
		signal = touch_write(slab_data(pool, slab), 1);
	return signal;
}

/*
 * With nothing left to take, a pool is told so; nobody dies for it.  The kernel
 * may still find a block or two after the first refusal, but never them all.
 */
TEST_F(pressure, populate_without_memory_fails_and_kills_nobody)
{
	__u32 done, slab;
	size_t hunger;

	ASSERT_EQ(0, open_pool(self, 0));
	hunger = ((size_t)meminfo_kib("MemAvailable") - ROOM_KIB) << 10;
	ASSERT_EQ(0, hog_start(&self->hog, hunger, -1));
	ASSERT_EQ(0, hog_await(&self->hog));
	for (slab = 0; slab < self->pool.nr_slabs; slab++) {
		ASSERT_EQ(0, slab_claim(&self->pool, slab, 0));
	}
	EXPECT_EQ(-ENOMEM, pool_populate(&self->pool, 0, slab, &done));
	EXPECT_GT(slab, done);
	EXPECT_EQ(done, self->pool.info->populated_slabs);
	EXPECT_EQ(SIGBUS, touch_down_to(&self->pool, done));
	EXPECT_LE(1, self->pool.info->populate_failures);
	EXPECT_EQ(0, hog_end(&self->hog));
	EXPECT_EQ(0, pool_populate(&self->pool, done, 1, NULL));
}

/* A pool that needs memory gets what another pool has parked. */
TEST_F(pressure, parked_slabs_of_one_pool_serve_another)
{
	__u32 wanted = self->slabs[0];
	struct pool other;

	ASSERT_EQ(0, open_pool(self, 0));
	ASSERT_EQ(0, hold_stamped(&self->pool, 0, wanted, 0));
	ASSERT_EQ(0, slabs_park(&self->pool, 0, wanted));
	ASSERT_EQ(0, pool_open(&other, wanted));
	EXPECT_EQ(0, slabs_hold(&other, 0, wanted, 0));
	EXPECT_EQ(wanted, other.info->populated_slabs);
	EXPECT_LT(0, self->pool.info->reclaimed_slabs);
	pool_close(&other);
}

TEST_HARNESS_MAIN
