// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* aoipoolctl events - runs a command when the level of pressure changes. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <aoipool-events.h>

#include "cmd.h"
#include "complain.h"
#include "event_filter.h"
#include "event_text.h"
#include "event_time.h"
#include "hook.h"
#include "journal.h"
#include "json.h"
#include "option.h"
#include "terminal.h"
#include "unit.h"

#define DISPATCH_MOST		64
#define SECOND			1000000000ULL
#define DEFAULT_TIMEOUT_NS	(30 * SECOND)

static char shell[] = "/bin/sh", dash_c[] = "-c";

/**
 * struct runner - what is wanted, and how far it is
 * @args: behind the command
 * @left: commands to run
 * @is_over: asked to end
 * @has_heard_all: of a journal
 * @said_goodbye: the last command was told of the end
 * @err: of output or of listening, which ends it
 */
struct runner {
	struct hook hook;
	struct event_filter filter;
	char *command;
	const char *from;
	char **args;
	size_t nr_args;
	uint64_t left;
	unsigned int flags;
	bool use_shell;
	bool on_exit;
	bool json;
	bool is_over;
	bool has_heard_all;
	bool said_goodbye;
	int err;
};

static const struct argp_option options[] = {
	{ "exec", 'e', "COMMAND", 0, "what to run, with the ARGs", 0 },
	{ "shell", 's', NULL, 0, "COMMAND is for /bin/sh -c; the ARGs are its $1 and so on", 0 },
	{ "min-level", 'm', "LEVEL", 0, "lower levels are as good as none", 0 },
	{ "node", 'n', "NODE", 0, "the level of a node, not of the host", 0 },
	{ "timeout", 't', "TIME", 0, "SIGTERM after that, SIGKILL 5 s later; 30s, 0 is never", 0 },
	{ "on-exit", 'x', NULL, 0, "before it ends, tell the command of level none", 0 },
	{ "from", 'f', "FILE", 0, "for the changes in a journal, all at once: to try a command", 0 },
	{ "count", 'c', "N", 0, "end after N commands", 0 },
	{ "wait", 'w', NULL, 0, "where the module is not loaded, wait for it", 0 },
	{ "json", 'j', NULL, 0, "each line is a JSON object", 0 },
	{ 0 },
};

static void parse_filter(struct runner *runner, int key, const char *text,
			 struct argp_state *state)
{
	char why[EVENT_FILTER_WHY_BYTES];
	int err = key == 'n' ?
			  event_filter_set_node(&runner->filter, text, why) :
			  event_filter_set_min_level(&runner->filter, text, why);

	if (err)
		argp_error(state, "%s", why);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct runner *runner = state->input;

	switch (key) {
	case 'e':
		runner->command = arg;
		break;
	case 's':
		runner->use_shell = true;
		break;
	case 'm':
	case 'n':
		parse_filter(runner, key, arg, state);
		break;
	case 't':
		runner->hook.timeout_ns = option_time(state, "timeout", arg);
		break;
	case 'x':
		runner->on_exit = true;
		break;
	case 'c':
		runner->left = option_number(state, "count", arg, 1,
					     UINT64_MAX);
		break;
	case 'f':
		runner->from = arg;
		break;
	case 'w':
		runner->flags |= AOIPOOL_LISTENER_WAIT;
		break;
	case 'j':
		runner->json = true;
		break;
	case ARGP_KEY_ARG:
		runner->args[runner->nr_args++] = arg;
		break;
	case ARGP_KEY_END:
		if (!runner->command || !*runner->command)
			argp_error(state, "--exec COMMAND is missing; 'aoipoolctl "
					  "monitor' shows events");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "--exec COMMAND [-- ARG...]",
	.doc = "Run a command whenever the level of pressure changes: one at a time, "
	       "while one runs only the newest change is kept.  It finds in its "
	       "environment AOIPOOL_LEVEL, AOIPOOL_LEVEL_BEFORE, AOIPOOL_NODE, "
	       "AOIPOOL_AVAILABLE_BYTES and more: see man aoipoolctl-events.\v"
	       "Each command that ended is a line.  Ends with SIGINT or SIGTERM; a "
	       "command that runs then is ended first.",
};

static void describe_end(const struct hook_result *result, char *text,
			 size_t bytes)
{
	const char *timeout = result->timed_out ? ", timed out" : "";

	if (result->err)
		snprintf(text, bytes, "cannot be run: %s",
			 strerror(-result->err));
	else if (WIFSIGNALED(result->status))
		snprintf(text, bytes, "killed by SIG%s%s",
			 sigabbrev_np(WTERMSIG(result->status)), timeout);
	else
		snprintf(text, bytes, "exit status %d%s",
			 WEXITSTATUS(result->status), timeout);
}

static int show_line(const struct hook_result *result)
{
	char end[128];

	describe_end(result, end, sizeof(end));
	printf("%s  %s -> %s: %s, %s", event_time_local(event_time_now()).text,
	       level_name(result->event.level_before),
	       level_name(result->event.level), end,
	       unit_time(result->wall_ns).text);
	if (result->skipped)
		printf("; %u changes before it skipped", result->skipped);
	return putchar('\n') == EOF || fflush(stdout) ? -EIO : 0;
}

static json_t *status_json(const struct hook_result *result)
{
	if (result->err || !WIFEXITED(result->status))
		return json_null();
	return json_integer(WEXITSTATUS(result->status));
}

static json_t *signal_json(const struct hook_result *result)
{
	if (result->err || !WIFSIGNALED(result->status))
		return json_null();
	return json_integer(WTERMSIG(result->status));
}

static int show_json(const struct hook_result *result)
{
	return json_show(json_pack(
		"{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:b, s:o, s:i}", "time",
		event_time_utc(event_time_now()).text, "level_before",
		level_name(result->event.level_before), "level",
		level_name(result->event.level), "seq",
		json_number(result->event.seq), "exit_status",
		status_json(result), "signal", signal_json(result), "error",
		result->err ? json_text(strerror(-result->err)) : json_null(),
		"timed_out", result->timed_out, "wall_ns",
		json_number(result->wall_ns), "skipped", result->skipped),
			 JSON_COMPACT);
}

static void on_done(void *arg, const struct hook_result *result)
{
	struct runner *runner = arg;
	int err = runner->json ? show_json(result) : show_line(result);

	if (err && !runner->err)
		runner->err = complain_of(err, "cannot write");
	if (runner->left)
		runner->left--;
	if (!runner->left)
		hook_stop(&runner->hook);
}

static int take(void *arg, const struct aoipool_event *event, uint64_t unix_ns)
{
	struct runner *runner = arg;

	if (event->kind == AOIPOOL_EVENT_LEVEL && !runner->is_over &&
	    runner->left && event->node == runner->filter.node)
		hook_tell(&runner->hook, event, unix_ns);
	return 0;
}

static void on_event(void *arg, const struct aoipool_event *event)
{
	take(arg, event, event_time_of(event->time_ns));
}

static void bad_line(void *arg, unsigned int line)
{
	const struct runner *runner = arg;

	complain("%s:%u: this is no event, it is passed over", runner->from,
		 line);
}

/* What a command has done for pressure, it can undo. */
static void say_goodbye(struct runner *runner)
{
	const struct aoipool_event end = {
		.size = sizeof(end),
		.kind = AOIPOOL_EVENT_LEVEL,
		.node = runner->filter.node,
		.level = AOIPOOL_LEVEL_NONE,
	};

	runner->said_goodbye = true;
	setenv("AOIPOOL_EXIT", "1", 1);
	hook_tell(&runner->hook, &end, event_time_now());
}

/* Whether there is nothing left to do: what is idle has nothing to do next. */
static bool is_done(struct runner *runner)
{
	if (!runner->left || runner->err || runner->has_heard_all)
		runner->is_over = true;
	if (!runner->is_over || runner->hook.state != HOOK_IDLE)
		return false;
	if (!runner->on_exit || runner->said_goodbye)
		return true;
	say_goodbye(runner);
	return runner->hook.state == HOOK_IDLE;
}

static void read_signals(struct runner *runner, int signals)
{
	struct signalfd_siginfo info;

	while (read(signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGCHLD)
			continue;
		runner->is_over = true;
		hook_stop(&runner->hook);
	}
	hook_reap(&runner->hook);
}

static int dispatch(struct runner *runner, struct aoipool_listener *listener)
{
	int err = aoipool_listener_dispatch(listener, DISPATCH_MOST);

	if (err < 0 && !runner->err)
		runner->err = complain_of(err, "cannot listen");
	return err;
}

static int follow(struct runner *runner, struct aoipool_listener *listener,
		  int signals)
{
	struct pollfd fds[] = {
		{ .fd = signals, .events = POLLIN },
		{ .fd = listener ? aoipool_listener_fd(listener) : -1,
		  .events = POLLIN },
	};

	while (!is_done(runner)) {
		if (poll(fds, runner->is_over ? 1 : 2,
			 hook_wait_ms(&runner->hook)) < 0)
			continue;
		hook_look(&runner->hook);
		if (fds[0].revents)
			read_signals(runner, signals);
		if (!runner->is_over && fds[1].revents)
			dispatch(runner, listener);
	}
	return runner->err;
}

static int catch_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int replay(struct runner *runner, int signals)
{
	int err = journal_read(runner->from, take, bad_line, runner);

	if (err) {
		complain("cannot read %s: %s", runner->from, strerror(-err));
		return command_status(err);
	}
	runner->has_heard_all = true;
	return follow(runner, NULL, signals);
}

static int listen_on(struct runner *runner, int signals)
{
	const struct aoipool_listener_options listen = {
		.size = sizeof(listen), .flags = runner->flags,
		.callback = on_event, .arg = runner,
	};
	struct aoipool_listener *listener;
	int err = aoipool_listener_open(&listener, &listen), status;

	if (err == -ENODEV)
		return complain_no_module();
	if (err)
		return complain_of(err, "cannot listen");
	status = follow(runner, listener, signals);
	aoipool_listener_close(listener);
	return status;
}

static int obey(struct runner *runner)
{
	int signals = catch_signals(), status;

	if (signals < 0)
		return complain_of(-errno, "cannot catch signals");
	status = runner->from ? replay(runner, signals) :
				listen_on(runner, signals);
	close(signals);
	return status;
}

/* COMMAND ARG..., or /bin/sh -c COMMAND COMMAND ARG... */
static void make_command(struct runner *runner, char **argv)
{
	size_t at = 0;

	if (runner->use_shell) {
		argv[at++] = shell;
		argv[at++] = dash_c;
		argv[at++] = runner->command;
	}
	argv[at++] = runner->command;
	for (size_t i = 0; i < runner->nr_args; i++)
		argv[at++] = runner->args[i];
	argv[at] = NULL;
	runner->hook.argv = argv;
}

static bool can_be_run(const struct runner *runner)
{
	if (runner->use_shell || !strchr(runner->command, '/') ||
	    !access(runner->command, X_OK))
		return true;
	complain("cannot run %s: %s", runner->command, strerror(errno));
	return false;
}

static int run(int argc, char **argv)
{
	struct runner runner = {
		.hook = { .timeout_ns = DEFAULT_TIMEOUT_NS, .done = on_done },
		.filter = { .node = AOIPOOL_EVENT_NODE_HOST },
		.left = UINT64_MAX,
	};
	char **room = calloc(argc + 5, sizeof(*room));
	int status;

	runner.args = calloc(argc + 1, sizeof(*runner.args));
	if (!room || !runner.args)
		return complain_of(-ENOMEM, "cannot begin");
	runner.hook.arg = &runner;
	command_parse(&argp, argc, argv, &runner);
	runner.hook.min_level = runner.filter.min_level;
	runner.hook.to_stderr = runner.json;
	make_command(&runner, room);
	setvbuf(stdout, NULL, _IOLBF, 0);
	status = can_be_run(&runner) ? obey(&runner) : EXIT_USAGE;
	free(runner.args);
	free(room);
	return status;
}

const struct command cmd_events = {
	.name = "events",
	.summary = "run a command when the level changes",
	.run = run,
};
