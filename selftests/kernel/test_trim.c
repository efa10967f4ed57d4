// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trims by generic netlink: what is idle goes, of whatever pool the asker may see,
 * the oldest first, and no more than he wants.
 */
#include "harness.h"
#include "child.h"
#include "content.h"
#include "netlink.h"
#include "node.h"
#include "pool.h"
#include "proc.h"
#include "tune.h"

#include <grp.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>

#define SLABS		8U
#define STAMP		0x7219721972197219ULL
#define USER		1000
#define DEPOT_BLOCKS	6
#define STEP_US		10000
#define WAIT_STEPS	6000

/* Two pools, of which all but two slabs are parked, half on each node. */
FIXTURE(trim)
{
	struct tune tune;
	struct netlink mouth;
	struct pool pools[2];
	__u64 ids[2];
	struct message got;
	struct request request;
	int nodes;
};

static int fill(const struct pool *pool, int nodes)
{
	int err = 0;

	for (__u32 slab = 0; slab < SLABS && !err; slab++)
		err = slabs_hold(pool, slab, 1, slab / (SLABS / nodes));
	if (err)
		return err;
	stamp_write(pool->data, SLABS * BLOCK, STAMP);
	return slabs_park(pool, 1, SLABS - 2);
}

FIXTURE_SETUP(trim)
{
	ASSERT_EQ(0, tune_save(&self->tune));
	ASSERT_EQ(0, tune_no_decay());
	ASSERT_EQ(0, tune_no_depot());
	ASSERT_EQ(0, netlink_open(&self->mouth));
	self->nodes = node_has_memory(1) ? 2 : 1;
	for (int i = 0; i < 2; i++) {
		ASSERT_EQ(0, pool_open_named(&self->pools[i], i ? "second" : "first", SLABS));
		ASSERT_EQ(0, fill(&self->pools[i], self->nodes));
		self->ids[i] = netlink_pool_id(&self->mouth, i ? "second" : "first");
	}
}

/* Whatever went, what was held is as it was. */
FIXTURE_TEARDOWN(trim)
{
	for (int i = 0; i < 2; i++) {
		EXPECT_TRUE(stamp_is(slab_data(&self->pools[i], 0), BLOCK, STAMP));
		EXPECT_TRUE(stamp_is(slab_data(&self->pools[i], SLABS - 1), BLOCK, STAMP));
		pool_close(&self->pools[i]);
	}
	netlink_close(&self->mouth);
	EXPECT_EQ(0, tune_restore(&self->tune));
}

static __u32 parked(const struct pool *pool)
{
	return pool_count(pool, AOIPOOL_SLAB_PARKED, -1);
}

static __u64 reclaimed(const struct message *answer)
{
	return answer->value[AOIPOOL_A_RECLAIMED_BYTES] / BLOCK;
}

TEST_F(trim, takes_all_that_is_parked)
{
	ASSERT_EQ(0, netlink_trim(&self->mouth, NULL, &self->got));
	EXPECT_EQ(AOIPOOL_GENL_TRIM, self->got.cmd);
	EXPECT_EQ(2 * (SLABS - 2), reclaimed(&self->got));
	EXPECT_TRUE(message_has(&self->got, AOIPOOL_A_DEPOT_BYTES));
	EXPECT_EQ(0, self->got.value[AOIPOOL_A_DEPOT_BYTES]);
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(0, parked(&self->pools[i]));
		EXPECT_EQ(2, pool_count(&self->pools[i], AOIPOOL_SLAB_HELD, -1));
	}
	ASSERT_EQ(0, netlink_trim(&self->mouth, NULL, &self->got));
	EXPECT_EQ(0, reclaimed(&self->got));
}

TEST_F(trim, takes_of_one_pool_only)
{
	request_u64(&self->request, AOIPOOL_A_POOL, self->ids[1]);
	ASSERT_EQ(0, netlink_trim(&self->mouth, &self->request, &self->got));
	EXPECT_EQ(SLABS - 2, reclaimed(&self->got));
	EXPECT_EQ(SLABS - 2, parked(&self->pools[0]));
	EXPECT_EQ(0, parked(&self->pools[1]));
}

TEST_F(trim, takes_of_one_node_only)
{
	if (self->nodes < 2)
		SKIP(return, "this machine has one node");
	request_u32(&self->request, AOIPOOL_A_NODE, 1);
	ASSERT_EQ(0, netlink_trim(&self->mouth, &self->request, &self->got));
	EXPECT_EQ(SLABS - 2, reclaimed(&self->got));
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(SLABS / 2 - 1, pool_count(&self->pools[i], AOIPOOL_SLAB_PARKED, 0));
		EXPECT_EQ(0, pool_count(&self->pools[i], AOIPOOL_SLAB_PARKED, 1));
	}
}

static int trim_bytes(struct netlink *netlink, __u64 bytes, struct message *answer)
{
	struct request request = {};

	request_u64(&request, AOIPOOL_A_MAX_BYTES, bytes);
	return netlink_trim(netlink, &request, answer);
}

/* In whole blocks: of what is asked for no part is missing, and none is too much. */
TEST_F(trim, takes_no_more_than_is_wanted)
{
	const __u64 bytes[] = { 0, 1, BLOCK, 2 * BLOCK + 1, ~0ULL };
	const __u32 blocks[] = { 0, 1, 1, 3, 2 * (SLABS - 2) - 5 };

	for (int i = 0; i < 5; i++) {
		ASSERT_EQ(0, trim_bytes(&self->mouth, bytes[i], &self->got));
		EXPECT_EQ(blocks[i], reclaimed(&self->got));
	}
}

static void grow_old(const struct pool *pool, __u32 slab)
{
	for (int round = 0; round < 4; round++)
		pool->words[slab] = aoipool_word_older(pool->words[slab]);
}

TEST_F(trim, takes_the_oldest_first)
{
	grow_old(&self->pools[0], 3);
	grow_old(&self->pools[1], 5);
	ASSERT_EQ(0, trim_bytes(&self->mouth, 2 * BLOCK, &self->got));
	EXPECT_EQ(2, reclaimed(&self->got));
	EXPECT_EQ(AOIPOOL_SLAB_ABSENT, slab_state(&self->pools[0], 3));
	EXPECT_EQ(AOIPOOL_SLAB_ABSENT, slab_state(&self->pools[1], 5));
}

TEST_F(trim, takes_the_reserve_only_where_it_is_asked_for)
{
	struct aoipool_pool_create args = pool_args(SLABS, 1);
	struct pool pool;

	args.reserve_slabs = SLABS - 2;
	ASSERT_EQ(0, pool_open_args(&pool, &args));
	ASSERT_EQ(0, fill(&pool, 1));
	ASSERT_EQ(0, netlink_trim(&self->mouth, NULL, &self->got));
	EXPECT_EQ(2 * (SLABS - 2) + 2, reclaimed(&self->got));
	EXPECT_EQ(SLABS - 4, parked(&pool));
	request_flag(&self->request, AOIPOOL_A_RESERVE);
	ASSERT_EQ(0, netlink_trim(&self->mouth, &self->request, &self->got));
	EXPECT_EQ(SLABS - 4, reclaimed(&self->got));
	pool_close(&pool);
}

/* The worker fills it in the background. */
static int await_depot(__u64 blocks)
{
	struct aoipool_info info;

	for (int step = 0; step < WAIT_STEPS; step++) {
		if (device_info(&info))
			return -EIO;
		if (info.depot_blocks >= blocks)
			return 0;
		usleep(STEP_US);
	}
	return -ETIMEDOUT;
}

TEST_F(trim, takes_from_the_depot_what_pools_do_not_give)
{
	struct aoipool_info info;

	ASSERT_EQ(0, tune_depot(DEPOT_BLOCKS, DEPOT_BLOCKS));
	ASSERT_EQ(0, await_depot(DEPOT_BLOCKS * self->nodes));
	ASSERT_EQ(0, tune_depot(0, DEPOT_BLOCKS));
	request_flag(&self->request, AOIPOOL_A_DEPOT);
	request_u64(&self->request, AOIPOOL_A_MAX_BYTES, (2 * (SLABS - 2) + 2) * BLOCK);
	ASSERT_EQ(0, netlink_trim(&self->mouth, &self->request, &self->got));
	EXPECT_EQ(2 * (SLABS - 2), reclaimed(&self->got));
	EXPECT_EQ(2 * BLOCK, self->got.value[AOIPOOL_A_DEPOT_BYTES]);
	self->request.bytes = 0;
	request_flag(&self->request, AOIPOOL_A_DEPOT);
	ASSERT_EQ(0, netlink_trim(&self->mouth, &self->request, &self->got));
	EXPECT_EQ(0, reclaimed(&self->got));
	EXPECT_LE(BLOCK, self->got.value[AOIPOOL_A_DEPOT_BYTES]);
	ASSERT_EQ(0, device_settle(&info));
	EXPECT_EQ(0, info.depot_blocks);
}

TEST_F(trim, is_heard_as_one_that_was_asked_for)
{
	struct netlink ear;

	ASSERT_EQ(0, netlink_open(&ear));
	ASSERT_EQ(0, netlink_subscribe(&ear));
	ASSERT_EQ(0, netlink_trim(&self->mouth, NULL, &self->got));
	ASSERT_EQ(0, netlink_await(&ear, AOIPOOL_GENL_RECLAIM, NULL, &self->got));
	EXPECT_EQ(AOIPOOL_CAUSE_TRIM, self->got.value[AOIPOOL_A_CAUSES]);
	netlink_close(&ear);
}

TEST_F(trim, of_what_is_not_there_is_an_error)
{
	struct request node = {}, pool = {}, zero = {}, foreign = {};

	request_u32(&node, AOIPOOL_A_NODE, 1000);
	EXPECT_EQ(-EINVAL, netlink_trim(&self->mouth, &node, &self->got));
	EXPECT_NE(NULL, strstr(self->mouth.why, "no such node"));
	request_u64(&pool, AOIPOOL_A_POOL, self->ids[1] + 1000000);
	EXPECT_EQ(-ENOENT, netlink_trim(&self->mouth, &pool, &self->got));
	request_u64(&zero, AOIPOOL_A_POOL, 0);
	EXPECT_EQ(-ENOENT, netlink_trim(&self->mouth, &zero, &self->got));
	request_u32(&foreign, AOIPOOL_A_CLIENT, 1);
	EXPECT_EQ(-EINVAL, netlink_trim(&self->mouth, &foreign, &self->got));
	for (int i = 0; i < 2; i++)
		EXPECT_EQ(SLABS - 2, parked(&self->pools[i]));
}

struct outsider {
	__u64 id;
	int device;
};

/* What a user may have trimmed, and what not. */
static int trim_as_user(int sock, void *arg)
{
	struct aoipool_pool_create args = pool_args(SLABS, 1);
	struct request depot = {}, pool = {};
	struct outsider *outsider = arg;
	struct netlink netlink;
	struct message got;
	struct pool own;

	if (setgroups(0, NULL) || setresuid(USER, USER, USER) ||
	    ioctl(outsider->device, AOIPOOL_POOL_CREATE, &args))
		return 1;
	own = (struct pool) { .fd = args.fd, .client = args.client, .nr_slabs = SLABS,
			      .slab_bytes = BLOCK, .layout = args.layout };
	if (pool_map(&own) || fill(&own, 1) || netlink_open(&netlink))
		return 2;
	request_flag(&depot, AOIPOOL_A_DEPOT);
	if (netlink_trim(&netlink, &depot, &got) != -EPERM || parked(&own) != SLABS - 2)
		return 3;
	request_u64(&pool, AOIPOOL_A_POOL, outsider->id);
	if (netlink_trim(&netlink, &pool, &got) != -ENOENT)
		return 4;
	if (netlink_trim(&netlink, NULL, &got) || reclaimed(&got) != SLABS - 2)
		return 5;
	return parked(&own) ? 6 : 0;
}

TEST_F(trim, leaves_the_pools_of_others_alone)
{
	struct outsider outsider = { self->ids[0], device_open() };
	struct child child;

	ASSERT_LE(0, outsider.device);
	ASSERT_EQ(0, child_start(&child, trim_as_user, &outsider));
	EXPECT_EQ(0, child_wait(&child));
	for (int i = 0; i < 2; i++)
		EXPECT_EQ(SLABS - 2, parked(&self->pools[i]));
	close(outsider.device);
}

/* Has a pool of which nothing can be had, and asks for some whenever he is told to. */
static int trim_in_vain(int sock, void *arg)
{
	struct aoipool_pool_create args = pool_args(SLABS, 1);
	struct outsider *outsider = arg;
	struct netlink netlink;
	struct message got;
	struct pool own;
	char word;

	if (setgroups(0, NULL) || setresuid(USER, USER, USER) ||
	    ioctl(outsider->device, AOIPOOL_POOL_CREATE, &args))
		return 1;
	own = (struct pool) { .fd = args.fd, .client = args.client, .nr_slabs = SLABS,
			      .slab_bytes = BLOCK, .layout = args.layout };
	if (pool_map(&own) || slabs_hold(&own, 0, SLABS, 0) || netlink_open(&netlink))
		return 2;
	while (!child_tell(sock, 't') && !child_hear(sock, &word) && word == 't')
		if (netlink_trim(&netlink, NULL, &got) || reclaimed(&got))
			return 3;
	return word == 'q' ? 0 : 4;
}

/* A block of each; else whoever trims often enough has one pool give for all. */
TEST_F(trim, of_a_user_does_not_change_whose_turn_it_is)
{
	struct outsider outsider = { .device = device_open() };
	struct child child;

	ASSERT_LE(0, outsider.device);
	ASSERT_EQ(0, child_start(&child, trim_in_vain, &outsider));
	ASSERT_EQ(0, child_expect(child.sock, 't'));
	for (int round = 0; round < 2; round++) {
		ASSERT_EQ(0, child_tell(child.sock, 't'));
		ASSERT_EQ(0, child_expect(child.sock, 't'));
		ASSERT_EQ(0, trim_bytes(&self->mouth, BLOCK, &self->got));
		EXPECT_EQ(1, reclaimed(&self->got));
	}
	for (int i = 0; i < 2; i++)
		EXPECT_EQ(SLABS - 3, parked(&self->pools[i]));
	EXPECT_EQ(0, child_tell(child.sock, 'q'));
	EXPECT_EQ(0, child_wait(&child));
	close(outsider.device);
}

/* Who is root in a user namespace of his own is a user like any other. */
static int trim_as_alias(int sock, void *arg)
{
	struct outsider *outsider = arg;
	struct request depot = {}, pool = {};
	struct netlink netlink;
	struct message got;

	/* who has changed his number may write to his own files in /proc again */
	if (setgroups(0, NULL) || setresuid(USER, USER, USER) || unshare(CLONE_NEWUSER) ||
	    prctl(PR_SET_DUMPABLE, 1) || file_write("/proc/self/uid_map", "0 1000 1"))
		return 1;
	if (getuid() || netlink_open(&netlink))
		return 2;
	request_flag(&depot, AOIPOOL_A_DEPOT);
	if (netlink_trim(&netlink, &depot, &got) != -EPERM)
		return 3;
	request_u64(&pool, AOIPOOL_A_POOL, outsider->id);
	if (netlink_trim(&netlink, &pool, &got) != -ENOENT)
		return 4;
	return netlink_trim(&netlink, NULL, &got) || reclaimed(&got) ? 5 : 0;
}

TEST_F(trim, by_root_of_a_user_namespace_is_that_of_a_user)
{
	struct outsider outsider = { .id = self->ids[0] };
	struct child child;

	ASSERT_EQ(0, child_start(&child, trim_as_alias, &outsider));
	EXPECT_EQ(0, child_wait(&child));
	for (int i = 0; i < 2; i++)
		EXPECT_EQ(SLABS - 2, parked(&self->pools[i]));
}

/* A privileged process that is made to write to a socket that is another's. */
static int trim_through_socket_of_other(int sock, void *arg)
{
	struct request depot = {};
	struct netlink netlink;
	struct message got;

	if (setgroups(0, NULL) || setresuid(USER, USER, 0) || netlink_open(&netlink) ||
	    setresuid(0, 0, 0))
		return 1;
	netlink.is_written_to = true;
	request_flag(&depot, AOIPOOL_A_DEPOT);
	if (netlink_trim(&netlink, &depot, &got) != -EPERM)
		return 2;
	return netlink_trim(&netlink, NULL, &got) || reclaimed(&got) ? 3 : 0;
}

TEST_F(trim, that_is_written_to_a_socket_is_its_openers)
{
	struct child child;

	ASSERT_EQ(0, child_start(&child, trim_through_socket_of_other, NULL));
	EXPECT_EQ(0, child_wait(&child));
	for (int i = 0; i < 2; i++)
		EXPECT_EQ(SLABS - 2, parked(&self->pools[i]));
}

/* Two who trim share what there is. */
static int trim_again_and_again(int sock, void *arg)
{
	struct netlink netlink;
	struct message got;
	__u64 sum = 0;

	if (netlink_open(&netlink) || child_tell(sock, 'g'))
		return 1;
	for (int round = 0; round < 200; round++) {
		if (trim_bytes(&netlink, BLOCK, &got))
			return 2;
		sum += reclaimed(&got);
	}
	return write(sock, &sum, sizeof(sum)) == sizeof(sum) ? 0 : 3;
}

TEST_F(trim, of_several_at_once_counts_each_block_once)
{
	struct child children[3];
	__u64 sum = 0, part;

	for (int i = 0; i < 3; i++) {
		ASSERT_EQ(0, child_start(&children[i], trim_again_and_again, NULL));
	}
	for (int i = 0; i < 3; i++) {
		ASSERT_EQ(0, child_expect(children[i].sock, 'g'));
		ASSERT_EQ((ssize_t)sizeof(part), read(children[i].sock, &part, sizeof(part)));
		EXPECT_EQ(0, child_wait(&children[i]));
		sum += part;
	}
	EXPECT_EQ(2 * (SLABS - 2), sum);
}

TEST_HARNESS_MAIN
