// SPDX-License-Identifier: GPL-2.0-only
/*
 * Everything that can be set is set to anything, again and again, while clients
 * work, memory gets short and comes back, and somebody asks what is: the content
 * stays right, no block is lost, and the kernel has nothing to complain of.
 */
#include "harness.h"
#include "child.h"
#include "content.h"
#include "hog.h"
#include "netlink.h"
#include "node.h"
#include "pool.h"
#include "proc.h"
#include "tune.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/mman.h>

#define CLIENTS		3
#define SLABS		64U
#define RANGE		8U
#define WRITES		3000
#define PAUSE_US	2000
/* What the hog breathes in, of the memory there is. */
#define HOG_PERCENT	45
#define SEED		20261124U

/* The same numbers in every run, each process its own. */
static __u32 next_random(__u32 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static bool is_told_to_end(int sock)
{
	struct pollfd poller = { .fd = sock, .events = POLLIN };

	return poll(&poller, 1, 0) == 1;
}

/* What a client knows of its slabs: 0 is nothing. */
struct client {
	struct pool pool;
	__u64 stamps[SLABS];
	__u64 last_stamp;
	__u32 random;
	__u64 populated;
};

/* No memory just now is an answer, too. */
static bool is_shortage(int err)
{
	return err == -ENOSPC || err == -ENOMEM || err == -EDQUOT;
}

static int take_new(struct client *client, __u32 slab)
{
	struct pool *pool = &client->pool;
	int err = slab_claim(pool, slab, node_has_memory(1) ? slab % 2 : 0);

	if (err)
		return err;
	err = pool_populate(pool, slab, 1, NULL);
	if (is_shortage(err))
		return slab_park(pool, slab);
	if (err)
		return err;
	client->populated++;
	if (!stamp_is(slab_data(pool, slab), BLOCK, 0))
		return -EILSEQ;
	client->stamps[slab] = ++client->last_stamp;
	stamp_write(slab_data(pool, slab), BLOCK, client->stamps[slab]);
	return 0;
}

static bool is_as_left(const struct client *client, __u32 slab)
{
	return stamp_is(slab_data(&client->pool, slab), BLOCK, client->stamps[slab]);
}

/* A slab that was parked without memory has none to compare. */
static int take_back(struct client *client, __u32 slab)
{
	struct pool *pool = &client->pool;
	int err = slab_revive(pool, slab);

	if (err)
		return 0;	/* the kernel was first */
	if (!client->stamps[slab])
		return slab_park(pool, slab);
	return is_as_left(client, slab) ? 0 : -EILSEQ;
}

static int give(struct client *client, __u32 slab)
{
	if (!is_as_left(client, slab))
		return -EILSEQ;
	return slab_park(&client->pool, slab);
}

static int work_on(struct client *client, __u32 slab)
{
	switch (slab_state(&client->pool, slab)) {
	case AOIPOOL_SLAB_ABSENT:
		client->stamps[slab] = 0;
		return take_new(client, slab);
	case AOIPOOL_SLAB_PARKED:
		return take_back(client, slab);
	default:
		return give(client, slab);
	}
}

/* A range at once, as a board is: with the help of workers, where there are some. */
static int work_on_range(struct client *client, __u32 first)
{
	struct pool *pool = &client->pool;
	int err;

	for (__u32 slab = first; slab < first + RANGE; slab++)
		if (slab_state(pool, slab) != AOIPOOL_SLAB_ABSENT)
			return 0;
	for (__u32 slab = first; slab < first + RANGE; slab++) {
		client->stamps[slab] = 0;
		if (slab_claim(pool, slab, 0))
			return -EBUSY;
	}
	err = pool_populate(pool, first, RANGE, NULL);
	if (err && !is_shortage(err))
		return err;
	/* what came is clean, and what did not is not touched */
	return slabs_park(pool, first, RANGE);
}

static int turn(struct client *client)
{
	__u32 random = next_random(&client->random);

	if (random % 64 == 0)
		return pool_trim(&client->pool, random & 64 ? AOIPOOL_TRIM_RESERVE : 0, NULL);
	if (random % 8 == 0)
		return work_on_range(client, random / 8 % (SLABS / RANGE) * RANGE);
	return work_on(client, random / 8 % SLABS);
}

static int open_client(struct client *client, __u32 nr)
{
	struct aoipool_pool_create args = pool_args(SLABS, 1);

	*client = (struct client) { .random = SEED + nr, .last_stamp = (__u64)nr << 32 };
	args.flags = nr % 2 ? AOIPOOL_CREATE_GIVE_RESERVE : 0;
	args.reserve_slabs = nr * 4;
	return pool_open_args(&client->pool, &args);
}

static int be_client(int sock, void *arg)
{
	static struct client client;
	int err = open_client(&client, *(int *)arg);

	if (oom_protect() || child_tell(sock, 'g'))
		return 1;
	while (!err && !is_told_to_end(sock))
		err = turn(&client);
	if (err)
		fprintf(stderr, "# client %d: %s\n", *(int *)arg, strerror(-err));
	/* somebody who got nothing at all has shown nothing */
	return err ? 2 : client.populated ? 0 : 3;
}

static int breathe(int sock, void *arg)
{
	size_t bytes = meminfo_kib("MemTotal") / 100 * HOG_PERCENT << 10;
	void *mem;

	if (oom_volunteer() || child_tell(sock, 'g'))
		return 1;
	while (!is_told_to_end(sock)) {
		mem = hog_eat(bytes);
		if (mem)
			munmap(mem, bytes);
		usleep(100 * PAUSE_US);
	}
	return 0;
}

static int ask_all(struct netlink *netlink, __u32 random)
{
	static struct message answers[MESSAGES];
	struct request request = {};
	int err;

	err = netlink_state(netlink, answers);
	for (int cmd = AOIPOOL_GENL_GET_NODES; cmd <= AOIPOOL_GENL_GET_SLABS && err >= 0; cmd++)
		err = netlink_dump(netlink, cmd, answers, MESSAGES);
	request_u64(&request, AOIPOOL_A_MAX_BYTES, random % 8 * BLOCK);
	if (random & 64)
		request_flag(&request, AOIPOOL_A_DEPOT);
	return err < 0 ? err : netlink_trim(netlink, &request, answers);
}

static int ask_and_trim(int sock, void *arg)
{
	struct netlink netlink;
	__u32 random = SEED;
	int err;

	if (netlink_open(&netlink) || child_tell(sock, 'g'))
		return 1;
	do {
		err = ask_all(&netlink, next_random(&random));
		usleep(10 * PAUSE_US);
	} while (!err && !is_told_to_end(sock));
	return err ? 2 : 0;
}

struct change {
	const char *file;
	const char *values[6];	/* the last one is no value */
};

#define POLICY(level)                                                                        \
	{ "policy_" level "/decay_ms", { "0", "50", "1000", "never", "86400001" } },         \
	{ "policy_" level "/grace_ms", { "0", "10", "500", "10001" } },                      \
	{ "policy_" level "/depot", { "high", "low", "nothing", "some" } },                  \
	{ "policy_" level "/gives_reserve", { "0", "1", "2" } }

#define NODE(node)                                                                           \
	{ "node" node "/depot_low_bytes", { "0", "8388608", "33554432", "-1" } },            \
	{ "node" node "/depot_high_bytes", { "0", "4194304", "67108864", "-1" } }

/* The thresholds have to be in order: what does not fit is refused, as it should be. */
static const struct change changes[] = {
	{ "limit_bytes", { "0", "67108864", "268435456", "536870912", "1" } },
	{ "idle_max_bytes", { "0", "33554432", "unlimited", "-1" } },
	{ "clear_mode", { "pages", "stosb", "nonsense" } },
	{ "populate_workers", { "0", "1", "4", "17" } },
	{ "pressure/low_percent", { "20", "60", "100", "101" } },
	{ "pressure/high_percent", { "10", "40", "90", "101" } },
	{ "pressure/critical_percent", { "0", "5", "80", "101" } },
	{ "pressure/hysteresis_percent", { "0", "3", "50", "101" } },
	{ "pressure/hold_ms", { "0", "50", "1000", "60001" } },
	POLICY("none"), POLICY("low"), POLICY("high"), POLICY("critical"),
	NODE("0"), NODE("1"),
};

static int nr_values(const struct change *change)
{
	int nr = 0;

	while (nr < 6 && change->values[nr])
		nr++;
	return nr;
}

/* Return: 1: taken, 0: refused, or an error. */
static int change_one(__u32 random)
{
	const struct change *change = &changes[random % ARRAY_SIZE(changes)];
	int at = random / ARRAY_SIZE(changes) % nr_values(change);
	int err = tune_set(change->file, change->values[at]);

	if (!err)
		return at < nr_values(change) - 1 ? 1 : -EPROTO;
	/* one node, or a CPU without that mode */
	return err == -EINVAL || err == -ENOENT || err == -EOPNOTSUPP ? 0 : err;
}

FIXTURE(load)
{
	struct tune tune;
	struct child children[CLIENTS + 2];
	int numbers[CLIENTS];
	long oom_kills;
};

FIXTURE_SETUP(load)
{
	ASSERT_EQ(0, oom_protect());
	ASSERT_EQ(0, tune_save(&self->tune));
	self->oom_kills = vmstat("oom_kill");
	for (int i = 0; i < CLIENTS; i++) {
		self->numbers[i] = i + 1;
		ASSERT_EQ(0, child_start(&self->children[i], be_client, &self->numbers[i]));
	}
	ASSERT_EQ(0, child_start(&self->children[CLIENTS], breathe, NULL));
	ASSERT_EQ(0, child_start(&self->children[CLIENTS + 1], ask_and_trim, NULL));
	for (int i = 0; i < CLIENTS + 2; i++) {
		ASSERT_EQ(0, child_expect(self->children[i].sock, 'g'));
	}
}

FIXTURE_TEARDOWN(load)
{
	EXPECT_EQ(self->oom_kills, vmstat("oom_kill"));
	EXPECT_EQ(0, tune_restore(&self->tune));
}

TEST_F(load, settings_change_at_random_and_nothing_is_lost)
{
	__u32 random = SEED, taken = 0;
	struct aoipool_info info;

	for (int i = 0; i < WRITES; i++) {
		int done = change_one(next_random(&random));

		ASSERT_LE(0, done);
		taken += done;
		usleep(PAUSE_US);
	}
	TH_LOG("%u of %u changes were taken", taken, WRITES);
	EXPECT_LT(WRITES / 3, taken);
	for (int i = 0; i < CLIENTS + 2; i++) {
		child_tell(self->children[i].sock, 'q');
		EXPECT_EQ(0, child_wait(&self->children[i]));
	}
	/* all pools are gone, and so is the depot */
	ASSERT_EQ(0, device_settle(&info));
	EXPECT_EQ(0, info.nr_pools);
	EXPECT_EQ(0, info.pool_blocks);
	EXPECT_EQ(0, info.depot_blocks);
	EXPECT_EQ(info.blocks_out, info.blocks_in);
}

TEST_HARNESS_MAIN
