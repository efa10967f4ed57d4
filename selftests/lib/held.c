// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include <string.h>

#include "held.h"

struct question {
	const char *tag;
	uint32_t tid;
	struct held held;
};

struct aoipool_snapshot *snapshot_of(pid_t pid)
{
	struct aoipool_snapshot *snapshot = NULL;

	assert_ok(aoipool_snapshot_take(&snapshot, pid));
	assert_non_null(snapshot);
	return snapshot;
}

static int add(void *arg, const struct aoipool_custody *custody)
{
	struct question *question = arg;
	struct held *held = &question->held;

	if (question->tag && strcmp(question->tag, custody->tag))
		return 0;
	if (question->tid != ANY_THREAD && question->tid != custody->tid)
		return 0;
	held->entries++;
	held->count += custody->count;
	held->bytes += custody->bytes;
	if (custody->oldest_ns > held->oldest_ns)
		held->oldest_ns = custody->oldest_ns;
	for (int i = 0; i < AOIPOOL_AGES; i++)
		held->ages[i] += custody->ages[i];
	return 0;
}

struct held held_by(const struct aoipool_snapshot *snapshot, const char *tag,
		    uint32_t tid)
{
	struct question question = { .tag = tag, .tid = tid };

	assert_ok(aoipool_snapshot_each(snapshot, add, &question));
	return question.held;
}

struct held held_now(const char *tag, uint32_t tid)
{
	struct aoipool_snapshot *snapshot = snapshot_of(0);
	struct held held = held_by(snapshot, tag, tid);

	aoipool_snapshot_free(snapshot);
	return held;
}

static int count(void *arg, const struct aoipool_pool_entry *pool)
{
	assert_int_equal(pool->size, sizeof(*pool));
	++*(size_t *)arg;
	return 0;
}

size_t pools_in(const struct aoipool_snapshot *snapshot)
{
	size_t n = 0;

	assert_ok(aoipool_snapshot_each_pool(snapshot, count, &n));
	return n;
}

struct search {
	const char *name;
	struct aoipool_pool_entry found;
};

static int find(void *arg, const struct aoipool_pool_entry *pool)
{
	struct search *search = arg;

	if (strcmp(pool->name, search->name))
		return 0;
	search->found = *pool;
	return 1;
}

struct aoipool_pool_entry pool_in(const struct aoipool_snapshot *snapshot,
				  const char *name)
{
	struct search search = { .name = name };

	if (!aoipool_snapshot_each_pool(snapshot, find, &search))
		fail_msg("no pool \"%s\"", name);
	return search.found;
}
