// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that is given back: slots that lie about in the lists of CPUs keep no
 * slab from going when it is asked for.
 */
#include "harness.h"
#include "cpu.h"
#include "crew.h"
#include "ground.h"
#include "hoard.h"
#include "mark.h"

#include <fcntl.h>
#include <linux/aoipool.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#define BLOCK		(2UL << 20)
#define MAX_FD		256
#define OBJECT_BYTES	4096
/* An odd number of cache lines: 4160 bytes, 504 to a block. */
#define BLOCK_SLOTS	504UL
#define BLOCKS		16UL
#define SLOTS		(BLOCKS * BLOCK_SLOTS)

FIXTURE(objects)
{
	struct aoipool_pool *pool;
};

ON_EVERY_GROUND(objects);

static int open_pool(const struct ground *ground, size_t reserve,
		     struct aoipool_pool **pool)
{
	const struct want want = {
		.bytes = OBJECT_BYTES,
		.count = SLOTS,
		.reserve = reserve,
	};

	return ground_open(ground, &want, pool);
}

FIXTURE_SETUP(objects)
{
	if (!cpu_machine_fits())
		SKIP_FIXTURE("needs two nodes with two CPUs each");
	ASSERT_EQ(0, open_pool(&variant->on, 0, &self->pool));
	ASSERT_EQ(SLOTS, aoipool_pool_slots(self->pool));
}

FIXTURE_TEARDOWN(objects)
{
	EXPECT_EQ(0, aoipool_pool_close(self->pool));
}

/* Each CPU gets its share of the whole pool at once, and puts it. */
static void use_share(struct hand *hand)
{
	struct aoipool_pool *pool = hand->crew->arg;
	struct hoard hoard;

	if (hoard_take(&hoard, pool, SLOTS / CPUS)) {
		hand->wrong++;
		return;
	}
	hand->wrong += hoard.n != SLOTS / CPUS;
	hand->wrong += !hoard_is_clean(&hoard);
	hand->wrong += hoard_put(&hoard);
}

static unsigned long use_on_all_cpus(struct aoipool_pool *pool)
{
	const int cpus[CPUS] = { cpu_of(0, 0), cpu_of(0, 1), cpu_of(1, 0),
				 cpu_of(1, 1) };
	struct crew crew;

	if (crew_start(&crew, CPUS, use_share, pool, cpus))
		return 1;
	return crew_join(&crew);
}

/* What the module, which is in nobody's confidence, says of all pools. */
static long module_bytes(void)
{
	struct aoipool_info info = { .size = sizeof(info) };
	int device = open(AOIPOOL_DEVICE_PATH, O_RDWR | O_CLOEXEC);
	long bytes = -1;

	if (device >= 0 && !ioctl(device, AOIPOOL_INFO, &info))
		bytes = (long)(info.pool_blocks * BLOCK);
	close(device);
	return bytes;
}

/* What the kernel says of the memory of pools in this process; not of ledgers. */
static long memfd_bytes(void)
{
	char path[32], name[64];
	struct stat stat;
	long bytes = 0;
	ssize_t n;
	int fd;

	for (fd = 0; fd < MAX_FD; fd++) {
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		n = readlink(path, name, sizeof(name) - 1);
		name[n < 0 ? 0 : n] = '\0';
		if (strstr(name, "memfd:aoipool ") && !fstat(fd, &stat))
			bytes += stat.st_blocks * 512;
	}
	return bytes;
}

/* The library's number, and that of whoever else knows. */
static void expect_resident(struct __test_metadata *_metadata,
			    struct aoipool_pool *pool, long blocks)
{
	const bool user = !strcmp(aoipool_pool_provider(pool), "user");

	EXPECT_EQ(blocks * BLOCK, ground_stats(pool).resident_bytes);
	EXPECT_EQ(blocks * BLOCK, user ? memfd_bytes() : module_bytes());
}

TEST_F(objects, trim_leaves_nothing_whichever_cpus_had_slots)
{
	size_t freed;

	EXPECT_EQ(0, use_on_all_cpus(self->pool));
	ASSERT_LT(0, ground_stats(self->pool).slots_listed);
	ASSERT_LT(0, ground_stats(self->pool).resident_bytes);
	ASSERT_EQ(0, aoipool_pool_trim(self->pool, SIZE_MAX, &freed));
	EXPECT_LT(0, freed);
	expect_resident(_metadata, self->pool, 0);
	EXPECT_STREQ("whole", hoard_audit(self->pool));
	ASSERT_EQ(0, aoipool_pool_trim(self->pool, SIZE_MAX, NULL));
	expect_resident(_metadata, self->pool, 0);
}

/* Drained is not given back: who comes next finds it warm. */
TEST_F(objects, drain_leaves_memory_and_no_slots_on_lists)
{
	struct aoipool_stats before, after;

	EXPECT_EQ(0, use_on_all_cpus(self->pool));
	before = ground_stats(self->pool);
	ASSERT_LT(0, before.slots_listed);
	ASSERT_EQ(0, aoipool_pool_drain(self->pool));
	after = ground_stats(self->pool);
	EXPECT_EQ(0, after.slots_listed);
	EXPECT_EQ(before.resident_bytes, after.resident_bytes);
	EXPECT_EQ(after.claims + after.revives, after.parks);
	EXPECT_STREQ("whole", hoard_audit(self->pool));
}

TEST_F(objects, trim_leaves_the_reserve_and_no_more)
{
	struct aoipool_pool *pool;
	const size_t blocks = 3;

	ASSERT_EQ(0, open_pool(&variant->on, blocks * BLOCK_SLOTS, &pool));
	expect_resident(_metadata, pool, blocks);
	EXPECT_EQ(0, use_on_all_cpus(pool));
	ASSERT_EQ(0, aoipool_pool_trim(pool, SIZE_MAX, NULL));
	expect_resident(_metadata, pool, blocks);
	EXPECT_STREQ("whole", hoard_audit(pool));
	EXPECT_EQ(0, aoipool_pool_close(pool));
}

/* Two slots are held: their slabs stay, with what is in them. */
TEST_F(objects, trim_leaves_the_slabs_of_slots_that_are_out)
{
	struct aoipool_slot held[2] = { 0 };
	struct hoard hoard;

	EXPECT_EQ(0, use_on_all_cpus(self->pool));
	ASSERT_EQ(0, hoard_take(&hoard, self->pool, SIZE_MAX));
	ASSERT_EQ(SLOTS, hoard.n);
	ASSERT_TRUE(hoard_is_clean(&hoard));
	/* In the order of addresses: the first and the last block. */
	held[1] = hoard.slots[--hoard.n];
	held[0] = hoard.slots[0];
	hoard.slots[0] = hoard.slots[--hoard.n];
	ASSERT_TRUE(mark_set(held[0].ptr, held[0].ref));
	ASSERT_TRUE(mark_set(held[1].ptr, held[1].ref));
	EXPECT_EQ(0, hoard_put(&hoard));
	ASSERT_EQ(0, aoipool_pool_trim(self->pool, SIZE_MAX, NULL));
	expect_resident(_metadata, self->pool, 2);
	EXPECT_TRUE(mark_clear(held[0].ptr, held[0].ref));
	EXPECT_TRUE(mark_clear(held[1].ptr, held[1].ref));
	EXPECT_EQ(0, aoipool_put(self->pool, held[0].ref));
	EXPECT_EQ(0, aoipool_put(self->pool, held[1].ref));
	EXPECT_STREQ("whole", hoard_audit(self->pool));
}

TEST_HARNESS_MAIN
