/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * The kernel's log, and what it says of memory that ran out.
 *
 * The killer comes last.  Before it, threads waited for memory, allocations
 * failed, the killer was invoked: the first such line of an episode is when the
 * surge began, and what to look for in the records of that time.
 */
#ifndef KERNEL_LOG_H
#define KERNEL_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* @time_us: since boot; @text: without a newline, in the text that was parsed */
struct log_line {
	uint64_t time_us;
	const char *text;
};

struct kernel_log {
	char *text;
	struct log_line *lines;
	size_t nr;
};

/**
 * kernel_log_read() - this host's log, of /dev/kmsg, or else of syslog(2)
 *
 * Return: 0, and kernel_log_free() is the caller's to call; -EPERM, -EACCES:
 * it is for root only; -ENOENT; -ENOMEM; others.
 */
int kernel_log_read(struct kernel_log *log);

/**
 * kernel_log_parse() - take a text apart
 * @text: of malloc(), and from now on of @log: records of /dev/kmsg
 *	("6,339,5140900,-;text"), or as dmesg and syslog(2) show them
 *	("[    5.140900] text", with "<6>" before it or not)
 *
 * Return: 0; -ENOMEM, and @text is freed.
 */
int kernel_log_parse(struct kernel_log *log, char *text);

void kernel_log_free(struct kernel_log *log);

/**
 * struct oom_kill - a process that the killer took
 * @anon_bytes: private memory that it had; 0: not said
 * @is_cgroup: a memory cgroup was full, not the host
 * @cgroup: which; "" where not said
 */
struct oom_kill {
	uint64_t time_us;
	uint32_t pid;
	char comm[16];
	uint64_t anon_bytes;
	bool is_cgroup;
	char cgroup[128];
};

/**
 * struct oom_episode - kills that belong together
 * @surge_us: the first sign of it
 * @surge: that line
 */
struct oom_episode {
	uint64_t surge_us;
	const char *surge;
	struct oom_kill *kills;
	size_t nr_kills;
};

struct oom_history {
	struct oom_episode *episodes;
	size_t nr;
	uint64_t failures;	/* allocations that failed, killer or not */
	uint64_t last_failure_us;
	const char *last_failure;
};

/* Return: 0, and oom_history_free() is the caller's to call; -ENOMEM. */
int oom_history_of(struct oom_history *history, const struct kernel_log *log);

void oom_history_free(struct oom_history *history);

#endif
