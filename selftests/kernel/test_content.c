// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nobody sees what somebody else left in a block, whichever way the block went
 * from the one to the other.
 */
#include "harness.h"
#include "content.h"
#include "pool.h"
#include "proc.h"
#include "tune.h"

#define SECRET		0x5ec2e75ec2e75ec2ULL
#define SLABS		48U
#define DROP_ROUNDS	64

FIXTURE(content)
{
	struct pool pool;
	struct tune tune;
};

FIXTURE_SETUP(content)
{
	ASSERT_EQ(0, tune_save(&self->tune));
	ASSERT_EQ(0, pool_open(&self->pool, SLABS));
	ASSERT_EQ(0, slabs_hold(&self->pool, 0, SLABS, 0));
	pattern_fill(self->pool.data, SLABS * BLOCK, SECRET);
}

FIXTURE_TEARDOWN(content)
{
	EXPECT_EQ(0, tune_restore(&self->tune));
	pool_close(&self->pool);
}

/* Populate another pool on the same node and look at every byte. */
static void expect_clean(struct __test_metadata *_metadata)
{
	struct pool other;

	ASSERT_EQ(0, pool_open(&other, SLABS));
	ASSERT_EQ(0, slabs_hold(&other, 0, SLABS / 2, 0));
	for (__u32 slab = SLABS / 2; slab < SLABS; slab++) {
		ASSERT_EQ(0, slab_claim(&other, slab, 0));
	}
	EXPECT_TRUE(pattern_is(other.data, SLABS * BLOCK, 0));
	pool_close(&other);
}

TEST_F(content, cleared_after_close)
{
	pool_close(&self->pool);
	expect_clean(_metadata);
}

TEST_F(content, cleared_after_trim)
{
	ASSERT_EQ(0, slabs_park(&self->pool, 0, SLABS));
	ASSERT_EQ(0, pool_trim(&self->pool, 0, NULL));
	EXPECT_EQ(SLABS, pool_count(&self->pool, AOIPOOL_SLAB_ABSENT, -1));
	expect_clean(_metadata);
}

TEST_F(content, cleared_after_reclaim)
{
	ASSERT_EQ(0, slabs_park(&self->pool, 0, SLABS));
	for (int i = 0; i < DROP_ROUNDS &&
	     pool_count(&self->pool, AOIPOOL_SLAB_PARKED, -1); i++) {
		ASSERT_EQ(0, drop_slabs());
	}
	EXPECT_EQ(SLABS, pool_count(&self->pool, AOIPOOL_SLAB_ABSENT, -1));
	expect_clean(_metadata);
}

/* A depot that wants more than all these blocks gets them back dirty. */
TEST_F(content, cleared_after_a_deep_depot)
{
	ASSERT_EQ(0, tune_depot(0, 2 * SLABS));
	pool_close(&self->pool);
	expect_clean(_metadata);
	ASSERT_EQ(0, tune_depot(SLABS, 2 * SLABS));
	expect_clean(_metadata);
}

TEST_F(content, cleared_without_a_depot)
{
	ASSERT_EQ(0, tune_no_depot());
	pool_close(&self->pool);
	expect_clean(_metadata);
}

TEST_F(content, cleared_while_the_donor_goes_on)
{
	for (int round = 0; round < 3; round++) {
		ASSERT_EQ(0, slabs_park(&self->pool, 0, SLABS / 2));
		ASSERT_EQ(0, pool_trim(&self->pool, 0, NULL));
		expect_clean(_metadata);
		ASSERT_EQ(0, slabs_hold(&self->pool, 0, SLABS / 2, 0));
		EXPECT_TRUE(pattern_is(self->pool.data, SLABS / 2 * BLOCK, 0));
		pattern_fill(self->pool.data, SLABS / 2 * BLOCK, SECRET);
	}
	EXPECT_TRUE(pattern_is(self->pool.data, SLABS * BLOCK, SECRET));
}

TEST_F(content, new_claim_after_trim_reads_zeroes)
{
	ASSERT_EQ(0, slabs_park(&self->pool, 0, SLABS));
	ASSERT_EQ(0, pool_trim(&self->pool, 0, NULL));
	for (__u32 slab = 0; slab < SLABS; slab++) {
		ASSERT_EQ(0, slab_claim(&self->pool, slab, 0));
	}
	EXPECT_TRUE(pattern_is(self->pool.data, SLABS * BLOCK, 0));
}

/* The tail of the words' pages and the information page are kernel memory too. */
TEST_F(content, pages_of_the_kernel_hold_nothing_else)
{
	const struct aoipool_pool_layout *at = &self->pool.layout;
	const char *info = (const char *)self->pool.info;
	const size_t used = sizeof(struct aoipool_pool_info_page);

	EXPECT_TRUE(pattern_is(self->pool.words + SLABS,
			       at->words_bytes - SLABS * sizeof(__u64), 0));
	EXPECT_TRUE(pattern_is(info + used, at->info_bytes - used, 0));
}

TEST_HARNESS_MAIN
