// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who holds what of another process, with either provider, also while that is
 * stopped and none of its words can be looked at.
 */
#include "harness.h"
#include "child.h"
#include "ground.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/aoipool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define FRAMES		4UL
#define OBJECTS		4096UL
#define OBJECT_BYTES	4096

/* An emulated machine is slow; only what never happens takes so long. */
#define TRIES		6000
#define TRY_US		10000

/* What the child is told to do. */
enum {
	OPEN		= 'o',
	HOLD		= 'h',	/* two frames for "camera", an object */
	LEAK		= 'l',	/* one more for "encoder" */
	RESET		= 'r',
	DONE		= 'd',
	FAILED		= 'f',
};

struct engine {
	struct aoipool_pool *frames;
	struct aoipool_pool *objects;
};

static int open_pools(struct engine *engine, const struct ground *on)
{
	struct want frames = { .count = FRAMES };
	struct want objects = { .bytes = OBJECT_BYTES, .count = OBJECTS };
	int err = ground_open(on, &frames, &engine->frames);

	return err ? err : ground_open(on, &objects, &engine->objects);
}

static int hold(const struct engine *engine)
{
	struct aoipool_slot slots[2], object;
	int err = aoipool_tag_set(aoipool_tag("camera"));

	if (err >= 0)
		err = aoipool_get_many(engine->frames, slots, 2, 0);
	if (!err)
		err = aoipool_get(engine->objects, &object);
	return err;
}

static int leak(const struct engine *engine)
{
	struct aoipool_slot slot;

	return aoipool_get_tagged(engine->frames, &slot, aoipool_tag("encoder"),
				  0);
}

static int obey(struct engine *engine, const struct ground *on, char word)
{
	switch (word) {
	case OPEN:
		return open_pools(engine, on);
	case HOLD:
		return hold(engine);
	case LEAK:
		return leak(engine);
	case RESET:
		return aoipool_pool_reset(engine->frames);
	default:
		return -EINVAL;
	}
}

static int run_engine(int sock, void *arg)
{
	struct engine engine = { .frames = NULL };
	char word;

	while (!child_hear(sock, &word))
		child_tell(sock, obey(&engine, arg, word) ? FAILED : DONE);
	return 0;
}

FIXTURE(held)
{
	struct child child;
};

ON_BOTH_PROVIDERS(held);

static int tell(const struct child *child, char word)
{
	int err = child_tell(child->sock, word);

	return err ? err : child_expect(child->sock, DONE);
}

FIXTURE_SETUP(held)
{
	ASSERT_EQ(0, child_start(&self->child, run_engine,
				 (void *)&variant->on));
	ASSERT_EQ(0, tell(&self->child, OPEN));
}

FIXTURE_TEARDOWN(held)
{
	child_kill(&self->child);
}

struct sum {
	const char *tag;
	uint32_t tid;
	int64_t frames;		/* held for the tag by the thread */
	int64_t all;
	int homeless;		/* whose node is not known */
};

static int add(void *arg, const struct aoipool_custody *custody)
{
	struct sum *sum = arg;

	sum->all += custody->count;
	sum->homeless += custody->node < 0;
	if (custody->pool == 1 && custody->tid == sum->tid &&
	    !strcmp(custody->tag, sum->tag))
		sum->frames += custody->count;
	return 0;
}

static int look(const struct child *child, const char *tag, struct sum *sum)
{
	struct aoipool_snapshot *snapshot;
	int err = aoipool_snapshot_take(&snapshot, child->pid);

	*sum = (struct sum){ .tag = tag, .tid = child->pid };
	if (err)
		return err;
	aoipool_snapshot_each(snapshot, add, sum);
	aoipool_snapshot_free(snapshot);
	return 0;
}

TEST_F(held, holders_of_a_running_process_are_seen)
{
	struct sum sum;

	ASSERT_EQ(0, tell(&self->child, HOLD));
	ASSERT_EQ(0, tell(&self->child, LEAK));
	ASSERT_EQ(0, look(&self->child, "camera", &sum));
	EXPECT_EQ(2, sum.frames);
	EXPECT_EQ(4, sum.all);
	EXPECT_EQ(0, sum.homeless);
	ASSERT_EQ(0, look(&self->child, "encoder", &sum));
	EXPECT_EQ(1, sum.frames);
}

TEST_F(held, holders_of_a_stopped_process_are_seen)
{
	struct sum sum;

	ASSERT_EQ(0, tell(&self->child, HOLD));
	ASSERT_EQ(0, child_stop(&self->child));
	ASSERT_EQ(0, look(&self->child, "camera", &sum));
	EXPECT_EQ(2, sum.frames);
	EXPECT_EQ(3, sum.all);
	ASSERT_EQ(0, child_continue(&self->child));
	ASSERT_EQ(0, tell(&self->child, LEAK));
}

TEST_F(held, nobody_holds_what_was_reset)
{
	struct sum sum;

	ASSERT_EQ(0, tell(&self->child, HOLD));
	ASSERT_EQ(0, tell(&self->child, RESET));
	ASSERT_EQ(0, look(&self->child, "camera", &sum));
	EXPECT_EQ(0, sum.frames);
	EXPECT_EQ(1, sum.all);
}

TEST_F(held, a_process_that_was_killed_holds_nothing)
{
	struct sum sum;

	ASSERT_EQ(0, tell(&self->child, HOLD));
	EXPECT_EQ(128 + SIGKILL, child_kill(&self->child));
	EXPECT_EQ(-ESRCH, look(&self->child, "camera", &sum));
}

static int find_frames(void *arg, const struct aoipool_pool_entry *pool)
{
	if (pool->is_frames)
		*(struct aoipool_pool_entry *)arg = *pool;
	return 0;
}

TEST_F(held, a_pool_says_whose_it_is)
{
	struct aoipool_pool_entry frames = { .size = 0 };
	struct aoipool_snapshot *snapshot;
	bool is_kernel = variant->on.provider == AOIPOOL_PROVIDER_KERNEL;

	ASSERT_EQ(0, tell(&self->child, HOLD));
	ASSERT_EQ(0, aoipool_snapshot_take(&snapshot, self->child.pid));
	aoipool_snapshot_each_pool(snapshot, find_frames, &frames);
	aoipool_snapshot_free(snapshot);
	EXPECT_EQ(is_kernel, frames.is_kernel);
	EXPECT_EQ(is_kernel, frames.kernel_pool != 0);
	EXPECT_EQ(2, frames.slots_out);
	EXPECT_EQ(FRAMES, frames.slots);
	EXPECT_EQ(!is_kernel, frames.resident_bytes != 0);
}

/* What the pool complains of, and which one that is. */
struct ear {
	_Atomic uint64_t pool;
	_Atomic int complaints;
};

static void hear(void *arg, const struct aoipool_event *event)
{
	struct ear *ear = arg;

	if (event->kind != AOIPOOL_EVENT_EXHAUSTED)
		return;
	ear->pool = event->pool;
	ear->complaints++;
}

static int open_told(const struct ground *on, struct ear *ear,
		     struct aoipool_pool **pool)
{
	struct aoipool_attr *attr;
	int err = aoipool_attr_create(&attr);

	if (err)
		return err;
	err = aoipool_attr_set_provider(attr, on->provider);
	if (!err)
		err = aoipool_attr_set_object(attr, OBJECT_BYTES, 1);
	if (!err)
		err = aoipool_attr_set_events(attr, hear, ear);
	if (!err)
		err = aoipool_pool_open(attr, pool);
	aoipool_attr_destroy(attr);
	return err;
}

static int add_number(void *arg, const struct aoipool_pool_entry *pool)
{
	*(uint64_t *)arg += pool->kernel_pool;
	return 0;
}

/* One pool of this process: the same number as in its ledger, or none. */
TEST_F(held, a_complaint_names_the_modules_pool)
{
	struct aoipool_slot slots[2000];
	struct aoipool_snapshot *snapshot;
	struct ear ear = { .complaints = 0 };
	struct aoipool_pool *pool;
	uint64_t number = 0;
	size_t n;

	ASSERT_EQ(0, open_told(&variant->on, &ear, &pool));
	ASSERT_EQ(0, aoipool_snapshot_take(&snapshot, 0));
	aoipool_snapshot_each_pool(snapshot, add_number, &number);
	aoipool_snapshot_free(snapshot);
	for (n = 0; n < 2000 && !aoipool_get(pool, &slots[n]); n++)
		;
	for (int tries = TRIES; !ear.complaints && tries; tries--)
		usleep(TRY_US);
	EXPECT_LT(0, ear.complaints);
	EXPECT_EQ(number, ear.pool);
	EXPECT_EQ(variant->on.provider == AOIPOOL_PROVIDER_KERNEL, number != 0);
	EXPECT_EQ(0, aoipool_put_many(pool, slots, n));
	EXPECT_EQ(0, aoipool_pool_close(pool));
}

TEST_HARNESS_MAIN
