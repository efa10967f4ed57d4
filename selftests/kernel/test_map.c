// SPDX-License-Identifier: GPL-2.0-only
/*
 * The three mappings of a pool: what may be mapped how, real huge page table
 * entries, and what a touch finds.
 */
#include "harness.h"
#include "child.h"
#include "content.h"
#include "pool.h"
#include "proc.h"

#include <sys/resource.h>
#include <signal.h>

#define PAGE	4096UL
#define SLABS	16U
/* Faults of the test's own code and stack. */
#define FAULT_SLACK	8

FIXTURE(map)
{
	struct pool pool;
};

FIXTURE_SETUP(map)
{
	ASSERT_EQ(0, pool_open(&self->pool, SLABS));
}

FIXTURE_TEARDOWN(map)
{
	pool_close(&self->pool);
}

static void hold_all(struct __test_metadata *_metadata, const struct pool *pool)
{
	for (__u32 slab = 0; slab < pool->nr_slabs; slab++) {
		ASSERT_EQ(0, slab_claim(pool, slab, 0));
	}
}

/* 0, or the errno with which mmap refused. */
static int try_map(const struct pool *pool, int prot, int flags, __u64 bytes, __u64 offset)
{
	void *mem = mmap(NULL, bytes, prot, flags, pool->fd, offset);

	if (mem == MAP_FAILED)
		return errno;
	munmap(mem, bytes);
	return 0;
}

TEST_F(map, layout_is_three_ranges_that_do_not_meet)
{
	const struct aoipool_pool_layout *at = &self->pool.layout;

	EXPECT_EQ(PAGE, at->info_bytes);
	EXPECT_EQ(PAGE, at->words_bytes);
	EXPECT_EQ(SLABS * BLOCK, at->data_bytes);
	EXPECT_EQ(0, at->info_offset % PAGE);
	EXPECT_EQ(0, at->words_offset % PAGE);
	EXPECT_EQ(0, at->data_offset % BLOCK);
	EXPECT_TRUE(at->info_offset + at->info_bytes <= at->words_offset ||
		    at->words_offset + at->words_bytes <= at->info_offset);
	EXPECT_TRUE(at->words_offset + at->words_bytes <= at->data_offset ||
		    at->data_offset + at->data_bytes <= at->words_offset);
	EXPECT_TRUE(at->info_offset + at->info_bytes <= at->data_offset ||
		    at->data_offset + at->data_bytes <= at->info_offset);
}

TEST_F(map, words_are_rounded_up_to_whole_pages)
{
	struct aoipool_pool_create args = pool_args(513, 1);
	struct pool pool;

	args.slab_blocks = 1;
	ASSERT_EQ(0, pool_open_args(&pool, &args));
	EXPECT_EQ(2 * PAGE, pool.layout.words_bytes);
	EXPECT_EQ(0, slab_word(&pool, 512));
	EXPECT_EQ(0, slab_claim(&pool, 512, 0));
	EXPECT_EQ(0, touch_write(slab_data(&pool, 512), 1));
	pool_close(&pool);
}

TEST_F(map, data_is_aligned_to_a_block)
{
	EXPECT_EQ(0, (uintptr_t)self->pool.data % BLOCK);
}

TEST_F(map, info_page_refuses_to_be_written)
{
	const struct aoipool_pool_layout *at = &self->pool.layout;
	void *info = (void *)self->pool.info;

	EXPECT_NE(0, try_map(&self->pool, PROT_READ | PROT_WRITE, MAP_SHARED, at->info_bytes,
			     at->info_offset));
	EXPECT_NE(0, try_map(&self->pool, PROT_WRITE, MAP_SHARED, at->info_bytes,
			     at->info_offset));
	EXPECT_EQ(-1, mprotect(info, at->info_bytes, PROT_READ | PROT_WRITE));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(SIGSEGV, touch_write(info, 1));
}

TEST_F(map, info_page_follows_what_happens)
{
	const volatile struct aoipool_pool_info_page *info = self->pool.info;
	struct aoipool_pool_trim trim;

	EXPECT_EQ(AOIPOOL_ABI_VERSION, info->abi_version);
	EXPECT_EQ(0, info->populated_blocks);
	ASSERT_EQ(0, slabs_hold(&self->pool, 0, 3, 0));
	EXPECT_EQ(3, info->populated_slabs);
	EXPECT_EQ(3, info->populated_blocks);
	ASSERT_EQ(0, slabs_park(&self->pool, 0, 2));
	ASSERT_EQ(0, pool_trim(&self->pool, 0, &trim));
	EXPECT_EQ(1, info->populated_blocks);
	EXPECT_EQ(2, info->reclaimed_slabs);
	EXPECT_EQ(2, info->reclaimed_blocks);
	EXPECT_EQ(-ESTALE, pool_populate(&self->pool, 0, 1, NULL));
	EXPECT_EQ(0, info->swept_slabs);
}

TEST_F(map, private_mapping_is_refused)
{
	const struct aoipool_pool_layout *at = &self->pool.layout;

	EXPECT_NE(0, try_map(&self->pool, PROT_READ | PROT_WRITE, MAP_PRIVATE, at->data_bytes,
			     at->data_offset));
	EXPECT_NE(0, try_map(&self->pool, PROT_READ, MAP_PRIVATE, at->data_bytes,
			     at->data_offset));
	EXPECT_NE(0, try_map(&self->pool, PROT_READ | PROT_WRITE, MAP_PRIVATE, at->words_bytes,
			     at->words_offset));
	EXPECT_NE(0, try_map(&self->pool, PROT_READ, MAP_PRIVATE, at->info_bytes,
			     at->info_offset));
}

TEST_F(map, odd_offsets_and_lengths_are_refused)
{
	const struct aoipool_pool_layout *at = &self->pool.layout;
	const struct {
		__u64 bytes, offset;
	} odd[] = {
		{ at->data_bytes - BLOCK, at->data_offset + PAGE },
		{ at->data_bytes, at->data_offset + BLOCK },
		{ at->data_bytes + PAGE, at->data_offset },
		{ at->data_bytes + BLOCK, at->data_offset },
		{ PAGE, at->data_offset + at->data_bytes },
		{ at->words_bytes + PAGE, at->words_offset },
		{ at->info_bytes + PAGE, at->info_offset },
		{ PAGE, (1ULL << 62) },
		{ PAGE, -PAGE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(odd); i++) {
		EXPECT_NE(0, try_map(&self->pool, PROT_READ, MAP_SHARED, odd[i].bytes,
				     odd[i].offset)) {
			TH_LOG("bytes %#llx, offset %#llx", odd[i].bytes, odd[i].offset);
		}
	}
}

TEST_F(map, address_out_of_step_with_the_offset_is_refused)
{
	const struct aoipool_pool_layout *at = &self->pool.layout;
	char *room = mmap(NULL, at->data_bytes + 2 * BLOCK, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *odd = (char *)(((uintptr_t)room + BLOCK) & ~(BLOCK - 1)) + PAGE;

	ASSERT_NE(MAP_FAILED, room);
	EXPECT_EQ(MAP_FAILED, mmap(odd, at->data_bytes, PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_FIXED, self->pool.fd, at->data_offset));
}

static long faults(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_minflt + usage.ru_majflt;
}

TEST_F(map, touched_blocks_are_huge_page_table_entries)
{
	const __u32 touched = SLABS - 4;
	long mapped, before;

	hold_all(_metadata, &self->pool);
	mapped = vmstat("thp_file_mapped");
	before = faults();
	stamp_write(self->pool.data, touched * BLOCK, 1);
	EXPECT_GE(touched + FAULT_SLACK, faults() - before);
	EXPECT_EQ(touched * BLOCK >> 10,
		  smaps_kib(self->pool.data, SLABS * BLOCK, "FilePmdMapped"));
	EXPECT_LE(touched, vmstat("thp_file_mapped") - mapped);
	EXPECT_LE(0, mapped);
}

TEST_F(map, populated_blocks_are_huge_page_table_entries)
{
	long before;

	ASSERT_EQ(0, slabs_hold(&self->pool, 0, SLABS, 0));
	before = faults();
	stamp_write(self->pool.data, SLABS * BLOCK, 1);
	EXPECT_GE(SLABS + FAULT_SLACK, faults() - before);
	EXPECT_EQ(SLABS * BLOCK >> 10,
		  smaps_kib(self->pool.data, SLABS * BLOCK, "FilePmdMapped"));
}

TEST_F(map, read_touch_maps_a_huge_entry_that_can_be_written)
{
	unsigned char byte = 0xff;
	long before;

	ASSERT_EQ(0, slab_claim(&self->pool, 0, 0));
	ASSERT_EQ(0, touch_read(self->pool.data, &byte));
	EXPECT_EQ(0, byte);
	EXPECT_EQ(BLOCK >> 10, smaps_kib(self->pool.data, SLABS * BLOCK, "FilePmdMapped"));
	before = faults();
	stamp_write(self->pool.data, BLOCK, 5);
	EXPECT_GE(1 + FAULT_SLACK, faults() - before);
	EXPECT_EQ(BLOCK >> 10, smaps_kib(self->pool.data, SLABS * BLOCK, "FilePmdMapped"));
}

TEST_F(map, touch_of_an_absent_slab_is_sigbus)
{
	unsigned char byte;

	EXPECT_EQ(SIGBUS, touch_read(slab_data(&self->pool, 3), &byte));
	EXPECT_EQ(SIGBUS, touch_write(slab_data(&self->pool, 3) + BLOCK - 1, 1));
	EXPECT_EQ(0, self->pool.info->populated_blocks);
	ASSERT_EQ(0, slab_claim(&self->pool, 3, 0));
	EXPECT_EQ(0, touch_write(slab_data(&self->pool, 3), 1));
	EXPECT_EQ(SIGBUS, touch_read(slab_data(&self->pool, 4), &byte));
}

TEST_F(map, touch_of_a_trimmed_slab_is_sigbus)
{
	unsigned char byte;

	ASSERT_EQ(0, slabs_hold(&self->pool, 0, 1, 0));
	ASSERT_EQ(0, touch_write(self->pool.data, 1));
	ASSERT_EQ(0, slab_park(&self->pool, 0));
	EXPECT_EQ(0, touch_read(self->pool.data, &byte));
	EXPECT_EQ(1, byte);
	ASSERT_EQ(0, pool_trim(&self->pool, 0, NULL));
	EXPECT_EQ(SIGBUS, touch_read(self->pool.data, &byte));
}

TEST_F(map, parked_slab_that_was_never_touched_is_sigbus)
{
	unsigned char byte;

	ASSERT_EQ(0, slab_claim(&self->pool, 0, 0));
	ASSERT_EQ(0, slab_park(&self->pool, 0));
	EXPECT_EQ(SIGBUS, touch_read(self->pool.data, &byte));
}

TEST_F(map, first_touch_of_a_held_slab_is_zeroed)
{
	hold_all(_metadata, &self->pool);
	EXPECT_TRUE(pattern_is(self->pool.data, SLABS * BLOCK, 0));
}

TEST_F(map, unmapping_a_part_leaves_the_rest)
{
	char *data = self->pool.data;
	unsigned char byte;

	ASSERT_EQ(0, slabs_hold(&self->pool, 0, 2, 0));
	stamp_write(data, 2 * BLOCK, 7);
	ASSERT_EQ(0, munmap(data + BLOCK / 2, BLOCK / 4));
	EXPECT_TRUE(stamp_is(data, BLOCK / 2, 7));
	EXPECT_TRUE(stamp_is(data + 3 * BLOCK / 4, BLOCK + BLOCK / 4, 7));
	EXPECT_EQ(SIGSEGV, touch_read(data + BLOCK / 2, &byte));
	EXPECT_EQ(2, self->pool.info->populated_blocks);
}

TEST_F(map, slab_unmapped_in_part_is_still_taken)
{
	char *data = self->pool.data;
	unsigned char byte;

	ASSERT_EQ(0, slabs_hold(&self->pool, 0, 1, 0));
	stamp_write(data, BLOCK, 7);
	ASSERT_EQ(0, munmap(data + BLOCK / 2, PAGE));
	ASSERT_EQ(0, slab_park(&self->pool, 0));
	ASSERT_EQ(0, pool_trim(&self->pool, 0, NULL));
	EXPECT_EQ(AOIPOOL_SLAB_ABSENT, slab_state(&self->pool, 0));
	EXPECT_EQ(SIGBUS, touch_read(data, &byte));
	EXPECT_EQ(SIGBUS, touch_read(data + BLOCK - 1, &byte));
}

TEST_F(map, content_outlives_the_mapping)
{
	struct pool *pool = &self->pool;

	ASSERT_EQ(0, slabs_hold(pool, 0, 2, 0));
	stamp_write(pool->data, 2 * BLOCK, 11);
	pool_unmap(pool);
	ASSERT_EQ(0, pool_map(pool));
	EXPECT_TRUE(stamp_is(pool->data, 2 * BLOCK, 11));
	EXPECT_EQ(AOIPOOL_SLAB_HELD, slab_state(pool, 0));
}

TEST_F(map, protecting_a_part_keeps_content_and_refuses_writes)
{
	char *data = self->pool.data;
	unsigned char byte;

	ASSERT_EQ(0, slabs_hold(&self->pool, 0, 1, 0));
	stamp_write(data, BLOCK, 9);
	ASSERT_EQ(0, mprotect(data + 8 * PAGE, PAGE, PROT_READ));
	ASSERT_EQ(0, mprotect(data + 9 * PAGE, PAGE, PROT_NONE));
	EXPECT_EQ(0, touch_write(data + 7 * PAGE, 9));
	EXPECT_EQ(SIGSEGV, touch_write(data + 8 * PAGE, 1));
	EXPECT_EQ(0, touch_read(data + 8 * PAGE, &byte));
	EXPECT_EQ(SIGSEGV, touch_read(data + 9 * PAGE, &byte));
	ASSERT_EQ(0, mprotect(data, BLOCK, PROT_READ | PROT_WRITE));
	EXPECT_TRUE(stamp_is(data, BLOCK, 9));
	EXPECT_EQ(0, touch_write(data + 8 * PAGE, 1));
}

TEST_F(map, mremap_cannot_grow_a_mapping)
{
	void *grown = mremap(self->pool.data, SLABS * BLOCK, (SLABS + 1) * BLOCK, MREMAP_MAYMOVE);

	EXPECT_EQ(MAP_FAILED, grown);
}

TEST_F(map, mremap_moves_content_or_is_refused)
{
	struct pool *pool = &self->pool;
	char *room, *moved;

	ASSERT_EQ(0, slabs_hold(pool, 0, 2, 0));
	stamp_write(pool->data, 2 * BLOCK, 13);
	room = mmap(NULL, (SLABS + 1) * BLOCK, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, room);
	moved = mremap(pool->data, SLABS * BLOCK, SLABS * BLOCK, MREMAP_MAYMOVE | MREMAP_FIXED,
		       room + PAGE);
	if (moved != MAP_FAILED)
		pool->data = moved;
	EXPECT_TRUE(stamp_is(pool->data, 2 * BLOCK, 13));
	ASSERT_EQ(0, slabs_park(pool, 0, 2));
	ASSERT_EQ(0, pool_trim(pool, 0, NULL));
	EXPECT_EQ(SIGBUS, touch_write(pool->data, 1));
	EXPECT_EQ(SIGBUS, touch_write(pool->data + 2 * BLOCK - 1, 1));
	EXPECT_EQ(0, pool->info->populated_blocks);
}

static int look_at_mappings(int sock, void *arg)
{
	const struct pool *pool = arg;
	unsigned char byte;

	(void)sock;
	if (touch_read(pool->data, &byte) != SIGSEGV)
		return 1;
	if (touch_read(pool->words, &byte) != SIGSEGV)
		return 2;
	return touch_read((const void *)pool->info, &byte) == SIGSEGV ? 0 : 3;
}

TEST_F(map, fork_does_not_inherit_the_mappings)
{
	struct child child;

	ASSERT_EQ(0, slabs_hold(&self->pool, 0, 1, 0));
	ASSERT_EQ(0, touch_write(self->pool.data, 1));
	ASSERT_EQ(0, child_start(&child, look_at_mappings, &self->pool));
	EXPECT_EQ(0, child_wait(&child));
}

static int write_in_child(int sock, void *arg)
{
	struct pool client;

	(void)sock;
	if (pool_join(arg, &client))
		return 1;
	if (slabs_hold(&client, 5, 1, 0))
		return 2;
	stamp_write(slab_data(&client, 5), BLOCK, 23);
	return slab_park(&client, 5) ? 3 : 0;
}

TEST_F(map, another_process_sees_the_same_memory)
{
	struct child child;

	ASSERT_EQ(0, child_start(&child, write_in_child, &self->pool));
	ASSERT_EQ(0, child_wait(&child));
	ASSERT_EQ(0, slab_revive(&self->pool, 5));
	EXPECT_EQ(1, aoipool_word_gen(slab_word(&self->pool, 5)));
	EXPECT_TRUE(stamp_is(slab_data(&self->pool, 5), BLOCK, 23));
}

TEST_F(map, two_mappings_are_coherent)
{
	struct pool twin = self->pool;

	ASSERT_EQ(0, pool_map(&twin));
	ASSERT_NE(twin.data, self->pool.data);
	ASSERT_EQ(0, slab_claim(&self->pool, 2, 0));
	EXPECT_EQ(slab_word(&self->pool, 2), slab_word(&twin, 2));
	stamp_write(slab_data(&self->pool, 2), BLOCK, 17);
	EXPECT_TRUE(stamp_is(slab_data(&twin, 2), BLOCK, 17));
	stamp_write(slab_data(&twin, 2), BLOCK, 19);
	EXPECT_TRUE(stamp_is(slab_data(&self->pool, 2), BLOCK, 19));
	ASSERT_EQ(0, slab_park(&twin, 2));
	ASSERT_EQ(0, pool_trim(&self->pool, 0, NULL));
	EXPECT_EQ(SIGBUS, touch_write(slab_data(&twin, 2), 1));
	EXPECT_EQ(SIGBUS, touch_write(slab_data(&self->pool, 2), 1));
	pool_unmap(&twin);
}

TEST_F(map, pool_lives_as_long_as_a_mapping)
{
	struct aoipool_info before, after;
	struct pool pool;

	ASSERT_EQ(0, device_info(&before));
	ASSERT_EQ(0, pool_open(&pool, 2));
	ASSERT_EQ(0, slabs_hold(&pool, 0, 2, 0));
	stamp_write(pool.data, 2 * BLOCK, 29);
	close(pool.fd);
	EXPECT_TRUE(stamp_is(pool.data, 2 * BLOCK, 29));
	pool_unmap(&pool);
	ASSERT_EQ(0, device_await_pool_blocks(before.pool_blocks));
	ASSERT_EQ(0, device_info(&after));
	EXPECT_EQ(before.nr_pools, after.nr_pools);
}

TEST_F(map, slab_of_many_blocks_is_contiguous)
{
	struct aoipool_pool_create args = pool_args(3, 4);
	struct pool pool;

	ASSERT_EQ(0, pool_open_args(&pool, &args));
	ASSERT_EQ(0, slab_claim(&pool, 1, 0));
	EXPECT_EQ(SIGBUS, touch_write(slab_data(&pool, 1) - 1, 1));
	stamp_write(slab_data(&pool, 1), 4 * BLOCK, 31);
	EXPECT_EQ(SIGBUS, touch_write(slab_data(&pool, 2), 1));
	EXPECT_EQ(4, pool.info->populated_blocks);
	EXPECT_EQ(1, pool.info->populated_slabs);
	EXPECT_EQ(4 * BLOCK >> 10, smaps_kib(pool.data, 12 * BLOCK, "FilePmdMapped"));
	ASSERT_EQ(0, slab_park(&pool, 1));
	ASSERT_EQ(0, pool_trim(&pool, 0, NULL));
	EXPECT_EQ(0, pool.info->populated_blocks);
	pool_close(&pool);
}

TEST_F(map, nothing_of_a_pool_can_be_executed)
{
	const struct pool *pool = &self->pool;

	EXPECT_EQ(MAP_FAILED, mmap(NULL, pool->slab_bytes, PROT_READ | PROT_EXEC, MAP_SHARED,
				   pool->fd, pool->layout.data_offset));
	EXPECT_EQ(EPERM, errno);
	EXPECT_EQ(-1, mprotect(pool->data, pool->slab_bytes, PROT_READ | PROT_EXEC));
	EXPECT_EQ(EACCES, errno);
}

static bool maps_have_line_ending(const char *end)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	bool found = false;
	char line[512];

	while (maps && !found && fgets(line, sizeof(line), maps)) {
		size_t length = strcspn(line, "\n");

		found = length > strlen(end) &&
			!strncmp(line + length - strlen(end), end, strlen(end));
	}
	if (maps)
		fclose(maps);
	return found;
}

TEST_F(map, maps_name_the_pool)
{
	EXPECT_TRUE(maps_have_line_ending(" /aoipool:selftest"));
}

TEST_HARNESS_MAIN
