// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * The user provider on hosts that this one is not: without MADV_COLLAPSE, with
 * a kernel that stops making huge pages, with a pool of huge pages.  madvise()
 * and memfd_create() of the library are caught by the linker.
 */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "fixture.h"
#include "host.h"
#include "pattern.h"
#include "process.h"
#include "wrap.h"

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE	25
#endif

#define NEIGHBOUR	0x6e656967	/* the seed of its content */

static struct {
	int collapse_err;
	unsigned int collapse_fails;	/* so many times, then it works */
	bool hugetlb;
	unsigned int collapses;
	void *neighbour;		/* somebody's page, in our way */
	uint64_t nodes;			/* 0: as the host has them */
} host;

uint64_t __wrap_host_nodes(void)
{
	return host.nodes ? host.nodes : __real_host_nodes();
}

int __wrap_sys_madvise(void *addr, size_t bytes, int advice)
{
	if (advice == MADV_COLLAPSE) {
		host.collapses++;
		if (host.collapse_fails) {
			host.collapse_fails--;
			return host.collapse_err;
		}
	}
	return __real_sys_madvise(addr, bytes, advice);
}

/* Pages of such a file are whole blocks; how large they are is not seen here. */
int __wrap_sys_memfd(const char *name, unsigned int huge_shift)
{
	return __real_sys_memfd(name, host.hugetlb ? 0 : huge_shift);
}

/*
 * Room that was free a moment ago may not be any more when the library maps
 * there: another thread was faster.  This is that thread.
 */
int __wrap_sys_map(void *at, size_t bytes, int prot, int flags, int fd,
		   off_t offset, void **addr)
{
	void *page;

	if (at && !host.neighbour) {
		page = mmap(at, 4096, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
			    -1, 0);
		if (page != MAP_FAILED) {
			host.neighbour = page;
			pattern_write(page, 4096, NEIGHBOUR);
		}
	}
	return __real_sys_map(at, bytes, prot, flags, fd, offset, addr);
}

static int usual_host(void **state)
{
	(void)state;
	memset(&host, 0, sizeof(host));
	return 0;
}

static struct aoipool_pool *open_user(void)
{
	struct aoipool_attr *attr = frame_attr(2);

	assert_ok(aoipool_attr_set_provider(attr, AOIPOOL_PROVIDER_USER));
	return open_pool(attr);
}

/* Get, write, put, trim, get: whatever the pages are, the contract is. */
static void works(struct aoipool_pool *pool)
{
	size_t bytes = aoipool_pool_slot_bytes(pool);
	struct aoipool_slot slots[2];

	assert_ok(aoipool_get_many(pool, slots, 2, 0));
	for (size_t i = 0; i < 2; i++) {
		assert_true(all_zero(slots[i].ptr, bytes));
		pattern_write(slots[i].ptr, bytes, i);
	}
	assert_int_equal(stats_of(pool).resident_bytes, 2 * BLOCK_BYTES);
	put_all(pool, slots, 2);
	assert_int_equal(trim_all(pool), 2 * BLOCK_BYTES);
	assert_int_equal(stats_of(pool).resident_bytes, 0);
	assert_ok(aoipool_get(pool, slots));
	assert_true(all_zero(slots[0].ptr, bytes));
	assert_ok(aoipool_put(pool, slots[0].ref));
}

static void without_collapse_it_says_4_kib_and_works(void **state)
{
	struct aoipool_pool *pool;

	(void)state;
	host.collapse_err = -EINVAL;
	host.collapse_fails = UINT32_MAX;
	pool = open_user();
	assert_int_equal(stats_of(pool).block_bytes, 4096);
	assert_non_null(strstr(aoipool_pool_provider_reason(pool), "4 KiB"));
	host.collapses = 0;
	works(pool);
	/* It has learnt: not one try a block. */
	assert_int_equal(host.collapses, 0);
	assert_ok(aoipool_pool_close(pool));
}

static void collapse_is_tried_again_when_it_was_busy(void **state)
{
	struct aoipool_pool *pool = open_user();
	struct aoipool_slot slot;

	(void)state;
	if (stats_of(pool).block_bytes != BLOCK_BYTES) {
		aoipool_pool_close(pool);
		skip_because("this host gives no huge pages");
	}
	host.collapse_err = -EAGAIN;
	host.collapse_fails = 3;
	slot = get_slot(pool);
	assert_int_equal(host.collapse_fails, 0);
	assert_int_equal(stats_of(pool).block_bytes, BLOCK_BYTES);
	assert_ok(aoipool_put(pool, slot.ref));
	assert_ok(aoipool_pool_close(pool));
}

static void a_host_that_runs_out_of_huge_pages_is_reported_once(void **state)
{
	struct aoipool_pool *pool = open_user();

	(void)state;
	if (stats_of(pool).block_bytes != BLOCK_BYTES) {
		aoipool_pool_close(pool);
		skip_because("this host gives no huge pages");
	}
	heard_nothing();
	host.collapse_err = -EAGAIN;
	host.collapse_fails = UINT32_MAX;
	works(pool);
	assert_int_equal(stats_of(pool).block_bytes, 4096);
	assert_non_null(strstr(heard(), "<4>"));
	assert_non_null(strstr(heard(), "4 KiB"));
	heard_nothing();
	trim_all(pool);
	works(pool);
	assert_string_equal(heard(), "");
	assert_ok(aoipool_pool_close(pool));
}

static void a_pool_of_huge_pages_is_used_where_there_is_one(void **state)
{
	struct aoipool_pool *pool;

	(void)state;
	host.hugetlb = true;
	pool = open_user();
	assert_int_equal(stats_of(pool).block_bytes, BLOCK_BYTES);
	assert_non_null(strstr(aoipool_pool_provider_reason(pool), "2 MiB"));
	works(pool);
	assert_int_equal(host.collapses, 0);
	assert_ok(aoipool_pool_close(pool));
}

/* The second node is not there: its blocks come from where there is memory. */
static void a_node_that_went_away_is_only_a_preference(void **state)
{
	struct aoipool_attr *attr = frame_attr(2);
	struct aoipool_pool *pool;

	(void)state;
	host.nodes = 3;
	assert_ok(aoipool_attr_set_provider(attr, AOIPOOL_PROVIDER_USER));
	assert_ok(aoipool_attr_set_numa(attr, AOIPOOL_NUMA_INTERLEAVE, 3));
	pool = open_pool(attr);
	works(pool);
	assert_ok(aoipool_pool_close(pool));
}

/* Somebody maps a page just where the pool was about to. */
static void a_mapping_that_came_first_is_left_alone(void **state)
{
	struct aoipool_pool *pool = open_user();

	(void)state;
	assert_non_null(host.neighbour);
	assert_false(process_unmapped(host.neighbour));
	assert_true(pattern_intact(host.neighbour, 4096, NEIGHBOUR));
	munmap(host.neighbour, 4096);
	works(pool);
	assert_ok(aoipool_pool_close(pool));
}

#define on_host(test)	cmocka_unit_test_setup(test, usual_host)

int main(void)
{
	const struct CMUnitTest pages[] = {
		on_host(without_collapse_it_says_4_kib_and_works),
		on_host(collapse_is_tried_again_when_it_was_busy),
		on_host(a_host_that_runs_out_of_huge_pages_is_reported_once),
		on_host(a_node_that_went_away_is_only_a_preference),
		on_host(a_mapping_that_came_first_is_left_alone),
		on_host(a_pool_of_huge_pages_is_used_where_there_is_one),
	};

	return RUN(pages);
}
