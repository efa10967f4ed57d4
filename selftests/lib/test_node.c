// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Which node a slab is claimed on, on a provider that plays a host of four. */
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fixture.h"
#include "mock_provider.h"

#define NODES(a, b)	(1ULL << (a) | 1ULL << (b))

static struct mock mock;

static struct aoipool_pool *open_on_nodes(uint64_t nodes, uint64_t empty)
{
	struct aoipool_attr *attr = frame_attr(4);
	struct aoipool_pool *pool;

	mock = (struct mock){ .nodes = nodes, .empty_nodes = empty };
	pool = mock_open(&mock, attr);
	aoipool_attr_destroy(attr);
	assert_non_null(pool);
	return pool;
}

static uint32_t here(void)
{
	unsigned int cpu, node;

	assert_ok(syscall(SYS_getcpu, &cpu, &node, NULL));
	return node;
}

static uint32_t node_of(const struct aoipool_slot *slot)
{
	return aoipool_word_node(mock_word(&mock,
					   mock_slab_of(&mock, slot->ptr)));
}

static void close_checked(struct aoipool_pool *pool)
{
	mock_disarm(&mock);
	if (mock.illegal)
		print_error("# %s\n", mock.illegal_text);
	assert_int_equal(mock.illegal, 0);
	assert_ok(aoipool_pool_close(pool));
}

static void local_claims_on_the_getters_node(void **state)
{
	struct aoipool_pool *pool = open_on_nodes(NODES(here(), here() + 1), 0);
	struct aoipool_slot slots[4];

	(void)state;
	assert_ok(aoipool_get_many(pool, slots, 4, 0));
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(node_of(&slots[i]), here());
	assert_int_equal(stats_of(pool).remote_gets, 0);
	put_all(pool, slots, 4);
	close_checked(pool);
}

static void local_goes_elsewhere_when_the_node_has_no_memory(void **state)
{
	uint32_t node = here();
	struct aoipool_pool *pool =
		open_on_nodes(NODES(node, node + 1), 1ULL << node);
	struct aoipool_slot slots[4];

	(void)state;
	/* All four: also those that a failed try has parked on the way. */
	assert_ok(aoipool_get_many(pool, slots, 4, 0));
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(node_of(&slots[i]), node + 1);
	assert_int_equal(stats_of(pool).remote_gets, 4);
	put_all(pool, slots, 4);
	close_checked(pool);
}

static void no_node_with_memory_is_enomem(void **state)
{
	uint32_t node = here();
	uint64_t nodes = NODES(node, node + 1);
	struct aoipool_pool *pool = open_on_nodes(nodes, nodes);
	struct aoipool_slot slots[4];

	(void)state;
	for (int i = 0; i < 6; i++)
		assert_err(aoipool_get(pool, slots), -ENOMEM);
	assert_int_equal(stats_of(pool).no_memory, 6);
	assert_int_equal(stats_of(pool).slots_out, 0);
	/* Memory comes back: nothing was lost on the way. */
	mock.empty_nodes = 0;
	assert_ok(aoipool_get_many(pool, slots, 4, 0));
	put_all(pool, slots, 4);
	close_checked(pool);
}

/* A slab that was claimed by somebody on another node, and given back. */
static struct aoipool_slot warm_elsewhere(struct aoipool_pool *pool)
{
	struct aoipool_slot slot;

	mock.empty_nodes = 1ULL << here();
	slot = get_slot(pool);
	mock.empty_nodes = 0;
	assert_int_equal(node_of(&slot), here() + 1);
	assert_ok(aoipool_put(pool, slot.ref));
	return slot;
}

static void memory_comes_near_while_there_is_enough(void **state)
{
	struct aoipool_pool *pool = open_on_nodes(NODES(here(), here() + 1), 0);
	struct aoipool_slot idle = warm_elsewhere(pool), slot = get_slot(pool);

	(void)state;
	assert_ptr_not_equal(slot.ptr, idle.ptr);
	assert_int_equal(node_of(&slot), here());
	assert_ok(aoipool_put(pool, slot.ref));
	close_checked(pool);
}

static void what_is_idle_elsewhere_is_used_when_memory_is_short(void **state)
{
	struct aoipool_pool *pool = open_on_nodes(NODES(here(), here() + 1), 0);
	struct aoipool_slot idle = warm_elsewhere(pool), slot;

	(void)state;
	mock.info.pressure_level = AOIPOOL_PRESSURE_LOW;
	slot = get_slot(pool);
	assert_ptr_equal(slot.ptr, idle.ptr);
	assert_ok(aoipool_put(pool, slot.ref));
	close_checked(pool);
}

static void memory_elsewhere_only_does_not_cost_warm_slabs(void **state)
{
	uint32_t node = here();
	struct aoipool_pool *pool = open_on_nodes(NODES(node, node + 1), 0);
	struct aoipool_slot first = get_slot(pool), slot;

	(void)state;
	assert_ok(aoipool_put(pool, first.ref));
	mock.empty_nodes = NODES(node, node + 1);
	/* The warm one is there; the next would need memory. */
	slot = get_slot(pool);
	assert_ptr_equal(slot.ptr, first.ptr);
	assert_err(aoipool_get(pool, &first), -ENOMEM);
	assert_ok(aoipool_put(pool, slot.ref));
	close_checked(pool);
}

/* One try: what a limit refused once is not asked for on the other node. */
static void is_refused_on_every_node(enum mock_action how, int err)
{
	struct aoipool_pool *pool = open_on_nodes(NODES(here(), here() + 1), 0);
	struct aoipool_slot slot;

	mock_act(&mock, how, 0);
	assert_err(aoipool_get(pool, &slot), err);
	assert_int_equal(mock.reached[SLAB_STEP_CLAIMED], 1);
	assert_int_equal(mock_count(&mock, AOIPOOL_SLAB_HELD), 0);
	mock_disarm(&mock);
	slot = get_slot(pool);
	assert_ok(aoipool_put(pool, slot.ref));
	close_checked(pool);
}

static void a_limit_is_enospc_on_every_node(void **state)
{
	(void)state;
	is_refused_on_every_node(MOCK_LIMIT, -ENOSPC);
}

static void a_full_cgroup_is_edquot_on_every_node(void **state)
{
	(void)state;
	is_refused_on_every_node(MOCK_CGROUP_FULL, -EDQUOT);
}

/* attributes check nodes against the host; the mock's policy is set here. */
static void set_policy(struct aoipool_pool *pool, enum aoipool_numa numa,
		       uint64_t nodes)
{
	pool->provider.numa = numa;
	pool->provider.nodes = nodes;
	mock.nodes = nodes;
}

static void interleave_takes_nodes_in_turn(void **state)
{
	struct aoipool_pool *pool = open_on_nodes(NODES(0, 1), 0);
	struct aoipool_slot slots[4];
	unsigned int count[4] = { 0 };

	(void)state;
	set_policy(pool, AOIPOOL_NUMA_INTERLEAVE, NODES(1, 3));
	assert_ok(aoipool_get_many(pool, slots, 4, 0));
	for (size_t i = 0; i < 4; i++)
		count[node_of(&slots[i])]++;
	assert_int_equal(count[1], 2);
	assert_int_equal(count[3], 2);
	put_all(pool, slots, 4);
	close_checked(pool);
}

static void interleave_falls_over_to_another_node(void **state)
{
	struct aoipool_pool *pool = open_on_nodes(NODES(0, 1), 0);
	struct aoipool_slot slots[4];

	(void)state;
	set_policy(pool, AOIPOOL_NUMA_INTERLEAVE, NODES(1, 3));
	mock.empty_nodes = 1ULL << 1;
	/* All four: not only those whose turn the other node is. */
	assert_ok(aoipool_get_many(pool, slots, 4, 0));
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(node_of(&slots[i]), 3);
	put_all(pool, slots, 4);
	close_checked(pool);
}

static void bind_stays_on_its_nodes(void **state)
{
	struct aoipool_pool *pool = open_on_nodes(NODES(0, 1), 0);
	struct aoipool_slot slots[4], one_more;

	(void)state;
	set_policy(pool, AOIPOOL_NUMA_BIND, NODES(2, 3));
	mock.empty_nodes = 1ULL << 2;
	assert_ok(aoipool_get_many(pool, slots, 4, 0));
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(node_of(&slots[i]), 3);
	put_all(pool, slots, 4);
	mock_act(&mock, MOCK_RECLAIM_ALL, 0);
	mock.empty_nodes = NODES(2, 3);
	assert_err(aoipool_get(pool, &one_more), -ENOMEM);
	close_checked(pool);
}

static void objects_go_home_to_the_slabs_node(void **state)
{
	uint32_t node = here();
	struct aoipool_attr *attr = object_attr(4096, 100);
	struct aoipool_pool *pool;
	struct aoipool_slot slot;

	(void)state;
	mock = (struct mock){ .nodes = NODES(node, node + 1),
			      .empty_nodes = 1ULL << node };
	pool = mock_open(&mock, attr);
	aoipool_attr_destroy(attr);
	assert_non_null(pool);
	slot = get_slot(pool);
	assert_int_equal(node_of(&slot), node + 1);
	/* and those that were fetched with it */
	assert_true(stats_of(pool).remote_gets >= 1);
	assert_ok(aoipool_put(pool, slot.ref));
	slot = get_slot(pool);
	assert_int_equal(node_of(&slot), node + 1);
	assert_ok(aoipool_put(pool, slot.ref));
	assert_ok(aoipool_pool_trim(pool, SIZE_MAX, NULL));
	assert_int_equal(mock_count(&mock, AOIPOOL_SLAB_HELD), 0);
	close_checked(pool);
}

int main(void)
{
	const struct CMUnitTest node[] = {
		cmocka_unit_test(local_claims_on_the_getters_node),
		cmocka_unit_test(
			local_goes_elsewhere_when_the_node_has_no_memory),
		cmocka_unit_test(no_node_with_memory_is_enomem),
		cmocka_unit_test(
			memory_comes_near_while_there_is_enough),
		cmocka_unit_test(
			what_is_idle_elsewhere_is_used_when_memory_is_short),
		cmocka_unit_test(
			memory_elsewhere_only_does_not_cost_warm_slabs),
		cmocka_unit_test(a_limit_is_enospc_on_every_node),
		cmocka_unit_test(a_full_cgroup_is_edquot_on_every_node),
		cmocka_unit_test(interleave_takes_nodes_in_turn),
		cmocka_unit_test(
			interleave_falls_over_to_another_node),
		cmocka_unit_test(bind_stays_on_its_nodes),
		cmocka_unit_test(objects_go_home_to_the_slabs_node),
	};

	return RUN(node);
}
