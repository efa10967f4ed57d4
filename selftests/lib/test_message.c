// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Messages of the module, right and wrong, and what is made of them. */
#include <linux/aoipool.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "test.h"

#define TYPE	1000
#define SEQ	77

static int begin(void **state, uint8_t command)
{
	struct nl_msg *message = nlmsg_alloc();

	assert_non_null(genlmsg_put(message, 0, 0, TYPE, 0, 0, command, 1));
	nla_put_u64(message, AOIPOOL_A_SEQ, SEQ);
	*state = message;
	return 0;
}

static int level(void **state)
{
	return begin(state, AOIPOOL_GENL_LEVEL);
}

static int sweep(void **state)
{
	return begin(state, AOIPOOL_GENL_SWEEP);
}

static int end(void **state)
{
	nlmsg_free(*state);
	return 0;
}

static struct aoipool_event read_event(struct nl_msg *message)
{
	struct aoipool_event event;

	memset(&event, 0xa5, sizeof(event));
	assert_ok(message_event(nlmsg_hdr(message), &event));
	assert_int_equal(event.size, sizeof(event));
	assert_int_equal(event.seq, SEQ);
	return event;
}

static void refused(struct nl_msg *message)
{
	struct aoipool_event event;

	assert_err(message_event(nlmsg_hdr(message), &event), -EPROTO);
}

static void every_kind_is_known(void **state)
{
	static const struct {
		uint8_t command;
		enum aoipool_event_kind kind;
	} kinds[] = {
		{ AOIPOOL_GENL_LEVEL, AOIPOOL_EVENT_LEVEL },
		{ AOIPOOL_GENL_RECLAIM, AOIPOOL_EVENT_RECLAIM },
		{ AOIPOOL_GENL_SWEEP, AOIPOOL_EVENT_SWEEP },
		{ AOIPOOL_GENL_EXHAUSTED, AOIPOOL_EVENT_EXHAUSTED },
		{ AOIPOOL_GENL_EXHAUSTED + 1, 0 },
		{ 255, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		begin(state, kinds[i].command);
		assert_int_equal(read_event(*state).kind, kinds[i].kind);
		end(state);
	}
}

static void what_is_missing_is_0(void **state)
{
	const struct aoipool_event want = {
		.size = sizeof(want),
		.kind = AOIPOOL_EVENT_LEVEL,
		.node = AOIPOOL_EVENT_NODE_HOST,
		.seq = SEQ,
	};
	struct aoipool_event event = read_event(*state);

	assert_memory_equal(&event, &want, sizeof(want));
}

static void a_level_has_its_numbers(void **state)
{
	struct aoipool_event event;

	nla_put_u32(*state, AOIPOOL_A_NODE, 3);
	nla_put_u32(*state, AOIPOOL_A_LEVEL, AOIPOOL_PRESSURE_HIGH);
	nla_put_u32(*state, AOIPOOL_A_LEVEL_BEFORE, AOIPOOL_PRESSURE_LOW);
	nla_put_u64(*state, AOIPOOL_A_TIME_NS, 1ULL << 40);
	nla_put_u64(*state, AOIPOOL_A_LOST, 9);
	nla_put_u64(*state, AOIPOOL_A_AVAILABLE_BYTES, 1ULL << 35);
	nla_put_u64(*state, AOIPOOL_A_TOTAL_BYTES, 1ULL << 36);
	nla_put_u64(*state, AOIPOOL_A_IDLE_BYTES, 1ULL << 33);
	event = read_event(*state);
	assert_int_equal(event.node, 3);
	assert_int_equal(event.level, AOIPOOL_LEVEL_HIGH);
	assert_int_equal(event.level_before, AOIPOOL_LEVEL_LOW);
	assert_int_equal(event.time_ns, 1ULL << 40);
	assert_int_equal(event.lost, 9);
	assert_int_equal(event.available_bytes, 1ULL << 35);
	assert_int_equal(event.total_bytes, 1ULL << 36);
	assert_int_equal(event.idle_bytes, 1ULL << 33);
}

static void a_sweep_has_its_numbers(void **state)
{
	struct aoipool_event event;

	nla_put_u64(*state, AOIPOOL_A_POOL, 12);
	nla_put_string(*state, AOIPOOL_A_NAME, "camera-1");
	nla_put_u32(*state, AOIPOOL_A_CLIENT, 4);
	nla_put_u32(*state, AOIPOOL_A_PID, 4711);
	nla_put_string(*state, AOIPOOL_A_COMM, "engine");
	nla_put_u32(*state, AOIPOOL_A_SLABS, 8);
	nla_put_u64(*state, AOIPOOL_A_HELD_BYTES, 16 << 20);
	event = read_event(*state);
	assert_int_equal(event.pool, 12);
	assert_string_equal(event.name, "camera-1");
	assert_int_equal(event.client, 4);
	assert_int_equal(event.pid, 4711);
	assert_string_equal(event.comm, "engine");
	assert_int_equal(event.count, 8);
	assert_int_equal(event.held_bytes, 16 << 20);
}

static void what_is_unknown_is_passed_over(void **state)
{
	nla_put_u32(*state, AOIPOOL_A_MAX + 1, 5);
	nla_put_string(*state, 1000, "of a newer module");
	nla_put_u32(*state, AOIPOOL_A_PID, 4711);
	assert_int_equal(read_event(*state).pid, 4711);
}

static void without_a_number_it_is_no_event(void **state)
{
	struct nl_msg *message = nlmsg_alloc();

	(void)state;
	genlmsg_put(message, 0, 0, TYPE, 0, 0, AOIPOOL_GENL_SWEEP, 1);
	nla_put_u32(message, AOIPOOL_A_PID, 1);
	refused(message);
	nlmsg_free(message);
}

static void numbers_that_are_too_short_are_refused(void **state)
{
	static const int types[] = { AOIPOOL_A_TIME_NS, AOIPOOL_A_NODE,
				     AOIPOOL_A_LEVEL, AOIPOOL_A_POOL,
				     AOIPOOL_A_COUNT, AOIPOOL_A_CLIENT };

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		begin(state, AOIPOOL_GENL_SWEEP);
		nla_put(*state, types[i], 3, "abc");
		refused(*state);
		end(state);
	}
}

static void strings_without_an_end_are_refused(void **state)
{
	static const int types[] = { AOIPOOL_A_NAME, AOIPOOL_A_COMM };

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		begin(state, AOIPOOL_GENL_SWEEP);
		nla_put(*state, types[i], 4, "camera");
		refused(*state);
		end(state);
		begin(state, AOIPOOL_GENL_SWEEP);
		nla_put(*state, types[i], 0, "");
		refused(*state);
		end(state);
	}
}

static void strings_that_are_too_long_are_cut(void **state)
{
	char name[200];
	struct aoipool_event event;

	memset(name, 'x', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	nla_put_string(*state, AOIPOOL_A_NAME, name);
	nla_put_string(*state, AOIPOOL_A_COMM, name);
	event = read_event(*state);
	assert_int_equal(strlen(event.name), sizeof(event.name) - 1);
	assert_int_equal(strlen(event.comm), sizeof(event.comm) - 1);
}

static void put_holder(struct nl_msg *message, uint32_t client)
{
	struct nlattr *nest = nla_nest_start(message, AOIPOOL_A_HOLDER);

	nla_put_u64(message, AOIPOOL_A_POOL, 100 + client);
	nla_put_string(message, AOIPOOL_A_NAME, "camera-1");
	nla_put_u32(message, AOIPOOL_A_CLIENT, client);
	nla_put_u32(message, AOIPOOL_A_PID, 200 + client);
	nla_put_string(message, AOIPOOL_A_COMM, "engine");
	nla_put_u64(message, AOIPOOL_A_HELD_BYTES, 1000 - client);
	nla_nest_end(message, nest);
}

static struct aoipool_event holders_of(struct nl_msg *message, uint32_t nr)
{
	struct nlattr *nest = nla_nest_start(message, AOIPOOL_A_HOLDERS);

	for (uint32_t i = 0; i < nr; i++)
		put_holder(message, i);
	nla_nest_end_keep_empty(message, nest);
	return read_event(message);
}

static void holders_come_in_their_order(void **state)
{
	struct aoipool_event event = holders_of(*state, 3);

	assert_int_equal(event.nr_holders, 3);
	for (uint32_t i = 0; i < 3; i++) {
		assert_int_equal(event.holders[i].pool, 100 + i);
		assert_string_equal(event.holders[i].name, "camera-1");
		assert_int_equal(event.holders[i].client, i);
		assert_int_equal(event.holders[i].pid, 200 + i);
		assert_string_equal(event.holders[i].comm, "engine");
		assert_int_equal(event.holders[i].held_bytes, 1000 - i);
	}
}

static void more_holders_than_there_is_room_for_are_left_out(void **state)
{
	struct aoipool_event event = holders_of(*state, 9);

	assert_int_equal(event.nr_holders, AOIPOOL_EVENT_HOLDERS);
	assert_int_equal(event.holders[AOIPOOL_EVENT_HOLDERS - 1].client,
			 AOIPOOL_EVENT_HOLDERS - 1);
}

static void no_holders_are_none(void **state)
{
	assert_int_equal(holders_of(*state, 0).nr_holders, 0);
}

static void holders_that_make_no_sense_are_left_out(void **state)
{
	struct nlattr *nest = nla_nest_start(*state, AOIPOOL_A_HOLDERS);
	struct aoipool_event event;

	nla_put_u32(*state, AOIPOOL_A_PID, 1);
	nla_put(*state, AOIPOOL_A_HOLDER, 3, "abc");
	nla_put(*state, AOIPOOL_A_HOLDER, 8, "\x08\x00\x16\x00\x01\x02\x03");
	put_holder(*state, 1);
	nla_nest_end(*state, nest);
	event = read_event(*state);
	assert_int_equal(event.holders[event.nr_holders - 1].client, 1);
	assert_true(event.nr_holders <= 3);
}

/* A copy of its own size, so that an instrument sees a read past its end. */
static void read_cut(struct nlmsghdr *whole, size_t bytes)
{
	struct nlmsghdr *cut = malloc(bytes);
	struct aoipool_event event;

	assert_non_null(cut);
	memcpy(cut, whole, bytes);
	cut->nlmsg_len = (uint32_t)bytes;
	message_event(cut, &event);
	free(cut);
}

static void cut_short_anywhere_it_does_no_harm(void **state)
{
	struct nlmsghdr *whole = nlmsg_hdr(*state);

	nla_put_string(*state, AOIPOOL_A_NAME, "camera-1");
	holders_of(*state, 3);
	for (size_t bytes = NLMSG_HDRLEN; bytes <= whole->nlmsg_len; bytes++)
		read_cut(whole, bytes);
}

static void with_any_byte_wrong_it_does_no_harm(void **state)
{
	struct nlmsghdr *whole = nlmsg_hdr(*state);
	unsigned char *bytes = (unsigned char *)whole;

	nla_put_string(*state, AOIPOOL_A_NAME, "camera-1");
	holders_of(*state, 3);
	for (size_t i = NLMSG_HDRLEN; i < whole->nlmsg_len; i++) {
		for (unsigned int bit = 0; bit < 8; bit++) {
			bytes[i] ^= 1U << bit;
			read_cut(whole, whole->nlmsg_len);
			bytes[i] ^= 1U << bit;
		}
	}
}

static void a_host_has_its_numbers(void **state)
{
	struct aoipool_host_state host = { .size = sizeof(host) };

	nla_put_u32(*state, AOIPOOL_A_LEVEL, AOIPOOL_PRESSURE_CRITICAL);
	nla_put_u32(*state, AOIPOOL_A_NR_POOLS, 2);
	nla_put_u64(*state, AOIPOOL_A_POOL_BYTES, 3);
	nla_put_u64(*state, AOIPOOL_A_DEPOT_BYTES, 4);
	nla_put_u64(*state, AOIPOOL_A_RECLAIMED_BYTES, 5);
	assert_ok(message_host(nlmsg_hdr(*state), &host));
	assert_int_equal(host.seq, SEQ);
	assert_int_equal(host.level, AOIPOOL_LEVEL_CRITICAL);
	assert_int_equal(host.nr_pools, 2);
	assert_int_equal(host.pool_bytes, 3);
	assert_int_equal(host.depot_bytes, 4);
	assert_int_equal(host.reclaimed_bytes, 5);
}

static void a_pool_has_its_numbers(void **state)
{
	struct aoipool_pool_state pool = { .size = sizeof(pool) };

	nla_put_u64(*state, AOIPOOL_A_POOL, 6);
	nla_put_string(*state, AOIPOOL_A_NAME, "camera-1");
	nla_put_string(*state, AOIPOOL_A_TYPE, "frame@0");
	nla_put_u32(*state, AOIPOOL_A_NR_SLABS, 7);
	nla_put_u32(*state, AOIPOOL_A_HELD_SLABS, 8);
	nla_put_u32(*state, AOIPOOL_A_PARKED_SLABS, 9);
	nla_put_u32(*state, AOIPOOL_A_NR_CLIENTS, 10);
	nla_put_u64(*state, AOIPOOL_A_SLAB_BYTES, 11);
	assert_ok(message_pool(nlmsg_hdr(*state), &pool));
	assert_int_equal(pool.pool, 6);
	assert_string_equal(pool.name, "camera-1");
	assert_string_equal(pool.type, "frame@0");
	assert_int_equal(pool.nr_slabs, 7);
	assert_int_equal(pool.held_slabs, 8);
	assert_int_equal(pool.parked_slabs, 9);
	assert_int_equal(pool.nr_clients, 10);
	assert_int_equal(pool.slab_bytes, 11);
}

static void a_holder_has_its_numbers(void **state)
{
	struct aoipool_holder_state holder = { .size = sizeof(holder) };

	nla_put_u64(*state, AOIPOOL_A_POOL, 6);
	nla_put_u32(*state, AOIPOOL_A_CLIENT, 7);
	nla_put_u32(*state, AOIPOOL_A_UID, 1000);
	nla_put_u32(*state, AOIPOOL_A_HELD_SLABS, 8);
	nla_put_u64(*state, AOIPOOL_A_HELD_BYTES, 9);
	assert_ok(message_holder(nlmsg_hdr(*state), &holder));
	assert_int_equal(holder.holder.pool, 6);
	assert_int_equal(holder.holder.client, 7);
	assert_int_equal(holder.uid, 1000);
	assert_int_equal(holder.held_slabs, 8);
	assert_int_equal(holder.holder.held_bytes, 9);
}

static void what_an_operator_asks_has_its_numbers(void **state)
{
	struct aoipool_host_state host = { .size = sizeof(host) };
	struct aoipool_pool_state pool = { .size = sizeof(pool) };
	struct aoipool_node_state node = { .size = sizeof(node) };

	nla_put_u32(*state, AOIPOOL_A_ABI_VERSION, 20);
	nla_put_u64(*state, AOIPOOL_A_LIMIT_BYTES, 21);
	nla_put_u64(*state, AOIPOOL_A_RESERVED_BYTES, 22);
	nla_put_u64(*state, AOIPOOL_A_APART_BYTES, 23);
	nla_put_u64(*state, AOIPOOL_A_SWEPT_SLABS, 24);
	nla_put_u64(*state, AOIPOOL_A_OOM_CALLS, 25);
	nla_put_u64(*state, AOIPOOL_A_OOM_BYTES, 26);
	nla_put_u64(*state, AOIPOOL_A_FAILURES, 27);
	nla_put_u64(*state, AOIPOOL_A_POPULATED_BYTES, 28);
	nla_put_u64(*state, AOIPOOL_A_SLOT_BYTES, 29);
	nla_put_u64(*state, AOIPOOL_A_HELD_BYTES, 30);
	nla_put_u32(*state, AOIPOOL_A_UID, 31);
	assert_ok(message_host(nlmsg_hdr(*state), &host));
	assert_ok(message_pool(nlmsg_hdr(*state), &pool));
	assert_ok(message_node(nlmsg_hdr(*state), &node));
	assert_int_equal(host.abi_version, 20);
	assert_int_equal(host.limit_bytes, 21);
	assert_int_equal(host.reserved_bytes, 22);
	assert_int_equal(host.apart_bytes, 23);
	assert_int_equal(host.swept_slabs, 24);
	assert_int_equal(host.oom_calls, 25);
	assert_int_equal(host.oom_bytes, 26);
	assert_int_equal(host.failures, 27);
	assert_int_equal(pool.reserved_bytes, 22);
	assert_int_equal(pool.apart_bytes, 23);
	assert_int_equal(pool.swept_slabs, 24);
	assert_int_equal(pool.failures, 27);
	assert_int_equal(pool.slot_bytes, 29);
	assert_int_equal(pool.held_bytes, 30);
	assert_int_equal(pool.uid, 31);
	assert_int_equal(node.populated_bytes, 28);
	assert_int_equal(node.failures, 27);
}

static void a_held_slab_has_its_numbers(void **state)
{
	struct aoipool_held_slab slab = { .size = sizeof(slab) };

	nla_put_u64(*state, AOIPOOL_A_POOL, 6);
	nla_put_u32(*state, AOIPOOL_A_SLAB, 7);
	nla_put_u32(*state, AOIPOOL_A_CLIENT, 8);
	nla_put_u32(*state, AOIPOOL_A_PID, 9);
	nla_put_u32(*state, AOIPOOL_A_UID, 10);
	nla_put_u32(*state, AOIPOOL_A_GENERATION, UINT32_MAX);
	nla_put_u64(*state, AOIPOOL_A_HELD_BYTES, 12);
	assert_ok(message_slab(nlmsg_hdr(*state), &slab));
	assert_int_equal(slab.pool, 6);
	assert_int_equal(slab.slab, 7);
	assert_int_equal(slab.client, 8);
	assert_int_equal(slab.pid, 9);
	assert_int_equal(slab.uid, 10);
	assert_int_equal(slab.generation, UINT32_MAX);
	assert_int_equal(slab.held_bytes, 12);
	assert_int_equal(slab.node, AOIPOOL_EVENT_NODE_HOST);
}

static void what_a_trim_freed_has_its_numbers(void **state)
{
	struct aoipool_host_trim trim = { .size = sizeof(trim) };

	nla_put_u64(*state, AOIPOOL_A_RECLAIMED_BYTES, 13);
	nla_put_u64(*state, AOIPOOL_A_DEPOT_BYTES, 14);
	assert_ok(message_trim(nlmsg_hdr(*state), &trim));
	assert_int_equal(trim.freed_bytes, 13);
	assert_int_equal(trim.depot_bytes, 14);
}

static void a_trim_that_makes_no_sense_is_refused(void **state)
{
	struct aoipool_host_trim trim = { .size = sizeof(trim) };

	(void)state;
	trim.node = AOIPOOL_EVENT_NODE_HOST - 1;
	assert_int_equal(aoipool_host_trim(&trim), -EINVAL);
	trim.node = AOIPOOL_EVENT_NODE_HOST;
	trim.flags = 1U << 31;
	assert_int_equal(aoipool_host_trim(&trim), -EINVAL);
	trim.flags = 0;
	trim.size--;
	assert_int_equal(aoipool_host_trim(&trim), -EINVAL);
}

#define LEVEL(name)	cmocka_unit_test_setup_teardown(name, level, end)
#define SWEEP(name)	cmocka_unit_test_setup_teardown(name, sweep, end)

int main(void)
{
	const struct CMUnitTest message[] = {
		cmocka_unit_test(every_kind_is_known),
		LEVEL(what_is_missing_is_0),
		LEVEL(a_level_has_its_numbers),
		SWEEP(a_sweep_has_its_numbers),
		SWEEP(what_is_unknown_is_passed_over),
		cmocka_unit_test(without_a_number_it_is_no_event),
		cmocka_unit_test(numbers_that_are_too_short_are_refused),
		cmocka_unit_test(strings_without_an_end_are_refused),
		SWEEP(strings_that_are_too_long_are_cut),
		LEVEL(holders_come_in_their_order),
		LEVEL(more_holders_than_there_is_room_for_are_left_out),
		LEVEL(no_holders_are_none),
		LEVEL(holders_that_make_no_sense_are_left_out),
		LEVEL(cut_short_anywhere_it_does_no_harm),
		LEVEL(with_any_byte_wrong_it_does_no_harm),
		LEVEL(a_host_has_its_numbers),
		LEVEL(a_pool_has_its_numbers),
		LEVEL(a_holder_has_its_numbers),
		LEVEL(what_an_operator_asks_has_its_numbers),
		LEVEL(a_held_slab_has_its_numbers),
		LEVEL(what_a_trim_freed_has_its_numbers),
		cmocka_unit_test(a_trim_that_makes_no_sense_is_refused),
	};

	return RUN(message);
}
