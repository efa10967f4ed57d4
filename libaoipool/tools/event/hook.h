/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * A hook: a command that is run when a level changes.  One at a time; while one
 * runs, only the newest change is kept for the next.
 *
 *	IDLE ----- level changed ------> RUNNING ------ timeout ------> STOPPING
 *	  ^                                 |       SIGTERM, then SIGKILL   |
 *	  +--------- the command ended -----+<------------------------------+
 */
#ifndef HOOK_H
#define HOOK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <aoipool/event.h>

enum hook_state {
	HOOK_IDLE,
	HOOK_RUNNING,
	HOOK_STOPPING,
	HOOK_KILLED,
};

/**
 * struct hook_result - how a command ended
 * @event: that it was run for
 * @status: as of waitpid(); -1: it could not be started
 * @err: why not, a negative errno value
 * @timed_out: it was ended for that
 */
struct hook_result {
	struct aoipool_event event;
	uint64_t unix_ns;
	uint64_t wall_ns;
	unsigned int skipped;
	int status;
	int err;
	bool timed_out;
};

/**
 * struct hook
 * @argv: the command; ends with NULL
 * @timeout_ns: 0: none
 * @to_stderr: its output is no part of ours
 * @min_level: lower ones are as good as none
 * @done: told of each command that ended
 * @state, @pid, @began_ns, @deadline_ns: of what runs
 * @running: the change that it runs for
 * @has_next, @next: the change to run for next
 * @told: the level that the last command was told
 */
struct hook {
	char **argv;
	uint64_t timeout_ns;
	bool to_stderr;
	unsigned int min_level;
	void (*done)(void *arg, const struct hook_result *result);
	void *arg;

	enum hook_state state;
	pid_t pid;
	uint64_t began_ns;
	uint64_t deadline_ns;
	bool timed_out;
	struct hook_result running;
	bool has_next;
	struct hook_result next;
	unsigned int told;
};

/* A level changed: runs the command for it, now or later. */
void hook_tell(struct hook *hook, const struct aoipool_event *event,
	       uint64_t unix_ns);

/* SIGCHLD came. */
void hook_reap(struct hook *hook);

/* The time that hook_wait_ms() named is over, perhaps. */
void hook_look(struct hook *hook);

/* How long until hook_look() is due; -1: it is not. */
int hook_wait_ms(const struct hook *hook);

/* Nothing more is begun; what runs is asked to end. */
void hook_stop(struct hook *hook);

#endif
