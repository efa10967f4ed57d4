// SPDX-License-Identifier: GPL-2.0-only
/*
 * The library's listener, and the module: what happened is heard, by thread and
 * by loop; what is lost on the way is told; what there is can be asked for.
 */
#include "harness.h"
#include "child.h"
#include "ear.h"
#include "forge.h"
#include "module.h"
#include "pool.h"
#include "proc.h"

#include <grp.h>
#include <sched.h>
#include <sys/prctl.h>

#define SLABS		8U
#define NAME		"listener"
#define USER		1000
/* No event of these may be lost unsaid. */
#define MANY		100000

FIXTURE(listener)
{
	struct module module;
	struct pool pool;
	struct ear ear;
};

static int open_named(struct pool *pool, const char *name)
{
	struct aoipool_pool_create args = pool_args(SLABS, 1);

	memset(args.name, 0, sizeof(args.name));
	strncpy((char *)args.name, name, sizeof(args.name) - 1);
	return pool_open_args(pool, &args);
}

FIXTURE_SETUP(listener)
{
	if (module_note(&self->module))
		SKIP_FIXTURE("%s is not there: AOIPOOL_KO names the module",
			     self->module.path);
	ASSERT_EQ(0, open_named(&self->pool, NAME));
	ASSERT_EQ(0, ear_open(&self->ear, 0, 0));
}

FIXTURE_TEARDOWN(listener)
{
	ear_close(&self->ear);
	if (self->pool.fd >= 0)
		pool_close(&self->pool);
	EXPECT_EQ(0, module_restore(&self->module));
}

/* A client that holds a slab goes: an event.  By the words of @pool's mapping. */
static int sweep_one(struct pool *pool)
{
	struct pool client;
	__u64 word;
	int err = pool_attach(pool, &client);

	if (err)
		return err;
	word = pool->words[0];
	pool->words[0] = aoipool_word_held(word, aoipool_word_node(word),
					   client.client);
	close(client.fd);
	return 0;
}

static int sweep_many(struct pool *pool, unsigned int nr)
{
	int err = 0;

	for (unsigned int i = 0; !err && i < nr; i++)
		err = sweep_one(pool);
	return err;
}

TEST_F(listener, event_comes_in_the_callers_loop)
{
	struct aoipool_event event;
	struct pool client;

	ASSERT_EQ(0, pool_join(&self->pool, &client));
	ASSERT_EQ(0, slabs_hold(&client, 0, 2, 0));
	pool_close(&client);
	ASSERT_EQ(0, ear_await(&self->ear, AOIPOOL_EVENT_SWEEP, &event));
	EXPECT_STREQ(NAME, event.name);
	EXPECT_LT(0, event.pool);
	EXPECT_EQ(client.client, event.client);
	EXPECT_EQ(getpid(), event.pid);
	EXPECT_STREQ("test_listener", event.comm);
	EXPECT_EQ(2, event.count);
	EXPECT_EQ(2 * BLOCK, event.held_bytes);
	EXPECT_LT(0, event.time_ns);
}

TEST_F(listener, event_comes_by_the_listeners_thread)
{
	struct aoipool_host_state state;

	ASSERT_EQ(0, aoipool_listener_start(self->ear.listener));
	ASSERT_EQ(0, sweep_many(&self->pool, 3));
	ASSERT_EQ(0, ear_await_all(&self->ear, &state));
	ear_close(&self->ear);
	EXPECT_LE(3, state.received);
	EXPECT_EQ(3, self->ear.nr_of[AOIPOOL_EVENT_SWEEP]);
	EXPECT_EQ(0, self->ear.nr_of[AOIPOOL_EVENT_LOST]);
}

TEST_F(listener, reclaim_names_cause_node_and_holders)
{
	struct aoipool_event event;

	ASSERT_EQ(0, slabs_hold(&self->pool, 0, 4, 0));
	ASSERT_EQ(0, slabs_park(&self->pool, 0, 2));
	ASSERT_EQ(0, pool_trim(&self->pool, 0, NULL));
	ASSERT_EQ(0, ear_await(&self->ear, AOIPOOL_EVENT_RECLAIM, &event));
	EXPECT_EQ(AOIPOOL_EVENT_CAUSE_TRIM, event.causes);
	EXPECT_EQ(0, event.node);
	EXPECT_LT(0, event.reclaimed_bytes);
	ASSERT_LT(0, event.nr_holders);
	EXPECT_STREQ(NAME, event.holders[0].name);
	EXPECT_EQ(self->pool.client, event.holders[0].client);
	EXPECT_EQ(2 * BLOCK, event.holders[0].held_bytes);
}

/* A buffer of a few events, and an owner who dozes off now and then. */
TEST_F(listener, slow_listener_is_told_all_that_it_missed)
{
	struct aoipool_host_state end;

	ear_close(&self->ear);
	ASSERT_EQ(0, ear_open(&self->ear, 0, 16384));
	self->ear.nap_us = 2000;
	ASSERT_EQ(0, aoipool_listener_start(self->ear.listener));
	ASSERT_EQ(0, sweep_many(&self->pool, MANY));
	ASSERT_EQ(0, ear_await_all(&self->ear, &end));
	EXPECT_LE(MANY, end.received + end.missed);
	EXPECT_LT(0, end.missed);
	EXPECT_LT(0, end.overruns);
	ear_close(&self->ear);
	EXPECT_EQ(end.missed, self->ear.lost);
	EXPECT_EQ(end.received,
		  self->ear.nr - self->ear.nr_of[AOIPOOL_EVENT_LOST]);
	TH_LOG("%lu heard, %lu told as lost in %lu pieces",
	       (unsigned long)end.received, (unsigned long)end.missed,
	       self->ear.nr_of[AOIPOOL_EVENT_LOST]);
}

/* Nothing comes behind them that would show the gap. */
TEST_F(listener, loss_at_the_end_is_told)
{
	struct aoipool_host_state end;

	ear_close(&self->ear);
	ASSERT_EQ(0, ear_open(&self->ear, 0, 16384));
	ASSERT_EQ(0, sweep_many(&self->pool, 1000));
	ASSERT_EQ(0, ear_await_all(&self->ear, &end));
	EXPECT_LE(1000, end.received + end.missed);
	EXPECT_LT(0, self->ear.lost);
	EXPECT_EQ(end.missed, self->ear.lost);
}

TEST_F(listener, module_that_is_loaded_again_is_heard_again)
{
	int fd = aoipool_listener_fd(self->ear.listener);
	struct aoipool_event event;

	ASSERT_EQ(0, sweep_one(&self->pool));
	pool_close(&self->pool);
	self->pool.fd = -1;
	ASSERT_EQ(0, module_unload());
	ASSERT_EQ(0, ear_await(&self->ear, AOIPOOL_EVENT_LOST, &event));
	EXPECT_EQ(0, event.seq);
	EXPECT_EQ(0, event.lost);
	EXPECT_EQ(1, ear_state(&self->ear).restarts);
	ASSERT_EQ(0, module_load(&self->module));
	ASSERT_EQ(0, ear_listen_out(&self->ear));
	ASSERT_EQ(0, open_named(&self->pool, NAME));
	ASSERT_EQ(0, sweep_one(&self->pool));
	ASSERT_EQ(0, ear_await(&self->ear, AOIPOOL_EVENT_SWEEP, &event));
	EXPECT_EQ(1, event.seq);
	EXPECT_EQ(fd, aoipool_listener_fd(self->ear.listener));
}

/* Between two looks: its last words are heard, then that it was gone. */
TEST_F(listener, module_that_was_replaced_unseen_is_heard_out)
{
	struct aoipool_event event;

	ASSERT_EQ(0, sweep_one(&self->pool));
	pool_close(&self->pool);
	self->pool.fd = -1;
	for (int i = 0; i < 3; i++) {
		ASSERT_EQ(0, module_unload());
		ASSERT_EQ(0, module_load(&self->module));
	}
	ASSERT_EQ(0, ear_listen_out(&self->ear));
	EXPECT_EQ(1, self->ear.nr_of[AOIPOOL_EVENT_SWEEP]);
	EXPECT_EQ(1, self->ear.nr_of[AOIPOOL_EVENT_LOST]);
	EXPECT_EQ(0, self->ear.lost);
	ASSERT_EQ(0, open_named(&self->pool, NAME));
	ASSERT_EQ(0, sweep_one(&self->pool));
	ASSERT_EQ(0, ear_await(&self->ear, AOIPOOL_EVENT_SWEEP, &event));
	EXPECT_EQ(1, event.seq);
}

TEST_F(listener, module_is_waited_for)
{
	struct aoipool_event event;
	struct ear ear;

	pool_close(&self->pool);
	self->pool.fd = -1;
	ASSERT_EQ(0, module_unload());
	EXPECT_EQ(-ENODEV, ear_open(&ear, 0, 0));
	ASSERT_EQ(0, ear_open(&ear, AOIPOOL_LISTENER_WAIT, 0));
	ASSERT_EQ(0, ear_listen_out(&ear));
	EXPECT_EQ(0, ear.nr);
	ASSERT_EQ(0, module_load(&self->module));
	ASSERT_EQ(0, open_named(&self->pool, NAME));
	ASSERT_EQ(0, ear_listen_out(&ear));
	ASSERT_EQ(0, sweep_one(&self->pool));
	ASSERT_EQ(0, ear_await(&ear, AOIPOOL_EVENT_SWEEP, &event));
	EXPECT_EQ(1, event.seq);
	EXPECT_EQ(0, ear.lost);
	ear_close(&ear);
}

/* A listener holds nothing of the module, whatever it is about. */
TEST_F(listener, listeners_do_not_keep_the_module)
{
	struct ear ears[3];

	for (int i = 0; i < 3; i++) {
		ASSERT_EQ(0, ear_open(&ears[i], 0, 0));
		ASSERT_EQ(0, aoipool_listener_start(ears[i].listener));
	}
	ASSERT_EQ(0, sweep_one(&self->pool));
	pool_close(&self->pool);
	self->pool.fd = -1;
	EXPECT_EQ(0, module_unload());
	for (int i = 0; i < 3; i++)
		ear_close(&ears[i]);
}

/* Who may send to a socket of generic netlink need not be the module. */
TEST_F(listener, forged_event_is_none)
{
	ASSERT_EQ(0, ear_listen_out(&self->ear));
	ASSERT_LT(0, forge_sweeps());
	EXPECT_EQ(0, ear_listen_out(&self->ear));
	EXPECT_EQ(0, self->ear.nr_of[AOIPOOL_EVENT_SWEEP]);
	EXPECT_EQ(0, self->ear.nr_of[AOIPOOL_EVENT_LOST]);
}

/*
 * What there is.
 */
#define POOLS	150

struct pools_seen {
	unsigned int ours;
	struct aoipool_pool_state last;
};

static int see_pool(void *arg, const struct aoipool_pool_state *pool)
{
	struct pools_seen *seen = arg;

	if (strncmp(pool->name, NAME, strlen(NAME)))
		return 0;
	seen->ours++;
	seen->last = *pool;
	return 0;
}

TEST_F(listener, pool_is_listed_as_it_is)
{
	struct pools_seen seen = { 0 };
	struct pool client;

	ASSERT_EQ(0, pool_join(&self->pool, &client));
	ASSERT_EQ(0, slabs_hold(&self->pool, 0, 5, 0));
	ASSERT_EQ(0, slabs_park(&self->pool, 0, 2));
	ASSERT_EQ(0, aoipool_for_each_pool(see_pool, &seen));
	ASSERT_EQ(1, seen.ours);
	EXPECT_STREQ(NAME, seen.last.name);
	EXPECT_EQ(SLABS, seen.last.nr_slabs);
	EXPECT_EQ(3, seen.last.held_slabs);
	EXPECT_EQ(2, seen.last.parked_slabs);
	EXPECT_EQ(2, seen.last.nr_clients);
	EXPECT_EQ(BLOCK, seen.last.slab_bytes);
	EXPECT_EQ(5 * BLOCK, seen.last.pool_bytes);
	pool_close(&client);
}

/* More than one message of a dump can hold. */
TEST_F(listener, all_pools_are_listed)
{
	struct pools_seen seen = { 0 };
	struct pool pools[POOLS];

	for (int i = 0; i < POOLS; i++)
		ASSERT_EQ(0, open_named(&pools[i], NAME));
	EXPECT_EQ(0, aoipool_for_each_pool(see_pool, &seen));
	EXPECT_EQ(POOLS + 1, seen.ours);
	for (int i = 0; i < POOLS; i++)
		pool_close(&pools[i]);
}

struct holders_seen {
	__u32 client;		/* that is looked for */
	unsigned int ours;
	struct aoipool_holder_state it;
};

static int see_holder(void *arg, const struct aoipool_holder_state *holder)
{
	struct holders_seen *seen = arg;

	if (strcmp(holder->holder.name, NAME))
		return 0;
	seen->ours++;
	if (holder->holder.client == seen->client)
		seen->it = *holder;
	return 0;
}

TEST_F(listener, holders_are_listed_as_they_are)
{
	struct holders_seen seen = { 0 };
	struct pool client;

	ASSERT_EQ(0, pool_join(&self->pool, &client));
	ASSERT_EQ(0, slabs_hold(&client, 0, 3, 0));
	seen.client = client.client;
	ASSERT_EQ(0, aoipool_for_each_holder(see_holder, &seen));
	EXPECT_EQ(2, seen.ours);
	EXPECT_EQ(client.client, seen.it.holder.client);
	EXPECT_EQ(getpid(), seen.it.holder.pid);
	EXPECT_STREQ("test_listener", seen.it.holder.comm);
	EXPECT_EQ(geteuid(), seen.it.uid);
	EXPECT_EQ(3, seen.it.held_slabs);
	EXPECT_EQ(3 * BLOCK, seen.it.holder.held_bytes);
	pool_close(&client);
}

static int see_node(void *arg, const struct aoipool_node_state *node)
{
	uint64_t *bytes = arg;

	if (node->node < 2)
		bytes[node->node] = node->pool_bytes;
	return node->total_bytes ? 0 : -ERANGE;
}

TEST_F(listener, nodes_are_listed_as_they_are)
{
	uint64_t bytes[2] = { 0 };

	ASSERT_EQ(0, slabs_hold(&self->pool, 0, 2, 0));
	ASSERT_EQ(0, slabs_hold(&self->pool, 2, 3, 1));
	ASSERT_EQ(0, aoipool_for_each_node(see_node, bytes));
	EXPECT_EQ(2 * BLOCK, bytes[0]);
	EXPECT_EQ(3 * BLOCK, bytes[1]);
}

TEST_F(listener, state_is_as_it_is)
{
	struct aoipool_host_state state = { .size = sizeof(state) };

	ASSERT_EQ(0, slabs_hold(&self->pool, 0, 2, 0));
	ASSERT_EQ(0, aoipool_listener_state(NULL, &state));
	EXPECT_EQ(1, state.nr_pools);
	EXPECT_EQ(2 * BLOCK, state.pool_bytes);
	EXPECT_EQ(meminfo_kib("MemTotal:") * 1024UL, state.total_bytes);
	EXPECT_LT(0, state.available_bytes);
	EXPECT_EQ(0, state.received);
}

/*
 * Others.
 */
static int become_user(void)
{
	if (setgroups(0, NULL) || setgid(USER) || setuid(USER))
		return -errno;
	return 0;
}

/* Hears of a sweep that the parent makes, but sees nobody's pools. */
static int listen_as_user(int sock, void *arg)
{
	struct pools_seen seen = { 0 };
	struct aoipool_event event;
	struct ear ear;

	(void)arg;
	if (become_user() || ear_open(&ear, 0, 0) ||
	    child_tell(sock, 'r') || ear_await(&ear, AOIPOOL_EVENT_SWEEP, &event))
		return 1;
	if (strcmp(event.name, NAME) || aoipool_for_each_pool(see_pool, &seen))
		return 2;
	return seen.ours ? 3 : 0;
}

TEST_F(listener, anybody_hears_but_sees_his_own_only)
{
	struct child child;

	ASSERT_EQ(0, child_start(&child, listen_as_user, NULL));
	EXPECT_EQ(0, child_expect(child.sock, 'r'));
	EXPECT_EQ(0, sweep_one(&self->pool));
	EXPECT_EQ(0, child_wait(&child));
}

/* It keeps nothing of the module that it was born with. */
static int listen_elsewhere(int sock, void *arg)
{
	struct aoipool_event event;
	struct ear ear;

	pool_close(arg);
	if (unshare(CLONE_NEWNET) || ear_open(&ear, 0, 0) ||
	    child_tell(sock, 'r') || ear_await(&ear, AOIPOOL_EVENT_SWEEP, &event))
		return 1;
	if (strcmp(event.name, NAME) || event.pid || event.comm[0])
		return 2;
	/* the module comes and goes there, too */
	if (child_tell(sock, 'h') || ear_await(&ear, AOIPOOL_EVENT_LOST, &event))
		return 3;
	return event.seq ? 4 : 0;
}

TEST_F(listener, another_network_namespace_hears_without_names)
{
	struct child child;

	ASSERT_EQ(0, child_start(&child, listen_elsewhere, &self->pool));
	EXPECT_EQ(0, child_expect(child.sock, 'r'));
	EXPECT_EQ(0, sweep_one(&self->pool));
	EXPECT_EQ(0, child_expect(child.sock, 'h'));
	pool_close(&self->pool);
	self->pool.fd = -1;
	EXPECT_EQ(0, module_unload());
	EXPECT_EQ(0, child_wait(&child));
}

TEST_HARNESS_MAIN
