// SPDX-License-Identifier: GPL-2.0-only
/*
 * A slab's blocks are on the node that its word names, whatever else the host
 * would have chosen.
 */
#include "harness.h"
#include "cgroup.h"
#include "child.h"
#include "content.h"
#include "node.h"
#include "pool.h"
#include "proc.h"

#include <signal.h>

#define SLABS		8U
#define SLAB_BLOCKS	2U
#define SLAB_BYTES	(SLAB_BLOCKS * BLOCK)
#define NO_NODE		9

FIXTURE(node)
{
	struct pool pool;
};

FIXTURE_SETUP(node)
{
	struct aoipool_pool_create args = pool_args(SLABS, SLAB_BLOCKS);

	if (!node_has_memory(1))
		SKIP_FIXTURE("this machine has one node");
	ASSERT_EQ(0, pool_open_args(&self->pool, &args));
}

FIXTURE_TEARDOWN(node)
{
	pool_close(&self->pool);
}

static int open_on(struct pool *pool, __u32 policy, int first, int second)
{
	struct aoipool_pool_create args = pool_args(SLABS, SLAB_BLOCKS);

	args.node_policy = policy;
	pool_args_node(&args, first);
	pool_args_node(&args, second);
	return pool_open_args(pool, &args);
}

static bool slab_is_on(const struct pool *pool, __u32 slab, int node)
{
	return node_is(slab_data(pool, slab), SLAB_BYTES, node);
}

TEST_F(node, populate_follows_the_word)
{
	for (__u32 slab = 0; slab < SLABS; slab++) {
		ASSERT_EQ(0, slabs_hold(&self->pool, slab, 1, slab % 2));
		stamp_write(slab_data(&self->pool, slab), SLAB_BYTES, 1);
	}
	for (__u32 slab = 0; slab < SLABS; slab++) {
		EXPECT_TRUE(slab_is_on(&self->pool, slab, slab % 2));
		EXPECT_EQ(slab % 2, node_of_policy(slab_data(&self->pool, slab)));
	}
}

TEST_F(node, touch_follows_the_word)
{
	for (__u32 slab = 0; slab < SLABS; slab++) {
		ASSERT_EQ(0, slab_claim(&self->pool, slab, slab % 2));
		stamp_write(slab_data(&self->pool, slab), SLAB_BYTES, 1);
		EXPECT_TRUE(slab_is_on(&self->pool, slab, slab % 2));
		EXPECT_EQ(slab % 2, node_of_policy(slab_data(&self->pool, slab)));
	}
}

TEST_F(node, running_cpu_does_not_matter)
{
	for (int cpu_node = 0; cpu_node < 2; cpu_node++) {
		ASSERT_EQ(0, node_run_on(cpu_node));
		ASSERT_EQ(0, slab_claim(&self->pool, cpu_node, !cpu_node));
		stamp_write(slab_data(&self->pool, cpu_node), SLAB_BYTES, 1);
		EXPECT_TRUE(slab_is_on(&self->pool, cpu_node, !cpu_node));
	}
}

TEST_F(node, task_policy_does_not_matter)
{
	for (int bound = 0; bound < 2; bound++) {
		ASSERT_EQ(0, node_bind_self(bound));
		ASSERT_EQ(0, slab_claim(&self->pool, 2 * bound, !bound));
		stamp_write(slab_data(&self->pool, 2 * bound), SLAB_BYTES, 1);
		ASSERT_EQ(0, slabs_hold(&self->pool, 2 * bound + 1, 1, !bound));
		stamp_write(slab_data(&self->pool, 2 * bound + 1), SLAB_BYTES, 1);
		ASSERT_EQ(0, node_bind_self(-1));
		EXPECT_TRUE(slab_is_on(&self->pool, 2 * bound, !bound));
		EXPECT_TRUE(slab_is_on(&self->pool, 2 * bound + 1, !bound));
	}
}

/* mbind() may refuse; where it does not, it must be without effect. */
TEST_F(node, policy_of_the_mapping_does_not_matter)
{
	char *data = self->pool.data;

	ASSERT_EQ(0, slabs_hold(&self->pool, 0, 1, 1));
	stamp_write(data, SLAB_BYTES, 3);
	node_bind_range(data, SLABS * SLAB_BYTES, 0);
	ASSERT_EQ(0, slab_claim(&self->pool, 1, 1));
	stamp_write(slab_data(&self->pool, 1), SLAB_BYTES, 3);
	EXPECT_TRUE(slab_is_on(&self->pool, 0, 1));
	EXPECT_TRUE(slab_is_on(&self->pool, 1, 1));
	EXPECT_TRUE(stamp_is(data, 2 * SLAB_BYTES, 3));
}

struct confined {
	struct cgroup group;
	struct pool *pool;
};

/* Outside the cpuset's nodes there may be no memory to have, but never other memory. */
static int populate_confined(int sock, void *arg)
{
	struct confined *confined = arg;
	struct pool client;
	int err;

	(void)sock;
	if (cgroup_enter(&confined->group) || pool_join(confined->pool, &client))
		return 1;
	err = slabs_hold(&client, 0, 1, 1);
	if (err == -ENOMEM)
		return 0;
	if (err)
		return 2;
	stamp_write(client.data, SLAB_BYTES, 1);
	return slab_is_on(&client, 0, 1) ? 0 : 3;
}

TEST_F(node, cpuset_never_moves_a_slab_elsewhere)
{
	struct confined confined = { .pool = &self->pool };
	struct child child;

	if (cgroup_make(&confined.group, "node", "cpuset"))
		SKIP(return, "no cpuset controller");
	EXPECT_EQ(0, cgroup_set(&confined.group, "cpuset.mems", "0"));
	EXPECT_EQ(0, child_start(&child, populate_confined, &confined));
	EXPECT_EQ(0, child_wait(&child));
	EXPECT_EQ(0, cgroup_remove(&confined.group));
}

TEST_F(node, bind_refuses_other_nodes)
{
	struct pool pool;
	__u32 done;

	for (int node = 0; node < 2; node++) {
		ASSERT_EQ(0, open_on(&pool, AOIPOOL_NODE_BIND, node, node));
		ASSERT_EQ(0, slabs_hold(&pool, 0, 1, node));
		stamp_write(pool.data, SLAB_BYTES, 1);
		EXPECT_TRUE(slab_is_on(&pool, 0, node));
		ASSERT_EQ(0, slab_claim(&pool, 1, !node));
		EXPECT_EQ(-EPERM, pool_populate(&pool, 0, 2, &done));
		EXPECT_EQ(1, done);
		EXPECT_EQ(SIGBUS, touch_write(slab_data(&pool, 1), 1));
		EXPECT_EQ(SLAB_BLOCKS, pool.info->populated_blocks);
		pool_close(&pool);
	}
}

TEST_F(node, bind_to_both_takes_either)
{
	struct pool pool;

	ASSERT_EQ(0, open_on(&pool, AOIPOOL_NODE_BIND, 0, 1));
	for (int node = 0; node < 2; node++) {
		ASSERT_EQ(0, slabs_hold(&pool, node, 1, node));
		ASSERT_EQ(0, touch_write(slab_data(&pool, node), 1));
		ASSERT_EQ(0, touch_write(slab_data(&pool, node) + BLOCK, 1));
		EXPECT_TRUE(slab_is_on(&pool, node, node));
	}
	pool_close(&pool);
}

TEST_F(node, interleave_gives_each_slab_the_node_it_names)
{
	struct pool pool;

	ASSERT_EQ(0, open_on(&pool, AOIPOOL_NODE_INTERLEAVE, 0, 1));
	for (__u32 slab = 0; slab < SLABS; slab++) {
		ASSERT_EQ(0, slabs_hold(&pool, slab, 1, slab % 2));
		stamp_write(slab_data(&pool, slab), SLAB_BYTES, 1);
		EXPECT_TRUE(slab_is_on(&pool, slab, slab % 2));
	}
	pool_close(&pool);
	ASSERT_EQ(0, open_on(&pool, AOIPOOL_NODE_INTERLEAVE, 1, 1));
	EXPECT_EQ(-EPERM, slabs_hold(&pool, 0, 1, 0));
	pool_close(&pool);
}

TEST_F(node, node_without_memory_is_refused)
{
	const int nodes[] = { NO_NODE, 1023 };

	for (size_t i = 0; i < ARRAY_SIZE(nodes); i++) {
		ASSERT_EQ(0, slab_claim(&self->pool, i, nodes[i]));
		EXPECT_EQ(-EPERM, pool_populate(&self->pool, i, 1, NULL));
		EXPECT_EQ(SIGBUS, touch_write(slab_data(&self->pool, i), 1));
	}
	EXPECT_EQ(0, self->pool.info->populated_blocks);
}

TEST_F(node, slab_stays_when_it_is_revived)
{
	ASSERT_EQ(0, slabs_hold(&self->pool, 0, 1, 1));
	stamp_write(self->pool.data, SLAB_BYTES, 5);
	ASSERT_EQ(0, slab_park(&self->pool, 0));
	EXPECT_EQ(1, aoipool_word_node(slab_word(&self->pool, 0)));
	ASSERT_EQ(0, slab_revive(&self->pool, 0));
	EXPECT_TRUE(slab_is_on(&self->pool, 0, 1));
	EXPECT_TRUE(stamp_is(self->pool.data, SLAB_BYTES, 5));
}

TEST_F(node, slab_moves_only_by_a_new_claim)
{
	for (int round = 0; round < 6; round++) {
		int node = round % 2;

		ASSERT_EQ(0, slabs_hold(&self->pool, 0, 1, node));
		EXPECT_TRUE(stamp_is(self->pool.data, SLAB_BYTES, 0));
		stamp_write(self->pool.data, SLAB_BYTES, 7);
		EXPECT_TRUE(slab_is_on(&self->pool, 0, node));
		ASSERT_EQ(0, slab_park(&self->pool, 0));
		ASSERT_EQ(0, pool_trim(&self->pool, 0, NULL));
		EXPECT_EQ(0, aoipool_word_node(slab_word(&self->pool, 0)));
	}
}

TEST_F(node, half_populated_slab_is_completed_on_its_node)
{
	ASSERT_EQ(0, slab_claim(&self->pool, 0, 1));
	ASSERT_EQ(0, touch_write(self->pool.data + BLOCK, 3));
	EXPECT_EQ(1, self->pool.info->populated_blocks);
	EXPECT_EQ(0, self->pool.info->populated_slabs);
	ASSERT_EQ(0, node_run_on(0));
	ASSERT_EQ(0, pool_populate(&self->pool, 0, 1, NULL));
	EXPECT_EQ(1, self->pool.info->populated_slabs);
	EXPECT_EQ(3, self->pool.data[BLOCK]);
	EXPECT_EQ(0, self->pool.data[0]);
	EXPECT_TRUE(slab_is_on(&self->pool, 0, 1));
}

TEST_HARNESS_MAIN
