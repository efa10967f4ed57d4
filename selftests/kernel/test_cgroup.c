// SPDX-License-Identifier: GPL-2.0-only
/*
 * A memory control group at its limit: what lies idle on its account makes room,
 * whoever it is that needs some, and nothing of anybody else's does.
 */
#include "harness.h"
#include "cgroup.h"
#include "child.h"
#include "content.h"
#include "hog.h"
#include "node.h"
#include "pool.h"
#include "proc.h"
#include "tune.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#define SLABS	16U
#define ROUNDS	20

/* A few blocks more than the room that a test leaves. */
#define EATEN	(SLABS / 2 * BLOCK)

/* An exit status that is no number of slabs. */
#define FAILED	200

/* Limits stand on @group; what is below it and beside it is there if need be. */
FIXTURE(cgroup)
{
	struct cgroup group;
	struct cgroup other;
	long kills;
};

/* In the grace that an earlier test's hog has left nothing young would go. */
static bool is_calm(void)
{
	bool calm = false;
	struct pool pool;

	if (pool_open(&pool, 1))
		return false;
	for (int step = 0; step < 1000 && !calm; step++) {
		calm = !pool.info->pressure_level && !tune_level();
		usleep(10 * 1000);
	}
	pool_close(&pool);
	return calm;
}

FIXTURE_SETUP(cgroup)
{
	ASSERT_TRUE(is_calm());
	if (cgroup_make(&self->group, "full", "memory") ||
	    cgroup_make(&self->other, "other", "memory"))
		SKIP_FIXTURE("no memory controller");
	self->kills = vmstat("oom_kill");
}

FIXTURE_TEARDOWN(cgroup)
{
	EXPECT_EQ(self->kills, vmstat("oom_kill"));
	EXPECT_EQ(0, cgroup_get_key(&self->group, "memory.events", "oom_kill"));
	EXPECT_EQ(0, cgroup_remove(&self->group));
	EXPECT_EQ(0, cgroup_remove(&self->other));
}

static int leave_room(const struct cgroup *group, long blocks)
{
	return cgroup_leave_room(group, "memory.max", blocks * (long)BLOCK + (long)BLOCK / 2);
}

/* A process that parks slabs on @node in @group, and then lives in @moves_to. */
struct parker {
	struct child child;
	const struct cgroup *group;
	const struct cgroup *moves_to;
	__u32 node;
};

/* Says how many are parked whenever it is asked. */
static int count_until_told(int sock, const struct pool *pool)
{
	char word;
	int err;

	while (!(err = child_hear(sock, &word)) && word == 'c')
		child_tell(sock, (char)pool_count(pool, AOIPOOL_SLAB_PARKED, -1));
	return err ? err : word != 'q';
}

/* The exit status is how many are still parked in the end. */
static int park_and_wait(int sock, void *arg)
{
	const struct parker *parker = arg;
	struct pool pool;

	if (cgroup_enter(parker->group) || pool_open(&pool, SLABS))
		return FAILED;
	if (slabs_hold(&pool, 0, SLABS, parker->node) || slabs_park(&pool, 0, SLABS))
		return FAILED;
	if (parker->moves_to && cgroup_enter(parker->moves_to))
		return FAILED;
	child_tell(sock, 'p');
	if (count_until_told(sock, &pool))
		return FAILED;
	return pool_count(&pool, AOIPOOL_SLAB_PARKED, -1);
}

static int parker_start(struct parker *parker)
{
	int err = child_start(&parker->child, park_and_wait, parker);

	return err ? err : child_expect(parker->child.sock, 'p');
}

static int parked(const struct parker *parker)
{
	char nr;

	child_tell(parker->child.sock, 'c');
	return child_hear(parker->child.sock, &nr) ? FAILED : nr;
}

static int parker_end(struct parker *parker)
{
	child_tell(parker->child.sock, 'q');
	return child_wait(&parker->child);
}

#define REFUSALS	50

/* Each time the page allocator has a block, and may not give it. */
static int be_refused(int sock, void *arg)
{
	struct pool pool;

	(void)sock;
	if (cgroup_enter(arg) || pool_open(&pool, SLABS))
		return FAILED;
	for (__u32 slab = 0; slab < SLABS; slab++)
		slab_claim(&pool, slab, 0);
	for (int round = 0; round < REFUSALS; round++)
		if (pool_populate(&pool, 0, SLABS, NULL) != -EDQUOT)
			return FAILED;
	return 0;
}

static bool has_ended(const struct child *child)
{
	struct pollfd poller = { .fd = child->sock, .events = POLLIN };

	return poll(&poller, 1, 0);
}

TEST_F(cgroup, refused_block_was_never_taken)
{
	struct aoipool_info info;
	struct child child;
	__u64 last = 0;

	ASSERT_EQ(0, leave_room(&self->group, 2));
	ASSERT_EQ(0, child_start(&child, be_refused, &self->group));
	while (!has_ended(&child)) {
		ASSERT_EQ(0, device_info(&info));
		ASSERT_LE(last, info.blocks_out);
		ASSERT_LE(info.blocks_in, info.blocks_out);
		last = info.blocks_out;
	}
	EXPECT_EQ(0, child_wait(&child));
}

static int eat(int sock, void *arg)
{
	(void)sock;
	return !cgroup_enter(arg) && hog_eat(EATEN) ? 0 : FAILED;
}

/* Needs a slab more than there is room for, until there is none. */
static int populate_until_refused(int sock, void *arg)
{
	struct pool pool;
	__u32 slab, done = 0;

	(void)sock;
	if (cgroup_enter(arg) || pool_open(&pool, 2 * SLABS))
		return FAILED;
	for (slab = 0; slab < 2 * SLABS; slab++)
		slab_claim(&pool, slab, 0);
	if (pool_populate(&pool, 0, 2 * SLABS, &done) != -EDQUOT)
		return FAILED;
	if (touch_write(slab_data(&pool, done), 1) != SIGBUS)
		return FAILED;
	return done;
}

static int run_inside(const struct cgroup *group, child_body body)
{
	struct child child;

	if (child_start(&child, body, (void *)group))
		return FAILED;
	return child_wait(&child);
}

static int park_hold_and_eat(int sock, void *arg)
{
	struct pool pool;

	(void)sock;
	if (cgroup_enter(arg) || pool_open(&pool, SLABS + 4))
		return FAILED;
	if (slabs_hold(&pool, 0, SLABS + 4, 0))
		return FAILED;
	stamp_write(slab_data(&pool, SLABS), 4 * BLOCK, 1);
	if (slabs_park(&pool, 0, SLABS) || leave_room(arg, 1))
		return FAILED;
	if (!hog_eat(EATEN) || !stamp_is(slab_data(&pool, SLABS), 4 * BLOCK, 1))
		return FAILED;
	return pool_count(&pool, AOIPOOL_SLAB_PARKED, 0);
}

TEST_F(cgroup, own_idle_slabs_make_room_for_an_allocation)
{
	EXPECT_GT(SLABS, run_inside(&self->group, park_hold_and_eat));
}

TEST_F(cgroup, idle_slabs_of_a_stopped_process_make_room)
{
	struct parker parker = { .group = &self->group };

	ASSERT_EQ(0, parker_start(&parker));
	ASSERT_EQ(0, child_stop(&parker.child));
	ASSERT_EQ(0, leave_room(&self->group, 1));
	EXPECT_EQ(0, run_inside(&self->group, eat));
	ASSERT_EQ(0, child_continue(&parker.child));
	EXPECT_GT(SLABS, parker_end(&parker));
}

TEST_F(cgroup, idle_slabs_of_another_pool_make_room_for_a_populate)
{
	struct parker parker = { .group = &self->group };
	int got;

	ASSERT_EQ(0, parker_start(&parker));
	ASSERT_EQ(0, leave_room(&self->group, 1));
	got = run_inside(&self->group, populate_until_refused);
	EXPECT_LE(SLABS - 2, got);
	EXPECT_GE(SLABS + 2, got);
	EXPECT_EQ(0, parker_end(&parker));
}

static int populate_one_more(int sock, void *arg)
{
	struct pool pool;

	(void)sock;
	if (cgroup_enter(arg) || pool_open(&pool, 4))
		return FAILED;
	if (slabs_hold(&pool, 0, 2, 0) || slabs_park(&pool, 0, 2))
		return FAILED;
	if (leave_room(arg, 0) || slabs_hold(&pool, 2, 2, 0))
		return FAILED;
	return pool_count(&pool, AOIPOOL_SLAB_PARKED, 0);
}

TEST_F(cgroup, idle_slabs_of_the_same_pool_go_first)
{
	struct parker parker = { .group = &self->group };

	ASSERT_EQ(0, parker_start(&parker));
	EXPECT_EQ(0, run_inside(&self->group, populate_one_more));
	EXPECT_EQ(SLABS, parker_end(&parker));
}

TEST_F(cgroup, idle_slabs_of_neighbours_and_of_nobody_stay)
{
	struct parker neighbour = { .group = &self->other };
	struct parker parker = { .group = &self->group };
	struct pool pool;

	ASSERT_EQ(0, pool_open(&pool, SLABS));
	ASSERT_EQ(0, slabs_hold(&pool, 0, SLABS, 0));
	ASSERT_EQ(0, slabs_park(&pool, 0, SLABS));
	ASSERT_EQ(0, parker_start(&neighbour));
	ASSERT_EQ(0, parker_start(&parker));
	ASSERT_EQ(0, leave_room(&self->group, 1));
	EXPECT_EQ(0, run_inside(&self->group, eat));
	EXPECT_GT(FAILED, run_inside(&self->group, populate_until_refused));
	EXPECT_EQ(0, parker_end(&parker));
	EXPECT_EQ(SLABS, parker_end(&neighbour));
	EXPECT_EQ(SLABS, pool_count(&pool, AOIPOOL_SLAB_PARKED, 0));
	pool_close(&pool);
}

/* The limit is the parent's, the idle slabs one child's, the need the other's. */
FIXTURE(nested)
{
	struct cgroup parent;
	struct cgroup idle;
	struct cgroup needy;
	struct parker parker;
	long kills;
};

FIXTURE_SETUP(nested)
{
	if (cgroup_make(&self->parent, "parent", "memory"))
		SKIP_FIXTURE("no memory controller");
	ASSERT_EQ(0, cgroup_make_below(&self->idle, &self->parent, "idle"));
	ASSERT_EQ(0, cgroup_make_below(&self->needy, &self->parent, "needy"));
	self->parker.group = &self->idle;
	self->kills = vmstat("oom_kill");
}

FIXTURE_TEARDOWN(nested)
{
	EXPECT_EQ(self->kills, vmstat("oom_kill"));
	cgroup_remove(&self->idle);
	EXPECT_EQ(0, cgroup_remove(&self->needy));
	EXPECT_EQ(0, cgroup_remove(&self->parent));
}

TEST_F(nested, idle_slabs_of_a_child_make_room_for_an_allocation)
{
	ASSERT_EQ(0, parker_start(&self->parker));
	ASSERT_EQ(0, leave_room(&self->parent, 1));
	EXPECT_EQ(0, run_inside(&self->needy, eat));
	EXPECT_GT(SLABS, parker_end(&self->parker));
}

TEST_F(nested, idle_slabs_of_a_child_make_room_for_a_populate)
{
	ASSERT_EQ(0, parker_start(&self->parker));
	ASSERT_EQ(0, leave_room(&self->parent, 1));
	EXPECT_LE(SLABS - 2, run_inside(&self->needy, populate_until_refused));
	EXPECT_EQ(0, parker_end(&self->parker));
}

/* Where the limit is the needy one's, its sibling is a neighbour. */
TEST_F(nested, idle_slabs_of_a_sibling_stay)
{
	ASSERT_EQ(0, parker_start(&self->parker));
	ASSERT_EQ(0, leave_room(&self->needy, 4));
	EXPECT_GE(4, run_inside(&self->needy, populate_until_refused));
	EXPECT_EQ(SLABS, parker_end(&self->parker));
}

TEST_F(nested, removed_group_leaves_its_idle_slabs_to_its_parent)
{
	self->parker.moves_to = &self->needy;
	ASSERT_EQ(0, parker_start(&self->parker));
	ASSERT_EQ(0, cgroup_remove(&self->idle));
	ASSERT_EQ(0, leave_room(&self->parent, 1));
	EXPECT_EQ(0, run_inside(&self->needy, eat));
	EXPECT_EQ(0, cgroup_set(&self->parent, "memory.max", "max"));
	EXPECT_GT(SLABS, parker_end(&self->parker));
}

TEST_F(nested, populate_finds_the_idle_slabs_of_a_removed_group)
{
	self->parker.moves_to = &self->needy;
	ASSERT_EQ(0, parker_start(&self->parker));
	ASSERT_EQ(0, cgroup_remove(&self->idle));
	ASSERT_EQ(0, leave_room(&self->parent, 1));
	EXPECT_LE(SLABS - 2, run_inside(&self->needy, populate_until_refused));
	EXPECT_EQ(0, parker_end(&self->parker));
}

/* A group of its own in each round, removed while its slabs are parked. */
static int come_and_go(int sock, void *arg)
{
	struct cgroup group;
	struct pool pool;
	char name[16];
	int err = 0;

	(void)sock;
	snprintf(name, sizeof(name), "c%d", (int)getpid());
	for (int round = 0; round < ROUNDS && !err; round++) {
		if (cgroup_make_below(&group, arg, name) || cgroup_enter(&group) ||
		    pool_open(&pool, SLABS / 2))
			return FAILED;
		for (__u32 slab = 0; slab < SLABS / 2; slab++)
			slab_claim(&pool, slab, slab % 2);
		err = pool_populate(&pool, 0, SLABS / 2, NULL);
		err = err == -EDQUOT ? 0 : err;
		slabs_park(&pool, 0, SLABS / 2);
		if (cgroup_leave() || cgroup_remove(&group))
			return FAILED;
		pool_close(&pool);
	}
	return err ? FAILED : 0;
}

TEST_F(nested, groups_that_come_and_go_leave_nothing)
{
	long before = file_read_long(PARAMETERS "payers");
	struct child children[3];

	if (!node_has_memory(1))
		SKIP(return, "this machine has one node");
	ASSERT_EQ(0, leave_room(&self->parent, SLABS));
	for (int i = 0; i < 3; i++)
		ASSERT_EQ(0, child_start(&children[i], come_and_go, &self->parent));
	for (int round = 0; round < ROUNDS; round++)
		EXPECT_EQ(0, drop_slabs());
	for (int i = 0; i < 3; i++)
		EXPECT_EQ(0, child_wait(&children[i]));
	EXPECT_EQ(before, file_read_long(PARAMETERS "payers"));
}

/* Memory stays charged to whoever brought it. */
TEST_F(cgroup, idle_slabs_of_a_process_that_moved_away_make_room)
{
	struct parker parker = { .group = &self->group, .moves_to = &self->other };

	ASSERT_EQ(0, parker_start(&parker));
	ASSERT_EQ(0, leave_room(&self->group, 1));
	EXPECT_EQ(0, run_inside(&self->group, eat));
	EXPECT_GT(SLABS, parker_end(&parker));
}

TEST_F(cgroup, idle_slabs_that_a_process_brought_along_stay)
{
	struct parker parker = { .group = &self->other, .moves_to = &self->group };

	ASSERT_EQ(0, parker_start(&parker));
	ASSERT_EQ(0, leave_room(&self->group, 4));
	EXPECT_GE(4, run_inside(&self->group, populate_until_refused));
	EXPECT_EQ(SLABS, parker_end(&parker));
}

static int eat_on_node_0(int sock, void *arg)
{
	return node_bind_self(0) ? FAILED : eat(sock, arg);
}

TEST_F(cgroup, idle_slabs_of_any_node_make_room)
{
	struct parker parker = { .group = &self->group, .node = 1 };

	if (!node_has_memory(1))
		SKIP(return, "this machine has one node");
	ASSERT_EQ(0, parker_start(&parker));
	ASSERT_EQ(0, leave_room(&self->group, 1));
	EXPECT_EQ(0, run_inside(&self->group, eat_on_node_0));
	EXPECT_GT(SLABS, parker_end(&parker));
}

TEST_F(cgroup, idle_slabs_make_room_below_memory_high)
{
	struct parker parker = { .group = &self->group };

	ASSERT_EQ(0, parker_start(&parker));
	ASSERT_EQ(0, cgroup_leave_room(&self->group, "memory.high", (long)BLOCK));
	EXPECT_EQ(0, run_inside(&self->group, eat));
	EXPECT_LT(0, cgroup_get_key(&self->group, "memory.events", "high"));
	EXPECT_GT(SLABS, parker_end(&parker));
}

/* What a shrinker gave does not count: the kernel may say that it got too little. */
TEST_F(cgroup, idle_slabs_go_when_the_group_is_asked_to_reclaim)
{
	struct parker parker = { .group = &self->group };

	ASSERT_EQ(0, parker_start(&parker));
	cgroup_set_long(&self->group, "memory.reclaim", (long)(SLABS * BLOCK));
	EXPECT_GT(SLABS, parker_end(&parker));
}

/* The kernel asks for all there is, as if it were of no use to have it. */
TEST_F(cgroup, limit_takes_little_more_than_it_needs)
{
	struct parker parker = { .group = &self->group };
	int left;

	ASSERT_EQ(0, parker_start(&parker));
	ASSERT_EQ(0, leave_room(&self->group, 1));
	EXPECT_EQ(0, run_inside(&self->group, eat));
	left = parker_end(&parker);
	EXPECT_LE(SLABS / 4, left);
	EXPECT_GT(SLABS, left);
}

/* As big, and as old: neither has to give all. */
TEST_F(cgroup, limit_takes_from_each_pool_its_share)
{
	struct parker parkers[2] = { { .group = &self->group }, { .group = &self->group } };
	int left[2];

	for (int i = 0; i < 2; i++)
		ASSERT_EQ(0, parker_start(&parkers[i]));
	ASSERT_EQ(0, leave_room(&self->group, 1));
	EXPECT_EQ(0, run_inside(&self->group, eat));
	for (int i = 0; i < 2; i++)
		left[i] = parker_end(&parkers[i]);
	TH_LOG("%d and %d of %u are left", left[0], left[1], SLABS);
	EXPECT_GT(SLABS - 1, left[0]);
	EXPECT_GT(SLABS - 1, left[1]);
}

struct lender {
	const struct cgroup *group;
	struct pool *pool;
};

static int lend(int sock, void *arg)
{
	const struct lender *lender = arg;
	struct pool pool;

	if (cgroup_enter(lender->group) || pool_join(lender->pool, &pool))
		return FAILED;
	if (slabs_hold(&pool, 0, pool.nr_slabs, 0) || slabs_park(&pool, 0, pool.nr_slabs))
		return FAILED;
	child_tell(sock, 'p');
	return child_expect(sock, 'q');
}

TEST_F(cgroup, idle_slabs_of_a_group_make_room_for_the_host)
{
	__u32 slabs = node_meminfo_kib(0, "MemFree") / (BLOCK >> 10) * 3 / 4;
	struct lender lender = { .group = &self->group };
	struct aoipool_info before, after;
	struct child child;
	struct hog hog;
	struct pool pool;
	size_t hunger;

	ASSERT_EQ(0, pool_open(&pool, slabs));
	lender.pool = &pool;
	ASSERT_EQ(0, child_start(&child, lend, &lender));
	ASSERT_EQ(0, child_expect(child.sock, 'p'));
	ASSERT_EQ(0, child_stop(&child));
	ASSERT_EQ(0, device_info(&before));
	hunger = ((size_t)meminfo_kib("MemAvailable") << 10) + slabs / 2 * BLOCK;
	ASSERT_EQ(0, hog_start(&hog, hunger, -1));
	EXPECT_EQ(0, hog_await(&hog));
	EXPECT_LE(slabs / 8, pool_count(&pool, AOIPOOL_SLAB_ABSENT, -1));
	ASSERT_EQ(0, device_info(&after));
	EXPECT_EQ(before.oom_calls, after.oom_calls);
	EXPECT_EQ(0, hog_end(&hog));
	ASSERT_EQ(0, child_continue(&child));
	ASSERT_EQ(0, child_tell(child.sock, 'q'));
	EXPECT_EQ(0, child_wait(&child));
	pool_close(&pool);
}

/* In a shortage of the host the kernel asks for all accounts, one by one. */
TEST_F(cgroup, shrinkers_reach_what_is_charged_to_anybody)
{
	struct parker parker = { .group = &self->group };
	struct pool pool;

	ASSERT_EQ(0, pool_open(&pool, SLABS));
	ASSERT_EQ(0, slabs_hold(&pool, 0, SLABS, 0));
	ASSERT_EQ(0, slabs_park(&pool, 0, SLABS));
	ASSERT_EQ(0, parker_start(&parker));
	ASSERT_EQ(0, drop_slabs());
	EXPECT_EQ(0, parker_end(&parker));
	EXPECT_EQ(0, pool_count(&pool, AOIPOOL_SLAB_PARKED, 0));
	pool_close(&pool);
}

/* Grace is given by the host and to all; a group's own limit knows none. */
TEST_F(cgroup, grace_spares_a_group_but_not_at_its_limit)
{
	struct parker parker = { .group = &self->group };
	struct tune tune;

	ASSERT_EQ(0, tune_save(&tune));
	ASSERT_EQ(0, tune_no_decay());
	ASSERT_EQ(0, tune_policy(AOIPOOL_PRESSURE_LOW, "grace_ms", "10000"));
	ASSERT_EQ(0, parker_start(&parker));
	ASSERT_EQ(0, tune_force_level(AOIPOOL_PRESSURE_LOW));
	ASSERT_EQ(0, tune_await_level(AOIPOOL_PRESSURE_LOW));
	ASSERT_EQ(0, drop_slabs());
	EXPECT_EQ(SLABS, parked(&parker));
	ASSERT_EQ(0, leave_room(&self->group, 1));
	EXPECT_EQ(0, run_inside(&self->group, eat));
	EXPECT_GT(SLABS, parker_end(&parker));
	EXPECT_EQ(0, tune_restore(&tune));
	EXPECT_EQ(0, tune_await_level(AOIPOOL_PRESSURE_NONE));
}

TEST_F(cgroup, payers_go_with_their_last_block)
{
	long before = file_read_long(PARAMETERS "payers");
	struct parker parker = { .group = &self->group };

	ASSERT_LE(0, before);
	ASSERT_EQ(0, parker_start(&parker));
	EXPECT_LT(before, file_read_long(PARAMETERS "payers"));
	EXPECT_EQ(SLABS, parker_end(&parker));
	EXPECT_EQ(before, file_read_long(PARAMETERS "payers"));
}

TEST_F(cgroup, who_pays_nothing_is_no_payer)
{
	long before = file_read_long(PARAMETERS "payers");
	struct pool pool;

	ASSERT_LE(0, before);
	ASSERT_EQ(0, pool_open(&pool, SLABS));
	ASSERT_EQ(0, slabs_hold(&pool, 0, SLABS, 0));
	EXPECT_EQ(before, file_read_long(PARAMETERS "payers"));
	pool_close(&pool);
}

TEST_HARNESS_MAIN
