// SPDX-License-Identifier: GPL-2.0-only
/*
 * A client that goes, however it goes, leaves its held slabs parked and not one
 * block behind.
 */
#include "harness.h"
#include "child.h"
#include "content.h"
#include "pool.h"
#include "proc.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <time.h>

#define SLABS		8U
#define OURS		4U
#define STAMP		0x5eeb5eeb5eeb5eebULL
#define KILLS		200
#define CREATOR_KILLS	40
#define MOMENT_NS	(12 * 1000 * 1000)
#define HANG_MS		(60 * 1000)

/* The test holds the first slabs; the others are for those who die. */
FIXTURE(sweep)
{
	struct pool pool;
	struct aoipool_info before;
};

FIXTURE_SETUP(sweep)
{
	ASSERT_EQ(0, pool_open(&self->pool, SLABS));
	ASSERT_EQ(0, slabs_hold(&self->pool, 0, OURS, 0));
	stamp_write(self->pool.data, OURS * BLOCK, STAMP);
	ASSERT_EQ(0, device_settle(&self->before));
}

FIXTURE_TEARDOWN(sweep)
{
	EXPECT_EQ(OURS, pool_count(&self->pool, AOIPOOL_SLAB_HELD, -1));
	EXPECT_TRUE(stamp_is(self->pool.data, OURS * BLOCK, STAMP));
	pool_close(&self->pool);
}

/* Attach, hold all that is not the test's, say so, wait for the end. */
static int hold_and_wait(int sock, void *arg)
{
	struct pool client;

	if (pool_join(arg, &client))
		return 1;
	if (slabs_hold(&client, OURS, SLABS - OURS, 0))
		return 2;
	stamp_write(slab_data(&client, OURS), (SLABS - OURS) * BLOCK, ~STAMP);
	if (child_tell(sock, 'h'))
		return 3;
	child_expect(sock, 'q');
	return 0;
}

static void expect_swept(struct __test_metadata *_metadata, const struct pool *pool, __u32 gen)
{
	for (__u32 slab = OURS; slab < SLABS; slab++) {
		EXPECT_EQ(AOIPOOL_SLAB_PARKED, slab_state(pool, slab));
		EXPECT_EQ(gen, aoipool_word_gen(slab_word(pool, slab)));
	}
	for (__u32 slab = 0; slab < OURS; slab++) {
		EXPECT_EQ(AOIPOOL_SLAB_HELD, slab_state(pool, slab));
		EXPECT_EQ(0, aoipool_word_gen(slab_word(pool, slab)));
	}
}

TEST_F(sweep, killed_client_leaves_its_slabs_parked)
{
	struct aoipool_info after;
	struct child child;

	ASSERT_EQ(0, child_start(&child, hold_and_wait, &self->pool));
	ASSERT_EQ(0, child_expect(child.sock, 'h'));
	EXPECT_EQ(SLABS, pool_count(&self->pool, AOIPOOL_SLAB_HELD, -1));
	EXPECT_EQ(128 + SIGKILL, child_kill(&child));
	expect_swept(_metadata, &self->pool, 1);
	ASSERT_EQ(0, device_info(&after));
	EXPECT_EQ(SLABS - OURS, after.swept_slabs - self->before.swept_slabs);
	EXPECT_EQ(SLABS - OURS, self->pool.info->swept_slabs);
	EXPECT_EQ(SLABS, self->pool.info->populated_slabs);
}

TEST_F(sweep, swept_slab_can_be_revived_with_its_content)
{
	struct child child;

	ASSERT_EQ(0, child_start(&child, hold_and_wait, &self->pool));
	ASSERT_EQ(0, child_expect(child.sock, 'h'));
	EXPECT_EQ(128 + SIGKILL, child_kill(&child));
	for (__u32 slab = OURS; slab < SLABS; slab++) {
		ASSERT_EQ(0, slab_revive(&self->pool, slab));
		EXPECT_TRUE(stamp_is(slab_data(&self->pool, slab), BLOCK, ~STAMP));
		ASSERT_EQ(0, slab_park(&self->pool, slab));
	}
}

TEST_F(sweep, client_that_exits_is_swept_too)
{
	struct child child;

	ASSERT_EQ(0, child_start(&child, hold_and_wait, &self->pool));
	ASSERT_EQ(0, child_expect(child.sock, 'h'));
	ASSERT_EQ(0, child_tell(child.sock, 'q'));
	EXPECT_EQ(0, child_wait(&child));
	expect_swept(_metadata, &self->pool, 1);
}

TEST_F(sweep, client_that_is_stopped_can_be_killed_and_swept)
{
	struct child child;

	ASSERT_EQ(0, child_start(&child, hold_and_wait, &self->pool));
	ASSERT_EQ(0, child_expect(child.sock, 'h'));
	ASSERT_EQ(0, child_stop(&child));
	EXPECT_EQ(SLABS, pool_count(&self->pool, AOIPOOL_SLAB_HELD, -1));
	EXPECT_EQ(128 + SIGKILL, child_kill(&child));
	expect_swept(_metadata, &self->pool, 1);
}

TEST_F(sweep, sweep_is_done_when_close_returns)
{
	struct pool client;

	ASSERT_EQ(0, pool_join(&self->pool, &client));
	ASSERT_EQ(0, slabs_hold(&client, OURS, SLABS - OURS, 0));
	pool_close(&client);
	expect_swept(_metadata, &self->pool, 1);
}

/* Parked, absent and other clients' slabs are none of its business. */
TEST_F(sweep, sweep_touches_held_slabs_of_that_client_only)
{
	struct pool client, other;

	ASSERT_EQ(0, pool_join(&self->pool, &client));
	ASSERT_EQ(0, pool_join(&self->pool, &other));
	ASSERT_EQ(0, slabs_hold(&client, 4, 2, 0));
	ASSERT_EQ(0, slab_park(&client, 4));
	ASSERT_EQ(0, slabs_hold(&other, 6, 1, 0));
	pool_close(&client);
	EXPECT_EQ(1, aoipool_word_gen(slab_word(&self->pool, 4)));
	EXPECT_EQ(AOIPOOL_SLAB_PARKED, slab_state(&self->pool, 4));
	EXPECT_EQ(1, aoipool_word_gen(slab_word(&self->pool, 5)));
	EXPECT_EQ(AOIPOOL_SLAB_PARKED, slab_state(&self->pool, 5));
	EXPECT_EQ(AOIPOOL_SLAB_HELD, slab_state(&self->pool, 6));
	EXPECT_EQ(0, slab_word(&self->pool, 7));
	pool_close(&other);
	EXPECT_EQ(AOIPOOL_SLAB_PARKED, slab_state(&self->pool, 6));
}

static int keep_descriptor(int sock, void *arg)
{
	(void)arg;
	child_tell(sock, 'k');
	return child_expect(sock, 'q');
}

TEST_F(sweep, shared_descriptor_is_swept_with_its_last_copy)
{
	struct child keeper;
	struct pool client;

	ASSERT_EQ(0, pool_join(&self->pool, &client));
	ASSERT_EQ(0, slabs_hold(&client, OURS, SLABS - OURS, 0));
	ASSERT_EQ(0, child_start(&keeper, keep_descriptor, NULL));
	ASSERT_EQ(0, child_expect(keeper.sock, 'k'));
	pool_close(&client);
	EXPECT_EQ(SLABS, pool_count(&self->pool, AOIPOOL_SLAB_HELD, -1));
	EXPECT_EQ(128 + SIGKILL, child_kill(&keeper));
	expect_swept(_metadata, &self->pool, 1);
}

TEST_F(sweep, poll_is_ready_while_a_slab_is_free)
{
	struct pollfd poller = { .fd = self->pool.fd, .events = POLLIN };

	EXPECT_EQ(1, poll(&poller, 1, 0));
	EXPECT_EQ(POLLIN, poller.revents);
	ASSERT_EQ(0, slabs_hold(&self->pool, OURS, SLABS - OURS, 0));
	EXPECT_EQ(0, poll(&poller, 1, 0));
	ASSERT_EQ(0, slabs_park(&self->pool, OURS, SLABS - OURS));
	EXPECT_EQ(1, poll(&poller, 1, 0));
}

/* Kills the holder as soon as the test sleeps in poll(). */
struct ambush {
	pid_t victim;
	pid_t sleeper;
};

static int kill_when_asleep(int sock, void *arg)
{
	const struct ambush *ambush = arg;

	(void)sock;
	while (process_state(ambush->sleeper) != 'S')
		sched_yield();
	return kill(ambush->victim, SIGKILL);
}

TEST_F(sweep, poll_is_woken_by_a_death)
{
	struct pollfd poller = { .fd = self->pool.fd, .events = POLLIN };
	struct child holder, killer;
	struct ambush ambush = { .sleeper = getpid() };

	ASSERT_EQ(0, child_start(&holder, hold_and_wait, &self->pool));
	ASSERT_EQ(0, child_expect(holder.sock, 'h'));
	EXPECT_EQ(0, poll(&poller, 1, 0));
	ambush.victim = holder.pid;
	ASSERT_EQ(0, child_start(&killer, kill_when_asleep, &ambush));
	EXPECT_EQ(1, poll(&poller, 1, HANG_MS));
	EXPECT_EQ(POLLIN, poller.revents);
	EXPECT_EQ(0, child_wait(&killer));
	EXPECT_EQ(128 + SIGKILL, child_wait(&holder));
	expect_swept(_metadata, &self->pool, 1);
}

/* All that a client does, in a circle: a random moment is one of its moments. */
static void live_a_round(const struct pool *pool, int file, __u32 round)
{
	__u32 slab = OURS + round % (SLABS - OURS);
	struct pool client;

	if (pool_join(pool, &client))
		_exit(1);
	if (slab_revive(&client, slab) && slab_claim(&client, slab, round % 2))
		_exit(2);
	if (pool_populate(&client, slab, 1, NULL))
		_exit(3);
	stamp_write(slab_data(&client, slab), BLOCK, round);
	if (pwrite(file, slab_data(&client, slab), BLOCK, 0) < 0 ||
	    pread(file, slab_data(&client, slab), BLOCK, 0) < 0)
		_exit(4);
	if (round % 3)
		slab_park(&client, slab);
	if (round % 5 == 0)
		pool_trim(&client, 0, NULL);
	pool_close(&client);
}

static int live(int sock, void *arg)
{
	int file = open("/mnt/sweep.bin", O_RDWR | O_CREAT | O_DIRECT | O_CLOEXEC, 0600);

	if (file < 0 || child_tell(sock, 'l'))
		return 10;
	for (__u32 round = 0;; round++)
		live_a_round(arg, file, round);
}

static void pass_random_moment(void)
{
	struct timespec moment = { .tv_nsec = rand() % MOMENT_NS };

	nanosleep(&moment, NULL);
}

TEST_F(sweep, kill_at_any_moment_loses_no_block)
{
	struct aoipool_pool_info info;
	struct aoipool_info after;
	struct child child;

	srand(1);
	for (int i = 0; i < KILLS; i++) {
		ASSERT_EQ(0, child_start(&child, live, &self->pool));
		ASSERT_EQ(0, child_expect(child.sock, 'l'));
		pass_random_moment();
		ASSERT_EQ(128 + SIGKILL, child_kill(&child));
		ASSERT_EQ(OURS, pool_count(&self->pool, AOIPOOL_SLAB_HELD, -1));
	}
	unlink("/mnt/sweep.bin");
	ASSERT_EQ(0, pool_info(&self->pool, &info));
	EXPECT_EQ(1, info.nr_clients);
	ASSERT_EQ(0, pool_trim(&self->pool, 0, NULL));
	EXPECT_EQ(OURS, self->pool.info->populated_blocks);
	ASSERT_EQ(0, device_await_pool_blocks(self->before.pool_blocks));
	EXPECT_EQ(0, device_settle(&after));
	EXPECT_EQ(self->before.nr_pools, after.nr_pools);
}

/* A pool of its own, made and filled and left, in a circle. */
static int create(int sock, void *arg)
{
	(void)arg;
	child_tell(sock, 'l');
	for (;;) {
		struct pool pool;

		if (pool_open(&pool, SLABS) || slabs_hold(&pool, 0, SLABS / 2, 0))
			return 1;
		stamp_write(pool.data, SLABS / 2 * BLOCK, 1);
		slab_park(&pool, 0);
		pool_close(&pool);
	}
}

TEST_F(sweep, killed_creator_takes_its_pool_along)
{
	struct aoipool_info after;
	struct child child;

	srand(2);
	for (int i = 0; i < CREATOR_KILLS; i++) {
		ASSERT_EQ(0, child_start(&child, create, NULL));
		ASSERT_EQ(0, child_expect(child.sock, 'l'));
		pass_random_moment();
		ASSERT_EQ(128 + SIGKILL, child_kill(&child));
	}
	ASSERT_EQ(0, device_await_pool_blocks(self->before.pool_blocks));
	EXPECT_EQ(0, device_settle(&after));
	EXPECT_EQ(self->before.nr_pools, after.nr_pools);
}

static int create_and_share(int sock, void *arg)
{
	struct pool pool;

	(void)arg;
	if (pool_open(&pool, SLABS) || slabs_hold(&pool, 0, 2, 0))
		return 1;
	stamp_write(pool.data, 2 * BLOCK, STAMP);
	if (child_send_fd(sock, pool.fd))
		return 2;
	return child_expect(sock, 'q');
}

/* The pool lives on in whoever attached; the creator is a client like any other. */
TEST_F(sweep, pool_survives_its_creator)
{
	struct aoipool_pool_info info;
	struct child creator;
	struct pool given = { .nr_slabs = SLABS, .slab_bytes = BLOCK }, client;

	ASSERT_EQ(0, child_start(&creator, create_and_share, NULL));
	given.fd = child_receive_fd(creator.sock);
	ASSERT_LE(0, given.fd);
	ASSERT_EQ(0, pool_info(&given, &info));
	given.layout = info.layout;
	ASSERT_EQ(0, pool_join(&given, &client));
	close(given.fd);
	ASSERT_EQ(0, slabs_hold(&client, 2, 1, 0));
	EXPECT_EQ(128 + SIGKILL, child_kill(&creator));
	EXPECT_EQ(AOIPOOL_SLAB_PARKED, slab_state(&client, 0));
	EXPECT_EQ(AOIPOOL_SLAB_HELD, slab_state(&client, 2));
	ASSERT_EQ(0, slab_revive(&client, 1));
	EXPECT_TRUE(stamp_is(slab_data(&client, 1), BLOCK, STAMP));
	ASSERT_EQ(0, pool_info(&client, &info));
	EXPECT_EQ(1, info.nr_clients);
	pool_close(&client);
}

static void *hold_in_thread(void *arg)
{
	const struct pool *client = arg;

	for (__u32 round = 0;; round++) {
		__u32 slab = OURS + round % (SLABS - OURS);

		if (slab_revive(client, slab) && slab_claim(client, slab, 0))
			continue;
		stamp_write(slab_data(client, slab), BLOCK, round);
		if (round % 2)
			slab_park(client, slab);
	}
	return NULL;
}

static int live_with_threads(int sock, void *arg)
{
	struct pool client;
	pthread_t threads[3];

	if (pool_join(arg, &client))
		return 1;
	for (size_t i = 0; i < ARRAY_SIZE(threads); i++)
		if (pthread_create(&threads[i], NULL, hold_in_thread, &client))
			return 2;
	child_tell(sock, 'l');
	return child_expect(sock, 'q');
}

TEST_F(sweep, killed_threads_are_swept_together)
{
	struct child child;

	srand(3);
	for (int i = 0; i < CREATOR_KILLS; i++) {
		ASSERT_EQ(0, child_start(&child, live_with_threads, &self->pool));
		ASSERT_EQ(0, child_expect(child.sock, 'l'));
		pass_random_moment();
		ASSERT_EQ(128 + SIGKILL, child_kill(&child));
		ASSERT_EQ(OURS, pool_count(&self->pool, AOIPOOL_SLAB_HELD, -1));
	}
}

static int descriptors_allow(rlim_t nr)
{
	struct rlimit limit = { nr, nr };

	return setrlimit(RLIMIT_NOFILE, &limit);
}

/* Every number is given out once, the next client is refused, one that goes makes room. */
TEST_F(sweep, client_numbers_run_out_and_are_used_again)
{
	static unsigned char seen[AOIPOOL_MAX_CLIENTS + 1];
	struct pool client, last = { .fd = -1 };
	__u32 nr = 1;
	int err;

	ASSERT_EQ(0, descriptors_allow(AOIPOOL_MAX_CLIENTS + 100));
	seen[self->pool.client] = 1;
	while (!(err = pool_attach(&self->pool, &client))) {
		ASSERT_NE(0, client.client);
		ASSERT_EQ(0, seen[client.client]++);
		last = client;
		nr++;
	}
	EXPECT_EQ(-EUSERS, err);
	EXPECT_EQ(AOIPOOL_MAX_CLIENTS, nr);
	close(last.fd);
	ASSERT_EQ(0, pool_attach(&self->pool, &client));
	EXPECT_EQ(last.client, client.client);
	EXPECT_EQ(-EUSERS, pool_attach(&self->pool, &client));
}

TEST_HARNESS_MAIN
