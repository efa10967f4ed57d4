// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's other ways to a slab: everything that pins user memory works on
 * it, and what is pinned is not taken.
 */
#include "harness.h"
#include "child.h"
#include "content.h"
#include "pool.h"
#include "uring.h"

#include <fcntl.h>
#include <sys/uio.h>

#define FILE_PATH	"/mnt/slab.bin"
#define PAGE		4096UL
#define SLABS		8U
/* What a pipe holds, in whole pages, without being asked to grow. */
#define PIPE_PAGES	8UL

FIXTURE(io)
{
	struct pool pool;
	int file;
};

FIXTURE_SETUP(io)
{
	ASSERT_EQ(0, pool_open(&self->pool, SLABS));
	ASSERT_EQ(0, slabs_hold(&self->pool, 0, 4, 0));
	self->file = open(FILE_PATH, O_RDWR | O_CREAT | O_TRUNC | O_DIRECT | O_CLOEXEC, 0600);
	ASSERT_LE(0, self->file);
}

FIXTURE_TEARDOWN(io)
{
	close(self->file);
	unlink(FILE_PATH);
	pool_close(&self->pool);
}

/* Words that differ from page to page and within a page. */
static void number_fill(char *mem, size_t bytes, __u64 seed)
{
	__u64 *word = (__u64 *)mem;

	for (size_t i = 0; i < bytes / sizeof(*word); i++)
		word[i] = seed + i;
}

TEST_F(io, direct_write_and_read_of_a_slab)
{
	char *from = slab_data(&self->pool, 0), *to = slab_data(&self->pool, 1);

	number_fill(from, BLOCK, 1);
	ASSERT_EQ(BLOCK, pwrite(self->file, from, BLOCK, 0));
	ASSERT_EQ(BLOCK, pread(self->file, to, BLOCK, 0));
	EXPECT_EQ(0, memcmp(from, to, BLOCK));
}

TEST_F(io, direct_transfer_across_two_blocks)
{
	char *from = slab_data(&self->pool, 0) + BLOCK / 2;
	char *to = slab_data(&self->pool, 2) + BLOCK / 4;

	number_fill(from, BLOCK, 77);
	ASSERT_EQ(BLOCK, pwrite(self->file, from, BLOCK, 0));
	ASSERT_EQ(BLOCK, pread(self->file, to, BLOCK, 0));
	EXPECT_EQ(0, memcmp(from, to, BLOCK));
	EXPECT_TRUE(pattern_is(slab_data(&self->pool, 2), BLOCK / 4, 0));
	EXPECT_TRUE(pattern_is(to + BLOCK, 3 * BLOCK / 4, 0));
}

/* The device itself is the first to touch the slab. */
TEST_F(io, direct_read_into_a_slab_without_memory)
{
	char *from = slab_data(&self->pool, 0), *to = slab_data(&self->pool, 5);

	number_fill(from, BLOCK, 5);
	ASSERT_EQ(BLOCK, pwrite(self->file, from, BLOCK, 0));
	ASSERT_EQ(0, slab_claim(&self->pool, 5, 0));
	ASSERT_EQ(BLOCK, pread(self->file, to, BLOCK, 0));
	EXPECT_EQ(0, memcmp(from, to, BLOCK));
}

TEST_F(io, direct_transfer_of_an_absent_slab_faults)
{
	ASSERT_EQ(BLOCK, pwrite(self->file, self->pool.data, BLOCK, 0));
	EXPECT_EQ(-1, pread(self->file, slab_data(&self->pool, 6), BLOCK, 0));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, pwrite(self->file, slab_data(&self->pool, 6), BLOCK, 0));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(4, self->pool.info->populated_blocks);
}

TEST_F(io, slab_can_be_taken_after_direct_transfer)
{
	struct aoipool_pool_trim trim;

	ASSERT_EQ(BLOCK, pwrite(self->file, self->pool.data, BLOCK, 0));
	ASSERT_EQ(BLOCK, pread(self->file, self->pool.data, BLOCK, 0));
	ASSERT_EQ(0, slab_park(&self->pool, 0));
	ASSERT_EQ(0, pool_trim(&self->pool, 0, &trim));
	EXPECT_EQ(1, trim.freed_blocks);
	EXPECT_EQ(0, trim.pinned_slabs);
}

/* The child reads slab 0 of its parent and writes slab 1. */
static int reach_over(int sock, void *arg)
{
	const struct pool *pool = arg;
	char *buffer = malloc(BLOCK);
	struct iovec mine = { buffer, BLOCK };
	struct iovec from = { slab_data(pool, 0), BLOCK };
	struct iovec to = { slab_data(pool, 1), BLOCK };

	(void)sock;
	if (!buffer)
		return 1;
	if (process_vm_readv(getppid(), &mine, 1, &from, 1, 0) != (ssize_t)BLOCK)
		return 2;
	if (process_vm_writev(getppid(), &mine, 1, &to, 1, 0) != (ssize_t)BLOCK)
		return 3;
	return 0;
}

TEST_F(io, another_process_reads_and_writes_a_slab)
{
	struct child child;

	number_fill(slab_data(&self->pool, 0), BLOCK, 99);
	ASSERT_EQ(0, child_start(&child, reach_over, &self->pool));
	ASSERT_EQ(0, child_wait(&child));
	EXPECT_EQ(0, memcmp(slab_data(&self->pool, 0), slab_data(&self->pool, 1), BLOCK));
}

TEST_F(io, slab_goes_through_a_pipe)
{
	const size_t bytes = PIPE_PAGES * PAGE;
	struct iovec part = { self->pool.data, bytes };
	char got[PIPE_PAGES * PAGE];
	int pipes[2];

	ASSERT_EQ(0, pipe(pipes));
	number_fill(self->pool.data, bytes, 3);
	ASSERT_EQ(bytes, vmsplice(pipes[1], &part, 1, 0));
	ASSERT_EQ(bytes, read(pipes[0], got, bytes));
	EXPECT_EQ(0, memcmp(self->pool.data, got, bytes));
}

TEST_F(io, slab_in_a_pipe_is_not_taken)
{
	struct iovec part = { slab_data(&self->pool, 1), PAGE };
	struct aoipool_pool_trim trim;
	char got[PAGE];
	int pipes[2];

	ASSERT_EQ(0, pipe(pipes));
	stamp_write(self->pool.data, 4 * BLOCK, 55);
	ASSERT_EQ(PAGE, vmsplice(pipes[1], &part, 1, 0));
	ASSERT_EQ(0, slabs_park(&self->pool, 0, 4));
	ASSERT_EQ(0, pool_trim(&self->pool, 0, &trim));
	EXPECT_EQ(1, trim.pinned_slabs);
	EXPECT_EQ(3, trim.freed_blocks);
	EXPECT_EQ(AOIPOOL_SLAB_PARKED, slab_state(&self->pool, 1));
	ASSERT_EQ(0, slab_revive(&self->pool, 1));
	EXPECT_TRUE(stamp_is(slab_data(&self->pool, 1), BLOCK, 55));
	ASSERT_EQ(0, slab_park(&self->pool, 1));
	ASSERT_EQ(PAGE, read(pipes[0], got, PAGE));
	ASSERT_EQ(0, pool_trim(&self->pool, 0, &trim));
	EXPECT_EQ(0, trim.pinned_slabs);
	EXPECT_EQ(1, trim.freed_blocks);
}

/* A pinned block outlives its pool, and nobody else is given it. */
TEST_F(io, block_in_a_pipe_is_not_handed_on)
{
	struct iovec part = { NULL, PAGE };
	struct pool donor, taker;
	char got[PAGE];
	int pipes[2];

	ASSERT_EQ(0, pipe(pipes));
	ASSERT_EQ(0, pool_open(&donor, 1));
	ASSERT_EQ(0, slabs_hold(&donor, 0, 1, 0));
	pattern_fill(donor.data, BLOCK, 0x5a5a5a5a5a5a5a5aULL);
	part.iov_base = donor.data;
	ASSERT_EQ(PAGE, vmsplice(pipes[1], &part, 1, 0));
	pool_close(&donor);
	ASSERT_EQ(0, pool_open(&taker, 16));
	ASSERT_EQ(0, slabs_hold(&taker, 0, 16, 0));
	pattern_fill(taker.data, 16 * BLOCK, 0xa5a5a5a5a5a5a5a5ULL);
	ASSERT_EQ(PAGE, read(pipes[0], got, PAGE));
	EXPECT_TRUE(pattern_is(got, PAGE, 0x5a5a5a5a5a5a5a5aULL));
	EXPECT_TRUE(pattern_is(taker.data, 16 * BLOCK, 0xa5a5a5a5a5a5a5a5ULL));
	pool_close(&taker);
}

/* A registered buffer of io_uring: pinned for as long as the user likes. */
FIXTURE(uring)
{
	struct pool pool;
	struct uring uring;
	int file;
};

FIXTURE_SETUP(uring)
{
	int err;

	ASSERT_EQ(0, pool_open(&self->pool, SLABS));
	ASSERT_EQ(0, slabs_hold(&self->pool, 0, 2, 0));
	stamp_write(self->pool.data, 2 * BLOCK, 41);
	err = uring_open(&self->uring);
	if (err == -ENOSYS || err == -EPERM)
		SKIP_FIXTURE("io_uring is not to be had here");
	ASSERT_EQ(0, err);
	err = uring_register(&self->uring, self->pool.data, BLOCK);
	if (err == -EOPNOTSUPP && !uring_takes_files())
		SKIP_FIXTURE("io_uring before 6.5 registers no memory that a file backs");
	ASSERT_EQ(0, err);
	self->file = open(FILE_PATH, O_RDWR | O_CREAT | O_TRUNC | O_DIRECT | O_CLOEXEC, 0600);
	ASSERT_LE(0, self->file);
}

FIXTURE_TEARDOWN(uring)
{
	close(self->file);
	unlink(FILE_PATH);
	uring_close(&self->uring);
	pool_close(&self->pool);
}

TEST_F(uring, registered_slab_is_written_and_read)
{
	char *data = self->pool.data;

	number_fill(data, BLOCK, 1000);
	memcpy(data + BLOCK, data, BLOCK);
	ASSERT_EQ(BLOCK, uring_write_fixed(&self->uring, self->file, data, BLOCK));
	memset(data, 0, BLOCK);
	ASSERT_EQ(BLOCK, uring_read_fixed(&self->uring, self->file, data, BLOCK));
	EXPECT_EQ(0, memcmp(data, data + BLOCK, BLOCK));
}

TEST_F(uring, registered_slab_is_not_taken_until_unregistered)
{
	struct aoipool_pool_trim trim;

	ASSERT_EQ(0, slabs_park(&self->pool, 0, 2));
	ASSERT_EQ(0, pool_trim(&self->pool, 0, &trim));
	EXPECT_EQ(1, trim.pinned_slabs);
	EXPECT_EQ(1, trim.freed_blocks);
	EXPECT_EQ(AOIPOOL_SLAB_PARKED, slab_state(&self->pool, 0));
	ASSERT_EQ(0, slab_revive(&self->pool, 0));
	EXPECT_TRUE(stamp_is(self->pool.data, BLOCK, 41));
	ASSERT_EQ(0, slab_park(&self->pool, 0));
	ASSERT_EQ(0, uring_unregister(&self->uring));
	/* The kernel drops the pins of a buffer from a worker of its own. */
	for (int i = 0; i < 500 && slab_state(&self->pool, 0) != AOIPOOL_SLAB_ABSENT; i++) {
		ASSERT_EQ(0, pool_trim(&self->pool, 0, &trim));
		usleep(10 * 1000);
	}
	EXPECT_EQ(AOIPOOL_SLAB_ABSENT, slab_state(&self->pool, 0));
}

TEST_F(uring, registered_slab_survives_its_pool)
{
	char *data = self->pool.data, *back;
	struct pool taker;

	pool_close(&self->pool);
	ASSERT_EQ(0, pool_open(&taker, 8));
	ASSERT_EQ(0, slabs_hold(&taker, 0, 8, 0));
	stamp_write(taker.data, 8 * BLOCK, 43);
	ASSERT_EQ(BLOCK, uring_write_fixed(&self->uring, self->file, data, BLOCK));
	back = slab_data(&taker, 0);
	ASSERT_EQ(BLOCK, pread(self->file, back, BLOCK, 0));
	EXPECT_TRUE(stamp_is(back, BLOCK, 41));
	EXPECT_TRUE(stamp_is(taker.data + BLOCK, 7 * BLOCK, 43));
	pool_close(&taker);
}

TEST_HARNESS_MAIN
