/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Snapshots as the tests look at them. */
#ifndef SELFTESTS_LIB_HELD_H
#define SELFTESTS_LIB_HELD_H

#include <sys/types.h>

#include "test.h"

/* The sum of what fits; @entries tells of how many. */
struct held {
	size_t entries;
	int64_t count;
	int64_t bytes;
	uint64_t oldest_ns;
	int64_t ages[AOIPOOL_AGES];
};

#define ANY_TAG		NULL
#define ANY_THREAD	UINT32_MAX

struct aoipool_snapshot *snapshot_of(pid_t pid);

struct held held_by(const struct aoipool_snapshot *snapshot, const char *tag,
		    uint32_t tid);
/* The same of the caller's own pools, now. */
struct held held_now(const char *tag, uint32_t tid);

size_t pools_in(const struct aoipool_snapshot *snapshot);
/* Of that name; fails the test where there is none. */
struct aoipool_pool_entry pool_in(const struct aoipool_snapshot *snapshot,
				  const char *name);

#endif
