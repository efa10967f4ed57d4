// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's log is part of every test: a line of level warning or worse
 * fails the program that was running, and so does a splat of any level.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vm.h"

#define LEVEL_WARNING	4
/* Enough to see what happened; the console has all of it. */
#define SHOWN_LINES	60
/* The kernel cuts a record, with its properties, to 8 KiB. */
#define RECORD_BYTES	(8 * 1024)

static int log_fd = -1;
static bool oom_expected;
static bool memory_error_expected;
static bool in_oom_report;
static unsigned int dirty_before_hang;

static const char *const splats[] = {
	"BUG:", "WARNING:", "Oops", "INFO: task", "INFO: rcu",
	"circular locking", "lock held when returning", "KASAN:", "UBSAN:",
	"kmemleak:", "INFO: trying to register", "INFO: possible",
	"turning off the locking correctness validator", "general protection fault", "Call Trace:",
};

/* What any kernel says when an unsigned module from outside its tree loads. */
static const char *const load_lines[] = {
	"loading out-of-tree module taints kernel",
	"module verification failed: signature and/or required key missing",
};

/*
 * An emulated CPU is slow and its clocks jump: the kernel notices, and it says
 * nothing about the module.
 */
static const char *const emulation_lines[] = {
	"clocksource: ",
	"hrtimer: interrupt took",
	"perf: interrupt took too long",
	"tsc: Marking TSC unstable",
	"TSC found unstable",
	"sched_clock: Marking unstable",
};

/* The module does not load with what it does not take, and who loads it is told. */
static const char *const parameter_lines[] = {
	"invalid for parameter `",
	"aoipool: clear_mode=",
};

/*
 * What a kernel says when a CPU goes away under a thread that is pinned to it,
 * and when an emulated one comes back with an interrupt from before.
 */
static const char *const hotplug_lines[] = {
	"APIC: Stale IRR: ",
	"no longer affine to cpu",
	"select_fallback_rq: ",
};

static bool contains_any(const char *line, const char *const list[], size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (strstr(line, list[i]))
			return true;
	return false;
}

#define CONTAINS(line, list) contains_any(line, list, ARRAY_SIZE(list))

/*
 * 6.12 and later name work items that ran for over 10 ms, which is soon reached
 * under emulation; only those of aoipool would be news.
 */
static bool is_slow_foreign_work(const char *line)
{
	return strstr(line, "hogged CPU for") && !strstr(line, "[aoipool]");
}

/* True from the first to the last line of an out-of-memory report. */
static bool is_oom_report(const char *line)
{
	bool inside = in_oom_report || strstr(line, "invoked oom-killer");

	in_oom_report = inside && !strstr(line, "Killed process");
	return inside;
}

/* What the kernel and the module say when a page is declared bad. */
static const char *const memory_error_lines[] = {
	"Memory failure: ",
	"Injecting memory failure",
	"has a memory error and is retired",
	"due to hardware memory corruption fault",
};

static bool is_dirty(enum klog_phase phase, int level, const char *line)
{
	bool oom = is_oom_report(line);

	if (phase == KLOG_BOOT)
		return false;
	if (oom && (oom_expected || phase == KLOG_COMMAND))
		return false;
	if (CONTAINS(line, splats))
		return true;
	if (memory_error_expected && CONTAINS(line, memory_error_lines))
		return false;
	if (level > LEVEL_WARNING || phase == KLOG_COMMAND)
		return false;
	if (phase == KLOG_LOAD && CONTAINS(line, load_lines))
		return false;
	return !CONTAINS(line, emulation_lines) && !CONTAINS(line, hotplug_lines) &&
	       !CONTAINS(line, parameter_lines) && !is_slow_foreign_work(line);
}

static void show_text(const char *who, int level, const char *line)
{
	char text[LINE_BYTES];

	snprintf(text, sizeof(text), "# kernel log: <%d> %s", level, line);
	channel_text(who, text);
}

static void show(const char *who, int level, const char *line)
{
	show_text(who, level, line);
	channel_record("log", "dirty", who, "<%d> %s", level, line);
}

/* "6,339,5140900,-;text\n KEY=value\n": the priority, and the text alone. */
static char *record_parse(char *record, int *level)
{
	char *text = strchr(record, ';');

	*level = atoi(record) & 7;
	if (!text)
		return record;
	text[strcspn(text, "\n")] = '\0';
	return text + 1;
}

/* The next line of the log; NULL at its end. */
static char *line_next(char *record, size_t size, int *level)
{
	ssize_t bytes = read(log_fd, record, size - 1);

	if (bytes < 0 && errno == EAGAIN)
		return NULL;
	if (bytes < 0 && errno == EPIPE) {
		/* Overwritten before we came: who knows what they said. */
		*level = 0;
		return strcpy(record, "BUG: lines of this log were lost");
	}
	if (bytes <= 0)
		channel_die("cannot read /dev/kmsg: %s", strerror(errno));
	record[bytes] = '\0';
	return record_parse(record, level);
}

unsigned int klog_judge(enum klog_phase phase, const char *who)
{
	unsigned int dirty = dirty_before_hang;
	char record[RECORD_BYTES];
	char *line;
	int level;

	dirty_before_hang = 0;
	while ((line = line_next(record, sizeof(record), &level)))
		if (is_dirty(phase, level, line) && dirty++ < SHOWN_LINES)
			show(who, level, line);
	return dirty;
}

void klog_show_hang(const char *who)
{
	/* Blocked tasks, the stacks of the CPUs, all tasks. */
	const char *keys = "wlt";
	char record[RECORD_BYTES];
	char *line;
	int level, fd;

	dirty_before_hang = klog_judge(KLOG_RUN, who);
	fd = open("/proc/sysrq-trigger", O_WRONLY | O_CLOEXEC);
	for (; fd >= 0 && *keys; keys++)
		if (write(fd, keys, 1) != 1)
			break;
	close(fd);
	while ((line = line_next(record, sizeof(record), &level)))
		show_text(who, level, line);
}

void klog_expect_memory_error(bool expected)
{
	memory_error_expected = expected;
}

void klog_expect_oom(bool expected)
{
	oom_expected = expected;
	in_oom_report = false;
}

void klog_init(void)
{
	log_fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (log_fd < 0)
		channel_die("cannot open /dev/kmsg: %s", strerror(errno));
}
