// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* aoipoolctl monitor - events as they come, or from a journal. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <aoipool-events.h>

#include "cmd.h"
#include "complain.h"
#include "event_filter.h"
#include "event_text.h"
#include "event_time.h"
#include "journal.h"
#include "json.h"
#include "option.h"

#define DISPATCH_MOST	64

/**
 * struct watch - what is wanted, and how far it is
 * @left: events to show
 * @journal: a descriptor, or -1
 * @err: of output, which ends it
 */
struct watch {
	struct event_filter filter;
	const char *from;
	const char *log;
	uint64_t left;
	unsigned int flags;
	bool json;
	int journal;
	int err;
};

static volatile sig_atomic_t is_over;

static const struct argp_option options[] = {
	{ "kind", 'k', "KIND,...", 0, "only level, reclaim, sweep, exhausted, lost", 0 },
	{ "pool", 'p', "POOL", 0, "only what is of a pool, by number or name", 0 },
	{ "node", 'n', "NODE", 0, "only what is of a node, or of the \"host\"", 0 },
	{ "min-level", 'm', "LEVEL", 0, "only on such a level or a worse one, and its end", 0 },
	{ "count", 'c', "N", 0, "end after N events", 0 },
	{ "wait", 'w', NULL, 0, "where the module is not loaded, wait for it", 0 },
	{ "log", 'l', "FILE", 0, "append what is shown to a journal, too", 0 },
	{ "from", 'f', "FILE", 0, "show what is in a journal, and end", 0 },
	{ "since", 's', "TIME", 0, "with --from: 10m (ago), 2026-11-24T17:58, seq=1234 (behind that)", 0 },
	{ "json", 'j', NULL, 0, "each line is a JSON object", 0 },
	{ 0 },
};

static error_t parse_filter(struct watch *watch, int key, const char *arg,
			    char *why)
{
	switch (key) {
	case 'k':
		return event_filter_set_kinds(&watch->filter, arg, why);
	case 'n':
		return event_filter_set_node(&watch->filter, arg, why);
	case 'm':
		return event_filter_set_min_level(&watch->filter, arg, why);
	case 's':
		return event_filter_set_since(&watch->filter, arg, why);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* The module has no history, and what was said into the air is gone. */
static void check(struct argp_state *state, const struct watch *watch)
{
	if (!watch->from && (watch->filter.since_ns || watch->filter.since_seq))
		argp_error(state, "--since needs --from: the module keeps no "
				  "history, 'aoipoolctl monitor --log FILE' does");
	if (watch->from && watch->log)
		argp_error(state, "--log or --from, not both");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	char why[EVENT_FILTER_WHY_BYTES];
	struct watch *watch = state->input;
	error_t err;

	switch (key) {
	case 'p':
		watch->filter.pool = arg;
		break;
	case 'c':
		watch->left = option_number(state, "count", arg, 1,
					    UINT64_MAX);
		break;
	case 'w':
		watch->flags |= AOIPOOL_LISTENER_WAIT;
		break;
	case 'l':
		watch->log = arg;
		break;
	case 'f':
		watch->from = arg;
		break;
	case 'j':
		watch->json = true;
		break;
	case ARGP_KEY_ARG:
		argp_error(state, "what is \"%s\"?", arg);
		break;
	case ARGP_KEY_END:
		check(state, watch);
		break;
	default:
		err = parse_filter(watch, key, arg, why);
		if (err == ARGP_ERR_UNKNOWN)
			return err;
		if (err)
			argp_error(state, "%s", why);
	}
	return 0;
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "Show what the module tells, a line an event: changes of level, memory "
	       "that was taken, clients that are gone, pools that are exhausted, "
	       "events that were lost.\v"
	       "Goes on when the module is unloaded and loaded again, and ends with "
	       "SIGINT or SIGTERM.",
};

static int show(struct watch *watch, const struct aoipool_event *event,
		uint64_t unix_ns)
{
	int err = watch->json ? json_show(event_json(event, unix_ns),
					  JSON_COMPACT) :
				event_print(event, unix_ns);

	if (err)
		return complain_of(err, "cannot write");
	if (watch->journal < 0)
		return 0;
	err = journal_add(watch->journal, event, unix_ns);
	if (!err)
		return 0;
	complain("cannot write %s: %s", watch->log, strerror(-err));
	return EXIT_TROUBLE;
}

/* Return: 0; what ends it. */
static int take(void *arg, const struct aoipool_event *event, uint64_t unix_ns)
{
	struct watch *watch = arg;

	if (!watch->left || watch->err ||
	    !event_filter_passes(&watch->filter, event, unix_ns))
		return watch->err;
	watch->left--;
	watch->err = show(watch, event, unix_ns);
	return watch->err || watch->left ? watch->err : -ECANCELED;
}

static void bad_line(void *arg, unsigned int line)
{
	const struct watch *watch = arg;

	complain("%s:%u: this is no event, it is passed over", watch->from, line);
}

static int replay(struct watch *watch)
{
	int err = journal_read(watch->from, take, bad_line, watch);

	if (err >= 0 || err == -ECANCELED)
		return watch->err;
	complain("cannot read %s: %s", watch->from, strerror(-err));
	return command_status(err);
}

static void on_event(void *arg, const struct aoipool_event *event)
{
	take(arg, event, event_time_of(event->time_ns));
}

static void on_signal(int signal)
{
	(void)signal;
	is_over = 1;
}

/* Only while poll() waits: an event is shown to its end. */
static void catch_signals(sigset_t *before)
{
	const struct sigaction action = { .sa_handler = on_signal };
	sigset_t ends;

	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigprocmask(SIG_BLOCK, &ends, before);
	sigdelset(before, SIGINT);
	sigdelset(before, SIGTERM);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

static int follow(struct watch *watch, struct aoipool_listener *listener)
{
	struct pollfd pollfd = {
		.fd = aoipool_listener_fd(listener), .events = POLLIN,
	};
	sigset_t mask;
	int err = 0;

	catch_signals(&mask);
	while (watch->left && !watch->err && err >= 0 && !is_over)
		if (ppoll(&pollfd, 1, NULL, &mask) > 0)
			err = aoipool_listener_dispatch(listener,
							DISPATCH_MOST);
	return err < 0 ? complain_of(err, "cannot listen") : watch->err;
}

static int listen_on(struct watch *watch)
{
	const struct aoipool_listener_options listen = {
		.size = sizeof(listen), .flags = watch->flags,
		.callback = on_event, .arg = watch,
	};
	struct aoipool_listener *listener;
	int err = aoipool_listener_open(&listener, &listen), status;

	if (err == -ENODEV)
		return complain_no_module();
	if (err)
		return complain_of(err, "cannot listen");
	status = follow(watch, listener);
	aoipool_listener_close(listener);
	return status;
}

static int log_and_listen(struct watch *watch)
{
	int status;

	if (!watch->log)
		return listen_on(watch);
	watch->journal = journal_open(watch->log);
	if (watch->journal < 0) {
		complain("cannot write %s: %s", watch->log,
			 strerror(-watch->journal));
		return command_status(watch->journal);
	}
	status = listen_on(watch);
	close(watch->journal);
	return status;
}

static int run(int argc, char **argv)
{
	struct watch watch = {
		.filter = EVENT_FILTER_ALL, .left = UINT64_MAX, .journal = -1,
	};

	command_parse(&argp, argc, argv, &watch);
	setvbuf(stdout, NULL, _IOLBF, 0);
	return watch.from ? replay(&watch) : log_and_listen(&watch);
}

const struct command cmd_monitor = {
	.name = "monitor",
	.summary = "show events as they come",
	.run = run,
};
