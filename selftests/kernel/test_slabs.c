// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who holds which slab, as the module tells it by generic netlink: each slab once,
 * to whom it may concern, whatever comes and goes meanwhile.
 */
#include "harness.h"
#include "child.h"
#include "holder.h"
#include "netlink.h"
#include "pool.h"
#include "tune.h"

#include <grp.h>
#include <linux/netlink.h>
#include <sys/ioctl.h>

#define NAME		"slabs"
#define SLABS		8U
#define USER		1000

/*
 * A message of a dump is no larger than the largest buffer that was ever received
 * into, and libnl's has 16 KiB: room for some 180 answers.
 */
#define SMALL_BYTES	16384
#define MANY		1000U

FIXTURE(slabs)
{
	struct tune tune;
	struct netlink mouth;
	struct pool pool;
	__u64 id;
};

static __u64 id_of(const struct pool *pool)
{
	struct aoipool_pool_info info;

	return pool_info(pool, &info) ? 0 : info.pool;
}

FIXTURE_SETUP(slabs)
{
	ASSERT_EQ(0, tune_save(&self->tune));
	ASSERT_EQ(0, tune_no_decay());
	ASSERT_EQ(0, tune_limit(4 * MANY));
	ASSERT_EQ(0, pool_open_named(&self->pool, NAME, SLABS));
	ASSERT_EQ(0, netlink_open(&self->mouth));
	self->mouth.receive_bytes = SMALL_BYTES;
	self->id = id_of(&self->pool);
	ASSERT_NE(0, self->id);
}

FIXTURE_TEARDOWN(slabs)
{
	netlink_close(&self->mouth);
	pool_close(&self->pool);
	EXPECT_EQ(0, tune_restore(&self->tune));
}

static struct message answers[4 * MESSAGES];

static int ask(struct netlink *netlink, __u64 pool)
{
	return netlink_slabs(netlink, pool, answers, 4 * MESSAGES);
}

static const struct message *find(int nr, __u64 pool, __u32 slab)
{
	for (int i = 0; i < nr; i++)
		if (answers[i].value[AOIPOOL_A_POOL] == pool &&
		    answers[i].value[AOIPOOL_A_SLAB] == slab)
			return &answers[i];
	return NULL;
}

TEST_F(slabs, each_says_whose_it_is_and_what_it_has)
{
	struct holder_args args = { &self->pool, "holder", 2, 2, USER };
	const struct message *slab;
	struct child child;
	int client;

	ASSERT_EQ(0, slabs_hold(&self->pool, 0, 2, 0));
	ASSERT_EQ(0, slabs_park(&self->pool, 1, 1));
	ASSERT_EQ(0, slab_revive(&self->pool, 1));
	client = holder_start(&child, &args);
	ASSERT_LT(0, client);
	ASSERT_EQ(5, ask(&self->mouth, 0));
	slab = find(5, self->id, 1);
	ASSERT_NE(NULL, slab);
	EXPECT_EQ(AOIPOOL_GENL_GET_SLABS, slab->cmd);
	EXPECT_EQ(self->pool.client, slab->value[AOIPOOL_A_CLIENT]);
	EXPECT_EQ(getpid(), slab->value[AOIPOOL_A_PID]);
	EXPECT_EQ(0, slab->value[AOIPOOL_A_UID]);
	EXPECT_EQ(1, slab->value[AOIPOOL_A_GENERATION]);
	EXPECT_EQ(BLOCK, slab->value[AOIPOOL_A_HELD_BYTES]);
	slab = find(5, self->id, 3);
	ASSERT_NE(NULL, slab);
	EXPECT_EQ(client, slab->value[AOIPOOL_A_CLIENT]);
	EXPECT_EQ(child.pid, slab->value[AOIPOOL_A_PID]);
	EXPECT_EQ(USER, slab->value[AOIPOOL_A_UID]);
	EXPECT_TRUE(message_has(slab, AOIPOOL_A_NODE));
	/* claimed, and nothing was brought */
	slab = find(5, self->id, 4);
	ASSERT_NE(NULL, slab);
	EXPECT_EQ(0, slab->value[AOIPOOL_A_HELD_BYTES]);
	EXPECT_EQ(128 + SIGKILL, child_kill(&child));
	EXPECT_EQ(2, ask(&self->mouth, 0));
}

/* As it says, so it is; and who could it belong to. */
TEST_F(slabs, word_that_names_nobody_is_nobodys)
{
	const struct message *slab;

	ASSERT_EQ(0, slab_claim(&self->pool, 3, 0));
	self->pool.words[3] = aoipool_word_held(self->pool.words[3], 1, 777);
	ASSERT_EQ(1, ask(&self->mouth, 0));
	slab = find(1, self->id, 3);
	ASSERT_NE(NULL, slab);
	EXPECT_EQ(777, slab->value[AOIPOOL_A_CLIENT]);
	EXPECT_EQ(1, slab->value[AOIPOOL_A_NODE]);
	EXPECT_EQ(0, slab->value[AOIPOOL_A_PID]);
	EXPECT_NE(0, slab->value[AOIPOOL_A_UID]);
}

static int claim_from(const struct pool *pool, __u32 first)
{
	int err = 0;

	for (__u32 slab = first; slab < pool->nr_slabs && !err; slab++)
		err = slab_claim(pool, slab, 0);
	return err;
}

/* Those of one pool, one after the other, from @first on. */
static bool are_all(const struct message *from, __u64 pool, __u32 first, __u32 nr)
{
	for (__u32 i = 0; i < nr; i++)
		if (from[i].value[AOIPOOL_A_POOL] != pool ||
		    from[i].value[AOIPOOL_A_SLAB] != first + i)
			return false;
	return true;
}

TEST_F(slabs, dump_goes_on_in_the_middle_of_a_pool)
{
	struct pool many;

	ASSERT_EQ(0, pool_open_named(&many, "many", MANY));
	ASSERT_EQ(0, claim_from(&many, 1));
	/* half of it counts: the kernel has to stop and go on */
	ASSERT_EQ(0, netlink_buffer(&self->mouth, SMALL_BYTES));
	ASSERT_EQ(MANY - 1, ask(&self->mouth, 0));
	EXPECT_TRUE(are_all(answers, id_of(&many), 1, MANY - 1));
	pool_close(&many);
}

TEST_F(slabs, dump_of_a_pool_is_of_no_other)
{
	struct pool asked, after;

	ASSERT_EQ(0, pool_open_named(&asked, "asked", MANY));
	ASSERT_EQ(0, pool_open_named(&after, "after", SLABS));
	ASSERT_EQ(0, claim_from(&self->pool, 0));
	ASSERT_EQ(0, claim_from(&asked, 0));
	ASSERT_EQ(0, claim_from(&after, 0));
	ASSERT_EQ(MANY, ask(&self->mouth, id_of(&asked)));
	EXPECT_TRUE(are_all(answers, id_of(&asked), 0, MANY));
	ASSERT_EQ(SLABS, ask(&self->mouth, self->id));
	EXPECT_TRUE(are_all(answers, self->id, 0, SLABS));
	EXPECT_EQ(MANY + 2 * SLABS, ask(&self->mouth, 0));
	pool_close(&asked);
	pool_close(&after);
}

TEST_F(slabs, pool_that_is_not_there_is_an_error)
{
	struct pool pool;
	__u64 id;

	ASSERT_EQ(0, pool_open_named(&pool, "closed", 1));
	id = id_of(&pool);
	EXPECT_EQ(0, ask(&self->mouth, id));
	pool_close(&pool);
	EXPECT_EQ(-ENOENT, ask(&self->mouth, id));
	EXPECT_EQ(-ENOENT, ask(&self->mouth, id + 1000000));
	EXPECT_EQ(-ENOENT, ask(&self->mouth, ~0ULL));
}

/* In a request the number 0 is no pool's. */
TEST_F(slabs, other_attributes_are_refused)
{
	struct request zero = {}, more = {};

	request_u64(&zero, AOIPOOL_A_POOL, 0);
	EXPECT_EQ(-ENOENT, netlink_request(&self->mouth, AOIPOOL_GENL_GET_SLABS, NLM_F_DUMP,
					   zero.data, zero.bytes, answers, 1));
	request_u64(&more, AOIPOOL_A_POOL, self->id);
	request_u32(&more, AOIPOOL_A_NODE, 0);
	EXPECT_EQ(-EINVAL, netlink_request(&self->mouth, AOIPOOL_GENL_GET_SLABS, NLM_F_DUMP,
					   more.data, more.bytes, answers, 1));
	EXPECT_EQ(0, ask(&self->mouth, self->id));
}

/* Pools that come, hold, and go, until the test has seen enough. */
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
		if (pool_open_named(pool, "passing", 3) || claim_from(pool, 0))
			return 2;
	}
}

#define STAYING		60U

static __u32 count(int nr, __u64 pool)
{
	__u32 found = 0;

	for (int i = 0; i < nr; i++)
		found += answers[i].value[AOIPOOL_A_POOL] == pool;
	return found;
}

static bool ascend(int nr)
{
	for (int i = 1; i < nr; i++) {
		const __u64 *a = answers[i - 1].value, *b = answers[i].value;

		if (b[AOIPOOL_A_POOL] < a[AOIPOOL_A_POOL] ||
		    (b[AOIPOOL_A_POOL] == a[AOIPOOL_A_POOL] &&
		     b[AOIPOOL_A_SLAB] <= a[AOIPOOL_A_SLAB]))
			return false;
	}
	return true;
}

TEST_F(slabs, dump_misses_none_while_pools_come_and_go)
{
	struct pool staying[STAYING];
	__u64 ids[STAYING];
	struct child children[2];

	for (int i = 0; i < 2; i++) {
		ASSERT_EQ(0, child_start(&children[i], come_and_go, NULL));
	}
	for (__u32 i = 0; i < STAYING; i++) {
		ASSERT_EQ(0, pool_open_named(&staying[i], "staying", 5));
		ASSERT_EQ(0, claim_from(&staying[i], i % 5));
		ids[i] = id_of(&staying[i]);
	}
	for (int i = 0; i < 2; i++) {
		ASSERT_EQ(0, child_expect(children[i].sock, 'g'));
	}
	for (int round = 0; round < 10; round++) {
		int nr = ask(&self->mouth, 0);

		ASSERT_LE(0, nr);
		EXPECT_TRUE(ascend(nr));
		for (__u32 i = 0; i < STAYING; i++) {
			ASSERT_EQ(5 - i % 5, count(nr, ids[i]));
		}
	}
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(128 + SIGKILL, child_kill(&children[i]));
	}
	for (__u32 i = 0; i < STAYING; i++)
		pool_close(&staying[i]);
}

/* Half read, and the pool goes: so the dump ends, and nobody waits for it. */
TEST_F(slabs, half_read_dump_ends_with_its_pool)
{
	struct pool many, after;
	int nr;

	ASSERT_EQ(0, pool_open_named(&many, "many", MANY));
	ASSERT_EQ(0, pool_open_named(&after, "after", SLABS));
	ASSERT_EQ(0, claim_from(&many, 0));
	ASSERT_EQ(0, claim_from(&after, 0));
	ASSERT_EQ(0, netlink_dump_begin(&self->mouth, AOIPOOL_GENL_GET_SLABS));
	pool_close(&many);
	nr = netlink_dump_end(&self->mouth, answers, 4 * MESSAGES);
	EXPECT_LT(SLABS, nr);
	EXPECT_GT(MANY + SLABS, nr);
	EXPECT_TRUE(ascend(nr));
	EXPECT_EQ(SLABS, count(nr, id_of(&after)));
	pool_close(&after);
}

/* Who makes pools faster than somebody reads gives that dump no work, and an end. */
TEST_F(slabs, pool_that_comes_after_the_question_is_not_told)
{
	struct pool many, late;
	int nr;

	ASSERT_EQ(0, pool_open_named(&many, "many", MANY));
	ASSERT_EQ(0, claim_from(&many, 0));
	ASSERT_EQ(0, netlink_dump_begin(&self->mouth, AOIPOOL_GENL_GET_SLABS));
	ASSERT_EQ(0, pool_open_named(&late, "late", SLABS));
	ASSERT_EQ(0, claim_from(&late, 0));
	nr = netlink_dump_end(&self->mouth, answers, 4 * MESSAGES);
	EXPECT_EQ(MANY, nr);
	EXPECT_EQ(0, count(nr, id_of(&late)));
	EXPECT_EQ(MANY + SLABS, ask(&self->mouth, 0));
	pool_close(&many);
	pool_close(&late);
}

struct shared {
	const struct pool *pool;
	__u64 id;
	int device;
};

static int become(uid_t user)
{
	return setgroups(0, NULL) || setresuid(user, user, user) ? -errno : 0;
}

/* Of his own pool all, of another's what he holds himself. */
static int look_as_user(int sock, void *arg)
{
	struct aoipool_pool_create args = pool_args(4, 1);
	struct shared *shared = arg;
	struct netlink netlink;
	struct pool client, own = {};
	int nr;

	if (become(USER) || ioctl(shared->device, AOIPOOL_POOL_CREATE, &args))
		return 1;
	own = (struct pool) { .fd = args.fd, .client = args.client, .nr_slabs = 4,
			      .slab_bytes = BLOCK, .layout = args.layout };
	if (pool_map(&own) || slab_claim(&own, 2, 0) || netlink_open(&netlink))
		return 2;
	if (ask(&netlink, shared->id) != -ENOENT || ask(&netlink, 0) != 1)
		return 3;
	if (pool_join(shared->pool, &client) || ask(&netlink, shared->id))
		return 4;
	if (slab_claim(&client, 5, 0) || ask(&netlink, shared->id) != 1 ||
	    !find(1, shared->id, 5))
		return 5;
	nr = ask(&netlink, 0);
	if (nr != 2 || !find(nr, shared->id, 5) || find(nr, shared->id, 0))
		return 6;
	/* of his pool he sees every slab, whoever the word says it is */
	own.words[3] = aoipool_word_held(own.words[3], 0, 99);
	return ask(&netlink, 0) == 3 ? 0 : 7;
}

TEST_F(slabs, unprivileged_user_sees_only_his_own)
{
	struct shared shared = { &self->pool, self->id, device_open() };
	struct child child;

	ASSERT_LE(0, shared.device);
	ASSERT_EQ(0, slab_claim(&self->pool, 0, 0));
	ASSERT_EQ(0, child_start(&child, look_as_user, &shared));
	EXPECT_EQ(0, child_wait(&child));
	close(shared.device);
}

TEST_HARNESS_MAIN
