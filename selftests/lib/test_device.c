// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * The kernel provider against a device that says what the uapi header lets the
 * module say: what the library asks for, and what it makes of each refusal.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake_device.h"
#include "told.h"
#include "fixture.h"
#include "kinds.h"
#include "process.h"

static int fresh_device(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

static struct aoipool_attr *kernel_attr(void)
{
	struct aoipool_attr *attr = frame_attr(3);

	assert_ok(aoipool_attr_set_provider(attr, AOIPOOL_PROVIDER_KERNEL));
	assert_ok(aoipool_attr_set_name(attr, "left"));
	assert_ok(aoipool_attr_set_type(attr, "board", 7));
	return attr;
}

static struct aoipool_pool *open_kernel(void)
{
	struct aoipool_pool *pool = open_pool(kernel_attr());

	assert_string_equal(aoipool_pool_provider(pool), "kernel");
	return pool;
}

static void close_kernel(struct aoipool_pool *pool)
{
	assert_ok(aoipool_pool_close(pool));
	fake_release();
	assert_int_equal(fake.open_files, 0);
	assert_int_equal(fake.bad_structs, 0);
}

/* Refused with @err, with a line that has @word, and nothing is left. */
static void refused(int err, const char *word)
{
	struct footprint before = process_footprint(), after;

	open_refused(kernel_attr(), err);
	assert_non_null(strstr(heard(), word));
	after = process_footprint();
	assert_int_equal(after.descriptors, before.descriptors);
	assert_int_equal(fake.open_files, 0);
	assert_int_equal(fake.bad_structs, 0);
}

static void a_pool_is_created_as_was_asked(void **state)
{
	struct aoipool_attr *attr = kernel_attr();
	struct aoipool_pool *pool;

	(void)state;
	assert_ok(aoipool_attr_set_numa(attr, AOIPOOL_NUMA_BIND, 1));
	pool = open_pool(attr);
	assert_string_equal((char *)fake.created.name, "left");
	assert_int_equal(memcmp(fake.created.type, "board@", 6), 0);
	assert_int_equal(fake.created.slot_bytes,
			 aoipool_pool_slot_bytes(pool));
	assert_int_equal(fake.created.slab_blocks, 1);
	assert_int_equal(fake.created.nr_slabs, 3);
	assert_int_equal(fake.created.reserve_slabs, 0);
	assert_int_equal(fake.created.node_policy, AOIPOOL_NODE_BIND);
	assert_int_equal(fake.created.nodemask[0], 1);
	close_kernel(pool);
}

static void the_longest_type_fits_the_uapi(void **state)
{
	struct aoipool_attr *attr = kernel_attr();
	char one[AOIPOOL_TYPE_BYTES];
	struct aoipool_pool *pool;

	(void)state;
	assert_ok(aoipool_attr_set_type(attr, "12345678901234567890123",
					UINT32_MAX));
	pool = open_pool(attr);
	assert_true(memchr(fake.created.type, 0, AOIPOOL_TYPE_BYTES) != NULL);
	memcpy(one, fake.created.type, sizeof(one));
	close_kernel(pool);

	attr = kernel_attr();
	assert_ok(aoipool_attr_set_type(attr, "12345678901234567890123",
					UINT32_MAX - 1));
	pool = open_pool(attr);
	assert_memory_not_equal(one, fake.created.type, sizeof(one));
	close_kernel(pool);
}

static void get_claims_populates_and_put_parks(void **state)
{
	struct aoipool_pool *pool = open_kernel();
	struct aoipool_slot slot = get_slot(pool);
	__u32 slab = fake.populated.first_slab;

	(void)state;
	assert_int_equal(fake.populates, 1);
	assert_int_equal(aoipool_word_state(fake.words[slab]),
			 AOIPOOL_SLAB_HELD);
	assert_int_equal(aoipool_word_owner(fake.words[slab]), 5);
	memset(slot.ptr, 1, aoipool_pool_slot_bytes(pool));
	assert_ok(aoipool_put(pool, slot.ref));
	assert_int_equal(aoipool_word_state(fake.words[slab]),
			 AOIPOOL_SLAB_PARKED);
	/* A warm get asks the module for nothing. */
	slot = get_slot(pool);
	assert_int_equal(fake.populates, 1);
	assert_int_equal(stats_of(pool).resident_bytes, BLOCK_BYTES);
	assert_ok(aoipool_put(pool, slot.ref));
	close_kernel(pool);
}

static void trim_all_is_0_for_the_module(void **state)
{
	struct aoipool_pool *pool = open_kernel();
	struct aoipool_slot slots[3];
	size_t freed;

	(void)state;
	assert_ok(aoipool_get_many(pool, slots, 3, 0));
	put_all(pool, slots, 3);
	assert_ok(aoipool_pool_trim(pool, 0, &freed));
	assert_int_equal(freed, 0);
	assert_int_equal(fake.trims, 0);
	assert_ok(aoipool_pool_trim(pool, BLOCK_BYTES, &freed));
	assert_int_equal(fake.trimmed.max_blocks, 1);
	assert_int_equal(freed, BLOCK_BYTES);
	assert_int_equal(trim_all(pool), 2 * BLOCK_BYTES);
	assert_int_equal(fake.trimmed.max_blocks, 0);
	fake.trim_err = -EINTR;
	assert_err(aoipool_pool_trim(pool, SIZE_MAX, &freed), -EINTR);
	assert_int_equal(freed, 0);
	close_kernel(pool);
}

static void populate_errors_reach_the_getter(void **state)
{
	static const int errs[] = { -ENOMEM, -ENOSPC };
	struct aoipool_pool *pool = open_kernel();
	struct aoipool_slot slots[3];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		fake.populate_err = errs[i];
		assert_err(aoipool_get(pool, slots), errs[i]);
		assert_err(aoipool_get_many(pool, slots, 3, 0), errs[i]);
	}
	assert_int_equal(stats_of(pool).no_memory, 4);
	fake.populate_err = 0;
	assert_ok(aoipool_get_many(pool, slots, 3, 0));
	put_all(pool, slots, 3);
	close_kernel(pool);
}

static void no_device_is_enodev(void **state)
{
	static const int errs[] = { -ENOENT, -ENXIO, -ENODEV };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		fake.open_err = errs[i];
		refused(-ENODEV, "modprobe");
	}
}

static void no_permission_is_eacces(void **state)
{
	(void)state;
	fake.open_err = -EACCES;
	refused(-EACCES, "group");
	fake.open_err = -EPERM;
	refused(-EACCES, "group");
}

static void no_descriptor_is_said_as_such(void **state)
{
	(void)state;
	fake.open_err = -EMFILE;
	refused(-EMFILE, AOIPOOL_DEVICE_PATH);
}

static void another_abi_is_eproto(void **state)
{
	(void)state;
	fake.abi_version = AOIPOOL_ABI_VERSION + 1;
	refused(-EPROTO, "ABI");
	fake.abi_version = AOIPOOL_ABI_VERSION;
	fake.info_err = -ENOTTY;
	refused(-EPROTO, AOIPOOL_DEVICE_PATH);
}

static void a_refused_create_is_passed_on(void **state)
{
	static const int errs[] = { -ENOSPC, -ENOMEM, -EMFILE };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		fake.create_err = errs[i];
		refused(errs[i], "left");
	}
}

static void what_fails_after_create_closes_the_pool(void **state)
{
	(void)state;
	fake.pool_info_err = -ENOMEM;
	refused(-ENOMEM, "");
	fake_release();
	fake.pool_info_err = 0;
	fake.no_words = true;
	refused(-EINVAL, "");
	fake_release();
}

static void a_reserve_that_cannot_be_populated_refuses_the_pool(void **state)
{
	struct aoipool_attr *attr = kernel_attr();

	(void)state;
	assert_ok(aoipool_attr_set_reserve(attr, 2));
	fake.populate_err = -ENOMEM;
	open_refused(attr, -ENOMEM);
	assert_non_null(strstr(heard(), "reserve"));
	assert_int_equal(fake.created.reserve_slabs, 2);
	assert_int_equal(fake.open_files, 0);
	fake_release();
}

static void auto_takes_the_device_when_it_opens(void **state)
{
	struct aoipool_attr *attr = kernel_attr();
	struct aoipool_pool *pool;

	(void)state;
	assert_ok(aoipool_attr_set_provider(attr, AOIPOOL_PROVIDER_AUTO));
	pool = open_pool(attr);
	assert_string_equal(aoipool_pool_provider(pool), "kernel");
	assert_non_null(strstr(aoipool_pool_provider_reason(pool),
			       AOIPOOL_DEVICE_PATH));
	close_kernel(pool);
}

static void auto_without_permission_takes_the_user_provider(void **state)
{
	struct aoipool_attr *attr = kernel_attr();
	struct aoipool_pool *pool;

	(void)state;
	fake.open_err = -EACCES;
	assert_ok(aoipool_attr_set_provider(attr, AOIPOOL_PROVIDER_AUTO));
	pool = open_pool(attr);
	assert_string_equal(aoipool_pool_provider(pool), "user");
	assert_non_null(strstr(aoipool_pool_provider_reason(pool),
			       AOIPOOL_DEVICE_PATH));
	assert_ok(aoipool_pool_close(pool));
}

/* A module that is there but cannot serve is not passed over in silence. */
static void auto_with_another_abi_is_refused(void **state)
{
	struct aoipool_attr *attr = kernel_attr();

	(void)state;
	fake.abi_version = 99;
	assert_ok(aoipool_attr_set_provider(attr, AOIPOOL_PROVIDER_AUTO));
	open_refused(attr, -EPROTO);
}

/* The module's own mappings are not inherited; the memfd's here would be. */
static void a_child_closes_only_its_descriptor(void **state)
{
	struct aoipool_pool *pool = open_kernel();
	struct aoipool_slot slot = get_slot(pool);
	int status;
	pid_t pid = fork();

	(void)state;
	if (!pid) {
		if (aoipool_put(pool, slot.ref) != -EPERM)
			leave_child(1);
		aoipool_pool_close(pool);
		leave_child(fake.open_files);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	memset(slot.ptr, 1, aoipool_pool_slot_bytes(pool));
	assert_ok(aoipool_put(pool, slot.ref));
	close_kernel(pool);
}

/* A child may have the descriptor, and with it the pool, for long. */
static void close_gives_the_memory_back_at_once(void **state)
{
	struct aoipool_pool *pool = open_kernel();

	(void)state;
	get_slot(pool);
	assert_err(aoipool_pool_close(pool), -EBUSY);
	assert_int_equal(fake.trims, 1);
	assert_int_equal(fake.trimmed.max_blocks, 0);
	assert_int_equal(fake.trimmed.flags, AOIPOOL_TRIM_RESERVE);
	fake_release();
}

static void what_is_idle_is_said_to_the_module(void **state)
{
	struct aoipool_attr *attr = kernel_attr();

	(void)state;
	assert_ok(aoipool_attr_set_idle(attr, 1234, 4 * BLOCK_BYTES));
	assert_ok(aoipool_attr_set_reserve_yields(attr, 1));
	close_kernel(open_pool(attr));
	assert_int_equal(fake.policy.decay_ms, 1234);
	assert_int_equal(fake.policy.idle_max_blocks, 4);
	assert_int_equal(fake.created.flags, AOIPOOL_CREATE_GIVE_RESERVE);
	fake.policies = 0;
	close_kernel(open_kernel());
	assert_int_equal(fake.policies, 0);
	assert_int_equal(fake.created.flags, 0);
}

static void a_refused_policy_refuses_the_pool(void **state)
{
	struct aoipool_attr *attr = kernel_attr();

	(void)state;
	assert_ok(aoipool_attr_set_idle(attr, AOIPOOL_IDLE_MS_NEVER, SIZE_MAX));
	fake.policy_err = -ENOTTY;
	open_refused(attr, -ENOTTY);
	assert_non_null(strstr(heard(), "policy"));
	assert_int_equal(fake.open_files, 0);
	fake_release();
}

static struct events events;

static struct aoipool_pool *open_told(void)
{
	struct aoipool_attr *attr = kernel_attr();

	events = (struct events)EVENTS_INIT;
	events_attr(&events, attr);
	return open_pool(attr);
}

static void the_modules_level_is_heard(void **state)
{
	struct aoipool_pool *pool = open_told();
	struct aoipool_event event;

	(void)state;
	assert_int_equal(aoipool_pool_level(pool), AOIPOOL_LEVEL_NONE);
	fake_level(AOIPOOL_PRESSURE_HIGH);
	assert_int_equal(aoipool_pool_level(pool), AOIPOOL_LEVEL_HIGH);
	event = events_await(&events, AOIPOOL_EVENT_LEVEL, 0);
	assert_int_equal(event.level, AOIPOOL_LEVEL_HIGH);
	assert_string_equal(event.name, "left");
	fake_level(AOIPOOL_PRESSURE_NONE);
	event = events_await(&events, AOIPOOL_EVENT_LEVEL, 1);
	assert_int_equal(event.level, AOIPOOL_LEVEL_NONE);
	assert_int_equal(event.level_before, AOIPOOL_LEVEL_HIGH);
	close_kernel(pool);
}

static void a_module_that_cannot_be_polled_is_looked_at(void **state)
{
	struct aoipool_pool *pool;

	(void)state;
	fake.mute = true;
	pool = open_told();
	fake_level(AOIPOOL_PRESSURE_LOW);
	assert_int_equal(events_await(&events, AOIPOOL_EVENT_LEVEL, 0).level,
			 AOIPOOL_LEVEL_LOW);
	close_kernel(pool);
}

static void the_modules_level_drains_objects(void **state)
{
	struct aoipool_attr *attr = object_attr(1024, 2 * LISTED_FEW);
	struct aoipool_slot *slots;
	struct aoipool_pool *pool;
	size_t n;

	(void)state;
	assert_ok(aoipool_attr_set_provider(attr, AOIPOOL_PROVIDER_KERNEL));
	pool = open_pool(attr);
	slots = get_all(pool, &n);
	put_all(pool, slots, n);
	free(slots);
	assert_true(stats_of(pool).slots_listed > 0);
	fake_level(AOIPOOL_PRESSURE_LOW);
	await(!stats_of(pool).slots_listed);
	for (__u32 i = 0; i < fake.created.nr_slabs; i++)
		await(aoipool_word_state(__atomic_load_n(&fake.words[i],
							 __ATOMIC_RELAXED)) !=
		      AOIPOOL_SLAB_HELD);
	close_kernel(pool);
}

static void failed_gets_are_told_to_the_module(void **state)
{
	struct aoipool_pool *pool = open_kernel();
	struct aoipool_slot slots[3], none;

	(void)state;
	assert_ok(aoipool_get_many(pool, slots, 3, 0));
	for (int i = 0; i < 10; i++)
		assert_err(aoipool_get(pool, &none), -EAGAIN);
	await(fake.told_exhausted >= 10);
	assert_in_range(fake.tells, 1, 2);
	put_all(pool, slots, 3);
	close_kernel(pool);
}

static void *get_waiting(void *pool)
{
	struct aoipool_slot slot;
	int err = aoipool_get_wait(pool, &slot, -1);

	return (void *)(intptr_t)(err ? err : aoipool_put(pool, slot.ref));
}

static void who_waits_for_room_is_woken_when_there_is(void **state)
{
	struct aoipool_pool *pool = open_kernel();
	pthread_t thread;
	void *err;

	(void)state;
	fake.populate_err = -ENOSPC;
	assert_ok(pthread_create(&thread, NULL, get_waiting, pool));
	await(fake.populates > 0);
	fake.populate_err = 0;
	fake_room();
	assert_ok(pthread_join(thread, &err));
	assert_null(err);
	close_kernel(pool);
}

#define on_device(test)	cmocka_unit_test_setup(test, fresh_device)

int main(void)
{
	const struct CMUnitTest device[] = {
		on_device(a_pool_is_created_as_was_asked),
		on_device(the_longest_type_fits_the_uapi),
		on_device(get_claims_populates_and_put_parks),
		on_device(trim_all_is_0_for_the_module),
		on_device(populate_errors_reach_the_getter),
		on_device(no_device_is_enodev),
		on_device(no_permission_is_eacces),
		on_device(no_descriptor_is_said_as_such),
		on_device(another_abi_is_eproto),
		on_device(a_refused_create_is_passed_on),
		on_device(what_fails_after_create_closes_the_pool),
		on_device(a_reserve_that_cannot_be_populated_refuses_the_pool),
		on_device(auto_takes_the_device_when_it_opens),
		on_device(auto_without_permission_takes_the_user_provider),
		on_device(auto_with_another_abi_is_refused),
		on_device(a_child_closes_only_its_descriptor),
		on_device(close_gives_the_memory_back_at_once),
		on_device(what_is_idle_is_said_to_the_module),
		on_device(a_refused_policy_refuses_the_pool),
		on_device(the_modules_level_is_heard),
		on_device(a_module_that_cannot_be_polled_is_looked_at),
		on_device(the_modules_level_drains_objects),
		on_device(failed_gets_are_told_to_the_module),
		on_device(who_waits_for_room_is_woken_when_there_is),
	};

	return RUN(device);
}
