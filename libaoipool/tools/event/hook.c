// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "hook.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "terminal.h"

#define MS		1000000ULL
/* From SIGTERM to SIGKILL. */
#define GRACE_NS	(5000 * MS)

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 * MS + now.tv_nsec;
}

static void set_number(const char *name, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	setenv(name, text, 1);
}

static void set_node(const struct aoipool_event *event)
{
	if (event->node == AOIPOOL_EVENT_NODE_HOST)
		setenv("AOIPOOL_NODE", "host", 1);
	else
		set_number("AOIPOOL_NODE", event->node);
}

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || strchr("-_.:+", c);
}

/* Names are chosen by users, and a shell may see them. */
static void add_plain(char *text, size_t bytes, const char *name)
{
	size_t len = strlen(text);

	for (; *name && len + 1 < bytes; name++)
		text[len++] = is_plain(*name) ? *name : '_';
	text[len] = '\0';
}

/* "PID COMM POOL BYTES", a line each. */
static void set_holders(const struct aoipool_event *event)
{
	char text[1024] = "", part[64];

	for (size_t i = 0; i < event->nr_holders; i++) {
		const struct aoipool_holder *holder = &event->holders[i];

		snprintf(part, sizeof(part), "%s%u ", i ? "\n" : "", holder->pid);
		strcat(text, part);
		add_plain(text, sizeof(text) - 64,
			  *holder->comm ? holder->comm : "?");
		strcat(text, " ");
		add_plain(text, sizeof(text) - 64,
			  *holder->name ? holder->name : "?");
		snprintf(part, sizeof(part), " %" PRIu64, holder->held_bytes);
		strcat(text, part);
	}
	setenv("AOIPOOL_HOLDERS", text, 1);
}

/* The process has one thread, and its own environment is nobody else's. */
static void set_environment(const struct hook_result *run)
{
	const struct aoipool_event *event = &run->event;

	setenv("AOIPOOL_EVENT", "level", 1);
	setenv("AOIPOOL_LEVEL", level_name(event->level), 1);
	setenv("AOIPOOL_LEVEL_BEFORE", level_name(event->level_before), 1);
	set_node(event);
	set_number("AOIPOOL_AVAILABLE_BYTES", event->available_bytes);
	set_number("AOIPOOL_TOTAL_BYTES", event->total_bytes);
	set_number("AOIPOOL_IDLE_BYTES", event->idle_bytes);
	set_number("AOIPOOL_SEQ", event->seq);
	set_number("AOIPOOL_TIME_UNIX_NS", run->unix_ns);
	set_number("AOIPOOL_SKIPPED", run->skipped);
	set_holders(event);
}

/* Its own process group, so that a timeout reaches what it has begun, too. */
static int set_attributes(posix_spawnattr_t *attributes)
{
	sigset_t none, all;

	sigemptyset(&none);
	sigfillset(&all);
	return posix_spawnattr_setflags(attributes,
					POSIX_SPAWN_SETPGROUP |
						POSIX_SPAWN_SETSIGMASK |
						POSIX_SPAWN_SETSIGDEF) ?:
	       posix_spawnattr_setpgroup(attributes, 0) ?:
	       posix_spawnattr_setsigmask(attributes, &none) ?:
	       posix_spawnattr_setsigdefault(attributes, &all);
}

static int set_files(posix_spawn_file_actions_t *files, bool to_stderr)
{
	int err = posix_spawn_file_actions_addopen(files, STDIN_FILENO,
						   "/dev/null", O_RDONLY, 0);

	if (!err && to_stderr)
		err = posix_spawn_file_actions_adddup2(files, STDERR_FILENO,
						       STDOUT_FILENO);
	return err;
}

static int spawn(struct hook *hook)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	int err = posix_spawnattr_init(&attributes);

	if (err)
		return -err;
	err = posix_spawn_file_actions_init(&files);
	if (!err) {
		err = set_attributes(&attributes) ?:
		      set_files(&files, hook->to_stderr) ?:
		      posix_spawnp(&hook->pid, hook->argv[0], &files,
				   &attributes, hook->argv, environ);
		posix_spawn_file_actions_destroy(&files);
	}
	posix_spawnattr_destroy(&attributes);
	return -err;
}

static void begin(struct hook *hook, const struct hook_result *run)
{
	hook->running = *run;
	hook->told = run->event.level;
	hook->timed_out = false;
	hook->began_ns = now_ns();
	hook->deadline_ns = hook->timeout_ns ?
				    hook->began_ns + hook->timeout_ns : 0;
	set_environment(run);
	hook->running.err = spawn(hook);
	if (!hook->running.err) {
		hook->state = HOOK_RUNNING;
		return;
	}
	hook->running.status = -1;
	hook->done(hook->arg, &hook->running);
}

/* What is below the least level is none: the command is told no other ones. */
static unsigned int seen_level(const struct hook *hook, unsigned int level)
{
	return level < hook->min_level ? AOIPOOL_LEVEL_NONE : level;
}

static void begin_next(struct hook *hook)
{
	if (!hook->has_next)
		return;
	hook->has_next = false;
	/* There and back again meanwhile: nothing new. */
	if (hook->next.event.level == hook->told)
		return;
	hook->next.event.level_before = hook->told;
	begin(hook, &hook->next);
}

void hook_tell(struct hook *hook, const struct aoipool_event *event,
	       uint64_t unix_ns)
{
	unsigned int skipped = hook->has_next ? hook->next.skipped + 1 : 0;

	hook->next = (struct hook_result){
		.event = *event, .unix_ns = unix_ns, .skipped = skipped,
	};
	hook->next.event.level = seen_level(hook, event->level);
	hook->has_next = true;
	if (hook->state == HOOK_IDLE)
		begin_next(hook);
}

static void end(struct hook *hook, int status)
{
	/* What it leaves behind of its group has been asked to end, too. */
	if (hook->state != HOOK_RUNNING)
		kill(-hook->pid, SIGKILL);
	hook->state = HOOK_IDLE;
	hook->running.status = status;
	hook->running.timed_out = hook->timed_out;
	hook->running.wall_ns = now_ns() - hook->began_ns;
	hook->done(hook->arg, &hook->running);
}

void hook_reap(struct hook *hook)
{
	pid_t pid;
	int status;

	/* Children of others that came to us with exec() may end, too. */
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if (hook->state != HOOK_IDLE && pid == hook->pid)
			end(hook, status);
	if (hook->state == HOOK_IDLE)
		begin_next(hook);
}

static void ask_to_end(struct hook *hook)
{
	kill(-hook->pid, SIGTERM);
	hook->state = HOOK_STOPPING;
	hook->deadline_ns = now_ns() + GRACE_NS;
}

void hook_look(struct hook *hook)
{
	if (hook->state == HOOK_IDLE || !hook->deadline_ns ||
	    now_ns() < hook->deadline_ns)
		return;
	if (hook->state == HOOK_RUNNING) {
		hook->timed_out = true;
		ask_to_end(hook);
	} else if (hook->state == HOOK_STOPPING) {
		kill(-hook->pid, SIGKILL);
		hook->state = HOOK_KILLED;
		hook->deadline_ns = 0;
	}
}

int hook_wait_ms(const struct hook *hook)
{
	uint64_t now = now_ns(), left;

	if (hook->state == HOOK_IDLE || !hook->deadline_ns)
		return -1;
	if (now >= hook->deadline_ns)
		return 0;
	left = (hook->deadline_ns - now) / MS + 1;
	return left > 3600000 ? 3600000 : (int)left;
}

void hook_stop(struct hook *hook)
{
	hook->has_next = false;
	if (hook->state == HOOK_RUNNING)
		ask_to_end(hook);
}
