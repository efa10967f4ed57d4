// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waiting on a pool's descriptor: every way in which a slab can become free wakes
 * who polls for it, none is missed, and one slab wakes one waiter.
 */
#include "harness.h"
#include "child.h"
#include "pool.h"
#include "proc.h"
#include "tune.h"

#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>

#define SLABS		4U
#define ROUNDS		20000U
#define WAIT_MS		20000
#define SHORT_WAIT_MS	300
#define HERD		8

FIXTURE(wait)
{
	struct tune tune;
	struct pool pool;
	struct pool peer;
};

/* Two clients of one pool, nothing decays, and there is no depot. */
FIXTURE_SETUP(wait)
{
	ASSERT_EQ(0, tune_save(&self->tune));
	ASSERT_EQ(0, tune_no_depot());
	ASSERT_EQ(0, tune_no_decay());
	ASSERT_EQ(0, pool_open(&self->pool, SLABS));
	ASSERT_EQ(0, pool_join(&self->pool, &self->peer));
}

FIXTURE_TEARDOWN(wait)
{
	pool_close(&self->peer);
	pool_close(&self->pool);
	EXPECT_EQ(0, tune_restore(&self->tune));
}

static int tell(const struct pool *pool, __u32 flags, __u32 count)
{
	struct aoipool_pool_tell args = {
		.size = sizeof(args),
		.flags = flags,
		.count = count,
	};

	return ioctl(pool->fd, AOIPOOL_POOL_TELL, &args) ? -errno : 0;
}

/* What a client does that shares its pool: who polls is told. */
static int park_and_tell(const struct pool *pool, __u32 slab)
{
	int err = slab_park(pool, slab);

	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (err || !pool->info->wanted)
		return err;
	return tell(pool, AOIPOOL_TELL_FREED, 0);
}

static int poll_in(const struct pool *pool, int timeout_ms)
{
	struct pollfd fd = { .fd = pool->fd, .events = POLLIN };

	return poll(&fd, 1, timeout_ms);
}

TEST_F(wait, poll_that_finds_nothing_says_that_it_is_wanted)
{
	ASSERT_EQ(0, slabs_hold(&self->pool, 0, SLABS, 0));
	EXPECT_EQ(0, self->pool.info->wanted);
	EXPECT_EQ(0, poll_in(&self->pool, 0));
	EXPECT_EQ(1, self->pool.info->wanted);
	EXPECT_EQ(0, park_and_tell(&self->pool, 0));
	EXPECT_EQ(0, self->pool.info->wanted);
	EXPECT_EQ(1, poll_in(&self->pool, 0));
}

struct taker {
	const struct pool *pool;
	unsigned int took;
	unsigned int timeouts;
};

/* Takes the slab whenever it can be had, and waits whenever it cannot. */
static void *take(void *arg)
{
	struct taker *taker = arg;

	while (taker->took < ROUNDS && !taker->timeouts) {
		if (!slab_revive(taker->pool, 0)) {
			taker->took++;
			park_and_tell(taker->pool, 0);
		} else if (poll_in(taker->pool, WAIT_MS) <= 0) {
			taker->timeouts++;
		}
	}
	return NULL;
}

/* All other slabs are held: two clients hand one to and fro, and both sleep. */
TEST_F(wait, no_wake_up_is_lost_between_two_clients)
{
	struct taker takers[2] = { { .pool = &self->pool }, { .pool = &self->peer } };
	pthread_t threads[2];

	ASSERT_EQ(0, slabs_hold(&self->pool, 0, SLABS, 0));
	ASSERT_EQ(0, slab_park(&self->pool, 0));
	for (int i = 0; i < 2; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, take, &takers[i]));
	for (int i = 0; i < 2; i++) {
		pthread_join(threads[i], NULL);
		EXPECT_EQ(0, takers[i].timeouts);
		EXPECT_EQ(ROUNDS, takers[i].took);
	}
}

struct waiter {
	pthread_t thread;
	int epoll;
	int got;
};

static void *wait_in_herd(void *arg)
{
	struct waiter *waiter = arg;
	struct epoll_event event;
	int n = epoll_wait(waiter->epoll, &event, 1, 4000);

	__atomic_store_n(&waiter->got, n, __ATOMIC_RELAXED);
	return NULL;
}

static int herd_member(const struct pool *pool)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLEXCLUSIVE | EPOLLET };
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	return epoll_ctl(epoll, EPOLL_CTL_ADD, pool->fd, &event) ? -1 : epoll;
}

static int woken(struct waiter *herd)
{
	int count = 0;

	for (int i = 0; i < HERD; i++)
		count += __atomic_load_n(&herd[i].got, __ATOMIC_RELAXED);
	return count;
}

/* Two slabs, one after the other: two are woken, and the second is not missed. */
TEST_F(wait, each_slab_wakes_one_of_a_herd)
{
	struct waiter herd[HERD] = { 0 };

	ASSERT_EQ(0, slabs_hold(&self->pool, 0, SLABS, 0));
	for (int i = 0; i < HERD; i++) {
		herd[i].epoll = herd_member(&self->pool);
		ASSERT_LE(0, herd[i].epoll);
		ASSERT_EQ(0, pthread_create(&herd[i].thread, NULL, wait_in_herd, &herd[i]));
	}
	usleep(500 * 1000);
	for (__u32 slab = 0; slab < 2; slab++) {
		ASSERT_EQ(1, self->pool.info->wanted);
		ASSERT_EQ(0, park_and_tell(&self->pool, slab));
		usleep(500 * 1000);
		EXPECT_EQ(slab + 1, woken(herd));
	}
	for (int i = 0; i < HERD; i++) {
		pthread_join(herd[i].thread, NULL);
		close(herd[i].epoll);
	}
	EXPECT_EQ(2, woken(herd));
}

static int edge_of(const struct pool *pool)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	if (epoll_ctl(epoll, EPOLL_CTL_ADD, pool->fd, &event))
		return -1;
	/* that there is a free slab now is no news */
	epoll_wait(epoll, &event, 1, 0);
	return epoll;
}

/* @other has all that the module may have, and a slab of the pool was refused. */
static void meet_the_bound(struct __test_metadata *_metadata, const struct pool *pool,
			   struct pool *other)
{
	struct aoipool_info info;

	ASSERT_EQ(0, pool_open(other, SLABS));
	ASSERT_EQ(0, slabs_hold(other, 0, SLABS, 0));
	ASSERT_EQ(0, device_settle(&info));
	ASSERT_EQ(0, tune_limit(info.pool_blocks + info.depot_blocks));
	ASSERT_EQ(0, slab_claim(pool, 0, 0));
	ASSERT_EQ(-ENOSPC, pool_populate(pool, 0, 1, NULL));
}

/* What another pool gives up is room for this one. */
TEST_F(wait, room_at_the_bound_wakes_the_pool_that_was_refused)
{
	struct epoll_event event;
	struct pool other;
	int epoll;

	meet_the_bound(_metadata, &self->pool, &other);
	epoll = edge_of(&self->pool);
	ASSERT_LE(0, epoll);
	EXPECT_EQ(0, epoll_wait(epoll, &event, 1, 0));
	ASSERT_EQ(0, slab_park(&other, 0));
	ASSERT_EQ(0, pool_trim(&other, 0, NULL));
	EXPECT_EQ(1, epoll_wait(epoll, &event, 1, WAIT_MS));
	EXPECT_EQ(0, pool_populate(&self->pool, 0, 1, NULL));
	close(epoll);
	pool_close(&other);
}

/* The other pool does not trim, it goes away. */
TEST_F(wait, pool_that_closes_wakes_the_one_that_was_refused)
{
	struct epoll_event event;
	struct pool other;
	int epoll;

	meet_the_bound(_metadata, &self->pool, &other);
	epoll = edge_of(&self->pool);
	ASSERT_LE(0, epoll);
	pool_close(&other);
	EXPECT_EQ(1, epoll_wait(epoll, &event, 1, WAIT_MS));
	EXPECT_EQ(0, pool_populate(&self->pool, 0, 1, NULL));
	close(epoll);
}

/* Nothing came free, more is allowed. */
TEST_F(wait, raised_limit_wakes_the_pool_that_was_refused)
{
	struct epoll_event event;
	struct aoipool_info info;
	struct pool other;
	int epoll;

	meet_the_bound(_metadata, &self->pool, &other);
	epoll = edge_of(&self->pool);
	ASSERT_LE(0, epoll);
	ASSERT_EQ(0, device_info(&info));
	ASSERT_EQ(0, tune_limit(info.limit_blocks));
	EXPECT_EQ(0, epoll_wait(epoll, &event, 1, SHORT_WAIT_MS));
	ASSERT_EQ(0, tune_limit(info.limit_blocks + 1));
	EXPECT_EQ(1, epoll_wait(epoll, &event, 1, WAIT_MS));
	EXPECT_EQ(0, pool_populate(&self->pool, 0, 1, NULL));
	close(epoll);
	pool_close(&other);
}

TEST_F(wait, telling_of_nothing_is_refused)
{
	EXPECT_EQ(-EINVAL, tell(&self->pool, 0, 0));
	EXPECT_EQ(-EINVAL, tell(&self->pool, AOIPOOL_TELL_EXHAUSTED, 0));
	EXPECT_EQ(-EINVAL, tell(&self->pool, AOIPOOL_TELL_FREED, 1));
	EXPECT_EQ(0, tell(&self->pool, AOIPOOL_TELL_EXHAUSTED, 1));
	EXPECT_EQ(0, tell(&self->pool, AOIPOOL_TELL_FREED | AOIPOOL_TELL_EXHAUSTED, 2));
}

TEST_HARNESS_MAIN
