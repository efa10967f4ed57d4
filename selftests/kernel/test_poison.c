// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page of a block goes bad: whoever touches it hears of it, the kernel stays
 * well, and nobody gets the block again.
 */
#include "harness.h"
#include "content.h"
#include "pool.h"
#include "proc.h"

#include <signal.h>
#include <sys/mman.h>

#define PAGE	4096UL
#define BAD	(5 * PAGE)

FIXTURE(poison)
{
	struct pool pool;
	struct pool other;
};

/* The mapping of another client has not met the page yet. */
FIXTURE_SETUP(poison)
{
	printf("# kernel log: memory error expected\n");
	fflush(stdout);
	ASSERT_EQ(0, pool_open(&self->pool, 2));
	ASSERT_EQ(0, slabs_hold(&self->pool, 0, 2, 0));
	ASSERT_EQ(0, pool_join(&self->pool, &self->other));
	stamp_write(self->pool.data, BLOCK, 1);
}

FIXTURE_TEARDOWN(poison)
{
	pool_close(&self->other);
	pool_close(&self->pool);
}

/* Of a large page that is not its own the kernel marks a page and gives up. */
static bool page_is_declared_bad(char *page)
{
	return !madvise(page, PAGE, MADV_HWPOISON) || errno != EINVAL;
}

TEST_F(poison, touch_of_a_bad_page_is_sigbus)
{
	unsigned char byte;

	if (!page_is_declared_bad(self->pool.data + BAD))
		SKIP(return, "no MADV_HWPOISON: this kernel handles no memory errors");
	EXPECT_EQ(SIGBUS, touch_read(self->other.data + BAD, &byte));
	EXPECT_TRUE(stamp_is(slab_data(&self->pool, 1), BLOCK, 0));
}

/* The book is closed on it all the same: the pool's blocks are all accounted. */
TEST_F(poison, bad_block_is_retired)
{
	struct aoipool_info info;

	if (!page_is_declared_bad(self->pool.data + BAD))
		SKIP(return, "no MADV_HWPOISON: this kernel handles no memory errors");
	ASSERT_EQ(0, slab_park(&self->pool, 0));
	pool_trim(&self->pool, 0, NULL);
	ASSERT_EQ(0, device_settle(&info));
	EXPECT_EQ(0, device_await_pool_blocks(self->pool.info->populated_blocks));
}

TEST_HARNESS_MAIN
