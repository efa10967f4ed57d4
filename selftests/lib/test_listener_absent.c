// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* The controller of this kernel, with nobody else at the other end. */
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "family.h"
#include "heard.h"
#include "process.h"
#include "socket.h"
#include "test.h"

#include <netlink/errno.h>

#define DESCRIPTORS	64

/* Skips where there is no generic netlink, or where there is the module. */
static int without_module(void **state)
{
	struct family family;
	int err = family_find(&family);

	(void)state;
	if (err == -EPROTONOSUPPORT || err == 0)
		*state = (void *)(err ? "there is no generic netlink here" :
					"the module is loaded here");
	return 0;
}

#define NEEDS(state) \
	do { \
		if (*(state)) \
			skip_because((const char *)*(state)); \
	} while (0)

static void nobody_is_no_device(void **state)
{
	struct heard heard;

	NEEDS(state);
	assert_err(heard_open(&heard, 0, 0), -ENODEV);
	assert_null(heard.listener);
	assert_non_null(strstr(aoipool_strerror(-ENODEV), "not loaded"));
}

static void nobody_is_waited_for_in_silence(void **state)
{
	struct heard heard;

	NEEDS(state);
	assert_ok(heard_open(&heard, AOIPOOL_LISTENER_WAIT, 0));
	heard_out(&heard);
	assert_true(heard_is_quiet(&heard));
	assert_int_equal(aoipool_listener_dispatch(heard.listener, 9), 0);
	assert_int_equal(heard.nr, 0);
	aoipool_listener_close(heard.listener);
}

static void nobody_is_waited_for_by_a_thread(void **state)
{
	struct footprint before;
	struct heard heard;

	NEEDS(state);
	before = process_footprint();
	assert_ok(heard_open(&heard, AOIPOOL_LISTENER_WAIT, 0));
	assert_ok(aoipool_listener_start(heard.listener));
	aoipool_listener_close(heard.listener);
	assert_int_equal(process_footprint().descriptors, before.descriptors);
}

static int never(void *arg, const struct aoipool_node_state *node)
{
	(void)arg;
	(void)node;
	return 1;
}

static void nobody_has_nothing(void **state)
{
	struct aoipool_host_state host = { .size = sizeof(host) };

	NEEDS(state);
	assert_err(aoipool_for_each_node(never, NULL), -ENODEV);
	assert_err(aoipool_listener_state(NULL, &host), -ENODEV);
}

/* Each of its descriptors is refused in turn, and none is left behind. */
static void without_descriptors_it_says_so(void **state)
{
	struct footprint before;
	struct rlimit limit, least;
	struct heard heard;
	int opened = 0, err;

	NEEDS(state);
	before = process_footprint();
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	for (rlim_t most = 0; most < DESCRIPTORS && !opened; most++) {
		least = (struct rlimit){ most, limit.rlim_max };
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &least), 0);
		err = heard_open(&heard, AOIPOOL_LISTENER_WAIT, 0);
		opened = !err;
		assert_true(!err || err == -EMFILE);
		aoipool_listener_close(heard.listener);
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	}
	assert_true(opened);
	assert_int_equal(process_footprint().descriptors, before.descriptors);
}

static void errors_of_libnl_have_errnos(void **state)
{
	(void)state;
	assert_err(socket_error(0), 0);
	assert_err(socket_error(12), 0);
	assert_err(socket_error(-NLE_OBJ_NOTFOUND), -ENODEV);
	assert_err(socket_error(-NLE_PERM), -EPERM);
	assert_err(socket_error(-NLE_NOMEM), -ENOMEM);
	assert_err(socket_error(-NLE_DUMP_INTR), -EINTR);
	for (int err = 1; err < 1000; err++)
		assert_in_range(-socket_error(-err), 1, 4095);
}

#define ABSENT(name)	cmocka_unit_test_setup(name, without_module)

int main(void)
{
	const struct CMUnitTest absent[] = {
		ABSENT(nobody_is_no_device),
		ABSENT(nobody_is_waited_for_in_silence),
		ABSENT(nobody_is_waited_for_by_a_thread),
		ABSENT(nobody_has_nothing),
		ABSENT(without_descriptors_it_says_so),
		cmocka_unit_test(errors_of_libnl_have_errnos),
	};

	return RUN(absent);
}
