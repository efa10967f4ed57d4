// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * The file of a ledger: what may be done to it, what a reader makes of one that
 * somebody forged, and pools that have to do without.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "fixture.h"
#include "held.h"
#include "ledger_view.h"
#include "owner.h"
#include "process.h"

static bool refuse_memfd;

int __real_sys_memfd(const char *name, unsigned int huge_shift);

int __wrap_sys_memfd(const char *name, unsigned int huge_shift)
{
	if (refuse_memfd && !strcmp(name, LEDGER_NAME))
		return -EMFILE;
	return __real_sys_memfd(name, huge_shift);
}

/* What its owner puts in the place of a ledger, once its name was read. */
static int pipe_instead = -1;

ssize_t __real_sys_read_link(int dir, const char *path, char *link, size_t room);

ssize_t __wrap_sys_read_link(int dir, const char *path, char *link, size_t room)
{
	ssize_t n = __real_sys_read_link(dir, path, link, room);

	if (pipe_instead >= 0 && n > 0 && !strncmp(link, "/memfd:forged", 13)) {
		memcpy(link, "/memfd:" LEDGER_NAME, sizeof("/memfd:" LEDGER_NAME));
		dup2(pipe_instead, atoi(path));
		pipe_instead = -1;
	}
	return n;
}

/* A descriptor of its own to the ledger of the only pool. */
static int ledger_of_this(void)
{
	char path[64], link[64];
	int fd = -1;

	for (int i = 0; i < 1024 && fd < 0; i++) {
		ssize_t n;

		snprintf(path, sizeof(path), "/proc/self/fd/%d", i);
		n = readlink(path, link, sizeof(link) - 1);
		if (n < 0)
			continue;
		link[n] = '\0';
		if (strstr(link, LEDGER_NAME))
			fd = open(path, O_RDWR | O_CLOEXEC);
	}
	assert_true(fd >= 0);
	return fd;
}

struct forgery {
	struct aoipool_pool *pool;
	int fd; /* a copy that is no real ledger */
	struct ledger_head head;
	size_t bytes;
};

static void copy_file(int from, int to, size_t bytes)
{
	char page[LEDGER_PAGE];

	for (size_t at = 0; at < bytes; at += sizeof(page)) {
		assert_int_equal(pread(from, page, sizeof(page), at),
				 sizeof(page));
		assert_int_equal(pwrite(to, page, sizeof(page), at),
				 sizeof(page));
	}
}

static int open_forgery(void **state, struct aoipool_pool *pool)
{
	struct forgery *forgery = calloc(1, sizeof(*forgery));
	struct stat stat;
	int fd;

	forgery->pool = pool;
	fd = ledger_of_this();
	assert_ok(fstat(fd, &stat));
	forgery->bytes = stat.st_size;
	forgery->fd = memfd_create("forged", MFD_CLOEXEC);
	assert_true(forgery->fd >= 0);
	copy_file(fd, forgery->fd, forgery->bytes);
	assert_int_equal(pread(fd, &forgery->head, sizeof(forgery->head), 0),
			 sizeof(forgery->head));
	close(fd);
	*state = forgery;
	return 0;
}

static int forged_frames(void **state)
{
	struct aoipool_pool *pool = open_frames(4);

	get_slot(pool);
	return open_forgery(state, pool);
}

static int forged_objects(void **state)
{
	struct aoipool_attr *attr = object_attr(4096, 1000);
	struct aoipool_pool *pool;

	assert_ok(aoipool_attr_set_custody(attr, AOIPOOL_CUSTODY_SLOTS));
	pool = open_pool(attr);
	get_slot(pool);
	return open_forgery(state, pool);
}

static int close_forgery(void **state)
{
	struct forgery *forgery = *state;

	close(forgery->fd);
	assert_err(aoipool_pool_close(forgery->pool), -EBUSY);
	free(forgery);
	return 0;
}

static int count(void *arg, const struct ledger_item *item)
{
	(void)item;
	++*(uint64_t *)arg;
	return 0;
}

/* What a reader says of the file; *@n: how much is out of it. */
static int look(int fd, uint64_t *n)
{
	struct ledger_view view;
	int err = ledger_view_open(&view, fd);

	*n = 0;
	if (err)
		return err;
	err = ledger_view_each(&view, count, n);
	ledger_view_close(&view);
	return err;
}

static int look_with(const struct forgery *forgery,
		     const struct ledger_head *head)
{
	uint64_t n;

	assert_int_equal(pwrite(forgery->fd, head, sizeof(*head), 0),
			 sizeof(*head));
	return look(forgery->fd, &n);
}

static void a_faithful_copy_is_read(void **state)
{
	struct forgery *forgery = *state;
	uint64_t n;

	assert_ok(look(forgery->fd, &n));
	assert_int_equal(n, 1);
}

/* Each field by itself, to all sorts of values. */
static const uint64_t odd[] = {
	0,
	1,
	2,
	7,
	4095,
	4097,
	65536,
	1ULL << 20,
	UINT32_MAX,
	1ULL << 40,
	(uint64_t)INT64_MAX & ~4095ULL,
	UINT64_MAX,
	UINT64_MAX & ~4095ULL,
};

static void no_number_makes_a_reader_crash(void **state)
{
	struct forgery *forgery = *state;
	size_t fields = offsetof(struct ledger_head, name) / sizeof(uint32_t);
	unsigned int refused = 0;
	struct ledger_head head;

	for (size_t i = 0; i < fields; i++)
		for (size_t k = 0; k < ARRAY_SIZE(odd); k++) {
			uint32_t value = odd[k];

			head = forgery->head;
			memcpy((char *)&head + i * sizeof(value), &value,
			       sizeof(value));
			refused += look_with(forgery, &head) == -EPROTO;
		}
	assert_true(refused > fields);
	for (size_t i = 0; i + 1 < fields; i += 2)
		for (size_t k = 0; k < ARRAY_SIZE(odd); k++) {
			head = forgery->head;
			memcpy((char *)&head + i * sizeof(uint32_t), &odd[k],
			       sizeof(odd[k]));
			look_with(forgery, &head);
		}
}

static void parts_that_lie_outside_are_refused(void **state)
{
	struct forgery *forgery = *state;
	struct ledger_head head = forgery->head;

	head.slabs_at = forgery->bytes;
	assert_err(look_with(forgery, &head), -EPROTO);
	head = forgery->head;
	head.tags_at = 0;
	assert_err(look_with(forgery, &head), -EPROTO);
	head = forgery->head;
	head.slabs_at += 8;
	assert_err(look_with(forgery, &head), -EPROTO);
	head = forgery->head;
	head.nr_slabs = AOIPOOL_MAX_SLABS;
	head.slots = (uint64_t)head.nr_slabs * head.slab_slots;
	assert_err(look_with(forgery, &head), -EPROTO);
}

/* As much as it likes to say, and nothing of it in memory. */
static void a_hollow_file_is_refused(void **state)
{
	struct forgery *forgery = *state;
	struct ledger_head head = forgery->head;

	head.nr_slabs = AOIPOOL_MAX_SLABS;
	head.slots = (uint64_t)head.nr_slabs * head.slab_slots;
	head.file_bytes = 1ULL << 40;
	head.words_at = 0;
	head.slabs_at = 1ULL << 30;
	head.slots_at = 0;
	assert_ok(ftruncate(forgery->fd, (off_t)head.file_bytes));
	assert_err(look_with(forgery, &head), -EPROTO);
}

static void a_file_that_was_cut_is_refused(void **state)
{
	struct forgery *forgery = *state;
	uint64_t n;

	for (size_t bytes = forgery->bytes - 1; bytes > 16;
	     bytes -= bytes / 3 + 1) {
		assert_ok(ftruncate(forgery->fd, (off_t)bytes));
		assert_err(look(forgery->fd, &n), -EPROTO);
	}
}

/* The size is right when it is looked at, and no more when it is read. */
static void a_file_that_shrinks_meanwhile_ends_the_walk(void **state)
{
	struct forgery *forgery = *state;
	struct ledger_view view;
	uint64_t n = 0;

	assert_ok(ledger_view_open(&view, forgery->fd));
	assert_ok(ftruncate(forgery->fd, LEDGER_PAGE));
	assert_err(ledger_view_each(&view, count, &n), -EPROTO);
	ledger_view_close(&view);
}

static void rubbish_is_no_ledger(void **state)
{
	struct forgery *forgery = *state;
	char page[LEDGER_PAGE];
	uint64_t n;

	memset(page, 0xa5, sizeof(page));
	assert_int_equal(pwrite(forgery->fd, page, sizeof(page), 0),
			 sizeof(page));
	assert_err(look(forgery->fd, &n), -EPROTO);
}

static void another_layout_is_said_to_be_one(void **state)
{
	struct forgery *forgery = *state;
	struct ledger_head head = forgery->head;

	head.layout = LEDGER_LAYOUT + 1;
	assert_err(look_with(forgery, &head), -EPROTO);
	assert_non_null(strstr(aoipool_strerror(-EPROTO), "ledger"));
}

/* It has grown at the end, and the rest means what it did. */
static void a_longer_head_is_read(void **state)
{
	struct forgery *forgery = *state;
	struct ledger_head head = forgery->head;

	head.head_bytes = LEDGER_PAGE;
	assert_ok(look_with(forgery, &head));
	head.head_bytes = sizeof(head) - 8;
	assert_err(look_with(forgery, &head), -EPROTO);
}

static void what_is_not_finished_is_passed_over(void **state)
{
	struct forgery *forgery = *state;
	struct ledger_head head = forgery->head, none = { .magic = 0 };
	uint64_t n;

	head.state = LEDGER_MADE;
	assert_err(look_with(forgery, &head), -EAGAIN);
	assert_err(look_with(forgery, &none), -EAGAIN);
	/* a head is written in any order, and read in the middle of it */
	head.magic = 0;
	assert_err(look_with(forgery, &head), -EAGAIN);
	head.magic = LEDGER_MAGIC;
	head.layout = 0;
	assert_err(look_with(forgery, &head), -EAGAIN);
	assert_ok(ftruncate(forgery->fd, 0));
	assert_err(look(forgery->fd, &n), -EAGAIN);
}

static void text_is_what_a_terminal_may_show(void **state)
{
	struct forgery *forgery = *state;
	struct ledger_head head = forgery->head;
	struct ledger_view view;
	char tags[LEDGER_TAG_BYTES];

	memset(head.name, 'n', sizeof(head.name));
	memcpy(head.type, "\033[2J", 5);
	memset(tags, '\a', sizeof(tags));
	assert_int_equal(pwrite(forgery->fd, tags, sizeof(tags),
				(off_t)head.tags_at + LEDGER_TAG_BYTES),
			 sizeof(tags));
	assert_ok(look_with(forgery, &head));
	assert_ok(ledger_view_open(&view, forgery->fd));
	assert_int_equal(strlen(view.head.name), sizeof(head.name) - 1);
	assert_string_equal(view.head.type, "?[2J");
	assert_int_equal(strlen(ledger_view_tag(&view, 1)), LEDGER_TAG_BYTES - 1);
	assert_int_equal(ledger_view_tag(&view, 1)[0], '?');
	ledger_view_close(&view);
}

static int pools_of(pid_t pid)
{
	struct aoipool_snapshot *snapshot;
	int err = aoipool_snapshot_take(&snapshot, pid), n;

	if (err)
		return err;
	n = pools_in(snapshot);
	aoipool_snapshot_free(snapshot);
	return n;
}

/* In a child: of itself a process knows which are its own. */
static int pools_seen_by_child(void)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		int n = pools_of(getppid());

		leave_child(n < 0 ? 100 - n : n);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* Whoever gave it the descriptor would make its pools invisible. */
static void a_forged_ledger_of_this_name_hides_no_other(void **state)
{
	struct forgery *forgery = *state;
	int fd;

	/* its /proc/self/stat is not what others see of the process */
	if (instrumented_by("qemu-user"))
		skip();
	fd = memfd_create(LEDGER_NAME, MFD_CLOEXEC);
	assert_int_equal(write(fd, "not a ledger", 12), 12);
	assert_int_equal(pools_of(0), 1);
	assert_int_equal(pools_seen_by_child(), 1);
	assert_err(aoipool_pool_close(forgery->pool), -EBUSY);
	assert_int_equal(pools_seen_by_child(), 100 + EPROTO);
	close(fd);
	forgery->pool = open_frames(1);
	get_slot(forgery->pool);
}

static int note_visit(void *arg, int fd)
{
	struct stat stat;

	assert_ok(fstat(fd, &stat));
	*(bool *)arg |= !S_ISREG(stat.st_mode);
	return 0;
}

/* Nor a device, which may do something when it is opened. */
static void what_is_no_file_by_now_is_not_opened(void **state)
{
	bool opened = false;
	struct owner owner;
	int ends[2];

	(void)state;
	assert_ok(owner_open(&owner, getpid()));
	assert_ok(pipe(ends));
	pipe_instead = ends[0];
	assert_ok(owner_each_file(&owner, LEDGER_NAME, note_visit, &opened));
	assert_int_equal(pipe_instead, -1);
	assert_false(opened);
	owner_close(&owner);
	close(ends[0]);
	close(ends[1]);
}

static void others_cannot_write_to_a_ledger(void **state)
{
	struct aoipool_pool *pool = open_frames(1);
	int fd = ledger_of_this();
	char byte = 1;

	(void)state;
	assert_int_equal(fcntl(fd, F_GET_SEALS) & (F_SEAL_SHRINK | F_SEAL_GROW),
			 F_SEAL_SHRINK | F_SEAL_GROW);
	assert_err(ftruncate(fd, 0) ? -errno : 0, -EPERM);
	assert_err(ftruncate(fd, 1 << 20) ? -errno : 0, -EPERM);
	assert_err(pwrite(fd, &byte, 1, 0) < 0 ? -errno : 0, -EPERM);
	assert_ptr_equal(mmap(NULL, LEDGER_PAGE, PROT_READ | PROT_WRITE,
			      MAP_SHARED, fd, 0),
			 MAP_FAILED);
	close(fd);
	assert_ok(aoipool_pool_close(pool));
}

static void a_pool_without_a_ledger_works(void **state)
{
	struct footprint before = process_footprint(), after;
	struct aoipool_snapshot *snapshot;
	struct aoipool_pool *pool;
	struct aoipool_slot slot;

	(void)state;
	refuse_memfd = true;
	pool = open_frames(2);
	refuse_memfd = false;
	assert_non_null(strstr(heard(), "has no ledger"));
	aoipool_tag_set(aoipool_tag("in vain"));
	slot = get_slot(pool);
	snapshot = snapshot_of(0);
	assert_int_equal(pools_in(snapshot), 0);
	aoipool_snapshot_free(snapshot);
	assert_ok(aoipool_put(pool, slot.ref));
	assert_err(aoipool_put(pool, slot.ref), -EALREADY);
	trim_all(pool);
	assert_ok(aoipool_pool_close(pool));
	after = process_footprint_after(&before);
	assert_int_equal(after.descriptors, before.descriptors);
}

static void objects_without_a_ledger_work(void **state)
{
	struct aoipool_attr *attr = object_attr(4096, 1000);
	struct aoipool_pool *pool;
	struct aoipool_slot *slots;
	size_t n;

	(void)state;
	assert_ok(aoipool_attr_set_custody(attr, AOIPOOL_CUSTODY_SLOTS));
	refuse_memfd = true;
	pool = open_pool(attr);
	refuse_memfd = false;
	slots = get_all(pool, &n);
	put_all(pool, slots, n);
	free(slots);
	assert_ok(aoipool_pool_reset(pool));
	assert_ok(aoipool_pool_close(pool));
}

static int open_within(rlim_t descriptors, struct aoipool_pool **pool)
{
	struct aoipool_attr *attr = frame_attr(1);
	struct rlimit before, few;
	int err;

	assert_ok(getrlimit(RLIMIT_NOFILE, &before));
	few = before;
	few.rlim_cur = descriptors;
	heard_nothing();
	assert_ok(setrlimit(RLIMIT_NOFILE, &few));
	err = aoipool_pool_open(attr, pool);
	assert_ok(setrlimit(RLIMIT_NOFILE, &before));
	aoipool_attr_destroy(attr);
	return err;
}

/* With as many as it cannot do without there is none for a ledger. */
static void a_pool_opens_where_no_descriptor_is_left_for_it(void **state)
{
	struct aoipool_pool *warm = open_frames(1), *pool = NULL;
	int fd = dup(0), err;

	(void)state;
	close(fd);
	do
		err = open_within(fd++, &pool);
	while (err == -EMFILE && fd < 1000);
	assert_ok(err);
	assert_non_null(strstr(heard(), "has no ledger"));
	assert_ok(aoipool_pool_close(pool));
	assert_ok(aoipool_pool_close(warm));
}

static void a_pool_leaves_no_ledger_behind(void **state)
{
	struct footprint before, after;

	(void)state;
	assert_ok(aoipool_pool_close(open_frames(1)));
	before = process_footprint();
	for (int i = 0; i < 10; i++)
		assert_ok(aoipool_pool_close(open_objects(64, 1000)));
	after = process_footprint_after(&before);
	assert_int_equal(after.descriptors, before.descriptors);
	assert_int_equal(after.mappings, before.mappings);
}

#define with_frames(test) \
	cmocka_unit_test_setup_teardown(test, forged_frames, close_forgery)
#define with_both(test)                                                        \
	{#test "_of_frames", test, forged_frames, close_forgery, NULL},        \
	{                                                                      \
#test "_of_objects", test, forged_objects, close_forgery, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_both(a_faithful_copy_is_read),
		with_both(no_number_makes_a_reader_crash),
		with_both(parts_that_lie_outside_are_refused),
		with_frames(a_hollow_file_is_refused),
		with_both(a_file_that_was_cut_is_refused),
		with_both(a_file_that_shrinks_meanwhile_ends_the_walk),
		with_frames(rubbish_is_no_ledger),
		with_frames(another_layout_is_said_to_be_one),
		with_frames(a_longer_head_is_read),
		with_frames(what_is_not_finished_is_passed_over),
		with_frames(text_is_what_a_terminal_may_show),
		with_frames(a_forged_ledger_of_this_name_hides_no_other),
		with_frames(what_is_no_file_by_now_is_not_opened),
		cmocka_unit_test(others_cannot_write_to_a_ledger),
		cmocka_unit_test(a_pool_without_a_ledger_works),
		cmocka_unit_test(objects_without_a_ledger_work),
		cmocka_unit_test(
			a_pool_opens_where_no_descriptor_is_left_for_it),
		cmocka_unit_test(a_pool_leaves_no_ledger_behind),
	};

	return RUN(tests);
}
