// SPDX-License-Identifier: GPL-2.0-only
/*
 * PID 1 of the test machine: loads the module, where there is one to test,
 * runs the programs one after the other, and judges after each: its results,
 * its end, the kernel's log, the taint, and what the module still owns.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "vm.h"

#define MODULE_PATH	"/aoipool/aoipool.ko"
#define TEST_FOLDER	"/aoipool/tests"

#define KSFT_SKIP	4		/* exit status: nothing could be tested */
#define TAINT_DIE	(1UL << 7)	/* an oops: nothing after it means much */
/* What the load of a module from outside the kernel's tree leaves, unsigned */
#define TAINT_LOAD	(1UL << 12 | 1UL << 13)

static unsigned long taint;
static bool module_loaded;

static void drop_line(void *context, const char *who, const char *line)
{
	(void)context;
	channel_text(who, line);
}

static void test_line(void *tap, const char *who, const char *line)
{
	channel_text(who, line);
	tap_line(tap, who, line);
}

static bool status_is_good(const struct outcome *outcome, const struct tap *tap)
{
	int code = WEXITSTATUS(outcome->status);

	if (outcome->timed_out || outcome->stuck || !WIFEXITED(outcome->status))
		return false;
	return code == 0 || (code == KSFT_SKIP && tap->skipped && !tap->failed);
}

/* Did the program end as its own results say? */
static void judge_results(const char *who, const struct tap *tap,
			  const struct outcome *outcome)
{
	unsigned int results = tap->passed + tap->failed + tap->skipped;
	char how[LINE_BYTES];

	program_describe(outcome, how, sizeof(how));
	if (!status_is_good(outcome, tap))
		channel_case(FAIL, who, "ends well: %s", how);
	else if (tap->bailed_out)
		channel_case(FAIL, who, "ends well: bailed out");
	else if (tap->plan < 0)
		channel_case(FAIL, who, "ends well: printed no plan");
	else if (!results)
		channel_case(FAIL, who, "ends well: printed no result");
	else if (tap->plan && results != (unsigned int)tap->plan)
		channel_case(FAIL, who, "ends well: %u results, %ld planned", results, tap->plan);
	else
		channel_case(PASS, who, "ends well: %d s", outcome->seconds);
}

/* Did it leave kernel and module as it found them? */
static void judge_kernel(const char *who, enum klog_phase phase)
{
	unsigned long before = taint;
	char why[LINE_BYTES] = "";
	unsigned int dirty;
	bool idle;

	idle = !module_loaded || module_is_idle(why, sizeof(why));
	dirty = klog_judge(phase, who);
	taint = module_taint();
	/* a command may load one itself */
	if (phase == KLOG_COMMAND)
		before |= taint & TAINT_LOAD;
	if (!idle)
		channel_case(FAIL, who, "leaves no trace: %s", why);
	else if (dirty)
		channel_case(FAIL, who, "leaves no trace: %u dirty lines in the kernel log", dirty);
	else if (taint != before)
		channel_case(FAIL, who, "leaves no trace: taint %lu, was %lu", taint, before);
	else
		channel_case(PASS, who, "leaves no trace");
}

/* False when the machine is in no state to run more. */
static bool run_test(const char *name, int limit_seconds)
{
	char path[LINE_BYTES];
	char *argv[] = { path, NULL };
	struct outcome outcome;
	struct tap tap;

	snprintf(path, sizeof(path), TEST_FOLDER "/%s", name);
	channel_text(name, "# starts");
	tap_init(&tap);
	klog_expect_oom(false);
	klog_expect_memory_error(false);
	program_run(argv, name, limit_seconds, test_line, &tap, &outcome);
	judge_results(name, &tap, &outcome);
	judge_kernel(name, KLOG_RUN);
	return !outcome.timed_out && !outcome.stuck && !(taint & TAINT_DIE);
}

static int seconds_left(const struct job *job)
{
	struct timespec up;
	int left;

	clock_gettime(CLOCK_BOOTTIME, &up);
	left = job->run_seconds - (int)up.tv_sec;
	return left < job->program_seconds ? left : job->program_seconds;
}

static void run_tests(const struct job *job)
{
	size_t i = 0;

	while (i < job->nr_tests && seconds_left(job) > 0)
		if (!run_test(job->tests[i++], seconds_left(job)))
			break;
	for (; i < job->nr_tests; i++)
		channel_case(FAIL, job->tests[i], "did not run: the machine was stuck or out of time");
}

static void run_command(const struct job *job)
{
	char *argv[] = { "/bin/sh", "-c", job->command, NULL };
	char how[LINE_BYTES];
	struct outcome outcome;

	program_run(argv, "command", seconds_left(job), drop_line, NULL, &outcome);
	program_describe(&outcome, how, sizeof(how));
	channel_case(outcome.timed_out || outcome.stuck || outcome.status ? FAIL : PASS,
		     "command", "%s", how);
	judge_kernel("command", KLOG_COMMAND);
}

static void load(const struct job *job)
{
	unsigned long boot_taint = module_taint();

	klog_judge(KLOG_BOOT, "boot");
	if (boot_taint)
		channel_die("the kernel is tainted (%lu) before anything was loaded", boot_taint);
	if (!job->with_module)
		return;
	kmemleak_forget();
	module_insert(MODULE_PATH, job->module_args);
	module_loaded = true;
	taint = module_taint();
	if (klog_judge(KLOG_LOAD, "insmod"))
		channel_case(FAIL, "insmod", "dirty lines in the kernel log");
	else
		channel_case(PASS, "insmod", "loads '%s', taint %lu", job->module_args, taint);
}

/* Before the module goes its functions have names; afterwards nothing is excused. */
static void judge_leaks(const char *when)
{
	unsigned int leaks = kmemleak_count("kmemleak");

	if (!kmemleak_is_there())
		return;
	if (leaks)
		channel_case(FAIL, "kmemleak", "%u leaks %s", leaks, when);
	else
		channel_case(PASS, "kmemleak", "no leak %s", when);
}

static void unload(void)
{
	unsigned long before = taint;
	char why[LINE_BYTES];

	if (!module_remove(why, sizeof(why)))
		channel_case(FAIL, "rmmod", "%s", why);
	else if (klog_judge(KLOG_RUN, "rmmod"))
		channel_case(FAIL, "rmmod", "dirty lines in the kernel log");
	else if (module_taint() != before)
		channel_case(FAIL, "rmmod", "taint %lu, was %lu", module_taint(), before);
	else
		channel_case(PASS, "rmmod", "unloads");
}

static void boot(struct job *job)
{
	struct utsname name;

	root_mount_early();
	channel_init();
	job_read(job, "/job");
	for (size_t i = 0; i < job->nr_modules; i++)
		module_insert(job->modules[i], "");
	root_switch("/dev/vda");
	klog_init();
	uname(&name);
	channel_record("kernel", "is", "init", "%s", name.release);
	setenv("PATH", "/usr/bin:/bin:/usr/sbin:/sbin", 1);
	setenv("HOME", "/tmp", 1);
	setenv("TMPDIR", "/tmp", 1);
	for (size_t i = 0; i < job->nr_environment; i++)
		putenv(job->environment[i]);
}

int main(void)
{
	static struct job job;

	boot(&job);
	load(&job);
	if (job.command)
		run_command(&job);
	else
		run_tests(&job);
	if (module_loaded && !(taint & TAINT_DIE)) {
		judge_leaks("while the module is loaded");
		unload();
		judge_leaks("after it was unloaded");
	}
	channel_end();
	sync();
	reboot(RB_POWER_OFF);
	return 1;
}
