// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Listeners: opened, in threads, from within their callback, in children. */
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake_family.h"
#include "heard.h"
#include "process.h"
#include "test.h"

#define FLOOD	500
#define NR_LIVES	1000

static struct heard heard;
static sem_t event_came, event_may_end;

static int open_listener(void **state)
{
	fake_family_set_up(state);
	sem_init(&event_came, 0, 0);
	sem_init(&event_may_end, 0, 0);
	assert_ok(heard_open(&heard, 0, 4096));
	return 0;
}

static int close_listener(void **state)
{
	aoipool_listener_close(heard.listener);
	return fake_family_tear_down(state);
}

static void say(struct heard *of)
{
	(void)of;
	sem_post(&event_came);
}

static void say_and_wait(struct heard *of)
{
	(void)of;
	sem_post(&event_came);
	sem_wait(&event_may_end);
}

static void close_it(struct heard *of)
{
	aoipool_listener_close(of->listener);
	of->listener = NULL;
	sem_post(&event_came);
}

static void options_that_make_no_sense_are_refused(void **state)
{
	struct aoipool_listener_options options = {
		.size = sizeof(options),
		.flags = 2,
		.callback = heard_callback,
	};
	struct aoipool_listener *listener;

	(void)state;
	assert_err(aoipool_listener_open(&listener, &options), -EINVAL);
	options.flags = 0;
	options.callback = NULL;
	assert_err(aoipool_listener_open(&listener, &options), -EINVAL);
	options.callback = heard_callback;
	options.size--;
	assert_err(aoipool_listener_open(&listener, &options), -EINVAL);
	assert_null(listener);
	aoipool_listener_close(NULL);
}

static void its_own_thread_tells(void **state)
{
	(void)state;
	heard.also = say;
	assert_ok(aoipool_listener_start(heard.listener));
	for (int i = 0; i < 3; i++) {
		fake_sweep(i);
		sem_wait(&event_came);
	}
	assert_int_equal(__atomic_load_n(&heard.nr, __ATOMIC_ACQUIRE), 3);
}

static void its_own_thread_is_the_only_one(void **state)
{
	(void)state;
	assert_ok(aoipool_listener_start(heard.listener));
	assert_err(aoipool_listener_start(heard.listener), -EINPROGRESS);
	assert_err(aoipool_listener_dispatch(heard.listener, 1), -EINPROGRESS);
}

static void see_signals(struct heard *of)
{
	sigset_t *mask = (sigset_t *)&of->events[HEARD_MAX - 1];

	pthread_sigmask(SIG_SETMASK, NULL, mask);
	sem_post(&event_came);
}

static void its_own_thread_takes_no_signals(void **state)
{
	(void)state;
	heard.also = see_signals;
	assert_ok(aoipool_listener_start(heard.listener));
	fake_sweep(1);
	sem_wait(&event_came);
	assert_true(sigismember((sigset_t *)&heard.events[HEARD_MAX - 1],
				SIGTERM));
}

static void *close_listener_of(void *arg)
{
	aoipool_listener_close(arg);
	return NULL;
}

/* Until then it may use what the caller frees next. */
static void a_callback_that_runs_is_waited_for(void **state)
{
	pthread_t closer;

	(void)state;
	heard.also = say_and_wait;
	assert_ok(aoipool_listener_start(heard.listener));
	fake_sweep(1);
	fake_sweep(2);
	sem_wait(&event_came);
	assert_int_equal(pthread_create(&closer, NULL, close_listener_of,
					heard.listener), 0);
	heard.listener = NULL;
	usleep(20000);
	assert_int_equal(pthread_tryjoin_np(closer, NULL), EBUSY);
	sem_post(&event_may_end);
	sem_post(&event_may_end);
	assert_int_equal(pthread_join(closer, NULL), 0);
}

static void a_callback_that_is_slow_is_told_what_it_missed(void **state)
{
	struct aoipool_host_state now = { .size = sizeof(now) };

	(void)state;
	heard.also = say_and_wait;
	assert_ok(aoipool_listener_start(heard.listener));
	fake_sweep(1);
	sem_wait(&event_came);
	for (unsigned int i = 1; i < FLOOD; i++)
		fake_sweep(i);
	for (unsigned int i = 0; i < 2 * FLOOD; i++)
		sem_post(&event_may_end);
	do {
		sem_wait(&event_came);
		assert_ok(aoipool_listener_state(heard.listener, &now));
	} while (now.received + now.missed < FLOOD);
	assert_int_equal(now.received + now.missed, FLOOD);
	assert_true(now.missed > 0);
}

static void a_callback_may_close_its_listener(void **state)
{
	(void)state;
	heard.also = close_it;
	fake_sweep(1);
	fake_sweep(2);
	while (heard.listener)
		assert_true(aoipool_listener_dispatch(heard.listener, 9) >= 0);
	assert_int_equal(heard.nr, 1);
}

static void a_callback_of_the_own_thread_may_close_its_listener(void **state)
{
	struct footprint before;

	(void)state;
	close_listener(state);
	fake_family_set_up(state);
	before = process_footprint();
	assert_ok(heard_open(&heard, 0, 4096));
	heard.also = close_it;
	assert_ok(aoipool_listener_start(heard.listener));
	fake_sweep(1);
	fake_sweep(2);
	sem_wait(&event_came);
	assert_int_equal(process_footprint_after(&before).threads,
			 before.threads);
	assert_int_equal(process_footprint().descriptors, before.descriptors);
	assert_int_equal(heard.nr, 1);
}

static void close_when_lost(struct heard *of)
{
	if (of->nr_lost)
		close_it(of);
}

static void a_callback_may_close_at_any_event(void **state)
{
	(void)state;
	heard.also = close_when_lost;
	fake_sweep(1);
	fake_drop(1);
	fake_sweep(2);
	while (heard.listener)
		assert_true(aoipool_listener_dispatch(heard.listener, 9) >= 0);
	assert_int_equal(heard.nr, 2);
}

static void try_all(struct heard *of)
{
	struct aoipool_host_state now = { .size = sizeof(now) };

	assert_err(aoipool_listener_dispatch(of->listener, 1), -EINPROGRESS);
	assert_err(aoipool_listener_start(of->listener), -EINPROGRESS);
	assert_ok(aoipool_listener_state(of->listener, &now));
	assert_int_equal(now.received, 1);
}

static void a_callback_may_ask_but_not_dispatch(void **state)
{
	(void)state;
	heard.also = try_all;
	fake_sweep(1);
	heard_await(&heard, 1);
}

/* In the child; the number of the first thing that is wrong. */
static int try_in_child(struct aoipool_listener *listener)
{
	struct aoipool_host_state now = { .size = sizeof(now) };

	if (aoipool_listener_fd(listener) != -EPERM)
		return 1;
	if (aoipool_listener_dispatch(listener, 1) != -EPERM)
		return 2;
	if (aoipool_listener_start(listener) != -EPERM)
		return 3;
	if (aoipool_listener_state(listener, &now) != -EPERM)
		return 4;
	aoipool_listener_close(listener);
	return 0;
}

/* On purpose a child does not free what libnl may hold a lock of. */
#define SKIP_WHERE_A_CHILDS_LEAKS_COUNT \
	do { \
		if (instrumented_by("valgrind")) \
			skip_because("a child leaves libnl's memory alone"); \
	} while (0)

static void run_child(void)
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid)
		leave_child(try_in_child(heard.listener));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void a_child_may_only_close(void **state)
{
	(void)state;
	SKIP_WHERE_A_CHILDS_LEAKS_COUNT;
	heard_out(&heard);
	run_child();
	fake_sweep(1);
	heard_await(&heard, 1);
	fake_family_unload();
	heard_await(&heard, 2);
	fake_family_load();
	heard_out(&heard);
	fake_sweep(2);
	heard_await(&heard, 3);
}

static void a_child_may_close_what_has_a_thread(void **state)
{
	(void)state;
	SKIP_WHERE_A_CHILDS_LEAKS_COUNT;
	heard.also = say;
	assert_ok(aoipool_listener_start(heard.listener));
	run_child();
	fake_sweep(1);
	sem_wait(&event_came);
}

/* The child keeps the old socket open: it is none of the listener's any more. */
static void a_child_that_closes_nothing_disturbs_nobody(void **state)
{
	pid_t pid;

	(void)state;
	heard_out(&heard);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid)
		pause();
	fake_family_unload();
	fake_family_load();
	heard_out(&heard);
	fake_sweep(1);
	heard_await(&heard, 2);
	heard_out(&heard);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void a_thousand_lives_leave_nothing(void **state)
{
	struct footprint before;
	unsigned int n = rounds(NR_LIVES);

	fake_family_set_up(state);
	before = process_footprint();
	for (unsigned int i = 0; i < n; i++) {
		fake_family.loaded = i % 3;
		assert_err(heard_open(&heard, i % 2, 0),
			   i % 3 || i % 2 ? 0 : -ENODEV);
		if (heard.listener && i % 5 == 0)
			assert_ok(aoipool_listener_start(heard.listener));
		aoipool_listener_close(heard.listener);
	}
	assert_int_equal(process_footprint_after(&before).threads,
			 before.threads);
	assert_int_equal(process_footprint().descriptors, before.descriptors);
	fake_family_tear_down(state);
}

#define LIVES(name) \
	cmocka_unit_test_setup_teardown(name, open_listener, close_listener)

int main(void)
{
	const struct CMUnitTest life[] = {
		cmocka_unit_test(options_that_make_no_sense_are_refused),
		LIVES(its_own_thread_tells),
		LIVES(its_own_thread_is_the_only_one),
		LIVES(its_own_thread_takes_no_signals),
		LIVES(a_callback_that_runs_is_waited_for),
		LIVES(a_callback_that_is_slow_is_told_what_it_missed),
		LIVES(a_callback_may_close_its_listener),
		LIVES(a_callback_of_the_own_thread_may_close_its_listener),
		LIVES(a_callback_may_close_at_any_event),
		LIVES(a_callback_may_ask_but_not_dispatch),
		LIVES(a_child_may_only_close),
		LIVES(a_child_may_close_what_has_a_thread),
		LIVES(a_child_that_closes_nothing_disturbs_nobody),
		cmocka_unit_test(a_thousand_lives_leave_nothing),
	};

	return RUN(life);
}
