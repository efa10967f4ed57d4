// SPDX-License-Identifier: GPL-2.0-only
/*
 * The last call before the OOM killer: the module gives back what is parked.
 */
#include "harness.h"
#include "child.h"
#include "content.h"
#include "hog.h"
#include "node.h"
#include "pool.h"
#include "proc.h"
#include "trace.h"
#include "tune.h"

#include <signal.h>
#include <time.h>
#include <unistd.h>

#define SLABS		64U
#define RESERVE		4U
#define STAMP		0x0031415926535897ULL
#define BITE		(1UL << 20)
#define HANG_SECONDS	90

FIXTURE(oom)
{
	struct pool pool;
	struct aoipool_info before;
	struct tune tune;
	long kills;
};

FIXTURE_SETUP(oom)
{
	struct aoipool_pool_create args = pool_args(SLABS, 1);

	args.reserve_slabs = RESERVE;
	ASSERT_EQ(0, oom_protect());
	/* Our own code must not be what the kernel drops first.  The pool stays out. */
	ASSERT_EQ(0, mlockall(MCL_CURRENT));
	ASSERT_EQ(0, pool_open_args(&self->pool, &args));
	ASSERT_EQ(0, device_info(&self->before));
	ASSERT_EQ(0, tune_save(&self->tune));
	ASSERT_EQ(0, tune_no_decay());
	/* so that it is still to be seen when the test comes to look */
	ASSERT_EQ(0, tune_set_long("pressure/hold_ms", 3000));
	self->kills = vmstat("oom_kill");
	ASSERT_LE(0, self->kills);
}

FIXTURE_TEARDOWN(oom)
{
	pool_close(&self->pool);
	EXPECT_EQ(0, tune_restore(&self->tune));
}

static void park_on(struct __test_metadata *_metadata, const struct pool *pool, int node)
{
	ASSERT_EQ(0, slabs_hold(pool, 0, SLABS, node));
	stamp_write(pool->data, SLABS * BLOCK, STAMP);
	ASSERT_EQ(0, slabs_park(pool, 1, SLABS - 1));
}

static int volunteer(int sock, void *arg)
{
	(void)arg;
	if (oom_volunteer() || child_tell(sock, 'v'))
		return 1;
	child_expect(sock, 'q');
	return 0;
}

/* Of a process that is there for it. */
static void order_kill(struct __test_metadata *_metadata, struct child *victim)
{
	printf("# kernel log: out-of-memory report expected\n");
	fflush(stdout);
	ASSERT_EQ(0, child_start(victim, volunteer, NULL));
	ASSERT_EQ(0, child_expect(victim->sock, 'v'));
	ASSERT_EQ(0, file_write("/proc/sysrq-trigger", "f"));
}

/*
 * The kernel asks its notifiers first also where an administrator orders a
 * kill, and then kills in any case: one that asks for it is provided.
 */
TEST_F(oom, ordered_kill_asks_the_module_first)
{
	struct aoipool_info after;
	struct child victim;

	park_on(_metadata, &self->pool, 0);
	order_kill(_metadata, &victim);
	EXPECT_EQ(0, tune_await_level(AOIPOOL_PRESSURE_CRITICAL));
	EXPECT_EQ(128 + SIGKILL, child_wait(&victim));
	ASSERT_EQ(0, device_info(&after));
	EXPECT_LE(1, after.oom_calls - self->before.oom_calls);
	EXPECT_LE(SLABS - RESERVE - 1, after.oom_blocks - self->before.oom_blocks);
	EXPECT_EQ(AOIPOOL_SLAB_HELD, slab_state(&self->pool, 0));
	EXPECT_TRUE(stamp_is(self->pool.data, BLOCK, STAMP));
	EXPECT_LE(RESERVE, self->pool.info->populated_slabs);
	EXPECT_GE(RESERVE + 1, self->pool.info->populated_slabs);
}

/* The notifier is critical itself: the governor moves the level only afterwards. */
TEST_F(oom, ordered_kill_takes_the_reserve_where_the_pool_gives_it)
{
	struct aoipool_pool_create args = pool_args(SLABS, 1);
	struct child victim;
	struct pool gives;

	args.reserve_slabs = SLABS;
	args.flags = AOIPOOL_CREATE_GIVE_RESERVE;
	ASSERT_EQ(0, pool_open_args(&gives, &args));
	park_on(_metadata, &gives, 0);
	order_kill(_metadata, &victim);
	EXPECT_EQ(128 + SIGKILL, child_wait(&victim));
	EXPECT_EQ(1, gives.info->populated_slabs);
	pool_close(&gives);
}

/* A level that need not be held is reached all the same. */
TEST_F(oom, ordered_kill_is_heard_without_a_hold_time)
{
	struct child victim;

	ASSERT_EQ(0, tune_set_long("pressure/hold_ms", 0));
	ASSERT_EQ(0, tune_await_level(AOIPOOL_PRESSURE_NONE));
	ASSERT_EQ(0, trace_start());
	order_kill(_metadata, &victim);
	EXPECT_EQ(128 + SIGKILL, child_wait(&victim));
	for (int step = 0; step < 1000 && !trace_count("node=-1 before=0 now=3"); step++)
		usleep(10 * 1000);
	EXPECT_LE(1, trace_count("node=-1 before=0 now=3"));
	EXPECT_EQ(0, trace_stop());
}

/* Eats node 0 bite by bite until told that it is enough. */
struct glutton {
	struct child child;
	bool *enough;
	size_t most;
};

static int gorge(int sock, void *arg)
{
	const struct glutton *glutton = arg;

	(void)sock;
	if (oom_volunteer() || node_bind_self(0))
		return 1;
	for (size_t eaten = 0; eaten < glutton->most; eaten += BITE) {
		if (__atomic_load_n(glutton->enough, __ATOMIC_ACQUIRE))
			return 0;
		if (!hog_eat(BITE))
			return 2;
	}
	return 3;
}

static void *shared_page(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

/*
 * What a client may do to its own words: these now say that the slabs are on
 * node 1.  A shrinker goes by the word and passes them over on node 0; their
 * memory stays where it is.
 */
static void hide_from_shrinker(const struct pool *pool)
{
	for (__u32 slab = 1; slab < SLABS; slab++)
		pool->words[slab] |= (__u64)1 << AOIPOOL_WORD_NODE_SHIFT;
}

static bool first_slab_goes(const struct pool *pool)
{
	time_t end = time(NULL) + HANG_SECONDS;

	while (time(NULL) < end)
		if (pool_count(pool, AOIPOOL_SLAB_ABSENT, -1))
			return true;
	return false;
}

/*
 * Node 0 fills up and its shrinkers find nothing, so the kernel turns to its
 * notifiers.  The module gives back all that is parked, wherever it says it is:
 * the allocation succeeds and nobody is killed.
 */
TEST_F(oom, notifier_runs_before_a_kill_and_averts_it)
{
	struct glutton glutton = { .enough = shared_page() };
	struct aoipool_info after;
	bool went;

	if (!node_has_memory(1))
		SKIP(return, "this machine has one node");
	ASSERT_NE(MAP_FAILED, (void *)glutton.enough);
	park_on(_metadata, &self->pool, 0);
	hide_from_shrinker(&self->pool);
	glutton.most = (size_t)node_meminfo_kib(0, "MemTotal") << 10;
	ASSERT_EQ(0, child_start(&glutton.child, gorge, &glutton));
	went = first_slab_goes(&self->pool);
	__atomic_store_n(glutton.enough, true, __ATOMIC_RELEASE);
	EXPECT_TRUE(went);
	EXPECT_EQ(0, child_wait(&glutton.child));
	ASSERT_EQ(0, device_info(&after));
	EXPECT_LT(0, after.oom_calls - self->before.oom_calls);
	EXPECT_LE(SLABS - RESERVE - 1, after.oom_blocks - self->before.oom_blocks);
	EXPECT_EQ(self->kills, vmstat("oom_kill"));
	EXPECT_EQ(AOIPOOL_SLAB_HELD, slab_state(&self->pool, 0));
	EXPECT_TRUE(stamp_is(self->pool.data, BLOCK, STAMP));
}

TEST_HARNESS_MAIN
