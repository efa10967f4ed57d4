// SPDX-License-Identifier: GPL-2.0-only
/*
 * The two bounds on memory: the module's own limit, and the memory control
 * group of the process that populates.
 */
#include "harness.h"
#include "cgroup.h"
#include "child.h"
#include "content.h"
#include "node.h"
#include "pool.h"
#include "proc.h"
#include "tune.h"

#include <signal.h>
#include <sys/uio.h>

#define SLABS		16U
#define ROUNDS		40

FIXTURE(limit)
{
	struct tune tune;
};

/* No depot: it counts against the limit, and it moves by itself. */
FIXTURE_SETUP(limit)
{
	ASSERT_EQ(0, tune_save(&self->tune));
	ASSERT_EQ(0, tune_no_depot());
}

FIXTURE_TEARDOWN(limit)
{
	EXPECT_EQ(0, tune_restore(&self->tune));
}

static __u64 blocks_out(void)
{
	struct aoipool_info info;

	return device_settle(&info) ? 0 : info.pool_blocks + info.depot_blocks;
}

TEST_F(limit, default_is_four_fifths_of_memory)
{
	struct aoipool_info info;
	__u64 blocks = meminfo_kib("MemTotal") / (BLOCK >> 10) * 8 / 10;

	ASSERT_EQ(0, tune_limit(0));
	ASSERT_EQ(0, device_info(&info));
	EXPECT_LE(blocks * 95 / 100, info.limit_blocks);
	EXPECT_GE(blocks * 105 / 100, info.limit_blocks);
}

TEST_F(limit, limit_is_what_was_written)
{
	struct aoipool_info info;

	ASSERT_EQ(0, tune_limit(100));
	ASSERT_EQ(0, device_info(&info));
	EXPECT_EQ(100, info.limit_blocks);
}

TEST_F(limit, pool_above_the_limit_is_refused)
{
	struct pool pool;

	ASSERT_EQ(0, tune_limit(SLABS));
	EXPECT_EQ(-ENOSPC, pool_open(&pool, SLABS + 1));
	ASSERT_EQ(0, pool_open(&pool, SLABS));
	pool_close(&pool);
}

TEST_F(limit, two_pools_share_the_limit)
{
	struct pool first, second;
	__u32 done;

	ASSERT_EQ(0, tune_limit(blocks_out() + SLABS));
	ASSERT_EQ(0, pool_open(&first, SLABS));
	ASSERT_EQ(0, pool_open(&second, SLABS));
	ASSERT_EQ(0, slabs_hold(&first, 0, SLABS - 4, 0));
	for (__u32 slab = 0; slab < SLABS; slab++) {
		ASSERT_EQ(0, slab_claim(&second, slab, 0));
	}
	EXPECT_EQ(-ENOSPC, pool_populate(&second, 0, SLABS, &done));
	EXPECT_EQ(4, done);
	EXPECT_EQ(SIGBUS, touch_write(slab_data(&second, 5), 1));
	EXPECT_EQ(0, touch_write(slab_data(&second, 0), 1));
	ASSERT_EQ(0, slabs_park(&first, 0, 8));
	ASSERT_EQ(0, pool_trim(&first, 0, NULL));
	EXPECT_EQ(0, pool_populate(&second, 0, 12, &done));
	EXPECT_EQ(12, done);
	pool_close(&first);
	pool_close(&second);
}

/* Lowering the limit takes nothing from anybody; it stops what comes. */
TEST_F(limit, lower_limit_leaves_what_is_there)
{
	struct pool pool;

	ASSERT_EQ(0, pool_open(&pool, SLABS));
	ASSERT_EQ(0, slabs_hold(&pool, 0, SLABS / 2, 0));
	stamp_write(pool.data, SLABS / 2 * BLOCK, 1);
	ASSERT_EQ(0, tune_limit(1));
	EXPECT_TRUE(stamp_is(pool.data, SLABS / 2 * BLOCK, 1));
	ASSERT_EQ(0, slab_claim(&pool, SLABS - 1, 0));
	EXPECT_EQ(-ENOSPC, pool_populate(&pool, SLABS - 1, 1, NULL));
	pool_close(&pool);
}

TEST_F(limit, full_depot_does_not_starve_the_pools)
{
	struct pool pool;

	ASSERT_EQ(0, tune_limit(2 * SLABS));
	ASSERT_EQ(0, tune_depot(0, 4 * SLABS));
	ASSERT_EQ(0, pool_open(&pool, 2 * SLABS));
	for (int round = 0; round < 3; round++) {
		ASSERT_EQ(0, slabs_hold(&pool, 0, 2 * SLABS, round % 2)) {
			TH_LOG("round %d", round);
		}
		ASSERT_EQ(0, slabs_park(&pool, 0, 2 * SLABS));
		ASSERT_EQ(0, pool_trim(&pool, 0, NULL));
	}
	EXPECT_GE(2 * SLABS, blocks_out());
	pool_close(&pool);
}

/* A control group that a child lives in. */
FIXTURE(memcg)
{
	struct cgroup group;
	long kills;
};

FIXTURE_SETUP(memcg)
{
	if (cgroup_make(&self->group, "limit", "memory"))
		SKIP_FIXTURE("no memory controller");
	self->kills = vmstat("oom_kill");
}

FIXTURE_TEARDOWN(memcg)
{
	EXPECT_EQ(self->kills, vmstat("oom_kill"));
	EXPECT_EQ(0, cgroup_remove(&self->group));
}

static void run_inside(struct __test_metadata *_metadata, struct cgroup *group, child_body body)
{
	struct child child;

	ASSERT_EQ(0, child_start(&child, body, group));
	EXPECT_EQ(0, child_wait(&child));
}

static int populate_and_close(int sock, void *arg)
{
	struct cgroup *group = arg;
	struct pool pool;
	long start;

	(void)sock;
	if (cgroup_enter(group) || pool_open(&pool, SLABS))
		return 1;
	start = cgroup_get(group, "memory.current");
	if (slabs_hold(&pool, 0, SLABS, 0))
		return 2;
	if (!cgroup_has_bytes(group, start + SLABS * BLOCK))
		return 3;
	pool_close(&pool);
	return cgroup_falls_to(group, start) ? 0 : 4;
}

TEST_F(memcg, populate_is_charged_and_close_gives_back)
{
	run_inside(_metadata, &self->group, populate_and_close);
}

static int touch_and_trim(int sock, void *arg)
{
	struct cgroup *group = arg;
	struct pool pool;
	long start;

	(void)sock;
	if (cgroup_enter(group) || pool_open(&pool, SLABS))
		return 1;
	start = cgroup_get(group, "memory.current");
	for (__u32 slab = 0; slab < SLABS; slab++)
		if (slab_claim(&pool, slab, 0) || touch_write(slab_data(&pool, slab), 1))
			return 2;
	if (!cgroup_has_bytes(group, start + SLABS * BLOCK))
		return 3;
	if (slabs_park(&pool, 0, SLABS) || pool_trim(&pool, 0, NULL))
		return 4;
	return cgroup_falls_to(group, start) ? 0 : 5;
}

TEST_F(memcg, touch_is_charged_and_trim_gives_back)
{
	run_inside(_metadata, &self->group, touch_and_trim);
}

/* And for the half of one, which is what the kernel itself may need. */
static int leave_room_for(const struct cgroup *group, long blocks)
{
	return cgroup_leave_room(group, "memory.max", blocks * (long)BLOCK + (long)BLOCK / 2);
}

static int populate_too_much(int sock, void *arg)
{
	struct cgroup *group = arg;
	struct pool pool;
	__u32 done;

	(void)sock;
	if (cgroup_enter(group) || pool_open(&pool, SLABS))
		return 1;
	if (leave_room_for(group, 8))
		return 2;
	for (__u32 slab = 0; slab < SLABS; slab++)
		slab_claim(&pool, slab, 0);
	if (pool_populate(&pool, 0, SLABS, &done) != -EDQUOT)
		return 3;
	if (done < 6 || done > 8 || pool.info->populated_slabs != done)
		return 4;
	if (touch_write(slab_data(&pool, SLABS - 1), 1) != SIGBUS)
		return 5;
	if (slabs_park(&pool, 0, 4) || pool_trim(&pool, 0, NULL))
		return 6;
	return pool_populate(&pool, done, 2, NULL) ? 7 : 0;
}

TEST_F(memcg, limit_is_an_error_and_kills_nobody)
{
	run_inside(_metadata, &self->group, populate_too_much);
	EXPECT_EQ(0, cgroup_get_key(&self->group, "memory.events", "oom_kill"));
}

/* A full cgroup is full on all nodes: what lies idle anywhere makes room. */
static int fill_then_need_more(int sock, void *arg)
{
	struct cgroup *group = arg;
	struct pool pool;

	(void)sock;
	if (cgroup_enter(group) || pool_open(&pool, SLABS))
		return 1;
	if (leave_room_for(group, 8))
		return 2;
	if (slabs_hold(&pool, 0, 8, 1) || slabs_park(&pool, 0, 8))
		return 3;
	if (slabs_hold(&pool, 8, 8, 0))
		return 4;
	return pool_count(&pool, AOIPOOL_SLAB_PARKED, -1) ? 5 : 0;
}

TEST_F(memcg, full_group_takes_its_idle_slabs_of_any_node)
{
	if (!node_has_memory(1))
		SKIP(return, "this machine has one node");
	run_inside(_metadata, &self->group, fill_then_need_more);
}

static int need_more_than_is_allowed(int sock, void *arg)
{
	struct cgroup *group = arg;
	struct pool pool;

	(void)sock;
	if (cgroup_enter(group) || pool_open(&pool, SLABS))
		return 1;
	if (leave_room_for(group, 4))
		return 2;
	if (slabs_hold(&pool, 0, 4, 0))
		return 3;
	for (__u32 slab = 4; slab < SLABS; slab++)
		if (slab_claim(&pool, slab, 0) ||
		    pool_populate(&pool, slab, 1, NULL) != -EDQUOT)
			return 4;
	return 0;
}

TEST_F(memcg, full_group_leaves_its_neighbours_alone)
{
	struct pool neighbour;

	ASSERT_EQ(0, pool_open(&neighbour, SLABS));
	ASSERT_EQ(0, slabs_hold(&neighbour, 0, SLABS, 0));
	ASSERT_EQ(0, slabs_park(&neighbour, 0, SLABS));
	run_inside(_metadata, &self->group, need_more_than_is_allowed);
	EXPECT_EQ(SLABS, pool_count(&neighbour, AOIPOOL_SLAB_PARKED, 0));
	pool_close(&neighbour);
}

struct watched {
	struct cgroup *group;
	struct pool *pool;
};

static int hold_untouched(int sock, void *arg)
{
	struct watched *watched = arg;
	struct pool client;

	if (cgroup_enter(watched->group) || pool_join(watched->pool, &client))
		return 1;
	if (slab_claim(&client, 0, 0) ||
	    write(sock, &client.data, sizeof(client.data)) != sizeof(client.data))
		return 2;
	return child_expect(sock, 'q');
}

/* A debugger reads where nothing is yet: that is the debugged one's memory. */
TEST_F(memcg, touch_from_outside_is_charged_to_whom_it_is_mapped)
{
	struct watched watched = { .group = &self->group };
	char byte, *remote;
	struct iovec to = { &byte, 1 }, from = { .iov_len = 1 };
	struct child child;
	struct pool pool;
	long before;

	ASSERT_EQ(0, pool_open(&pool, 1));
	watched.pool = &pool;
	ASSERT_EQ(0, child_start(&child, hold_untouched, &watched));
	ASSERT_EQ((ssize_t)sizeof(remote), read(child.sock, &remote, sizeof(remote)));
	from.iov_base = remote;
	before = cgroup_get(&self->group, "memory.current");
	ASSERT_EQ(1, process_vm_readv(child.pid, &to, 1, &from, 1, 0));
	EXPECT_TRUE(cgroup_has_bytes(&self->group, before + BLOCK));
	ASSERT_EQ(0, child_tell(child.sock, 'q'));
	EXPECT_EQ(0, child_wait(&child));
	pool_close(&pool);
}

/* The same blocks go round between pools, the depot and the page allocator. */
static int go_round(int sock, void *arg)
{
	struct cgroup *group = arg;
	struct pool pool;
	long start;

	(void)sock;
	if (cgroup_enter(group))
		return 1;
	start = cgroup_get(group, "memory.current");
	for (int round = 0; round < ROUNDS; round++) {
		if (pool_open(&pool, 8) || slabs_hold(&pool, 0, 8, round % 2))
			return 2;
		if (round % 2 && (slabs_park(&pool, 0, 8) || pool_trim(&pool, 0, NULL)))
			return 3;
		pool_close(&pool);
	}
	return cgroup_falls_to(group, start) ? 0 : 4;
}

TEST_F(memcg, charges_stay_right_over_many_rounds)
{
	run_inside(_metadata, &self->group, go_round);
	EXPECT_TRUE(cgroup_falls_to(&self->group, 0));
}

static int populate_and_die(int sock, void *arg)
{
	struct cgroup *group = arg;
	struct pool pool;

	if (cgroup_enter(group) || pool_open(&pool, SLABS))
		return 1;
	if (slabs_hold(&pool, 0, SLABS, 0))
		return 2;
	child_tell(sock, 'p');
	return child_expect(sock, 'q');
}

TEST_F(memcg, death_gives_the_charge_back)
{
	struct child child;

	ASSERT_EQ(0, child_start(&child, populate_and_die, &self->group));
	ASSERT_EQ(0, child_expect(child.sock, 'p'));
	EXPECT_LE(SLABS * BLOCK, cgroup_get(&self->group, "memory.current"));
	EXPECT_EQ(128 + SIGKILL, child_kill(&child));
	EXPECT_TRUE(cgroup_falls_to(&self->group, 0));
}

TEST_HARNESS_MAIN
