// SPDX-License-Identifier: GPL-2.0-only
/*
 * The library on a module that says how short memory is: what is at hand is
 * let go in the time of grace, whoever wants to know is told before anything is
 * taken, and who waits for memory is woken when another pool has given some.
 */
#include "harness.h"
#include "child.h"
#include "ground.h"
#include "hoard.h"
#include "hog.h"
#include "proc.h"
#include "tune.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/aoipool.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define OBJECT_BYTES	4096
#define OBJECTS		8000UL
#define FRAMES		4UL
#define MANY		256UL

/* Percent of all memory that the hog leaves, in the midst of level low. */
#define LEAVE_PERCENT	15

/* An emulated machine is slow; only what never happens takes so long. */
#define TRIES		6000
#define TRY_US		10000

/* What the pool told; the first warning, and what was taken until then. */
struct ear {
	struct aoipool_pool *_Atomic pool;
	atomic_int level;
	atomic_long taken;
	atomic_int warnings;
};

static void hear(void *arg, const struct aoipool_event *event)
{
	struct ear *ear = arg;

	if (event->kind != AOIPOOL_EVENT_LEVEL || !ear->pool)
		return;
	if (!ear->warnings) {
		ear->taken = (long)ground_stats(ear->pool).reclaimed_slabs;
		ear->level = event->level;
	}
	ear->warnings++;
}

FIXTURE(warned)
{
	struct ear ear;
	struct aoipool_pool *pool;
	struct hog hog;
	struct tune tune;
};

static int open_told(struct ear *ear, struct aoipool_pool **pool)
{
	struct aoipool_attr *attr;
	int err = aoipool_attr_create(&attr);

	if (err)
		return err;
	err = aoipool_attr_set_provider(attr, AOIPOOL_PROVIDER_KERNEL);
	if (!err)
		err = aoipool_attr_set_object(attr, OBJECT_BYTES, OBJECTS);
	if (!err)
		err = aoipool_attr_set_events(attr, hear, ear);
	if (!err)
		err = aoipool_pool_open(attr, pool);
	aoipool_attr_destroy(attr);
	if (!err)
		ear->pool = *pool;
	return err;
}

FIXTURE_SETUP(warned)
{
	ASSERT_EQ(0, oom_protect());
	ASSERT_EQ(0, tune_save(&self->tune));
	ASSERT_EQ(0, open_told(&self->ear, &self->pool));
}

FIXTURE_TEARDOWN(warned)
{
	EXPECT_EQ(0, tune_restore(&self->tune));
	EXPECT_EQ(0, aoipool_pool_close(self->pool));
}

static int be_short(FIXTURE_DATA(warned) *self)
{
	long kib = meminfo_kib("MemAvailable") -
		   meminfo_kib("MemTotal") / 100 * LEAVE_PERCENT;
	int err = hog_start(&self->hog, (size_t)kib << 10, -1);

	return err ? err : hog_await(&self->hog);
}

/* Every slot out once and back, so that the lists of this CPU have some. */
static int use_all(struct aoipool_pool *pool)
{
	struct hoard hoard;
	int err = hoard_take(&hoard, pool, SIZE_MAX);

	if (err)
		return err;
	return hoard_put(&hoard) ? -EPROTO : 0;
}

static bool is_let_go(struct aoipool_pool *pool)
{
	const struct aoipool_stats stats = ground_stats(pool);

	return !stats.slots_listed &&
	       stats.parks == stats.claims + stats.revives;
}

TEST_F(warned, what_is_at_hand_is_let_go)
{
	int tries = TRIES;

	ASSERT_EQ(0, use_all(self->pool));
	ASSERT_LT(0, ground_stats(self->pool).slots_listed);
	EXPECT_EQ(AOIPOOL_LEVEL_NONE, aoipool_pool_level(self->pool));
	ASSERT_EQ(0, be_short(self));
	while (!is_let_go(self->pool) && --tries)
		usleep(TRY_US);
	EXPECT_TRUE(is_let_go(self->pool));
	EXPECT_EQ(0, hog_end(&self->hog));
	EXPECT_STREQ("whole", hoard_audit(self->pool));
}

TEST_F(warned, it_is_told_before_anything_is_taken)
{
	int tries = TRIES;

	ASSERT_EQ(0, use_all(self->pool));
	ASSERT_EQ(0, aoipool_pool_drain(self->pool));
	ASSERT_EQ(0, be_short(self));
	while (ground_stats(self->pool).resident_bytes && --tries)
		usleep(TRY_US);
	TH_LOG("level %d, %ld slabs taken before it was told, %lu after",
	       self->ear.level, self->ear.taken,
	       (unsigned long)ground_stats(self->pool).reclaimed_slabs);
	EXPECT_LE(1, self->ear.warnings);
	EXPECT_LT(AOIPOOL_LEVEL_NONE, self->ear.level);
	EXPECT_EQ(0, self->ear.taken);
	EXPECT_LT(0, ground_stats(self->pool).reclaimed_slabs);
	EXPECT_EQ(0, hog_end(&self->hog));
}

struct waiter {
	struct aoipool_pool *pool;
	struct aoipool_slot slot;
	atomic_bool back;
	int err;
};

static void *wait_for_one(void *arg)
{
	struct waiter *waiter = arg;

	waiter->err = aoipool_get_wait(waiter->pool, &waiter->slot, -1);
	waiter->back = true;
	return NULL;
}

/*
 * All that the module has now, and no more.  Without a depot, which may still grow
 * while a level falls: what it takes between the two is more than the limit, and
 * whoever waits would have to wait for that much, too.
 */
static int limit_to_what_is_there(void)
{
	struct aoipool_info info = { .size = sizeof(info) };
	int err = tune_no_depot(), device;

	if (err)
		return err;
	device = open(AOIPOOL_DEVICE_PATH, O_RDWR | O_CLOEXEC);
	if (device < 0)
		return -errno;
	err = ioctl(device, AOIPOOL_INFO, &info) ? -errno : 0;
	close(device);
	if (err)
		return err;
	return tune_limit(info.pool_blocks + info.depot_blocks);
}

/* A worker of the depot may have some that count already.  Return: what ended it. */
static int get_all_there_are(struct aoipool_pool *pool,
			     struct aoipool_slot *slots, size_t *n)
{
	int err = 0;

	for (*n = 0; *n < MANY && !err; *n += !err)
		err = aoipool_get(pool, &slots[*n]);
	return err;
}

TEST_F(warned, who_waits_at_the_limit_gets_what_another_pool_gives)
{
	const struct ground ground = { .provider = AOIPOOL_PROVIDER_KERNEL };
	const struct want few = { .count = FRAMES }, many = { .count = MANY };
	struct aoipool_slot held[FRAMES], got[MANY];
	struct aoipool_pool *rich, *poor;
	struct waiter waiter = { 0 };
	pthread_t thread;
	size_t n;

	ASSERT_EQ(0, ground_open(&ground, &few, &rich));
	ASSERT_EQ(0, ground_open(&ground, &many, &poor));
	ASSERT_EQ(0, aoipool_get_many(rich, held, FRAMES, 0));
	ASSERT_EQ(0, limit_to_what_is_there());
	ASSERT_EQ(-ENOSPC, get_all_there_are(poor, got, &n));
	waiter.pool = poor;
	ASSERT_EQ(0, pthread_create(&thread, NULL, wait_for_one, &waiter));
	usleep(20 * TRY_US);
	EXPECT_FALSE(waiter.back);
	EXPECT_EQ(0, aoipool_put_many(rich, held, FRAMES));
	EXPECT_EQ(0, aoipool_pool_trim(rich, SIZE_MAX, NULL));
	ASSERT_EQ(0, pthread_join(thread, NULL));
	ASSERT_EQ(0, waiter.err);
	EXPECT_EQ(0, aoipool_put(poor, waiter.slot.ref));
	EXPECT_EQ(0, aoipool_put_many(poor, got, n));
	EXPECT_EQ(0, aoipool_pool_close(poor));
	EXPECT_EQ(0, aoipool_pool_close(rich));
}

TEST_HARNESS_MAIN
