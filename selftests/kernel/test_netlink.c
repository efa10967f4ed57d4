// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the module answers by generic netlink: what is, to whom it may concern, and
 * in his words.
 */
#include "harness.h"
#include "child.h"
#include "content.h"
#include "holder.h"
#include "netlink.h"
#include "node.h"
#include "pool.h"
#include "proc.h"
#include "tune.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/netlink.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/uio.h>

#define SLABS		8U
#define USER		1000		/* who is nobody in particular */
#define OTHER_USER	1001
#define NAME		"netlink"

FIXTURE(netlink)
{
	struct netlink mouth;
	struct pool pool;
	struct message got;
	struct tune tune;
};

/* No depot: it moves by itself. */
FIXTURE_SETUP(netlink)
{
	ASSERT_EQ(0, tune_save(&self->tune));
	ASSERT_EQ(0, tune_no_depot());
	ASSERT_EQ(0, pool_open_named(&self->pool, NAME, SLABS));
	ASSERT_EQ(0, netlink_open(&self->mouth));
}

FIXTURE_TEARDOWN(netlink)
{
	netlink_close(&self->mouth);
	pool_close(&self->pool);
	EXPECT_EQ(0, tune_restore(&self->tune));
}

TEST_F(netlink, state_says_what_is)
{
	struct aoipool_info info;
	const __u64 *state = self->got.value;
	struct message before;

	ASSERT_EQ(0, netlink_state(&self->mouth, &before));
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
	EXPECT_LT(before.value[AOIPOOL_A_TIME_NS], state[AOIPOOL_A_TIME_NS]);
	EXPECT_TRUE(message_has(&self->got, AOIPOOL_A_LEVEL));
	EXPECT_TRUE(message_has(&self->got, AOIPOOL_A_SEQ));
	EXPECT_TRUE(message_has(&self->got, AOIPOOL_A_LOST));
	EXPECT_TRUE(message_has(&self->got, AOIPOOL_A_IDLE_BYTES));
	EXPECT_EQ(AOIPOOL_ABI_VERSION, state[AOIPOOL_A_ABI_VERSION]);
	EXPECT_EQ(info.limit_blocks * BLOCK, state[AOIPOOL_A_LIMIT_BYTES]);
	EXPECT_EQ(info.swept_slabs, state[AOIPOOL_A_SWEPT_SLABS]);
	EXPECT_EQ(info.oom_calls, state[AOIPOOL_A_OOM_CALLS]);
	EXPECT_EQ(info.oom_blocks * BLOCK, state[AOIPOOL_A_OOM_BYTES]);
}

/* @times populates that no memory is left for. */
static int fail_populates(const struct pool *pool, int times)
{
	int err = tune_limit(1) ?: slab_claim(pool, SLABS - 1, 0);

	while (!err && times--)
		err = pool_populate(pool, SLABS - 1, 1, NULL) == -ENOSPC ? 0 : -EPROTO;
	return err;
}

TEST_F(netlink, what_was_given_and_refused_is_counted)
{
	static struct message pool[MESSAGES];
	struct message state[2], nodes[2][2];

	ASSERT_EQ(0, netlink_state(&self->mouth, &state[0]));
	ASSERT_LE(1, netlink_dump(&self->mouth, AOIPOOL_GENL_GET_NODES, nodes[0], 2));
	ASSERT_EQ(0, slabs_hold(&self->pool, 0, 3, 0));
	ASSERT_EQ(0, fail_populates(&self->pool, 2));
	ASSERT_EQ(0, netlink_state(&self->mouth, &state[1]));
	ASSERT_LE(1, netlink_dump(&self->mouth, AOIPOOL_GENL_GET_NODES, nodes[1], 2));
	EXPECT_EQ(2, state[1].value[AOIPOOL_A_FAILURES] - state[0].value[AOIPOOL_A_FAILURES]);
	EXPECT_EQ(2, nodes[1][0].value[AOIPOOL_A_FAILURES] -
		     nodes[0][0].value[AOIPOOL_A_FAILURES]);
	EXPECT_EQ(3 * BLOCK, nodes[1][0].value[AOIPOOL_A_POPULATED_BYTES] -
			     nodes[0][0].value[AOIPOOL_A_POPULATED_BYTES]);
	EXPECT_EQ(1, netlink_dump(&self->mouth, AOIPOOL_GENL_GET_POOLS, pool, MESSAGES));
	EXPECT_EQ(2, pool[0].value[AOIPOOL_A_FAILURES]);
}

/* A page in a pipe is one that somebody has a reference to. */
static int pin(const struct pool *pool, __u32 slab, int pipes[2])
{
	struct iovec part = { slab_data(pool, slab), 1 };

	if (pipe2(pipes, O_CLOEXEC))
		return -errno;
	return vmsplice(pipes[1], &part, 1, 0) == 1 ? 0 : -errno;
}

static const struct message *ask_of_pool(struct netlink *netlink, const char *name)
{
	static struct message answers[MESSAGES];
	int nr = netlink_dump(netlink, AOIPOOL_GENL_GET_POOLS, answers, MESSAGES);

	return messages_find(answers, nr, name, 0);
}

/* One is held, one of the parked ones pinned; four have to stay, so two more do. */
TEST_F(netlink, pool_says_what_can_be_had_of_it)
{
	struct aoipool_pool_create args = pool_args(SLABS, 2);
	const struct message *has;
	struct pool pool;
	int pipes[2];

	strcpy((char *)args.name, "kept");
	args.reserve_slabs = 4;
	ASSERT_EQ(0, tune_no_decay());
	ASSERT_EQ(0, pool_open_args(&pool, &args));
	ASSERT_EQ(0, slabs_hold(&pool, 0, 7, 0));
	ASSERT_EQ(0, pin(&pool, 3, pipes));
	ASSERT_EQ(0, slabs_park(&pool, 1, 6));
	has = ask_of_pool(&self->mouth, "kept");
	ASSERT_NE(NULL, has);
	EXPECT_EQ(2 * BLOCK, has->value[AOIPOOL_A_HELD_BYTES]);
	EXPECT_EQ(12 * BLOCK, has->value[AOIPOOL_A_IDLE_BYTES]);
	EXPECT_EQ(2 * BLOCK, has->value[AOIPOOL_A_APART_BYTES]);
	EXPECT_EQ(4 * BLOCK, has->value[AOIPOOL_A_RESERVED_BYTES]);
	EXPECT_EQ(2 * BLOCK, has->value[AOIPOOL_A_SLOT_BYTES]);
	EXPECT_EQ(0, has->value[AOIPOOL_A_UID]);
	EXPECT_TRUE(message_has(has, AOIPOOL_A_UID));
	EXPECT_EQ(0, has->value[AOIPOOL_A_SWEPT_SLABS]);
	/* and as it says, so it is */
	ASSERT_EQ(0, pool_trim(&pool, 0, NULL));
	has = ask_of_pool(&self->mouth, "kept");
	EXPECT_EQ(6 * BLOCK, has->value[AOIPOOL_A_IDLE_BYTES]);
	close(pipes[0]);
	close(pipes[1]);
	has = ask_of_pool(&self->mouth, "kept");
	EXPECT_EQ(0, has->value[AOIPOOL_A_APART_BYTES]);
	EXPECT_EQ(6 * BLOCK, has->value[AOIPOOL_A_RESERVED_BYTES]);
	pool_close(&pool);
}

/* Mappings of a block, whole and in parts, in one process or two, are no pin. */
TEST_F(netlink, mapped_slab_is_not_apart)
{
	const struct message *has;
	struct pool peer;

	ASSERT_EQ(0, tune_no_decay());
	ASSERT_EQ(0, slabs_hold(&self->pool, 0, 4, 0));
	ASSERT_EQ(0, pool_join(&self->pool, &peer));
	stamp_write(self->pool.data, 4 * BLOCK, 1);
	EXPECT_TRUE(stamp_is(peer.data, 4 * BLOCK, 1));
	ASSERT_EQ(0, mprotect(self->pool.data + BLOCK / 2, BLOCK, PROT_READ));
	EXPECT_TRUE(stamp_is(self->pool.data, 4 * BLOCK, 1));
	ASSERT_EQ(0, slabs_park(&self->pool, 0, 4));
	has = ask_of_pool(&self->mouth, NAME);
	ASSERT_NE(NULL, has);
	EXPECT_EQ(4 * BLOCK, has->value[AOIPOOL_A_IDLE_BYTES]);
	EXPECT_EQ(0, has->value[AOIPOOL_A_APART_BYTES]);
	ASSERT_EQ(0, netlink_state(&self->mouth, &self->got));
	EXPECT_EQ(4 * BLOCK, self->got.value[AOIPOOL_A_IDLE_BYTES]);
	EXPECT_EQ(0, self->got.value[AOIPOOL_A_APART_BYTES]);
	EXPECT_EQ(0, self->got.value[AOIPOOL_A_RESERVED_BYTES]);
	pool_close(&peer);
}

#define ASKERS		4
#define QUESTIONS	100

/* Each has one slab, of twice the size of that before: what is idle has a bit of each. */
static int says_idle(struct netlink *netlink, int asker)
{
	struct message state;
	int err = netlink_state(netlink, &state);

	return err ?: (int)(state.value[AOIPOOL_A_IDLE_BYTES] / BLOCK >> asker & 1);
}

static int park_and_ask(int sock, void *arg)
{
	int asker = *(int *)arg;
	struct aoipool_pool_create args = pool_args(1, 1U << asker);
	struct netlink netlink;
	struct pool pool;

	if (pool_open_args(&pool, &args) || slabs_hold(&pool, 0, 1, 0) ||
	    netlink_open(&netlink) || child_tell(sock, 'g'))
		return 1;
	for (int i = 0; i < QUESTIONS; i++) {
		if (slab_park(&pool, 0) || says_idle(&netlink, asker) != 1)
			return 2;
		if (slab_revive(&pool, 0) || says_idle(&netlink, asker) != 0)
			return 3;
	}
	return 0;
}

/* However many ask at once: what an answer says was so after the question. */
TEST_F(netlink, state_is_no_older_than_the_question)
{
	struct child children[ASKERS];
	int numbers[ASKERS];

	ASSERT_EQ(0, tune_no_decay());
	for (int i = 0; i < ASKERS; i++) {
		numbers[i] = i;
		ASSERT_EQ(0, child_start(&children[i], park_and_ask, &numbers[i]));
	}
	for (int i = 0; i < ASKERS; i++) {
		ASSERT_EQ(0, child_expect(children[i].sock, 'g'));
		EXPECT_EQ(0, child_wait(&children[i]));
	}
}

TEST_F(netlink, client_is_told_the_number_of_its_pool)
{
	struct aoipool_pool_info info;

	ASSERT_EQ(0, pool_info(&self->pool, &info));
	EXPECT_EQ(netlink_pool_id(&self->mouth, NAME), info.pool);
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
	static struct message answers[MESSAGES];
	const struct message *pool;
	int nr;

	ASSERT_EQ(0, slabs_hold(&self->pool, 0, 5, 0));
	ASSERT_EQ(0, slabs_park(&self->pool, 0, 3));
	ASSERT_EQ(0, slab_claim(&self->pool, 7, 0));
	nr = netlink_dump(&self->mouth, AOIPOOL_GENL_GET_POOLS, answers, MESSAGES);
	ASSERT_LE(1, nr);
	pool = messages_find(answers, nr, NAME, 0);
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

TEST_F(netlink, holders_say_who_holds_how_much)
{
	static struct message answers[MESSAGES];
	struct holder_args args[] = {
		{ &self->pool, "holder-one", 0, 1, 0 },
		{ &self->pool, "holder-two", 2, 4, USER },
	};
	struct child children[2];
	int clients[2], nr;

	for (int i = 0; i < 2; i++) {
		clients[i] = holder_start(&children[i], &args[i]);
		ASSERT_LT(0, clients[i]);
	}
	nr = netlink_dump(&self->mouth, AOIPOOL_GENL_GET_HOLDERS, answers, MESSAGES);
	for (int i = 0; i < 2; i++) {
		const struct message *holder = messages_find(answers, nr, NAME, clients[i]);

		ASSERT_NE(NULL, holder);
		EXPECT_EQ(children[i].pid, holder->value[AOIPOOL_A_PID]);
		EXPECT_STREQ(args[i].comm, holder->comm);
		EXPECT_EQ(args[i].user, holder->value[AOIPOOL_A_UID]);
		EXPECT_EQ(args[i].nr + 1, holder->value[AOIPOOL_A_HELD_SLABS]);
		EXPECT_EQ(args[i].nr * BLOCK, holder->value[AOIPOOL_A_HELD_BYTES]);
		EXPECT_EQ(netlink_pool_id(&self->mouth, NAME), holder->value[AOIPOOL_A_POOL]);
	}
	ASSERT_NE(NULL, messages_find(answers, nr, NAME, self->pool.client));
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(128 + SIGKILL, child_kill(&children[i]));
	}
	nr = netlink_dump(&self->mouth, AOIPOOL_GENL_GET_HOLDERS, answers, MESSAGES);
	EXPECT_EQ(NULL, messages_find(answers, nr, NAME, clients[0]));
	EXPECT_EQ(NULL, messages_find(answers, nr, NAME, clients[1]));
}

/* What an unprivileged user is told, and in which words. */
static int look_as_user(int sock, void *arg)
{
	static struct message pools[MESSAGES], holders[MESSAGES];
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
	if (netlink_dump(&netlink, AOIPOOL_GENL_GET_POOLS, pools, MESSAGES) != 1 ||
	    !messages_find(pools, 1, "of-a-user", 0))
		return 4;
	if (netlink_dump(&netlink, AOIPOOL_GENL_GET_HOLDERS, holders, MESSAGES) != 2 ||
	    !messages_find(holders, 2, "of-a-user", args.client) || !messages_find(holders, 2, NAME, client.client))
		return 5;
	if (netlink_dump(&netlink, AOIPOOL_GENL_GET_NODES, pools, MESSAGES) < 1 ||
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
	static struct message answers[MESSAGES];
	struct netlink netlink;

	if (setgroups(0, NULL) || setresuid(OTHER_USER, OTHER_USER, 0))
		return 1;
	if (netlink_open(&netlink))
		return 2;
	if (setresuid(0, 0, 0))
		return 3;
	netlink.is_written_to = true;
	if (netlink_dump(&netlink, AOIPOOL_GENL_GET_POOLS, answers, MESSAGES) ||
	    netlink_dump(&netlink, AOIPOOL_GENL_GET_HOLDERS, answers, MESSAGES))
		return 4;
	netlink.is_written_to = false;
	return netlink_dump(&netlink, AOIPOOL_GENL_GET_POOLS, answers, MESSAGES) > 0 ? 0 : 5;
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
	static struct message answers[MESSAGES];
	const struct pool *pool = arg;
	const struct message *own, *other;
	struct netlink netlink;
	struct pool client;
	int nr;

	if (getpid() != 1 || netlink_open(&netlink) || pool_attach(pool, &client))
		return 1;
	nr = netlink_dump(&netlink, AOIPOOL_GENL_GET_HOLDERS, answers, MESSAGES);
	own = messages_find(answers, nr, NAME, client.client);
	other = messages_find(answers, nr, NAME, pool->client);
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
	static struct message answers[MESSAGES];
	const struct pool *pool = arg;
	const struct message *own;
	struct netlink netlink;
	int nr;

	if (unshare(CLONE_NEWUSER) || file_write("/proc/self/uid_map", ALIAS " 0 1"))
		return 1;
	if (netlink_open(&netlink))
		return 2;
	nr = netlink_dump(&netlink, AOIPOOL_GENL_GET_HOLDERS, answers, MESSAGES);
	own = messages_find(answers, nr, NAME, pool->client);
	return own && own->value[AOIPOOL_A_UID] == strtoul(ALIAS, NULL, 0) ? 0 : 3;
}

TEST_F(netlink, uids_are_those_of_the_askers_namespace)
{
	struct child child;

	ASSERT_EQ(0, child_start(&child, look_by_alias, &self->pool));
	EXPECT_EQ(0, child_wait(&child));
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
	EXPECT_EQ(-EOPNOTSUPP, netlink_request(to, AOIPOOL_GENL_GET_SLABS, 0, NULL, 0, NULL, 0));
	EXPECT_EQ(-EOPNOTSUPP, netlink_dump(to, AOIPOOL_GENL_TRIM, NULL, 0));
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
		if (pool_open_named(pool, "passing", 1))
			return 2;
	}
}

static int count(const struct message *answers, int nr, const char *name)
{
	int found = 0;

	for (int i = 0; i < nr; i++)
		found += !strcmp(answers[i].name, name);
	return found;
}

static bool ids_ascend(const struct message *answers, int nr)
{
	for (int i = 1; i < nr; i++)
		if (answers[i].value[AOIPOOL_A_POOL] <= answers[i - 1].value[AOIPOOL_A_POOL])
			return false;
	return true;
}

/* The kernel puts 32 KiB into one message of a dump: these need two and more. */
#define STAYING		350

/* Each that stays is told once by every dump. */
TEST_F(netlink, dump_misses_no_pool_while_others_come_and_go)
{
	static struct message answers[MESSAGES];
	struct pool staying[STAYING];
	struct child children[2];
	int nr;

	for (int i = 0; i < 2; i++) {
		ASSERT_EQ(0, child_start(&children[i], come_and_go, NULL));
	}
	for (int i = 0; i < STAYING; i++) {
		ASSERT_EQ(0, pool_open_named(&staying[i], "staying", 1));
	}
	for (int i = 0; i < 2; i++) {
		ASSERT_EQ(0, child_expect(children[i].sock, 'g'));
	}
	for (int round = 0; round < 40; round++) {
		nr = netlink_dump(&self->mouth, AOIPOOL_GENL_GET_POOLS, answers, MESSAGES);
		ASSERT_LE(STAYING, nr);
		EXPECT_EQ(STAYING, count(answers, nr, "staying"));
		EXPECT_TRUE(ids_ascend(answers, nr));
		nr = netlink_dump(&self->mouth, AOIPOOL_GENL_GET_HOLDERS, answers, MESSAGES);
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
	static struct message answers[MESSAGES];
	struct pool pools[STAYING];
	int nr;

	for (int i = 0; i < STAYING; i++) {
		ASSERT_EQ(0, pool_open_named(&pools[i], "closing", 1));
	}
	ASSERT_EQ(0, netlink_dump_begin(&self->mouth, AOIPOOL_GENL_GET_HOLDERS));
	for (int i = 0; i < STAYING; i++)
		pool_close(&pools[i]);
	nr = netlink_dump_end(&self->mouth, answers, MESSAGES);
	EXPECT_LE(1, nr);
	EXPECT_GT(STAYING, count(answers, nr, "closing"));
	EXPECT_NE(NULL, messages_find(answers, nr, NAME, self->pool.client));
}

/* More clients of one pool than a message has room for. */
TEST_F(netlink, dump_tells_all_clients_of_a_pool)
{
	static struct message answers[MESSAGES];
	struct pool clients[STAYING];
	int nr;

	for (int i = 0; i < STAYING; i++) {
		ASSERT_EQ(0, pool_attach(&self->pool, &clients[i]));
	}
	nr = netlink_dump(&self->mouth, AOIPOOL_GENL_GET_HOLDERS, answers, MESSAGES);
	EXPECT_EQ(STAYING + 1, count(answers, nr, NAME));
	for (int i = 0; i < STAYING; i++) {
		EXPECT_NE(NULL, messages_find(answers, nr, NAME, clients[i].client));
		close(clients[i].fd);
	}
}

TEST_HARNESS_MAIN
