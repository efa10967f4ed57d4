// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * Opening and getting when the process has no descriptors, no address space, no
 * memory: an error that says so, and nothing left behind.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "fixture.h"
#include "pattern.h"
#include "process.h"

/* First use may leave something for good: the registry, the C library. */
static int warm_up(void **state)
{
	struct aoipool_pool *pool;

	(void)state;
	pool = open_frames(1);
	aoipool_pool_close(pool);
	pool = open_objects(64, 1);
	aoipool_pool_close(pool);
	return 0;
}

static void nothing_left(const struct footprint *before)
{
	struct footprint after = process_footprint_after(before);

	assert_int_equal(after.descriptors, before->descriptors);
	assert_int_equal(after.mappings, before->mappings);
	assert_int_equal(after.address_bytes, before->address_bytes);
	assert_int_equal(after.threads, before->threads);
}

static struct rlimit limit(int resource, rlim_t soft)
{
	struct rlimit old, new;

	assert_ok(getrlimit(resource, &old));
	new = old;
	new.rlim_cur = soft;
	assert_ok(setrlimit(resource, &new));
	return old;
}

static int next_descriptor(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	close(fd);
	return fd;
}

static void open_and_close_leave_nothing(void **state)
{
	struct footprint before = process_footprint();
	struct aoipool_pool *pool;
	struct aoipool_slot slot;

	(void)state;
	for (unsigned int i = 0; i < rounds(20); i++) {
		pool = i % 2 ? open_frames(3) : open_objects(100, 50000);
		slot = get_slot(pool);
		aoipool_pool_fd(pool);
		if (i % 3)
			assert_ok(aoipool_put(pool, slot.ref));
		aoipool_pool_close(pool);
	}
	nothing_left(&before);
}

static size_t address_space(void)
{
	FILE *statm = fopen("/proc/self/statm", "re");
	unsigned long pages = 0;

	assert_non_null(statm);
	assert_int_equal(fscanf(statm, "%lu", &pages), 1);
	fclose(statm);
	return (size_t)pages * 4096;
}

static void many_pools_leave_no_address_space(void **state)
{
	const size_t pool_bytes = 64 * BLOCK_BYTES;
	size_t before;

	(void)state;
	if (instrumented())
		skip_because("the instrument uses address space of its own");
	aoipool_pool_close(open_frames(64));
	before = address_space();
	for (int i = 0; i < 50; i++)
		aoipool_pool_close(open_frames(64));
	assert_true(address_space() < before + pool_bytes);
}

/* One more descriptor each time, until there are enough. */
static void open_without_descriptors(struct aoipool_attr *(*attr)(void))
{
	struct footprint before = process_footprint();
	int base = next_descriptor(), refused = 0, err;

	for (int spare = 0; spare < 64; spare++) {
		struct aoipool_attr *wish = attr();
		struct aoipool_pool *pool = (void *)wish;
		struct rlimit old = limit(RLIMIT_NOFILE, base + spare);

		err = aoipool_pool_open(wish, &pool);
		setrlimit(RLIMIT_NOFILE, &old);
		aoipool_attr_destroy(wish);
		if (!err) {
			assert_ok(aoipool_pool_close(pool));
			break;
		}
		assert_err(err, -EMFILE);
		assert_null(pool);
		nothing_left(&before);
		refused++;
	}
	assert_ok(err);
	assert_true(refused > 0);
	nothing_left(&before);
}

static struct aoipool_attr *two_frames(void)
{
	return frame_attr(2);
}

static struct aoipool_attr *some_objects(void)
{
	return object_attr(64, 1000);
}

static struct aoipool_attr *warm_frames(void)
{
	struct aoipool_attr *attr = frame_attr(2);

	assert_ok(aoipool_attr_set_reserve(attr, 2));
	return attr;
}

static void frames_without_descriptors(void **state)
{
	(void)state;
	open_without_descriptors(two_frames);
}

static void objects_without_descriptors(void **state)
{
	(void)state;
	open_without_descriptors(some_objects);
}

static void a_reserve_without_descriptors(void **state)
{
	(void)state;
	open_without_descriptors(warm_frames);
}

/* Getting needs none, once the pool is open. */
static void get_and_put_need_no_descriptor(void **state)
{
	struct aoipool_pool *pool = open_frames(2);
	struct aoipool_slot slots[2], slot;
	struct rlimit old = limit(RLIMIT_NOFILE, 0);
	int got = aoipool_get_many(pool, slots, 2, 0);
	int empty = aoipool_get(pool, &slot);
	int fd = aoipool_pool_fd(pool);
	int put = aoipool_put(pool, slots[0].ref);
	int trimmed = aoipool_pool_trim(pool, SIZE_MAX, NULL);

	(void)state;
	setrlimit(RLIMIT_NOFILE, &old);
	assert_ok(got);
	assert_err(empty, -EAGAIN);
	assert_true(fd >= 0);
	assert_ok(put);
	assert_ok(trimmed);
	assert_ok(aoipool_put(pool, slots[1].ref));
	assert_ok(aoipool_pool_close(pool));
}

static void open_without_address_space(void **state)
{
	struct footprint before = process_footprint();
	size_t used = address_space();
	struct aoipool_attr *attr;
	struct aoipool_pool *pool;
	int refused = 0, err = -ENOMEM;

	(void)state;
	if (instrumented())
		skip_because("the instrument needs address space itself");
	/* From none to spare to enough for 64 frames and a thread. */
	for (size_t spare = 0; err && spare < 512 << 20; spare += 4 << 20) {
		struct rlimit old;

		attr = frame_attr(64);
		pool = (void *)attr;
		old = limit(RLIMIT_AS, used + spare);
		err = aoipool_pool_open(attr, &pool);
		setrlimit(RLIMIT_AS, &old);
		aoipool_attr_destroy(attr);
		if (!err) {
			assert_ok(aoipool_pool_close(pool));
			break;
		}
		assert_one_of(err, -ENOMEM, -EAGAIN);
		assert_null(pool);
		nothing_left(&before);
		refused++;
	}
	assert_ok(err);
	assert_true(refused > 0);
	nothing_left(&before);
}

static void more_than_the_address_space_is_refused(void **state)
{
	struct footprint before = process_footprint();
	struct aoipool_attr *attr;

	(void)state;
	if (instrumented())
		skip_because("the instrument has an error of its own for it");
	attr = new_attr();
	/* 2^20 frames of 1 GiB: 2^50 bytes, where user space has 2^47. */
	assert_ok(aoipool_attr_set_frame(attr, 32768, 32760,
					 AOIPOOL_PIXEL_MONO8, 1 << 20));
	open_refused(attr, -ENOMEM);
	nothing_left(&before);
}

/* The file that the user provider's memory is in may not grow. */
static void open_above_the_file_size_limit(void **state)
{
	struct footprint before = process_footprint();
	struct aoipool_attr *attr = frame_attr(64);
	struct aoipool_pool *pool = NULL;
	struct rlimit old;
	int err;

	(void)state;
	/* RLIMIT_FSIZE raises a signal before it gives the error. */
	signal(SIGXFSZ, SIG_IGN);
	old = limit(RLIMIT_FSIZE, 1 << 20);
	err = aoipool_pool_open(attr, &pool);
	setrlimit(RLIMIT_FSIZE, &old);
	signal(SIGXFSZ, SIG_DFL);
	aoipool_attr_destroy(attr);
	if (!err)
		aoipool_pool_close(pool);
	else
		assert_null(pool);
	nothing_left(&before);
}

/* Every refused open of test_attr.c, with an eye on what it leaves. */
static void refused_opens_leave_nothing(void **state)
{
	struct footprint before = process_footprint();
	struct aoipool_attr *attr;

	(void)state;
	open_refused(new_attr(), -EINVAL);
	attr = frame_attr(1);
	assert_ok(aoipool_attr_set_object(attr, 64, 64));
	open_refused(attr, -EINVAL);
	attr = frame_attr(1);
	assert_ok(aoipool_attr_set_reserve(attr, 2));
	open_refused(attr, -EINVAL);
	attr = frame_attr(1);
	assert_ok(aoipool_attr_set_numa(attr, AOIPOOL_NUMA_INTERLEAVE,
					1ULL << 63));
	open_refused(attr, -EXDEV);
	nothing_left(&before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(open_and_close_leave_nothing, warm_up),
		cmocka_unit_test_setup(many_pools_leave_no_address_space,
				       warm_up),
		cmocka_unit_test(frames_without_descriptors),
		cmocka_unit_test(objects_without_descriptors),
		cmocka_unit_test(a_reserve_without_descriptors),
		cmocka_unit_test(get_and_put_need_no_descriptor),
		cmocka_unit_test(open_without_address_space),
		cmocka_unit_test(more_than_the_address_space_is_refused),
		cmocka_unit_test(open_above_the_file_size_limit),
		cmocka_unit_test(refused_opens_leave_nothing),
	};

	return RUN(tests);
}
