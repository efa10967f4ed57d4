// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events: what happened arrives with its numbers, in order, and whatever is lost
 * on the way is reported.
 */
#include "harness.h"
#include "child.h"
#include "holder.h"
#include "netlink.h"
#include "pool.h"
#include "proc.h"
#include "tune.h"

#include <pthread.h>
#include <sched.h>
#include <time.h>

#define SLABS		8U
#define NAME		"event"
#define PERIOD_MS	100		/* of what is added up for a node */

/* One socket hears, the other one asks. */
FIXTURE(event)
{
	struct netlink ear;
	struct netlink mouth;
	struct pool pool;
	struct message got;
	struct tune tune;
};

/* What the test before has added up is told after its end. */
static int await_quiet(struct netlink *netlink)
{
	struct message event;
	int err;

	do {
		err = netlink_event(netlink, &event, PERIOD_MS * 2);
	} while (!err);
	return err == -ETIMEDOUT ? 0 : err;
}

/* No depot: it counts against the limit, and it moves by itself. */
FIXTURE_SETUP(event)
{
	ASSERT_EQ(0, tune_save(&self->tune));
	ASSERT_EQ(0, tune_no_depot());
	ASSERT_EQ(0, pool_open_named(&self->pool, NAME, SLABS));
	ASSERT_EQ(0, netlink_open(&self->mouth));
	ASSERT_EQ(0, netlink_open(&self->ear));
	ASSERT_EQ(0, netlink_subscribe(&self->ear));
	ASSERT_EQ(0, await_quiet(&self->ear));
}

FIXTURE_TEARDOWN(event)
{
	netlink_close(&self->ear);
	netlink_close(&self->mouth);
	pool_close(&self->pool);
	EXPECT_EQ(0, tune_restore(&self->tune));
}

static __u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

TEST_F(event, sweep_tells_who_is_gone_and_what_he_held)
{
	struct holder_args args = { &self->pool, "swept", 1, 3, 0 };
	struct message before;
	struct child child;
	int client;
	__u64 begin = now_ns();

	ASSERT_EQ(0, netlink_state(&self->mouth, &before));
	client = holder_start(&child, &args);
	ASSERT_LT(0, client);
	EXPECT_EQ(128 + SIGKILL, child_kill(&child));
	ASSERT_EQ(0, netlink_await(&self->ear, AOIPOOL_GENL_SWEEP, NAME, &self->got));
	EXPECT_EQ(netlink_pool_id(&self->mouth, NAME), self->got.value[AOIPOOL_A_POOL]);
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
TEST_F(event, client_without_slabs_goes_in_silence)
{
	struct message before, after;
	struct pool client;

	ASSERT_EQ(0, netlink_state(&self->mouth, &before));
	ASSERT_EQ(0, pool_attach(&self->pool, &client));
	close(client.fd);
	ASSERT_EQ(0, netlink_state(&self->mouth, &after));
	EXPECT_EQ(before.value[AOIPOOL_A_SEQ], after.value[AOIPOOL_A_SEQ]);
}

TEST_F(event, trim_is_told_with_node_cause_and_holders)
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

TEST_F(event, reclaim_by_the_shrinker_is_told_as_such)
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
TEST_F(event, reclaim_in_quick_succession_is_added_up)
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

TEST_F(event, exhausted_pool_is_told_once_a_second)
{
	const __u64 times = 40;
	__u64 begin = now_ns(), count = 0;
	int events = 0;

	ASSERT_EQ(0, slabs_hold(&self->pool, 1, 2, 0));
	ASSERT_EQ(0, slab_claim(&self->pool, 0, 0));
	ASSERT_EQ(0, tune_limit(1));
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

TEST_F(event, pool_that_goes_away_tells_what_it_had_added_up)
{
	const __u64 times = 30;
	struct pool pool;
	__u64 count = 0;

	ASSERT_EQ(0, pool_open_named(&pool, "short-lived", SLABS));
	ASSERT_EQ(0, slabs_hold(&self->pool, 0, 1, 0));
	ASSERT_EQ(0, slab_claim(&pool, 0, 0));
	ASSERT_EQ(0, tune_limit(1));
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
TEST_F(event, the_five_largest_holders_are_named)
{
	struct pool pools[3], clients[6];

	for (int i = 0; i < 3; i++) {
		ASSERT_EQ(0, pool_open_named(&pools[i], "holders", 32));
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

TEST_F(event, other_network_namespace_hears_no_names)
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
TEST_F(event, namespaces_go_away_during_events)
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
	int err = pool_open_named(&end, END_NAME, 1);

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

TEST_F(event, no_event_of_100000_is_lost_unreported)
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
