// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* A pool belongs to the process that opened it. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crew.h"
#include "fixture.h"
#include "pattern.h"
#include "process.h"

struct family {
	struct aoipool_pool *pool;
	struct aoipool_slot slot;	/* held over the fork */
	size_t bytes;
};

/*
 * Runs @child in a child.  It returns the number of the check that failed; it
 * must not use cmocka's checks, which would go on with the tests there.
 */
static int in_child(int (*child)(struct family *family), struct family *family)
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (!pid) {
		alarm(60);
		leave_child(child(family));
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return 255;
	return WEXITSTATUS(status);
}

static int start_family(void **state, struct aoipool_pool *pool)
{
	struct family *family = calloc(1, sizeof(*family));

	family->pool = pool;
	family->slot = get_slot(pool);
	family->bytes = aoipool_pool_slot_bytes(pool);
	pattern_write(family->slot.ptr, family->bytes, 11);
	*state = family;
	return 0;
}

static int family_of_frames(void **state)
{
	return start_family(state, open_frames(2));
}

static int family_of_objects(void **state)
{
	return start_family(state, open_objects(4096, 2));
}

static int end_family(void **state)
{
	struct family *family = *state;

	aoipool_pool_close(family->pool);
	free(family);
	return 0;
}

static int every_call(struct family *family)
{
	struct aoipool_stats stats = { .size = sizeof(stats) };
	struct aoipool_slot slots[2];
	size_t freed;
	void *ptr;

	if (aoipool_get(family->pool, slots) != -EPERM)
		return 1;
	if (aoipool_get_wait(family->pool, slots, -1) != -EPERM)
		return 2;
	if (aoipool_get_many(family->pool, slots, 2, 0) != -EPERM)
		return 3;
	if (aoipool_put(family->pool, family->slot.ref) != -EPERM)
		return 4;
	if (aoipool_deref(family->pool, family->slot.ref, &ptr) != -EPERM)
		return 5;
	if (aoipool_pool_trim(family->pool, SIZE_MAX, &freed) != -EPERM)
		return 6;
	if (aoipool_pool_stats(family->pool, &stats) != -EPERM)
		return 7;
	return 0;
}

static void every_call_in_a_child_is_refused(void **state)
{
	assert_int_equal(in_child(every_call, *state), 0);
}

static int memory_gone(struct family *family)
{
	return !process_unmapped(family->slot.ptr);
}

static void a_child_has_not_the_memory(void **state)
{
	assert_int_equal(in_child(memory_gone, *state), 0);
}

static int close_it(struct family *family)
{
	aoipool_pool_close(family->pool);
	return !process_unmapped(family->slot.ptr);
}

static void check_parent(struct family *family)
{
	struct aoipool_slot slot;

	assert_true(pattern_intact(family->slot.ptr, family->bytes, 11));
	assert_int_equal(stats_of(family->pool).slots_out, 1);
	assert_ok(aoipool_put(family->pool, family->slot.ref));
	trim_all(family->pool);
	slot = get_slot(family->pool);
	assert_ok(aoipool_put(family->pool, slot.ref));
	family->slot = get_slot(family->pool);
}

static void a_child_that_closes_leaves_the_parent_alone(void **state)
{
	assert_int_equal(in_child(close_it, *state), 0);
	check_parent(*state);
}

static int do_nothing(struct family *family)
{
	(void)family;
	return 0;
}

static void a_child_that_exits_leaves_the_parent_alone(void **state)
{
	assert_int_equal(in_child(do_nothing, *state), 0);
	check_parent(*state);
}

static int open_own(struct family *family)
{
	struct aoipool_attr *attr;
	struct aoipool_pool *own;
	struct aoipool_slot slot;

	if (aoipool_attr_create(&attr) ||
	    aoipool_attr_set_object(attr, 4096, 1) ||
	    aoipool_attr_set_provider(attr, AOIPOOL_PROVIDER_USER) ||
	    aoipool_pool_open(attr, &own))
		return 1;
	if (aoipool_get(own, &slot))
		return 2;
	memset(slot.ptr, 1, aoipool_pool_slot_bytes(own));
	if (aoipool_put(own, family->slot.ref) == 0)
		return 3;
	if (aoipool_put(own, slot.ref))
		return 4;
	aoipool_attr_destroy(attr);
	return aoipool_pool_close(own) ? 5 : 0;
}

static void a_child_can_open_a_pool_of_its_own(void **state)
{
	if (instrumented_by("tsan"))
		skip_because("a child may not start threads under it");
	assert_int_equal(in_child(open_own, *state), 0);
	check_parent(*state);
}

static int grandchild(struct family *family)
{
	return in_child(every_call, family);
}

static void a_grandchild_is_refused_too(void **state)
{
	assert_int_equal(in_child(grandchild, *state), 0);
}

static void every_descriptor_closes_on_exec(void **state)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *entry;
	char path[300], target[256];

	(void)state;
	while ((entry = readdir(dir))) {
		int fd = atoi(entry->d_name);
		ssize_t n;

		snprintf(path, sizeof(path), "/proc/self/fd/%s", entry->d_name);
		n = readlink(path, target, sizeof(target) - 1);
		/* 0 to 2 are ours, and so may be what a runner left open. */
		if (n < 0 || fd < 3)
			continue;
		target[n] = '\0';
		if (strstr(target, "memfd") || strstr(target, "event") ||
		    strstr(target, "aoipool") || strstr(target, "pressure"))
			assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	}
	closedir(dir);
}

static int exec_and_look(struct family *family)
{
	char command[64];

	snprintf(command, sizeof(command), "test ! -e /proc/self/fd/%d",
		 aoipool_pool_fd(family->pool));
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	return 1;
}

static int look(struct family *family)
{
	int fd = *(int *)(void *)family;

	return fcntl(fd, F_GETFD) < 0;
}

static void exec_has_not_the_descriptor(void **state)
{
	struct family *family = *state;
	int fd = aoipool_pool_fd(family->pool);

	assert_true(fd >= 0);
	/* It is there after fork(), so that the next line can fail. */
	assert_int_equal(in_child(look, (struct family *)(void *)&fd), 0);
	assert_int_equal(in_child(exec_and_look, family), 0);
}

/* A fork in the midst of work: no lock of the library hangs the child. */
static unsigned int fork_or_work(struct crew *crew, unsigned int number)
{
	struct family *family = crew->arg;
	unsigned int turns = rounds(number ? 3000 : 30), wrong = 0;
	struct aoipool_slot slot;
	int status;
	pid_t pid;

	for (; number && turns; turns--) {
		if (aoipool_get_wait(family->pool, &slot, -1))
			return wrong + 1;
		wrong += aoipool_put(family->pool, slot.ref) != 0;
	}
	for (; !number && turns; turns--) {
		pid = fork();
		if (!pid) {
			alarm(60);
			status = every_call(family);
			aoipool_pool_close(family->pool);
			leave_child(status);
		}
		wrong += waitpid(pid, &status, 0) != pid || status;
	}
	return wrong;
}

static void a_fork_while_threads_work_hangs_nobody(void **state)
{
	assert_int_equal(crew_run(3, fork_or_work, *state), 0);
	check_parent(*state);
}

#define on_both(test) \
	{ #test "_frame", test, family_of_frames, end_family, NULL }, \
	{ #test "_object", test, family_of_objects, end_family, NULL }

int main(void)
{
	const struct CMUnitTest fork[] = {
		on_both(every_call_in_a_child_is_refused),
		on_both(a_child_has_not_the_memory),
		on_both(a_child_that_closes_leaves_the_parent_alone),
		on_both(a_child_that_exits_leaves_the_parent_alone),
		on_both(a_child_can_open_a_pool_of_its_own),
		on_both(a_grandchild_is_refused_too),
		on_both(every_descriptor_closes_on_exec),
		on_both(exec_has_not_the_descriptor),
		on_both(a_fork_while_threads_work_hangs_nobody),
	};

	return RUN(fork);
}
