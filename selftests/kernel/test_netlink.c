// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the module tells by generic netlink: answers are what is, events are what
 * happened, and whatever is lost on the way is reported.
 */
#include "harness.h"
#include "child.h"
#include "netlink.h"
#include "node.h"
#include "pool.h"
#include "proc.h"

#include <grp.h>
#include <linux/netlink.h>
#include <pthread.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <time.h>

#define SLABS		8U
#define MANY		1024		/* answers of a dump that are kept */
#define MIB_A_BLOCK	(BLOCK >> 20)
#define USER		1000		/* who is nobody in particular */
#define OTHER_USER	1001
#define NAME		"netlink"

/* One socket hears, the other one asks. */
FIXTURE(netlink)
{
	struct netlink ear;
	struct netlink mouth;
	struct pool pool;
	struct message got;
	long limit_mib;
	long high;
	long low;
};

static int open_named(struct pool *pool, const char *name, __u32 nr_slabs)
{
	struct aoipool_pool_create args = pool_args(nr_slabs, 1);

	memset(args.name, 0, sizeof(args.name));
	strncpy((char *)args.name, name, sizeof(args.name) - 1);
	return pool_open_args(pool, &args);
}

/* No depot: it counts against the limit, and it moves by itself. */
FIXTURE_SETUP(netlink)
{
	self->limit_mib = file_read_long(PARAMETERS "limit_mib");
	self->high = file_read_long(PARAMETERS "depot_high_blocks");
	self->low = file_read_long(PARAMETERS "depot_low_blocks");
	ASSERT_EQ(0, file_write_long(PARAMETERS "depot_low_blocks", 0));
	ASSERT_EQ(0, file_write_long(PARAMETERS "depot_high_blocks", 0));
	ASSERT_EQ(0, open_named(&self->pool, NAME, SLABS));
	ASSERT_EQ(0, netlink_open(&self->mouth));
	ASSERT_EQ(0, netlink_open(&self->ear));
	ASSERT_EQ(0, netlink_subscribe(&self->ear));
}

FIXTURE_TEARDOWN(netlink)
{
	netlink_close(&self->ear);
	netlink_close(&self->mouth);
	pool_close(&self->pool);
	EXPECT_EQ(0, file_write_long(PARAMETERS "limit_mib", self->limit_mib));
	EXPECT_EQ(0, file_write_long(PARAMETERS "depot_high_blocks", self->high));
	EXPECT_EQ(0, file_write_long(PARAMETERS "depot_low_blocks", self->low));
}

static __u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

/* The answer about a pool of this name, and about this client where it is not 0. */
static const struct message *find(const struct message *answers, int nr, const char *name,
				  __u32 client)
{
	for (int i = 0; i < nr && i < MANY; i++)
		if (!strcmp(answers[i].name, name) &&
		    answers[i].value[AOIPOOL_A_CLIENT] == client)
			return &answers[i];
	return NULL;
}

static __u64 pool_id(struct netlink *netlink, const char *name)
{
	static struct message answers[MANY];
	int nr = netlink_dump(netlink, AOIPOOL_GENL_GET_POOLS, answers, MANY);
	const struct message *pool = find(answers, nr, name, 0);

	return pool ? pool->value[AOIPOOL_A_POOL] : 0;
}

TEST_F(netlink, state_says_what_is)
{
	struct aoipool_info info;
	const __u64 *state = self->got.value;

	ASSERT_EQ(0, slabs_hold(&self->pool, 0, 4, 0));
	ASSERT_EQ(0, device_settle(&info));
	ASSERT_EQ(0, netlink_state(&self->mouth, &self->got));
	EXPECT_EQ(AOIPOOL_GENL_GET_STATE, self->got.cmd);
	EXPECT_EQ(info.nr_pools, state[AOIPOOL_A_NR_POOLS]);
	EXPECT_EQ(info.pool_blocks * BLOCK, state[AOIPOOL_A_POOL_BYTES]);
	EXPECT_EQ(info.depot_blocks * BLOCK, state[AOIPOOL_A_DEPOT_BYTES]);
	EXPECT_EQ(info.reclaimed_blocks * BLOCK, state[AOIPOOL_A_RECLAIMED_BYTES]);
	EXPECT_EQ(meminfo_kib("MemTotal") * 1024ULL, state[AOIPOOL_A_TOTAL_BYTES]);
	EXPECT_LT(0, state[AOIPOOL_A_AVAILABLE_BYTES]);
	EXPECT_GT(state[AOIPOOL_A_TOTAL_BYTES], state[AOIPOOL_A_AVAILABLE_BYTES]);
	EXPECT_GE(now_ns(), state[AOIPOOL_A_TIME_NS]);
	EXPECT_TRUE(message_has(&self->got, AOIPOOL_A_LEVEL));
	EXPECT_TRUE(message_has(&self->got, AOIPOOL_A_SEQ));
	EXPECT_TRUE(message_has(&self->got, AOIPOOL_A_LOST));
	EXPECT_TRUE(message_has(&self->got, AOIPOOL_A_IDLE_BYTES));
}

TEST_F(netlink, nodes_say_what_they_have)
{
	struct message before[2], nodes[2];

	ASSERT_EQ(2, netlink_dump(&self->mouth, AOIPOOL_GENL_GET_NODES, before, 2));
	ASSERT_EQ(0, slabs_hold(&self->pool, 0, 2, 0));
	ASSERT_EQ(0, slabs_hold(&self->pool, 2, 3, 1));
	ASSERT_EQ(2, netlink_dump(&self->mouth, AOIPOOL_GENL_GET_NODES, nodes, 2));
	for (int node = 0; node < 2; node++) {
		EXPECT_EQ(node, nodes[node].value[AOIPOOL_A_NODE]);
		EXPECT_EQ((2 + node) * BLOCK, nodes[node].value[AOIPOOL_A_POOL_BYTES] -
						before[node].value[AOIPOOL_A_POOL_BYTES]);
		EXPECT_EQ(node_meminfo_kib(node, "MemTotal") * 1024ULL,
			  nodes[node].value[AOIPOOL_A_TOTAL_BYTES]);
		EXPECT_GT(nodes[node].value[AOIPOOL_A_TOTAL_BYTES],
			  nodes[node].value[AOIPOOL_A_AVAILABLE_BYTES]);
	}
	ASSERT_EQ(0, slabs_park(&self->pool, 2, 3));
	ASSERT_EQ(0, pool_trim(&self->pool, 0, NULL));
	ASSERT_EQ(2, netlink_dump(&self->mouth, AOIPOOL_GENL_GET_NODES, before, 2));
	EXPECT_EQ(3 * BLOCK, before[1].value[AOIPOOL_A_RECLAIMED_BYTES] -
			     nodes[1].value[AOIPOOL_A_RECLAIMED_BYTES]);
	EXPECT_EQ(nodes[0].value[AOIPOOL_A_RECLAIMED_BYTES],
		  before[0].value[AOIPOOL_A_RECLAIMED_BYTES]);
}

TEST_F(netlink, pools_say_what_they_have)
{
	static struct message answers[MANY];
	const struct message *pool;
	int nr;

	ASSERT_EQ(0, slabs_hold(&self->pool, 0, 5, 0));
	ASSERT_EQ(0, slabs_park(&self->pool, 0, 3));
	ASSERT_EQ(0, slab_claim(&self->pool, 7, 0));
	nr = netlink_dump(&self->mouth, AOIPOOL_GENL_GET_POOLS, answers, MANY);
	ASSERT_LE(1, nr);
	pool = find(answers, nr, NAME, 0);
	ASSERT_NE(NULL, pool);
	EXPECT_STREQ("frame", pool->type);
	EXPECT_EQ(BLOCK, pool->value[AOIPOOL_A_SLAB_BYTES]);
	EXPECT_EQ(SLABS, pool->value[AOIPOOL_A_NR_SLABS]);
	EXPECT_EQ(3, pool->value[AOIPOOL_A_HELD_SLABS]);
	EXPECT_EQ(3, pool->value[AOIPOOL_A_PARKED_SLABS]);
	EXPECT_EQ(5 * BLOCK, pool->value[AOIPOOL_A_POOL_BYTES]);
	EXPECT_EQ(0, pool->value[AOIPOOL_A_RECLAIMED_BYTES]);
	EXPECT_EQ(1, pool->value[AOIPOOL_A_NR_CLIENTS]);
}

/* A client with a name, that holds one slab more than is populated. */
struct holding {
	const struct pool *pool;
	const char *comm;
	__u32 first;
	__u32 nr;
	uid_t user;
};

static int hold(int sock, void *arg)
{
	const struct holding *holding = arg;
	struct pool client;

	prctl(PR_SET_NAME, holding->comm);
	if (setgroups(0, NULL) || setresuid(holding->user, holding->user, holding->user))
		return 1;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (pool_join(holding->pool, &client))
		return 2;
	if (slabs_hold(&client, holding->first, holding->nr, 0))
		return 3;
	if (slab_claim(&client, holding->first + holding->nr, 0))
		return 4;
	if (child_tell(sock, client.client))
		return 5;
	child_expect(sock, 'q');
	return 0;
}

/* The client's number, or negative. */
static int hold_start(struct child *child, struct holding *holding)
{
	int err = child_start(child, hold, holding);
	char client;

	return err ?: child_hear(child->sock, &client) ?: client;
}

TEST_F(netlink, holders_say_who_holds_how_much)
{
	static struct message answers[MANY];
	struct holding holdings[] = {
		{ &self->pool, "holder-one", 0, 1, 0 },
		{ &self->pool, "holder-two", 2, 4, USER },
	};
	struct child children[2];
	int clients[2], nr;

	for (int i = 0; i < 2; i++) {
		clients[i] = hold_start(&children[i], &holdings[i]);
		ASSERT_LT(0, clients[i]);
	}
	nr = netlink_dump(&self->mouth, AOIPOOL_GENL_GET_HOLDERS, answers, MANY);
	for (int i = 0; i < 2; i++) {
		const struct message *holder = find(answers, nr, NAME, clients[i]);

		ASSERT_NE(NULL, holder);
		EXPECT_EQ(children[i].pid, holder->value[AOIPOOL_A_PID]);
		EXPECT_STREQ(holdings[i].comm, holder->comm);
		EXPECT_EQ(holdings[i].user, holder->value[AOIPOOL_A_UID]);
		EXPECT_EQ(holdings[i].nr + 1, holder->value[AOIPOOL_A_HELD_SLABS]);
		EXPECT_EQ(holdings[i].nr * BLOCK, holder->value[AOIPOOL_A_HELD_BYTES]);
		EXPECT_EQ(pool_id(&self->mouth, NAME), holder->value[AOIPOOL_A_POOL]);
	}
	ASSERT_NE(NULL, find(answers, nr, NAME, self->pool.client));
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(128 + SIGKILL, child_kill(&children[i]));
	}
	nr = netlink_dump(&self->mouth, AOIPOOL_GENL_GET_HOLDERS, answers, MANY);
	EXPECT_EQ(NULL, find(answers, nr, NAME, clients[0]));
	EXPECT_EQ(NULL, find(answers, nr, NAME, clients[1]));
}

TEST_F(netlink, sweep_tells_who_is_gone_and_what_he_held)
{
	struct holding holding = { &self->pool, "swept", 1, 3, 0 };
	struct message before;
	struct child child;
	int client;
	__u64 begin = now_ns();

	ASSERT_EQ(0, netlink_state(&self->mouth, &before));
	client = hold_start(&child, &holding);
	ASSERT_LT(0, client);
	EXPECT_EQ(128 + SIGKILL, child_kill(&child));
	ASSERT_EQ(0, netlink_await(&self->ear, AOIPOOL_GENL_SWEEP, NAME, &self->got));
	EXPECT_EQ(pool_id(&self->mouth, NAME), self->got.value[AOIPOOL_A_POOL]);
	EXPECT_EQ(client, self->got.value[AOIPOOL_A_CLIENT]);
	EXPECT_EQ(child.pid, self->got.value[AOIPOOL_A_PID]);
	EXPECT_STREQ("swept", self->got.comm);
	EXPECT_EQ(4, self->got.value[AOIPOOL_A_SLABS]);
	EXPECT_EQ(3 * BLOCK, self->got.value[AOIPOOL_A_HELD_BYTES]);
	EXPECT_LT(before.value[AOIPOOL_A_SEQ], self->got.value[AOIPOOL_A_SEQ]);
	EXPECT_EQ(before.value[AOIPOOL_A_LOST], self->got.value[AOIPOOL_A_LOST]);
	EXPECT_LT(begin, self->got.value[AOIPOOL_A_TIME_NS]);
	EXPECT_GT(now_ns(), self->got.value[AOIPOOL_A_TIME_NS]);
}

/* Who leaves nothing behind is no news. */
TEST_F(netlink, client_without_slabs_goes_in_silence)
{
	struct message before, after;
	struct pool client;

	ASSERT_EQ(0, netlink_state(&self->mouth, &before));
	ASSERT_EQ(0, pool_attach(&self->pool, &client));
	close(client.fd);
	ASSERT_EQ(0, netlink_state(&self->mouth, &after));
	EXPECT_EQ(before.value[AOIPOOL_A_SEQ], after.value[AOIPOOL_A_SEQ]);
}

TEST_F(netlink, trim_is_told_with_node_cause_and_holders)
{
	ASSERT_EQ(0, slabs_hold(&self->pool, 0, 5, 1));
	ASSERT_EQ(0, slabs_park(&self->pool, 0, 1));
	ASSERT_EQ(0, pool_trim(&self->pool, 0, NULL));
	ASSERT_EQ(0, netlink_await(&self->ear, AOIPOOL_GENL_RECLAIM, NULL, &self->got));
	EXPECT_EQ(1, self->got.value[AOIPOOL_A_NODE]);
	EXPECT_EQ(AOIPOOL_CAUSE_TRIM, self->got.value[AOIPOOL_A_CAUSES]);
	EXPECT_EQ(1, self->got.value[AOIPOOL_A_RECLAIMED_SLABS]);
	EXPECT_EQ(BLOCK, self->got.value[AOIPOOL_A_RECLAIMED_BYTES]);
	EXPECT_TRUE(message_has(&self->got, AOIPOOL_A_LEVEL));
	ASSERT_EQ(1, self->got.nr_holders);
	EXPECT_STREQ(NAME, self->got.holders[0].name);
	EXPECT_EQ(self->pool.client, self->got.holders[0].client);
	EXPECT_EQ(getpid(), self->got.holders[0].pid);
	EXPECT_EQ(4 * BLOCK, self->got.holders[0].held_bytes);
}

#define DROP_ROUNDS	64

TEST_F(netlink, reclaim_by_the_shrinker_is_told_as_such)
{
	__u64 slabs = 0, causes = 0;

	ASSERT_EQ(0, slabs_hold(&self->pool, 0, SLABS, 0));
	ASSERT_EQ(0, slabs_park(&self->pool, 0, SLABS));
	for (int i = 0; i < DROP_ROUNDS && pool_count(&self->pool, AOIPOOL_SLAB_PARKED, -1); i++) {
		ASSERT_EQ(0, drop_slabs());
	}
	while (slabs < SLABS) {
		ASSERT_EQ(0, netlink_await(&self->ear, AOIPOOL_GENL_RECLAIM, NULL, &self->got));
		slabs += self->got.value[AOIPOOL_A_RECLAIMED_SLABS];
		causes |= self->got.value[AOIPOOL_A_CAUSES];
		EXPECT_EQ(0, self->got.nr_holders);
	}
	EXPECT_EQ(SLABS, slabs);
	EXPECT_EQ(AOIPOOL_CAUSE_SHRINKER, causes);
}

/* Ten a second at most, and in their sum they miss nothing. */
TEST_F(netlink, reclaim_in_quick_succession_is_added_up)
{
	const int rounds = 60;
	__u64 begin = now_ns(), slabs = 0, bytes = 0;
	int events = 0;

	for (int round = 0; round < rounds; round++) {
		ASSERT_EQ(0, slabs_hold(&self->pool, 0, 1, 0));
		ASSERT_EQ(0, slabs_park(&self->pool, 0, 1));
		ASSERT_EQ(0, pool_trim(&self->pool, 0, NULL));
	}
	for (; slabs < rounds; events++) {
		ASSERT_EQ(0, netlink_await(&self->ear, AOIPOOL_GENL_RECLAIM, NULL, &self->got));
		slabs += self->got.value[AOIPOOL_A_RECLAIMED_SLABS];
		bytes += self->got.value[AOIPOOL_A_RECLAIMED_BYTES];
	}
	EXPECT_EQ(rounds, slabs);
	EXPECT_EQ(rounds * BLOCK, bytes);
	EXPECT_GE((now_ns() - begin) / 100000000 + 1, events);
}

/* As many populates as it takes are refused for want of room. */
static int exhaust(const struct pool *pool, int times)
{
	int err = 0;

	for (int i = 0; i < times && !err; i++)
		err = pool_populate(pool, 0, 1, NULL) == -ENOSPC ? 0 : -EPROTO;
	return err;
}

TEST_F(netlink, exhausted_pool_is_told_once_a_second)
{
	const __u64 times = 40;
	__u64 begin = now_ns(), count = 0;
	int events = 0;

	ASSERT_EQ(0, slabs_hold(&self->pool, 1, 2, 0));
	ASSERT_EQ(0, slab_claim(&self->pool, 0, 0));
	ASSERT_EQ(0, file_write_long(PARAMETERS "limit_mib", MIB_A_BLOCK));
	ASSERT_EQ(0, exhaust(&self->pool, times));
	for (; count < times; events++) {
		ASSERT_EQ(0, netlink_await(&self->ear, AOIPOOL_GENL_EXHAUSTED, NAME, &self->got));
		EXPECT_EQ(AOIPOOL_EXHAUSTED_LIMIT, self->got.value[AOIPOOL_A_REASON]);
		EXPECT_TRUE(message_has(&self->got, AOIPOOL_A_LEVEL));
		ASSERT_EQ(1, self->got.nr_holders);
		EXPECT_EQ(2 * BLOCK, self->got.holders[0].held_bytes);
		count += self->got.value[AOIPOOL_A_COUNT];
	}
	EXPECT_EQ(times, count);
	EXPECT_GE((now_ns() - begin) / 1000000000 + 1, events);
}

TEST_F(netlink, pool_that_goes_away_tells_what_it_had_added_up)
{
	const __u64 times = 30;
	struct pool pool;
	__u64 count = 0;

	ASSERT_EQ(0, open_named(&pool, "short-lived", SLABS));
	ASSERT_EQ(0, slabs_hold(&self->pool, 0, 1, 0));
	ASSERT_EQ(0, slab_claim(&pool, 0, 0));
	ASSERT_EQ(0, file_write_long(PARAMETERS "limit_mib", MIB_A_BLOCK));
	ASSERT_EQ(0, exhaust(&pool, times));
	pool_close(&pool);
	while (count < times) {
		ASSERT_EQ(0, netlink_await(&self->ear, AOIPOOL_GENL_EXHAUSTED, "short-lived",
					   &self->got));
		count += self->got.value[AOIPOOL_A_COUNT];
	}
	EXPECT_EQ(times, count);
}

/* Six clients with memory in three pools: five are named, the largest first. */
TEST_F(netlink, the_five_largest_holders_are_named)
{
	struct pool pools[3], clients[6];

	for (int i = 0; i < 3; i++) {
		ASSERT_EQ(0, open_named(&pools[i], "holders", 32));
	}
	for (int i = 0; i < 6; i++) {
		ASSERT_EQ(0, pool_join(&pools[i % 3], &clients[i]));
		ASSERT_EQ(0, slabs_hold(&clients[i], i / 3 * 16, 2 + i, 0));
	}
	ASSERT_EQ(0, slabs_hold(&self->pool, 0, 1, 0));
	ASSERT_EQ(0, slabs_park(&self->pool, 0, 1));
	ASSERT_EQ(0, pool_trim(&self->pool, 0, NULL));
	ASSERT_EQ(0, netlink_await(&self->ear, AOIPOOL_GENL_RECLAIM, NULL, &self->got));
	ASSERT_EQ(AOIPOOL_MAX_HOLDERS, self->got.nr_holders);
	for (int i = 0; i < AOIPOOL_MAX_HOLDERS; i++) {
		EXPECT_EQ((7 - i) * BLOCK, self->got.holders[i].held_bytes);
		EXPECT_EQ(clients[5 - i].client, self->got.holders[i].client);
	}
	for (int i = 0; i < 6; i++)
		pool_close(&clients[i]);
	for (int i = 0; i < 3; i++)
		pool_close(&pools[i]);
}

/* What an unprivileged user is told, and in which words. */
static int look_as_user(int sock, void *arg)
{
	static struct message pools[MANY], holders[MANY];
	const struct pool *shared = arg;
	struct aoipool_pool_create args = pool_args(1, 1);
	int device = device_open();
	struct netlink netlink;
	struct pool client;

	if (setgroups(0, NULL) || setresuid(USER, USER, USER))
		return 1;
	strcpy((char *)args.name, "of-a-user");
	if (ioctl(device, AOIPOOL_POOL_CREATE, &args) || pool_attach(shared, &client))
		return 2;
	if (netlink_open(&netlink) || netlink_subscribe(&netlink))
		return 3;
	if (netlink_dump(&netlink, AOIPOOL_GENL_GET_POOLS, pools, MANY) != 1 ||
	    !find(pools, 1, "of-a-user", 0))
		return 4;
	if (netlink_dump(&netlink, AOIPOOL_GENL_GET_HOLDERS, holders, MANY) != 2 ||
	    !find(holders, 2, "of-a-user", args.client) || !find(holders, 2, NAME, client.client))
		return 5;
	if (netlink_dump(&netlink, AOIPOOL_GENL_GET_NODES, pools, MANY) < 1 ||
	    netlink_state(&netlink, pools))
		return 6;
	return 0;
}

TEST_F(netlink, unprivileged_user_sees_only_his_own)
{
	struct child child;

	ASSERT_EQ(0, slabs_hold(&self->pool, 0, 1, 0));
	ASSERT_EQ(0, child_start(&child, look_as_user, &self->pool));
	EXPECT_EQ(0, child_wait(&child));
}

/*
 * Another user's socket, that a privileged process is made to write to, as it
 * would to a file; who names the kernel as the receiver knows what he does.
 */
static int look_through_socket_of_other(int sock, void *arg)
{
	static struct message answers[MANY];
	struct netlink netlink;

	if (setgroups(0, NULL) || setresuid(OTHER_USER, OTHER_USER, 0))
		return 1;
	if (netlink_open(&netlink))
		return 2;
	if (setresuid(0, 0, 0))
		return 3;
	netlink.is_written_to = true;
	if (netlink_dump(&netlink, AOIPOOL_GENL_GET_POOLS, answers, MANY) ||
	    netlink_dump(&netlink, AOIPOOL_GENL_GET_HOLDERS, answers, MANY))
		return 4;
	netlink.is_written_to = false;
	return netlink_dump(&netlink, AOIPOOL_GENL_GET_POOLS, answers, MANY) > 0 ? 0 : 5;
}

TEST_F(netlink, write_shows_no_more_than_the_opener_may_see)
{
	struct child child;

	ASSERT_EQ(0, child_start(&child, look_through_socket_of_other, NULL));
	EXPECT_EQ(0, child_wait(&child));
}

/* In a PID namespace of its own a process has its number there, others have 0. */
static int look_as_init(int sock, void *arg)
{
	static struct message answers[MANY];
	const struct pool *pool = arg;
	const struct message *own, *other;
	struct netlink netlink;
	struct pool client;
	int nr;

	if (getpid() != 1 || netlink_open(&netlink) || pool_attach(pool, &client))
		return 1;
	nr = netlink_dump(&netlink, AOIPOOL_GENL_GET_HOLDERS, answers, MANY);
	own = find(answers, nr, NAME, client.client);
	other = find(answers, nr, NAME, pool->client);
	if (!own || own->value[AOIPOOL_A_PID] != 1)
		return 2;
	if (!other || !message_has(other, AOIPOOL_A_PID) || other->value[AOIPOOL_A_PID])
		return 3;
	return 0;
}

static int enter_pid_namespace(int sock, void *arg)
{
	int status;
	pid_t pid;

	if (unshare(CLONE_NEWPID))
		return 1;
	pid = fork();
	if (!pid)
		_exit(look_as_init(sock, arg));
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : 100;
}

TEST_F(netlink, pids_are_those_of_the_askers_namespace)
{
	struct child child;

	ASSERT_EQ(0, child_start(&child, enter_pid_namespace, &self->pool));
	EXPECT_EQ(0, child_wait(&child));
}

#define ALIAS		"5"

/* In a user namespace of its own a process is told its number there. */
static int look_by_alias(int sock, void *arg)
{
	static struct message answers[MANY];
	const struct pool *pool = arg;
	const struct message *own;
	struct netlink netlink;
	int nr;

	if (unshare(CLONE_NEWUSER) || file_write("/proc/self/uid_map", ALIAS " 0 1"))
		return 1;
	if (netlink_open(&netlink))
		return 2;
	nr = netlink_dump(&netlink, AOIPOOL_GENL_GET_HOLDERS, answers, MANY);
	own = find(answers, nr, NAME, pool->client);
	return own && own->value[AOIPOOL_A_UID] == strtoul(ALIAS, NULL, 0) ? 0 : 3;
}

TEST_F(netlink, uids_are_those_of_the_askers_namespace)
{
	struct child child;

	ASSERT_EQ(0, child_start(&child, look_by_alias, &self->pool));
	EXPECT_EQ(0, child_wait(&child));
}

/* Hears a sweep and a trim, in a network namespace of its own. */
static int listen_elsewhere(int sock, void *arg)
{
	struct netlink netlink;
	struct message got;

	if (unshare(CLONE_NEWNET) || netlink_open(&netlink) || netlink_subscribe(&netlink))
		return 1;
	if (child_tell(sock, 'l'))
		return 2;
	if (netlink_await(&netlink, AOIPOOL_GENL_SWEEP, NAME, &got))
		return 3;
	if (message_has(&got, AOIPOOL_A_PID) || message_has(&got, AOIPOOL_A_COMM) ||
	    got.value[AOIPOOL_A_SLABS] != 2)
		return 4;
	if (netlink_await(&netlink, AOIPOOL_GENL_RECLAIM, NULL, &got))
		return 5;
	return message_has(&got, AOIPOOL_A_HOLDERS) || !got.value[AOIPOOL_A_RECLAIMED_SLABS];
}

TEST_F(netlink, other_network_namespace_hears_no_names)
{
	struct pool client;
	struct child child;

	ASSERT_EQ(0, slabs_hold(&self->pool, 4, 1, 0));
	ASSERT_EQ(0, child_start(&child, listen_elsewhere, NULL));
	ASSERT_EQ(0, child_expect(child.sock, 'l'));
	ASSERT_EQ(0, pool_join(&self->pool, &client));
	ASSERT_EQ(0, slabs_hold(&client, 0, 2, 0));
	pool_close(&client);
	ASSERT_EQ(0, pool_trim(&self->pool, 0, NULL));
	EXPECT_EQ(0, child_wait(&child));
	ASSERT_EQ(0, netlink_await(&self->ear, AOIPOOL_GENL_SWEEP, NAME, &self->got));
	EXPECT_EQ(getpid(), self->got.value[AOIPOOL_A_PID]);
	ASSERT_EQ(0, netlink_await(&self->ear, AOIPOOL_GENL_RECLAIM, NULL, &self->got));
	EXPECT_EQ(1, self->got.nr_holders);
}

/* Namespaces with a listener in them come and go, while there is much to tell. */
TEST_F(netlink, namespaces_go_away_during_events)
{
	struct child child;
	struct pool client;

	for (int round = 0; round < 20; round++) {
		ASSERT_EQ(0, child_start(&child, listen_elsewhere, NULL));
		ASSERT_EQ(0, child_expect(child.sock, 'l'));
		for (int i = 0; i < 50; i++) {
			ASSERT_EQ(0, pool_attach(&self->pool, &client));
			client.words = self->pool.words;
			ASSERT_EQ(0, slab_claim(&client, i % SLABS, 0));
			close(client.fd);
			ASSERT_EQ(0, pool_trim(&self->pool, 0, NULL));
			if (i == 25) {
				EXPECT_EQ(0, kill(child.pid, SIGKILL));
			}
		}
		child_wait(&child);
	}
	ASSERT_EQ(0, netlink_state(&self->mouth, &self->got));
}

#define GARBAGE_COMMAND		200

static bool family_is_well(struct netlink *netlink)
{
	struct message state;

	return !netlink_state(netlink, &state) && state.value[AOIPOOL_A_TOTAL_BYTES];
}

TEST_F(netlink, garbage_is_refused_and_the_next_request_works)
{
	const struct { __u16 len, type; __u32 value; } attr = { 8, AOIPOOL_A_NODE, 0 },
		unknown = { 8, AOIPOOL_A_MAX + 1, 0 };
	struct netlink *to = &self->mouth;

	EXPECT_EQ(-EOPNOTSUPP, netlink_request(to, GARBAGE_COMMAND, 0, NULL, 0, NULL, 0));
	EXPECT_TRUE(family_is_well(to));
	EXPECT_EQ(-EOPNOTSUPP, netlink_request(to, AOIPOOL_GENL_LEVEL, 0, NULL, 0, NULL, 0));
	EXPECT_EQ(-EOPNOTSUPP, netlink_request(to, AOIPOOL_GENL_GET_POOLS, 0, NULL, 0, NULL, 0));
	EXPECT_EQ(-EOPNOTSUPP, netlink_dump(to, AOIPOOL_GENL_GET_STATE, NULL, 0));
	EXPECT_TRUE(family_is_well(to));
	EXPECT_EQ(-EINVAL, netlink_request_cut(to));
	EXPECT_TRUE(family_is_well(to));
	for (int cmd = AOIPOOL_GENL_GET_STATE; cmd <= AOIPOOL_GENL_GET_HOLDERS; cmd++) {
		int flags = cmd == AOIPOOL_GENL_GET_STATE ? 0 : NLM_F_DUMP;

		EXPECT_EQ(-EINVAL, netlink_request(to, cmd, flags, &attr, 8, NULL, 0));
		EXPECT_NE(NULL, strstr(to->why, "no attributes"));
		EXPECT_EQ(-EINVAL, netlink_request(to, cmd, flags, &unknown, 8, NULL, 0));
		EXPECT_TRUE(family_is_well(to));
	}
}

/* Pools that come and go, until the test has seen enough. */
static int come_and_go(int sock, void *arg)
{
	struct pool pools[16] = {};
	unsigned int at = 0;

	if (child_tell(sock, 'g'))
		return 1;
	for (;; at++) {
		struct pool *pool = &pools[at * 7 % 16];

		if (pool->data)
			pool_close(pool);
		if (open_named(pool, "passing", 1))
			return 2;
	}
}

static int count(const struct message *answers, int nr, const char *name)
{
	int found = 0;

	for (int i = 0; i < nr && i < MANY; i++)
		found += !strcmp(answers[i].name, name);
	return found;
}

static bool ids_ascend(const struct message *answers, int nr)
{
	for (int i = 1; i < nr && i < MANY; i++)
		if (answers[i].value[AOIPOOL_A_POOL] <= answers[i - 1].value[AOIPOOL_A_POOL])
			return false;
	return true;
}

/* The kernel puts 32 KiB into one message of a dump: these need two and more. */
#define STAYING		350

/* Each that stays is told once by every dump. */
TEST_F(netlink, dump_misses_no_pool_while_others_come_and_go)
{
	static struct message answers[MANY];
	struct pool staying[STAYING];
	struct child children[2];
	int nr;

	for (int i = 0; i < 2; i++) {
		ASSERT_EQ(0, child_start(&children[i], come_and_go, NULL));
	}
	for (int i = 0; i < STAYING; i++) {
		ASSERT_EQ(0, open_named(&staying[i], "staying", 1));
	}
	for (int i = 0; i < 2; i++) {
		ASSERT_EQ(0, child_expect(children[i].sock, 'g'));
	}
	for (int round = 0; round < 40; round++) {
		nr = netlink_dump(&self->mouth, AOIPOOL_GENL_GET_POOLS, answers, MANY);
		ASSERT_LE(STAYING, nr);
		EXPECT_EQ(STAYING, count(answers, nr, "staying"));
		EXPECT_TRUE(ids_ascend(answers, nr));
		nr = netlink_dump(&self->mouth, AOIPOOL_GENL_GET_HOLDERS, answers, MANY);
		EXPECT_EQ(STAYING, count(answers, nr, "staying"));
	}
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(128 + SIGKILL, child_kill(&children[i]));
	}
	for (int i = 0; i < STAYING; i++)
		pool_close(&staying[i]);
}

/* Nothing is held while nobody reads: pools close, and the dump knows it. */
TEST_F(netlink, half_read_dump_holds_nobody_up)
{
	static struct message answers[MANY];
	struct pool pools[STAYING];
	int nr;

	for (int i = 0; i < STAYING; i++) {
		ASSERT_EQ(0, open_named(&pools[i], "closing", 1));
	}
	ASSERT_EQ(0, netlink_dump_begin(&self->mouth, AOIPOOL_GENL_GET_HOLDERS));
	for (int i = 0; i < STAYING; i++)
		pool_close(&pools[i]);
	nr = netlink_dump_end(&self->mouth, answers, MANY);
	EXPECT_LE(1, nr);
	EXPECT_GT(STAYING, count(answers, nr, "closing"));
	EXPECT_NE(NULL, find(answers, nr, NAME, self->pool.client));
}

/* More clients of one pool than a message has room for. */
TEST_F(netlink, dump_tells_all_clients_of_a_pool)
{
	static struct message answers[MANY];
	struct pool clients[STAYING];
	int nr;

	for (int i = 0; i < STAYING; i++) {
		ASSERT_EQ(0, pool_attach(&self->pool, &clients[i]));
	}
	nr = netlink_dump(&self->mouth, AOIPOOL_GENL_GET_HOLDERS, answers, MANY);
	EXPECT_EQ(STAYING + 1, count(answers, nr, NAME));
	for (int i = 0; i < STAYING; i++) {
		EXPECT_NE(NULL, find(answers, nr, NAME, clients[i].client));
		close(clients[i].fd);
	}
}

/* A flood of events. */
#define EVENTS		100000U
#define PRODUCERS	4U
#define LARGE_BUFFER	(256 * 1024 * 1024)
#define END_NAME	"the-end"
#define QUIET_MS	100
#define END_ROUNDS	600

/* Each sweeps slabs of its own, in the name of ever new clients. */
static int sweep_many(const struct pool *pool, __u32 slab, unsigned int times)
{
	struct pool client;

	for (unsigned int i = 0; i < times; i++) {
		if (pool_attach(pool, &client))
			return 1;
		client.words = pool->words;
		if (slab_state(&client, slab) == AOIPOOL_SLAB_ABSENT ?
			    slab_claim(&client, slab, 0) : slab_revive(&client, slab))
			return 2;
		close(client.fd);
	}
	return 0;
}

struct producer {
	const struct pool *pool;
	__u32 slab;
};

static int produce(int sock, void *arg)
{
	const struct producer *producer = arg;
	struct pool pool;

	if (pool_join(producer->pool, &pool) || child_expect(sock, 'g'))
		return 1;
	return sweep_many(&pool, producer->slab, EVENTS / PRODUCERS);
}

/**
 * struct listener - what came, and what of the rest was reported
 * @start: the state before the first event
 * @last: the last event
 * @received: events
 * @overruns: times that the socket said it has lost something
 * @by_module: events that the module said it has lost
 * @by_socket: other events that are missing
 * @unreported: times that some were missing and nobody had said so
 */
struct listener {
	struct netlink netlink;
	pthread_t thread;
	bool is_slow;
	int err;
	struct message start;
	struct message last;
	__u64 received;
	__u64 overruns;
	__u64 by_module;
	__u64 by_socket;
	__u64 unreported;
	__u64 jumps;
};

static __u64 step(const struct message *to, const struct message *from,
		  enum aoipool_genl_attr attr)
{
	return to->value[attr] - from->value[attr];
}

/* A socket says that it has lost something before it goes on with the rest. */
static void listener_take(struct listener *listener, const struct message *event)
{
	__u64 missing = step(event, &listener->last, AOIPOOL_A_SEQ) - 1;
	__u64 by_module = step(event, &listener->last, AOIPOOL_A_LOST);

	if (by_module > missing || missing > EVENTS * 2)
		listener->err = -EPROTO;
	if (missing > by_module)
		listener->jumps++;
	if (listener->jumps > listener->overruns)
		listener->unreported++;
	listener->received++;
	listener->by_module += by_module;
	listener->by_socket += missing - by_module;
	listener->last = *event;
}

/* Who has lost something asks where the count is now. */
static int listener_recover(struct listener *listener)
{
	struct netlink netlink;
	struct message state;
	int err = netlink_open(&netlink) ?: netlink_state(&netlink, &state);

	netlink_close(&netlink);
	if (!err && !step(&state, &listener->last, AOIPOOL_A_SEQ))
		err = -EPROTO;
	listener->overruns++;
	return err;
}

static void *listen_to_the_end(void *arg)
{
	const struct timespec nap = { .tv_nsec = 20 * 1000 * 1000 };
	struct listener *listener = arg;
	struct message event = {};
	int err;

	while (!listener->err && strcmp(event.name, END_NAME)) {
		if (listener->is_slow && listener->received % 256 == 0)
			nanosleep(&nap, NULL);
		err = netlink_event(&listener->netlink, &event, 60 * 1000);
		if (err == -ENOBUFS)
			err = listener_recover(listener);
		else if (!err)
			listener_take(listener, &event);
		if (err)
			listener->err = err;
	}
	return NULL;
}

static int listener_start(struct listener *listener, bool is_slow)
{
	int err;

	memset(listener, 0, sizeof(*listener));
	listener->is_slow = is_slow;
	err = netlink_open(&listener->netlink) ?: netlink_subscribe(&listener->netlink);
	if (!err && !is_slow)
		err = netlink_buffer(&listener->netlink, LARGE_BUFFER);
	err = err ?: netlink_state(&listener->netlink, &listener->start);
	listener->last = listener->start;
	return err ?: -pthread_create(&listener->thread, NULL, listen_to_the_end, listener);
}

static bool has_ended(struct listener *listener)
{
	return !pthread_tryjoin_np(listener->thread, NULL);
}

/* The last event may be lost, too: another one comes, until both have seen it. */
static int tell_the_end(struct listener *first, struct listener *second)
{
	const struct timespec quiet = { .tv_nsec = QUIET_MS * 1000 * 1000 };
	bool first_ended = false, second_ended = false;
	struct pool end;
	int err = open_named(&end, END_NAME, 1);

	for (int i = 0; i < END_ROUNDS && !err && !(first_ended && second_ended); i++) {
		err = sweep_many(&end, 0, 1);
		nanosleep(&quiet, NULL);
		first_ended = first_ended || has_ended(first);
		second_ended = second_ended || has_ended(second);
	}
	pool_close(&end);
	return err ?: first_ended && second_ended ? 0 : -ETIMEDOUT;
}

static __u64 events_between(const struct listener *listener)
{
	return step(&listener->last, &listener->start, AOIPOOL_A_SEQ);
}

TEST_F(netlink, no_event_of_100000_is_lost_unreported)
{
	struct producer producers[PRODUCERS];
	struct child children[PRODUCERS];
	struct listener quick, slow;
	__u64 begin;

	for (unsigned int i = 0; i < PRODUCERS; i++) {
		producers[i] = (struct producer) { &self->pool, i };
		ASSERT_EQ(0, child_start(&children[i], produce, &producers[i]));
	}
	netlink_close(&self->ear);
	ASSERT_EQ(0, listener_start(&quick, false));
	ASSERT_EQ(0, listener_start(&slow, true));
	begin = now_ns();
	for (unsigned int i = 0; i < PRODUCERS; i++) {
		ASSERT_EQ(0, child_tell(children[i].sock, 'g'));
	}
	for (unsigned int i = 0; i < PRODUCERS; i++) {
		EXPECT_EQ(0, child_wait(&children[i]));
	}
	ASSERT_EQ(0, tell_the_end(&quick, &slow));
	ASSERT_EQ(0, netlink_open(&self->ear));
	TH_LOG("%llu ms, the module lost %llu of %llu, the slow listener %llu more in %llu overruns",
	       (now_ns() - begin) / 1000000, quick.by_module, events_between(&quick),
	       slow.by_socket, slow.overruns);

	EXPECT_EQ(0, quick.err);
	EXPECT_LE(EVENTS, events_between(&quick));
	EXPECT_EQ(quick.received + quick.by_module, events_between(&quick));
	EXPECT_EQ(0, quick.by_socket);
	EXPECT_EQ(0, quick.overruns);

	EXPECT_EQ(0, slow.err);
	EXPECT_EQ(slow.received + slow.by_module + slow.by_socket, events_between(&slow));
	EXPECT_LE(1, slow.by_socket);
	EXPECT_LE(1, slow.overruns);
	EXPECT_EQ(0, slow.unreported);
}

TEST_HARNESS_MAIN
