// SPDX-License-Identifier: GPL-2.0-only
/*
 * Slots that are got on one node and put on the other, a million times: does
 * each CPU still get what is its own node's?
 */
#include "harness.h"
#include "ground.h"
#include "trade.h"
#include "words.h"

#define FREES		1000000UL

#define OBJECT_BYTES	256
#define OBJECT_BLOCKS	8UL
#define OBJECTS		(OBJECT_BLOCKS * ((2UL << 20) / OBJECT_BYTES))
#define OBJECT_PARCEL	50

/* Every get and put is an arc, and a node has room for few under way. */
#define FRAME_FREES	100000UL
#define FRAMES		24UL
#define FRAME_PARCEL	2

/* So many slots are got where no slot of the getter's node is left. */
#define REMOTE		100

/* The first half comes to node 0, the second to node 1. */
static int spread(struct aoipool_pool *pool, struct homes *homes)
{
	size_t slots = aoipool_pool_slots(pool), i;
	struct hoard all, rest;
	int err;

	err = cpu_pin(0, cpu_of(0, 0));
	if (!err)
		err = hoard_take(&all, pool, slots / 2);
	if (!err)
		err = cpu_pin(0, cpu_of(1, 0));
	if (!err)
		err = hoard_take(&rest, pool, SIZE_MAX);
	if (err)
		return err;
	for (i = 0; i < rest.n; i++)
		all.slots[all.n++] = rest.slots[i];
	free(rest.slots);
	err = all.n == slots ? homes_learn(homes, &all) : -ENODATA;
	return hoard_put(&all) ? -EBADMSG : err;
}

/* One CPU of @node takes @n slots, all of them the node's own. */
static void take_local(struct __test_metadata *_metadata, struct hoard *hoard,
		       struct aoipool_pool *pool, int node, size_t n)
{
	uint64_t before = ground_stats(pool).remote_gets;

	ASSERT_EQ(0, cpu_pin(0, cpu_of(node, 0)));
	ASSERT_EQ(0, hoard_take(hoard, pool, n));
	EXPECT_EQ(n, hoard->n);
	EXPECT_EQ(n, hoard_count_on(hoard, node));
	EXPECT_EQ(before, ground_stats(pool).remote_gets);
}

/* All slabs are held: each word has to say where its slab is. */
static void expect_true_words(struct __test_metadata *_metadata,
			      const struct homes *homes)
{
	struct words words;

	ASSERT_EQ(0, words_map(&words));
	EXPECT_EQ(words.nr, words_held(&words));
	EXPECT_EQ(0, words_that_lie(&words, (char *)homes->first));
	words_unmap(&words);
}

/*
 * Slots on lists of other CPUs are out of reach as long as others are to be
 * had: so many may be replaced by the other node's, and no more.
 */
static void expect_nearly_home(struct __test_metadata *_metadata,
			       struct aoipool_pool *pool,
			       const struct homes *homes)
{
	size_t listed = ground_stats(pool).slots_listed;
	struct hoard hoard;
	int node;

	for (node = 0; node < NODES; node++) {
		ASSERT_EQ(0, cpu_pin(0, cpu_of(node, 0)));
		ASSERT_EQ(0, hoard_take(&hoard, pool, homes->slots[node]));
		EXPECT_EQ(homes->slots[node], hoard.n);
		EXPECT_LE(homes->slots[node],
			  hoard_count_on(&hoard, node) + listed);
		EXPECT_EQ(0, hoard_put(&hoard));
	}
}

/* With nothing on lists every slot is where it belongs. */
static void expect_home(struct __test_metadata *_metadata,
			struct aoipool_pool *pool, const struct homes *homes,
			enum aoipool_provider provider)
{
	struct hoard own[NODES];
	struct aoipool_slot more;

	ASSERT_EQ(0, aoipool_pool_drain(pool));
	ASSERT_EQ(0, ground_stats(pool).slots_listed);
	take_local(_metadata, &own[0], pool, 0, homes->slots[0]);
	take_local(_metadata, &own[1], pool, 1, homes->slots[1]);
	EXPECT_EQ(-EAGAIN, aoipool_get(pool, &more));
	if (provider == AOIPOOL_PROVIDER_KERNEL)
		expect_true_words(_metadata, homes);
	EXPECT_EQ(0, hoard_put(&own[0]));
	EXPECT_EQ(0, hoard_put(&own[1]));
	EXPECT_STREQ("whole", hoard_audit(pool));
}

static void expect_trade(struct __test_metadata *_metadata,
			 struct trade *trade, enum aoipool_provider provider)
{
	struct aoipool_stats before = ground_stats(trade->pool), after;

	ASSERT_GT(trade->homes->slots[0], trade_under_way(trade));
	ASSERT_GT(trade->homes->slots[1], trade_under_way(trade));
	EXPECT_EQ(0, trade_run(trade));
	after = ground_stats(trade->pool);
	EXPECT_EQ(trade->frees, after.puts - before.puts);
	EXPECT_EQ(before.remote_gets, after.remote_gets);
	EXPECT_EQ(before.claims, after.claims);
	expect_nearly_home(_metadata, trade->pool, trade->homes);
	expect_home(_metadata, trade->pool, trade->homes, provider);
}

FIXTURE(objects)
{
	struct aoipool_pool *pool;
	struct homes homes;
	struct trade trade;
};

ON_EVERY_GROUND(objects);

FIXTURE_SETUP(objects)
{
	const struct want want = { .bytes = OBJECT_BYTES, .count = OBJECTS };

	if (!cpu_machine_fits())
		SKIP_FIXTURE("needs two nodes with two CPUs each");
	ASSERT_EQ(0, ground_open(&variant->on, &want, &self->pool));
	ASSERT_EQ(OBJECTS, aoipool_pool_slots(self->pool));
	ASSERT_EQ(0, spread(self->pool, &self->homes));
	self->trade = (struct trade){
		.pool = self->pool,
		.homes = &self->homes,
		.frees = FREES,
		.parcel = OBJECT_PARCEL,
	};
}

FIXTURE_TEARDOWN(objects)
{
	EXPECT_EQ(0, aoipool_pool_close(self->pool));
}

TEST_F(objects, a_million_are_freed_on_the_other_node)
{
	expect_trade(_metadata, &self->trade, variant->on.provider);
}

TEST_F(objects, a_million_got_in_bulk_are_freed_on_the_other_node)
{
	self->trade.bulk = true;
	expect_trade(_metadata, &self->trade, variant->on.provider);
}

TEST_F(objects, gets_are_remote_only_when_the_node_has_none)
{
	struct hoard own, other;

	ASSERT_EQ(0, aoipool_pool_drain(self->pool));
	take_local(_metadata, &own, self->pool, 0, self->homes.slots[0]);
	ASSERT_EQ(0, hoard_take(&other, self->pool, REMOTE));
	EXPECT_EQ(REMOTE, hoard_count_on(&other, 1));
	EXPECT_LE(REMOTE, ground_stats(self->pool).remote_gets);
	EXPECT_EQ(0, hoard_put(&other));
	EXPECT_EQ(0, hoard_put(&own));
	expect_home(_metadata, self->pool, &self->homes, variant->on.provider);
}

FIXTURE(frames)
{
	struct aoipool_pool *pool;
	struct homes homes;
	struct trade trade;
};

ON_BOTH_PROVIDERS(frames);

FIXTURE_SETUP(frames)
{
	const struct want want = { .count = FRAMES };

	if (!cpu_machine_fits())
		SKIP_FIXTURE("needs two nodes with two CPUs each");
	ASSERT_EQ(0, ground_open(&variant->on, &want, &self->pool));
	ASSERT_EQ(FRAMES, aoipool_pool_slots(self->pool));
	ASSERT_EQ(0, spread(self->pool, &self->homes));
	self->trade = (struct trade){
		.pool = self->pool,
		.homes = &self->homes,
		.frees = FRAME_FREES,
		.parcel = FRAME_PARCEL,
	};
}

FIXTURE_TEARDOWN(frames)
{
	EXPECT_EQ(0, aoipool_pool_close(self->pool));
}

TEST_F(frames, a_hundred_thousand_are_freed_on_the_other_node)
{
	expect_trade(_metadata, &self->trade, variant->on.provider);
}

FIXTURE(bound)
{
	struct aoipool_pool *pool;
};

ON_EVERY_GROUND(bound);

FIXTURE_SETUP(bound)
{
	const struct want want = {
		.bytes = OBJECT_BYTES,
		.count = OBJECTS,
		.bind = 1 << 1,
	};

	if (!cpu_machine_fits())
		SKIP_FIXTURE("needs two nodes with two CPUs each");
	ASSERT_EQ(0, ground_open(&variant->on, &want, &self->pool));
}

FIXTURE_TEARDOWN(bound)
{
	EXPECT_EQ(0, aoipool_pool_close(self->pool));
}

TEST_F(bound, gets_from_outside_the_mask_are_remote)
{
	struct hoard hoard;

	take_local(_metadata, &hoard, self->pool, 1, REMOTE);
	EXPECT_EQ(0, hoard_put(&hoard));
	ASSERT_EQ(0, cpu_pin(0, cpu_of(0, 0)));
	ASSERT_EQ(0, hoard_take(&hoard, self->pool, REMOTE));
	EXPECT_EQ(REMOTE, hoard_count_on(&hoard, 1));
	EXPECT_LE(REMOTE, ground_stats(self->pool).remote_gets);
	EXPECT_EQ(0, hoard_put(&hoard));
	EXPECT_STREQ("whole", hoard_audit(self->pool));
}

TEST_HARNESS_MAIN
