// SPDX-License-Identifier: GPL-2.0-only
/*
 * A CPU that goes away with its list full of slots: nothing is lost with it,
 * and who ran on it goes on elsewhere, in the middle of a get or a put.
 */
#include "harness.h"
#include "cpu.h"
#include "crew.h"
#include "ground.h"
#include "hoard.h"
#include "juggler.h"

#define OBJECT_BYTES	256
#define SLOTS		(2 * (2UL << 20) / OBJECT_BYTES)
/*
 * What a CPU may keep depends on what is free: these are few enough to leave
 * most of the pool so, and more than any list has room for.
 */
#define SHARE		2048UL
/* On a list that was filled; one without room gives away the half of it. */
#define FULL		256UL

/* Fewer than the list takes of those on their way to another node. */
#define FOREIGN		200UL

/* Times that a CPU goes and comes under running threads. */
#define OUTAGES		4
#define JUGGLERS	3
/* Turns that are made between two of them, by each juggler. */
#define TURNS		2000UL

FIXTURE(hotplug)
{
	struct aoipool_pool *pool;
	int cpu;		/* that goes: the last one */
};

ON_EVERY_GROUND(hotplug);

FIXTURE_SETUP(hotplug)
{
	const struct want want = { .bytes = OBJECT_BYTES, .count = SLOTS };

	if (!cpu_machine_fits())
		SKIP_FIXTURE("needs two nodes with two CPUs each");
	ASSERT_EQ(0, ground_open(&variant->on, &want, &self->pool));
	ASSERT_EQ(SLOTS, aoipool_pool_slots(self->pool));
	self->cpu = cpu_of(1, 1);
	ASSERT_TRUE(cpu_is_online(self->cpu));
}

FIXTURE_TEARDOWN(hotplug)
{
	EXPECT_EQ(0, aoipool_pool_close(self->pool));
	if (!cpu_is_online(self->cpu))
		EXPECT_EQ(0, cpu_set_online(self->cpu, true));
}

static int take_on(struct hoard *hoard, struct aoipool_pool *pool, int cpu,
		   size_t n)
{
	int err = cpu_pin(0, cpu);

	if (!err)
		err = hoard_take(hoard, pool, n);
	if (err)
		return err;
	return hoard->n == n ? 0 : -EBADMSG;
}

static int put_on(struct hoard *hoard, int cpu)
{
	int err = cpu_pin(0, cpu);

	if (err)
		return err;
	return hoard_put(hoard) ? -EBADMSG : 0;
}

/* After that @nr CPUs, from the last one on, have full lists. */
static int fill_lists(struct aoipool_pool *pool, int nr)
{
	struct hoard share;
	int i, cpu, err = 0;

	for (i = 0; i < nr && !err; i++) {
		cpu = cpu_of(1, NODE_CPUS - 1 - i);
		err = take_on(&share, pool, cpu, SHARE);
		if (!err)
			err = put_on(&share, cpu);
	}
	if (err)
		return err;
	return ground_stats(pool).slots_listed >= nr * FULL ? 0 : -ENODATA;
}

TEST_F(hotplug, slots_of_a_cpu_that_went_are_got_by_the_others)
{
	ASSERT_EQ(0, fill_lists(self->pool, 1));
	ASSERT_EQ(0, cpu_pin(0, cpu_of(0, 0)));
	ASSERT_EQ(0, cpu_set_online(self->cpu, false));
	EXPECT_STREQ("whole", hoard_audit(self->pool));
	ASSERT_EQ(0, cpu_pin(0, cpu_of(1, 0)));
	EXPECT_STREQ("whole", hoard_audit(self->pool));
	ASSERT_EQ(0, cpu_set_online(self->cpu, true));
	ASSERT_EQ(0, cpu_pin(0, self->cpu));
	EXPECT_STREQ("whole", hoard_audit(self->pool));
}

TEST_F(hotplug, slots_of_a_node_that_went_are_got_by_the_other)
{
	int cpu;

	ASSERT_EQ(0, fill_lists(self->pool, NODE_CPUS));
	ASSERT_EQ(0, cpu_pin(0, cpu_of(0, 1)));
	for (cpu = 0; cpu < NODE_CPUS; cpu++)
		ASSERT_EQ(0, cpu_set_online(cpu_of(1, cpu), false));
	EXPECT_STREQ("whole", hoard_audit(self->pool));
	for (cpu = 0; cpu < NODE_CPUS; cpu++)
		ASSERT_EQ(0, cpu_set_online(cpu_of(1, cpu), true));
	EXPECT_STREQ("whole", hoard_audit(self->pool));
}

TEST_F(hotplug, memory_of_a_cpu_that_went_is_given_back)
{
	ASSERT_EQ(0, fill_lists(self->pool, 1));
	ASSERT_EQ(0, cpu_pin(0, cpu_of(0, 0)));
	ASSERT_EQ(0, cpu_set_online(self->cpu, false));
	ASSERT_LT(0, ground_stats(self->pool).resident_bytes);
	ASSERT_EQ(0, aoipool_pool_trim(self->pool, SIZE_MAX, NULL));
	EXPECT_EQ(0, ground_stats(self->pool).resident_bytes);
	EXPECT_STREQ("whole", hoard_audit(self->pool));
	ASSERT_EQ(0, cpu_set_online(self->cpu, true));
}

/* The pool opens without the CPU, which then frees slots of the other node. */
TEST_F(hotplug, cpu_that_came_after_the_pool_has_a_node_of_its_own)
{
	const struct want want = { .bytes = OBJECT_BYTES, .count = SLOTS };
	struct aoipool_pool *pool;
	struct hoard hoard;

	ASSERT_EQ(0, cpu_set_online(self->cpu, false));
	ASSERT_EQ(0, ground_open(&variant->on, &want, &pool));
	ASSERT_EQ(0, cpu_set_online(self->cpu, true));
	ASSERT_EQ(0, take_on(&hoard, pool, cpu_of(0, 0), FOREIGN));
	ASSERT_EQ(FOREIGN, hoard_count_on(&hoard, 0));
	ASSERT_EQ(0, put_on(&hoard, self->cpu));
	ASSERT_EQ(0, take_on(&hoard, pool, self->cpu, FOREIGN));
	EXPECT_EQ(FOREIGN, hoard_count_on(&hoard, 1));
	EXPECT_EQ(0, hoard_put(&hoard));
	EXPECT_STREQ("whole", hoard_audit(pool));
	EXPECT_EQ(0, aoipool_pool_close(pool));
}

struct show {
	struct aoipool_pool *pool;
	atomic_ulong turns[JUGGLERS];
};

static void juggle(struct hand *hand)
{
	struct show *show = hand->crew->arg;
	struct juggler juggler;

	juggler_init(&juggler, show->pool, hand->number);
	while (!atomic_load(&hand->crew->stop)) {
		juggler_turn(&juggler);
		atomic_store(&show->turns[hand->number], juggler.turns);
	}
	hand->wrong += juggler_end(&juggler);
}

/* Each of them has got on by so many turns. */
static void await_turns(struct show *show)
{
	unsigned long from[JUGGLERS];
	int i;

	for (i = 0; i < JUGGLERS; i++)
		from[i] = atomic_load(&show->turns[i]);
	for (i = 0; i < JUGGLERS; i++)
		while (atomic_load(&show->turns[i]) - from[i] < TURNS)
			usleep(1000);
}

/* The kernel moves them off by force, and we call them back. */
static void outage(struct __test_metadata *_metadata, struct show *show,
		   const struct crew *crew, int cpu)
{
	int i;

	ASSERT_EQ(0, cpu_set_online(cpu, false));
	await_turns(show);
	ASSERT_EQ(0, cpu_set_online(cpu, true));
	for (i = 0; i < JUGGLERS; i++)
		ASSERT_EQ(0, cpu_pin(crew_tid(crew, i), cpu));
	await_turns(show);
}

TEST_F(hotplug, threads_of_a_cpu_that_goes_go_on_elsewhere)
{
	const int cpus[JUGGLERS] = { self->cpu, self->cpu, self->cpu };
	struct show show = { .pool = self->pool };
	struct crew crew;
	int i;

	ASSERT_EQ(0, cpu_pin(0, cpu_of(0, 0)));
	ASSERT_EQ(0, crew_start(&crew, JUGGLERS, juggle, &show, cpus));
	await_turns(&show);
	for (i = 0; i < OUTAGES; i++)
		outage(_metadata, &show, &crew, self->cpu);
	EXPECT_EQ(0, crew_stop(&crew));
	EXPECT_STREQ("whole", hoard_audit(self->pool));
}

TEST_HARNESS_MAIN
