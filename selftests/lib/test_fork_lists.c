// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Lists that are warm when the process forks: the child never comes to them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crew.h"
#include "kinds.h"
#include "pattern.h"

#define HELD	100

struct family {
	const struct kind *kind;
	struct aoipool_pool *pool;
	struct aoipool_slot slots[HELD];
	struct aoipool_slot put;	/* lies on a list */
};

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

static void start_family(struct family *family, const struct kind *kind,
			 struct aoipool_attr *attr)
{
	*family = (struct family){ .kind = kind };
	family->pool = open_pool(attr);
	for (unsigned int cpu = 0; cpu < cpus(); cpu++) {
		pin(cpu);
		assert_ok(aoipool_get_many(family->pool, family->slots, HELD,
					   0));
		assert_ok(aoipool_put_many(family->pool, family->slots, HELD));
	}
	unpin();
	assert_ok(aoipool_get_many(family->pool, family->slots, HELD, 0));
	for (size_t i = 0; i < HELD; i++)
		pattern_write(family->slots[i].ptr, 64, i);
	family->put = get_slot(family->pool);
	assert_ok(aoipool_put(family->pool, family->put.ref));
}

/* What the parent had is as it was, and works. */
static void end_family(struct family *family, const struct aoipool_stats *then)
{
	struct aoipool_stats now = stats_of(family->pool);
	struct aoipool_slot *slots;
	size_t n;

	assert_memory_equal(&now, then, sizeof(now));
	for (size_t i = 0; i < HELD; i++)
		assert_true(pattern_intact(family->slots[i].ptr, 64, i));
	assert_err(aoipool_put(family->pool, family->put.ref), -EALREADY);
	put_all(family->pool, family->slots, HELD);
	slots = get_all(family->pool, &n);
	put_all(family->pool, slots, n);
	free(slots);
	assert_int_equal(stats_of(family->pool).slots_out, 0);
	assert_ok(aoipool_pool_close(family->pool));
}

static void run_attr(const struct kind *kind, struct aoipool_attr *attr,
		     int (*child)(struct family *family))
{
	struct aoipool_stats then;
	struct family family;

	start_family(&family, kind, attr);
	then = stats_of(family.pool);
	assert_true(!has_lists(kind) || then.slots_listed > 0);
	assert_int_equal(in_child(child, &family), 0);
	end_family(&family, &then);
}

static void run_family(const struct kind *kind,
		       int (*child)(struct family *family))
{
	run_attr(kind, kind_attr(kind, 64, 32768), child);
}

static int use_inline(struct family *family)
{
	struct aoipool_slot slot;

	for (size_t i = 0; i < HELD; i++) {
		if (aoipool_get(family->pool, &slot) != -EPERM)
			return 1;
		if (aoipool_put(family->pool, family->slots[i].ref) != -EPERM)
			return 2;
		if (aoipool_put(family->pool, family->slots[i].ref) != -EPERM)
			return 3;
	}
	if (aoipool_put(family->pool, family->put.ref) != -EPERM)
		return 4;
	return aoipool_put(family->pool, 0) == -EPERM ? 0 : 5;
}

static void inline_calls_are_refused_in_a_child(void **state)
{
	run_family(*state, use_inline);
}

static int use_the_library(struct family *family)
{
	struct aoipool_pool *pool = family->pool;
	struct aoipool_slot slots[HELD];

	if (library_get(pool, slots) != -EPERM)
		return 1;
	if (library_put(pool, family->slots[0].ref) != -EPERM)
		return 2;
	if (aoipool_put_many(pool, family->slots, HELD) != -EPERM)
		return 3;
	if (aoipool_put_ptr(pool, family->slots[0].ptr) != -EPERM)
		return 4;
	if (aoipool_pool_drain(pool) != -EPERM)
		return 5;
	if (aoipool_pool_reset(pool) != -EPERM)
		return 6;
	if (aoipool_get_many(pool, slots, HELD, -1) != -EPERM)
		return 7;
	if (aoipool_pool_fd(pool) != -EPERM)
		return 8;
	/* These do not change with the process. */
	return strcmp(aoipool_pool_lists(pool), family->kind->name) ? 9 : 0;
}

static void the_librarys_calls_are_refused_in_a_child(void **state)
{
	run_family(*state, use_the_library);
}

static void put_by_pointer_is_refused_in_a_child(void **state)
{
	struct aoipool_attr *attr = kind_attr(*state, 64, 32768);

	assert_ok(aoipool_attr_set_put_by_pointer(attr, 1));
	run_attr(*state, attr, use_the_library);
	attr = kind_attr(*state, 64, 32768);
	assert_ok(aoipool_attr_set_put_by_pointer(attr, 1));
	run_attr(*state, attr, use_inline);
}

static int use_and_close(struct family *family)
{
	int err = use_inline(family);

	aoipool_pool_close(family->pool);
	return err;
}

static void a_childs_close_disturbs_nobody(void **state)
{
	run_family(*state, use_and_close);
}

static struct aoipool_pool *open_in_child(const struct kind *kind)
{
	struct aoipool_pool *pool = NULL;
	struct aoipool_attr *attr;

	if (aoipool_attr_create(&attr) ||
	    aoipool_attr_set_object(attr, 64, 32768) ||
	    aoipool_attr_set_lists(attr, kind->lists) ||
	    aoipool_attr_set_provider(attr, AOIPOOL_PROVIDER_USER))
		return NULL;
	aoipool_pool_open(attr, &pool);
	aoipool_attr_destroy(attr);
	return pool;
}

static int use_own(struct family *family)
{
	struct aoipool_pool *own = open_in_child(family->kind);
	struct aoipool_stats stats = { .size = sizeof(stats) };
	struct aoipool_slot slots[HELD];
	unsigned int i;

	if (!own || strcmp(aoipool_pool_lists(own), family->kind->name))
		return 1;
	for (i = 0; i < 10000; i++) {
		if (aoipool_get(own, &slots[i % HELD]))
			return 2;
		memset(slots[i % HELD].ptr, 1, 64);
		if (i >= HELD / 2 &&
		    aoipool_put(own, slots[(i - HELD / 2) % HELD].ref))
			return 3;
	}
	if (aoipool_pool_stats(own, &stats) || stats.slots_out != HELD / 2 ||
	    stats.gets != 10000)
		return 4;
	if (has_lists(family->kind) != (stats.slots_listed > 0))
		return 5;
	if (!aoipool_put(own, family->slots[0].ref))
		return 6;
	if (aoipool_put(family->pool, slots[0].ref) != -EPERM)
		return 7;
	return aoipool_pool_close(own) == -EBUSY ? 0 : 8;
}

static void a_child_has_lists_of_its_own(void **state)
{
	if (instrumented_by("tsan"))
		skip_because("a child may not start threads under it");
	run_family(*state, use_own);
}

static int use_in_a_grandchild(struct family *family)
{
	int seen = in_child(use_own, family);

	return seen ? seen : in_child(use_inline, family);
}

static void so_has_a_grandchild(void **state)
{
	if (instrumented_by("tsan"))
		skip_because("a child may not start threads under it");
	run_family(*state, use_in_a_grandchild);
}

/*
 * Forks while others get and put: in the child none of their locks or lists is
 * in the way, and it closes what it has of the pool.
 */
struct workshop {
	struct family family;
	atomic_bool over;
	unsigned int forks;
};

static unsigned int work_on(struct workshop *workshop, unsigned int number)
{
	struct aoipool_slot slots[HELD * 3];
	unsigned int random = number, wrong = 0;
	size_t n, i;

	while (!workshop->over) {
		n = 1 + crew_random(&random) % (HELD * 3);
		for (i = 0; i < n; i++)
			wrong += aoipool_get(workshop->family.pool,
					     &slots[i]) != 0;
		for (i = 0; i < n; i++)
			pattern_write(slots[i].ptr, 64, slots[i].ref);
		pin(random);
		for (i = 0; i < n; i++)
			wrong += !pattern_intact(slots[i].ptr, 64,
						 slots[i].ref);
		if (random & 64)
			wrong += aoipool_put_many(workshop->family.pool, slots,
						  n) != 0;
		else
			for (i = 0; i < n; i++)
				wrong += aoipool_put(workshop->family.pool,
						     slots[i].ref) != 0;
	}
	return wrong;
}

static unsigned int fork_or_work(struct crew *crew, unsigned int number)
{
	struct workshop *workshop = crew->arg;
	unsigned int wrong = 0, i;
	int (*child)(struct family *);

	if (number)
		return work_on(workshop, number);
	for (i = 0; i < workshop->forks; i++) {
		child = i % 2 || instrumented_by("tsan") ? use_and_close :
							   use_own;
		wrong += in_child(child, &workshop->family) != 0;
	}
	workshop->over = true;
	return wrong;
}

static void forks_while_threads_work_disturb_nobody(void **state)
{
	struct workshop workshop = { .forks = rounds(150) };
	struct aoipool_slot *slots;
	size_t n;

	start_family(&workshop.family, *state,
		     kind_attr(*state, 64, 32768));
	assert_int_equal(crew_run(4, fork_or_work, &workshop), 0);
	put_all(workshop.family.pool, workshop.family.slots, HELD);
	slots = get_all(workshop.family.pool, &n);
	put_all(workshop.family.pool, slots, n);
	free(slots);
	assert_ok(aoipool_pool_close(workshop.family.pool));
}

int main(void)
{
	const struct CMUnitTest fork_lists[] = {
		on_each_kind(inline_calls_are_refused_in_a_child),
		on_each_kind(the_librarys_calls_are_refused_in_a_child),
		on_each_kind(put_by_pointer_is_refused_in_a_child),
		on_each_kind(a_childs_close_disturbs_nobody),
		on_each_kind(a_child_has_lists_of_its_own),
		on_each_kind(so_has_a_grandchild),
		on_each_kind(forks_while_threads_work_disturb_nobody),
	};

	return RUN(fork_lists);
}
