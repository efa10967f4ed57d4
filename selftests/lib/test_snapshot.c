// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * Snapshots of other processes, which run, are stopped, have ended or belong to
 * somebody else, and what grew between two.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "held.h"
#include "holdings.h"

#define NOBODY	65534

/* A process that does as told by one byte, and answers with one. */
struct engine {
	pid_t pid;
	int tell;
	int answer;
};

struct engine_state {
	struct aoipool_pool *frames;
	struct aoipool_pool *objects;
	struct aoipool_slot held[16];
	unsigned int nr_held;
};

/* cmocka's checks would go on with the tests there: the child says 'x'. */
static char open_engine(struct engine_state *state)
{
	struct aoipool_attr *attr = frame_attr(8);
	int err;

	aoipool_attr_set_name(attr, "frames");
	err = aoipool_pool_open(attr, &state->frames);
	aoipool_attr_destroy(attr);
	attr = object_attr(64, 100000);
	aoipool_attr_set_name(attr, "objects");
	if (!err)
		err = aoipool_pool_open(attr, &state->objects);
	aoipool_attr_destroy(attr);
	return err ? 'x' : 'o';
}

static char leak(struct engine_state *state)
{
	struct aoipool_slot *slot = &state->held[state->nr_held++];

	aoipool_tag_set(aoipool_tag("leaky stage"));
	if (aoipool_get(state->frames, slot))
		return 'x';
	return 'o';
}

static char take_object(struct engine_state *state)
{
	struct aoipool_slot *slot = &state->held[state->nr_held++];

	aoipool_tag_set(aoipool_tag("candidates"));
	return aoipool_get(state->objects, slot) ? 'x' : 'o';
}

static char give_back(struct engine_state *state)
{
	struct aoipool_slot *slot = &state->held[--state->nr_held];

	return aoipool_put(state->frames, slot->ref) ? 'x' : 'o';
}

static char misuse(struct engine_state *state)
{
	struct aoipool_slot slots[9];

	if (aoipool_put(state->frames, 1ULL << 40) != -EINVAL)
		return 'x';
	return aoipool_get_many(state->frames, slots, 8, 0) == -EAGAIN ? 'o'
								       : 'x';
}

/* A child that has all that its parent has. */
static char have_child(void)
{
	pid_t pid = fork();

	if (!pid) {
		alarm(60);
		pause();
		_exit(0);
	}
	return pid > 0 ? 'o' : 'x';
}

static char obey(struct engine_state *state, char order)
{
	switch (order) {
	case 'p':
		return open_engine(state);
	case 'l':
		return leak(state);
	case 'c':
		return take_object(state);
	case 'b':
		return give_back(state);
	case 'm':
		return misuse(state);
	case 'f':
		return have_child();
	default:
		return 'x';
	}
}

static void run_engine(int orders, int answers)
{
	struct engine_state state = { .nr_held = 0 };
	char order, answer;

	alarm(300);
	while (read(orders, &order, 1) == 1) {
		answer = obey(&state, order);
		if (write(answers, &answer, 1) != 1)
			break;
	}
	kill(0, SIGKILL);
}

static void start(struct engine *engine)
{
	int orders[2], answers[2];

	assert_ok(pipe(orders));
	assert_ok(pipe(answers));
	fflush(NULL);
	engine->pid = fork();
	assert_true(engine->pid >= 0);
	if (!engine->pid) {
		setpgid(0, 0);
		close(orders[1]);
		close(answers[0]);
		run_engine(orders[0], answers[1]);
	}
	setpgid(engine->pid, engine->pid);
	close(orders[0]);
	close(answers[1]);
	engine->tell = orders[1];
	engine->answer = answers[0];
}

static void tell(const struct engine *engine, const char *orders)
{
	char answer;

	for (; *orders; orders++) {
		assert_int_equal(write(engine->tell, orders, 1), 1);
		assert_int_equal(read(engine->answer, &answer, 1), 1);
		assert_int_equal(answer, 'o');
	}
}

static int start_engine(void **state)
{
	struct engine *engine = calloc(1, sizeof(*engine));

	start(engine);
	tell(engine, "p");
	*state = engine;
	return 0;
}

/* With the children that it has. */
static int end_engine(void **state)
{
	struct engine *engine = *state;

	close(engine->tell);
	close(engine->answer);
	if (engine->pid) {
		kill(-engine->pid, SIGKILL);
		waitpid(engine->pid, NULL, 0);
	}
	free(engine);
	return 0;
}

static void pools_of_another_process_are_seen(void **state)
{
	struct engine *engine = *state;
	struct aoipool_snapshot *snapshot;
	struct aoipool_pool_entry frames, objects;

	tell(engine, "llc");
	snapshot = snapshot_of(engine->pid);
	assert_int_equal(pools_in(snapshot), 2);
	frames = pool_in(snapshot, "frames");
	assert_int_equal(frames.pid, engine->pid);
	assert_int_equal(frames.is_frames, 1);
	assert_int_equal(frames.slots, 8);
	assert_int_equal(frames.nr_slabs, 8);
	assert_int_equal(frames.slab_bytes, BLOCK_BYTES);
	assert_int_equal(frames.slots_out, 2);
	assert_string_equal(frames.type, "frame@0");
	assert_string_equal(frames.comm, "test_snapshot");
	objects = pool_in(snapshot, "objects");
	assert_int_equal(objects.is_frames, 0);
	assert_int_equal(objects.slot_bytes, 64);
	assert_true(objects.slots_out >= 1);
	assert_true(objects.pool != frames.pool);
	assert_int_equal(held_by(snapshot, "leaky stage", engine->pid).count,
			 2);
	assert_int_equal(held_by(snapshot, "candidates", engine->pid).count, 1);
	aoipool_snapshot_free(snapshot);
}

static void what_the_user_provider_has_is_seen(void **state)
{
	struct engine *engine = *state;
	struct aoipool_snapshot *snapshot;
	struct aoipool_pool_entry frames;

	if (getenv("AOIPOOL_PROVIDER"))
		skip_because("the provider may be another");
	tell(engine, "ll");
	snapshot = snapshot_of(engine->pid);
	frames = pool_in(snapshot, "frames");
	assert_int_equal(frames.is_kernel, 0);
	assert_int_equal(frames.resident_bytes, 2 * BLOCK_BYTES);
	assert_int_equal(frames.kernel_pool, 0);
	aoipool_snapshot_free(snapshot);
}

static void what_went_wrong_is_counted(void **state)
{
	struct engine *engine = *state;
	struct aoipool_snapshot *snapshot;
	struct aoipool_pool_entry frames;

	tell(engine, "lmm");
	snapshot = snapshot_of(engine->pid);
	frames = pool_in(snapshot, "frames");
	assert_int_equal(frames.exhausted, 2);
	assert_int_equal(frames.misuses, 2);
	assert_int_equal(frames.no_memory, 0);
	aoipool_snapshot_free(snapshot);
}

static void a_stopped_process_is_read(void **state)
{
	struct engine *engine = *state;
	struct aoipool_snapshot *snapshot;
	int status;

	tell(engine, "ll");
	assert_ok(kill(engine->pid, SIGSTOP));
	assert_int_equal(waitpid(engine->pid, &status, WUNTRACED), engine->pid);
	assert_true(WIFSTOPPED(status));
	snapshot = snapshot_of(engine->pid);
	assert_int_equal(held_by(snapshot, "leaky stage", engine->pid).count,
			 2);
	aoipool_snapshot_free(snapshot);
}

static void a_process_that_ended_is_none(void **state)
{
	struct engine *engine = *state;
	struct aoipool_snapshot *snapshot = (void *)engine;
	siginfo_t info;

	tell(engine, "l");
	assert_ok(kill(engine->pid, SIGKILL));
	/* dead, but its parent has not asked yet */
	assert_ok(waitid(P_PID, engine->pid, &info, WEXITED | WNOWAIT));
	assert_err(aoipool_snapshot_take(&snapshot, engine->pid), -ESRCH);
	assert_null(snapshot);
	assert_int_equal(waitpid(engine->pid, NULL, 0), engine->pid);
	assert_err(aoipool_snapshot_take(&snapshot, engine->pid), -ESRCH);
	engine->pid = 0;
}

static void a_child_has_not_what_its_parent_has(void **state)
{
	struct engine *engine = *state;
	struct aoipool_snapshot *snapshot;
	char path[64];
	FILE *children;
	int child = 0;

	tell(engine, "lf");
	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", engine->pid,
		 engine->pid);
	children = fopen(path, "re");
	if (!children)
		skip_because("this kernel does not list children");
	assert_int_equal(fscanf(children, "%d", &child), 1);
	fclose(children);
	snapshot = snapshot_of(child);
	assert_int_equal(pools_in(snapshot), 0);
	assert_int_equal(held_by(snapshot, ANY_TAG, ANY_THREAD).entries, 0);
	aoipool_snapshot_free(snapshot);
	snapshot = snapshot_of(engine->pid);
	assert_int_equal(pools_in(snapshot), 2);
	assert_int_equal(held_by(snapshot, ANY_TAG, ANY_THREAD).count, 1);
	aoipool_snapshot_free(snapshot);
}

/* In a child: it cannot become somebody else again. */
static int look_as_nobody(pid_t pid)
{
	struct aoipool_snapshot *snapshot;
	int err, status;
	pid_t child = fork();

	if (!child) {
		if (setgid(NOBODY) || setuid(NOBODY))
			leave_child(1);
		err = aoipool_snapshot_take(&snapshot, pid);
		leave_child(err == -EACCES ? 0 : 2);
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void another_users_process_is_not_for_looking(void **state)
{
	struct engine *engine = *state;

	if (getuid())
		skip_because("only root can become somebody else");
	assert_int_equal(look_as_nobody(engine->pid), 0);
}

static void who_has_no_pool_has_none(void **state)
{
	struct aoipool_snapshot *snapshot = snapshot_of(getppid());

	(void)state;
	assert_int_equal(pools_in(snapshot), 0);
	aoipool_snapshot_free(snapshot);
	snapshot = snapshot_of(0);
	assert_int_equal(pools_in(snapshot), 0);
	aoipool_snapshot_free(snapshot);
}

static void no_process_has_such_a_number(void **state)
{
	struct aoipool_snapshot *snapshot;

	(void)state;
	assert_err(aoipool_snapshot_take(&snapshot, -1), -ESRCH);
	assert_err(aoipool_snapshot_take(&snapshot, INT32_MAX), -ESRCH);
	assert_err(aoipool_snapshot_take(NULL, 0), -EINVAL);
	aoipool_snapshot_free(NULL);
}

static void a_pool_that_was_closed_is_gone(void **state)
{
	struct aoipool_pool *pool = open_frames(1);
	struct aoipool_snapshot *snapshot = snapshot_of(0);
	uint64_t number = pool_in(snapshot, "anonymous").pool;

	(void)state;
	aoipool_snapshot_free(snapshot);
	assert_ok(aoipool_pool_close(pool));
	snapshot = snapshot_of(0);
	assert_int_equal(pools_in(snapshot), 0);
	aoipool_snapshot_free(snapshot);
	pool = open_frames(1);
	snapshot = snapshot_of(0);
	assert_true(pool_in(snapshot, "anonymous").pool > number);
	aoipool_snapshot_free(snapshot);
	assert_ok(aoipool_pool_close(pool));
}

static void the_own_pools_are_the_same_by_the_own_number(void **state)
{
	struct aoipool_pool *pool = open_frames(2);
	struct aoipool_slot slot = get_slot(pool);
	struct aoipool_snapshot *by_0 = snapshot_of(0);
	struct aoipool_snapshot *by_pid = snapshot_of(getpid()), *diff;

	(void)state;
	assert_int_equal(pools_in(by_pid), 1);
	assert_int_equal(held_by(by_pid, "", gettid()).count, 1);
	assert_ok(aoipool_snapshot_diff(by_0, by_pid, &diff));
	assert_int_equal(held_by(diff, ANY_TAG, ANY_THREAD).entries, 0);
	aoipool_snapshot_free(diff);
	aoipool_snapshot_free(by_pid);
	aoipool_snapshot_free(by_0);
	assert_ok(aoipool_put(pool, slot.ref));
	assert_ok(aoipool_pool_close(pool));
}

static void a_difference_tells_what_leaks(void **state)
{
	struct engine *engine = *state;
	struct aoipool_snapshot *before, *after, *diff;
	struct held grown;

	tell(engine, "cl");
	before = snapshot_of(engine->pid);
	tell(engine, "lll");
	after = snapshot_of(engine->pid);
	assert_ok(aoipool_snapshot_diff(before, after, &diff));
	assert_int_equal(pools_in(diff), 2);
	grown = held_by(diff, ANY_TAG, ANY_THREAD);
	assert_int_equal(grown.entries, 1);
	grown = held_by(diff, "leaky stage", engine->pid);
	assert_int_equal(grown.count, 3);
	assert_true(grown.bytes > 0);
	aoipool_snapshot_free(diff);
	/* and the other way round */
	assert_ok(aoipool_snapshot_diff(after, before, &diff));
	assert_int_equal(held_by(diff, "leaky stage", ANY_THREAD).count, -3);
	aoipool_snapshot_free(diff);
	aoipool_snapshot_free(after);
	aoipool_snapshot_free(before);
}

static void what_was_all_put_is_less_in_a_difference(void **state)
{
	struct engine *engine = *state;
	struct aoipool_snapshot *before, *after, *diff;

	tell(engine, "ll");
	before = snapshot_of(engine->pid);
	tell(engine, "bb");
	after = snapshot_of(engine->pid);
	assert_ok(aoipool_snapshot_diff(before, after, &diff));
	assert_int_equal(held_by(diff, "leaky stage", ANY_THREAD).count, -2);
	assert_int_equal(held_by(diff, ANY_TAG, ANY_THREAD).oldest_ns, 0);
	aoipool_snapshot_free(diff);
	aoipool_snapshot_free(after);
	aoipool_snapshot_free(before);
}

static void a_difference_is_of_one_process(void **state)
{
	struct engine *engine = *state;
	struct aoipool_snapshot *theirs = snapshot_of(engine->pid);
	struct aoipool_snapshot *ours = snapshot_of(0), *diff;

	assert_err(aoipool_snapshot_diff(theirs, ours, &diff), -EINVAL);
	assert_null(diff);
	assert_err(aoipool_snapshot_diff(NULL, ours, &diff), -EINVAL);
	assert_err(aoipool_snapshot_diff(ours, NULL, &diff), -EINVAL);
	assert_err(aoipool_snapshot_diff(ours, ours, NULL), -EINVAL);
	aoipool_snapshot_free(ours);
	aoipool_snapshot_free(theirs);
}

static int stop_at_first(void *arg, const struct aoipool_custody *custody)
{
	int64_t *bytes = arg;

	*bytes = custody->bytes;
	assert_int_equal(custody->size, sizeof(*custody));
	return 17;
}

static int descending(void *arg, const struct aoipool_custody *custody)
{
	int64_t *last = arg;
	bool ordered = custody->bytes <= *last;

	*last = custody->bytes;
	return ordered ? 0 : 1;
}

static void the_largest_comes_first(void **state)
{
	struct engine *engine = *state;
	struct aoipool_snapshot *snapshot;
	int64_t first = 0, last = INT64_MAX;

	tell(engine, "clll");
	snapshot = snapshot_of(engine->pid);
	assert_int_equal(aoipool_snapshot_each(snapshot, stop_at_first, &first),
			 17);
	assert_true(first > (int64_t)BLOCK_BYTES);
	assert_ok(aoipool_snapshot_each(snapshot, descending, &last));
	aoipool_snapshot_free(snapshot);
}

static void more_threads_than_any_engine_has_are_added_up(void **state)
{
	struct aoipool_custody like = { .pool = 1, .node = 0 };
	struct holdings holdings = { .nr = 0 };
	int64_t count = 0;

	(void)state;
	for (uint32_t tid = 1; tid <= 40000; tid++) {
		like.tid = tid;
		holdings_add(holdings_find(&holdings, &like), 1, tid);
	}
	assert_int_equal(holdings.nr, 16384 + 1);
	for (size_t i = 0; i < holdings.nr; i++)
		count += holdings.entries[i].count;
	assert_int_equal(count, 40000);
	holdings_sort(&holdings);
	assert_string_equal(holdings.entries[0].tag, "(others)");
	assert_int_equal(holdings.entries[0].count, 40000 - 16384);
	holdings_free(&holdings);
}

static bool has_ledger_descriptor(void)
{
	char path[64], link[64];
	ssize_t n;

	for (int fd = 0; fd < 64; fd++) {
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		n = readlink(path, link, sizeof(link) - 1);
		link[n > 0 ? n : 0] = '\0';
		if (strstr(link, "aoipool-ledger"))
			return true;
	}
	return false;
}

static void hear_no_thread(void *arg, enum aoipool_log_level level,
			   const char *line)
{
	(void)level;
	if (strstr(line, "the thread that watches memory cannot start"))
		*(bool *)arg = true;
}

/* In a process that had no pool: 0 it is as it should be, 1 not, 2 no pool. */
static int open_with_descriptors(rlim_t limit)
{
	const struct rlimit few = { limit, limit };
	struct aoipool_attr *attr = frame_attr(4);
	struct aoipool_pool *pool;
	bool no_thread = false;
	int err;

	aoipool_attr_set_log(attr, hear_no_thread, &no_thread);
	if (setrlimit(RLIMIT_NOFILE, &few))
		return 1;
	err = aoipool_pool_open(attr, &pool);
	if (err)
		return 2;
	return no_thread && has_ledger_descriptor();
}

static void the_thread_that_watches_memory_comes_before_the_ledger(void **state)
{
	int status, opened = 0;
	pid_t pid;

	(void)state;
	for (rlim_t limit = 4; limit < 20; limit++) {
		pid = fork();
		assert_true(pid >= 0);
		if (!pid)
			_exit(open_with_descriptors(limit));
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status));
		assert_int_not_equal(WEXITSTATUS(status), 1);
		opened += WEXITSTATUS(status) == 0;
	}
	assert_true(opened > 0 && opened < 16);
}

#define with_engine(test) \
	cmocka_unit_test_setup_teardown(test, start_engine, end_engine)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_engine(pools_of_another_process_are_seen),
		with_engine(what_the_user_provider_has_is_seen),
		with_engine(what_went_wrong_is_counted),
		with_engine(a_stopped_process_is_read),
		with_engine(a_process_that_ended_is_none),
		with_engine(a_child_has_not_what_its_parent_has),
		with_engine(another_users_process_is_not_for_looking),
		cmocka_unit_test(who_has_no_pool_has_none),
		cmocka_unit_test(no_process_has_such_a_number),
		cmocka_unit_test(a_pool_that_was_closed_is_gone),
		cmocka_unit_test(the_own_pools_are_the_same_by_the_own_number),
		with_engine(a_difference_tells_what_leaks),
		with_engine(what_was_all_put_is_less_in_a_difference),
		with_engine(a_difference_is_of_one_process),
		with_engine(the_largest_comes_first),
		cmocka_unit_test(more_threads_than_any_engine_has_are_added_up),
		cmocka_unit_test(
			the_thread_that_watches_memory_comes_before_the_ledger),
	};

	return RUN(tests);
}
