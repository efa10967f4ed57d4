// SPDX-License-Identifier: GPL-2.0-only
/*
 * Warn, grace, take: a rise of the level is told before anything goes for it, with
 * its numbers and with those who hold most.
 */
#include "harness.h"
#include "child.h"
#include "content.h"
#include "hog.h"
#include "netlink.h"
#include "node.h"
#include "pool.h"
#include "proc.h"
#include "tune.h"

#define SLABS		16U
#define HELD		5U
#define NAME		"warned"

FIXTURE(warning)
{
	struct tune tune;
	struct netlink netlink;
	struct pool pool;
};

FIXTURE_SETUP(warning)
{
	struct aoipool_pool_create args = pool_args(SLABS, 1);

	strcpy((char *)args.name, NAME);
	ASSERT_EQ(0, tune_save(&self->tune));
	ASSERT_EQ(0, tune_no_decay());
	ASSERT_EQ(0, tune_set_long("pressure/hold_ms", 100));
	ASSERT_EQ(0, pool_open_args(&self->pool, &args));
	ASSERT_EQ(0, tune_await_level(AOIPOOL_PRESSURE_NONE));
	while (self->pool.info->pressure_level)
		usleep(10 * 1000);
	ASSERT_EQ(0, netlink_open(&self->netlink));
	ASSERT_EQ(0, netlink_subscribe(&self->netlink));
	ASSERT_EQ(0, slabs_hold(&self->pool, 0, SLABS, 0));
	ASSERT_EQ(0, slabs_park(&self->pool, HELD, SLABS - HELD));
}

FIXTURE_TEARDOWN(warning)
{
	netlink_close(&self->netlink);
	pool_close(&self->pool);
	EXPECT_EQ(0, tune_restore(&self->tune));
	EXPECT_EQ(0, tune_await_level(AOIPOOL_PRESSURE_NONE));
}

/* The next change of the host's level. */
static int await_host_level(struct netlink *netlink, struct message *event)
{
	int err;

	do
		err = netlink_await(netlink, AOIPOOL_GENL_LEVEL, NULL, event);
	while (!err && message_has(event, AOIPOOL_A_NODE));
	return err;
}

TEST_F(warning, rise_is_told_with_numbers_and_holders)
{
	struct message event;

	ASSERT_EQ(0, tune_force_level(AOIPOOL_PRESSURE_LOW));
	ASSERT_EQ(0, await_host_level(&self->netlink, &event));
	EXPECT_EQ(AOIPOOL_PRESSURE_NONE, event.value[AOIPOOL_A_LEVEL_BEFORE]);
	EXPECT_EQ(AOIPOOL_PRESSURE_LOW, event.value[AOIPOOL_A_LEVEL]);
	EXPECT_LT(0, event.value[AOIPOOL_A_AVAILABLE_BYTES]);
	EXPECT_LT(event.value[AOIPOOL_A_AVAILABLE_BYTES], event.value[AOIPOOL_A_TOTAL_BYTES]);
	EXPECT_LE(SLABS * BLOCK, event.value[AOIPOOL_A_POOL_BYTES]);
	ASSERT_EQ(1, event.nr_holders);
	EXPECT_STREQ(NAME, event.holders[0].name);
	EXPECT_EQ(getpid(), event.holders[0].pid);
	EXPECT_EQ(HELD * BLOCK, event.holders[0].held_bytes);
}

TEST_F(warning, each_node_is_told_by_its_number)
{
	bool told[2] = { false, !node_has_memory(1) };
	struct message event;

	ASSERT_EQ(0, tune_force_level(AOIPOOL_PRESSURE_HIGH));
	while (!told[0] || !told[1]) {
		ASSERT_EQ(0, netlink_await(&self->netlink, AOIPOOL_GENL_LEVEL, NULL, &event));
		/* there may be a look between one threshold and the other */
		if (!message_has(&event, AOIPOOL_A_NODE) ||
		    event.value[AOIPOOL_A_LEVEL] != AOIPOOL_PRESSURE_HIGH)
			continue;
		ASSERT_GT(2, event.value[AOIPOOL_A_NODE]);
		told[event.value[AOIPOOL_A_NODE]] = true;
	}
}

/* The numbers of events are in the order in which things happened. */
TEST_F(warning, rise_is_told_before_anything_is_taken_for_it)
{
	struct message warned, taken;

	ASSERT_EQ(0, tune_policy(AOIPOOL_PRESSURE_HIGH, "decay_ms", "0"));
	ASSERT_EQ(0, tune_policy(AOIPOOL_PRESSURE_HIGH, "grace_ms", "3000"));
	ASSERT_EQ(0, tune_force_level(AOIPOOL_PRESSURE_HIGH));
	ASSERT_EQ(0, await_host_level(&self->netlink, &warned));
	EXPECT_EQ(SLABS - HELD, pool_count(&self->pool, AOIPOOL_SLAB_PARKED, -1));
	ASSERT_EQ(0, netlink_await(&self->netlink, AOIPOOL_GENL_RECLAIM, NULL, &taken));
	EXPECT_LT(warned.value[AOIPOOL_A_SEQ], taken.value[AOIPOOL_A_SEQ]);
	EXPECT_LE(warned.value[AOIPOOL_A_TIME_NS] + 2990 * 1000000ULL,
		  taken.value[AOIPOOL_A_TIME_NS]);
	EXPECT_EQ(AOIPOOL_CAUSE_DECAY, taken.value[AOIPOOL_A_CAUSES]);
}

/* Owners who heed the warning choose what goes: it is theirs until the grace is over. */
TEST_F(warning, what_is_revived_in_grace_stays)
{
	struct message event;
	__u32 kept = SLABS - 1;

	ASSERT_EQ(0, tune_policy(AOIPOOL_PRESSURE_HIGH, "decay_ms", "0"));
	ASSERT_EQ(0, tune_policy(AOIPOOL_PRESSURE_HIGH, "grace_ms", "2000"));
	ASSERT_EQ(0, tune_force_level(AOIPOOL_PRESSURE_HIGH));
	ASSERT_EQ(0, await_host_level(&self->netlink, &event));
	ASSERT_EQ(0, slab_revive(&self->pool, kept));
	ASSERT_EQ(0, netlink_await(&self->netlink, AOIPOOL_GENL_RECLAIM, NULL, &event));
	while (pool_count(&self->pool, AOIPOOL_SLAB_PARKED, -1))
		usleep(10 * 1000);
	EXPECT_EQ(AOIPOOL_SLAB_HELD, slab_state(&self->pool, kept));
	EXPECT_EQ(HELD + 1, pool_count(&self->pool, AOIPOOL_SLAB_HELD, -1));
}

TEST_F(warning, falls_are_told_step_by_step)
{
	struct message event;

	ASSERT_EQ(0, tune_force_level(AOIPOOL_PRESSURE_CRITICAL));
	/* there may be looks between one threshold and the next */
	do {
		ASSERT_EQ(0, await_host_level(&self->netlink, &event));
	} while (event.value[AOIPOOL_A_LEVEL] != AOIPOOL_PRESSURE_CRITICAL);
	ASSERT_EQ(0, tune_force_level(AOIPOOL_PRESSURE_NONE));
	for (int level = AOIPOOL_PRESSURE_CRITICAL; level--;) {
		ASSERT_EQ(0, await_host_level(&self->netlink, &event));
		EXPECT_EQ(level, event.value[AOIPOOL_A_LEVEL]);
		EXPECT_EQ(level + 1, event.value[AOIPOOL_A_LEVEL_BEFORE]);
	}
}

/* No forced level: a hog, and what the defaults make of it. */
TEST_F(warning, hog_is_warned_of_before_the_idle_is_taken)
{
	struct message event;
	struct hog hog;
	__u64 warned;
	size_t eat;

	ASSERT_EQ(0, oom_protect());
	ASSERT_EQ(0, tune_restore(&self->tune));
	ASSERT_EQ(0, tune_policy(AOIPOOL_PRESSURE_NONE, "decay_ms", "never"));
	eat = ((size_t)meminfo_kib("MemAvailable") - meminfo_kib("MemTotal") * 15 / 100) << 10;
	ASSERT_EQ(0, hog_start(&hog, eat, -1));
	/* of the host, or of the node that it eats first */
	ASSERT_EQ(0, netlink_await(&self->netlink, AOIPOOL_GENL_LEVEL, NULL, &event));
	EXPECT_LE(AOIPOOL_PRESSURE_LOW, event.value[AOIPOOL_A_LEVEL]);
	warned = event.value[AOIPOOL_A_SEQ];
	ASSERT_EQ(0, netlink_await(&self->netlink, AOIPOOL_GENL_RECLAIM, NULL, &event));
	EXPECT_LT(warned, event.value[AOIPOOL_A_SEQ]);
	EXPECT_EQ(0, hog_await(&hog));
	while (pool_count(&self->pool, AOIPOOL_SLAB_PARKED, -1))
		usleep(10 * 1000);
	EXPECT_EQ(HELD, pool_count(&self->pool, AOIPOOL_SLAB_HELD, -1));
	EXPECT_EQ(0, hog_end(&hog));
}

TEST_HARNESS_MAIN
