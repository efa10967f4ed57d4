// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* aoi-watch - shows what module aoipool tells of the host's memory. */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include <aoipool.h>

#include "aoi-watch.h"

enum {
	EXIT_DONE,
	EXIT_USAGE,
	EXIT_NO_MODULE,
	EXIT_TROUBLE,
};

struct watch {
	int (*show)(const struct aoipool_event *event);
	unsigned long left;	/* events to show */
	unsigned int flags;
	bool list;
	int err;
};

static const struct option long_options[] = {
	{ "count", required_argument, NULL, 'n' },
	{ "json", no_argument, NULL, 'j' },
	{ "list", no_argument, NULL, 'l' },
	{ "wait", no_argument, NULL, 'w' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static const char help[] =
"Usage: aoi-watch [OPTION]...\n"
"Show what module aoipool tells, a line an event: changes of level, memory that\n"
"was taken, clients that are gone, pools that are exhausted, events that were\n"
"lost.  Goes on when the module is unloaded and loaded again.\n"
"\n"
"  --count N  end after N events\n"
"  --json     each line is a JSON object\n"
"  --list     show host, nodes, pools and holders first; with --count 0, only\n"
"  --wait     where the module is not loaded, wait for it\n"
"  --help\n"
"\n"
"Exit status: 0 done; 1 usage; 2 the module is not loaded; 3 other trouble.\n";

static unsigned long number(const char *text)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || end == text || *end || *text == '-') {
		fprintf(stderr, "aoi-watch: --count: \"%s\" is not a number\n",
			text);
		exit(EXIT_USAGE);
	}
	return value;
}

static void parse_one(struct watch *watch, int option)
{
	switch (option) {
	case 'n':
		watch->left = number(optarg);
		break;
	case 'j':
		watch->show = watch_json;
		break;
	case 'l':
		watch->list = true;
		break;
	case 'w':
		watch->flags |= AOIPOOL_LISTENER_WAIT;
		break;
	case 'h':
		fputs(help, stdout);
		exit(EXIT_DONE);
	default:
		fputs("Try 'aoi-watch --help'.\n", stderr);
		exit(EXIT_USAGE);
	}
}

static void parse(struct watch *watch, int argc, char **argv)
{
	int option;

	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1)
		parse_one(watch, option);
	if (optind < argc) {
		fprintf(stderr, "aoi-watch: what is \"%s\"?\n", argv[optind]);
		exit(EXIT_USAGE);
	}
}

static void on_event(void *arg, const struct aoipool_event *event)
{
	struct watch *watch = arg;

	if (!watch->left || watch->err)
		return;
	watch->left--;
	watch->err = watch->show(event);
}

static int watch_events(struct watch *watch)
{
	const struct aoipool_listener_options options = {
		.size = sizeof(options),
		.flags = watch->flags,
		.callback = on_event,
		.arg = watch,
	};
	struct aoipool_listener *listener;
	struct pollfd pollfd = { .events = POLLIN };
	int err = aoipool_listener_open(&listener, &options);

	if (err)
		return err;
	pollfd.fd = aoipool_listener_fd(listener);
	while (watch->left && !watch->err && err >= 0)
		if (poll(&pollfd, 1, -1) > 0)
			err = aoipool_listener_dispatch(listener, 64);
	aoipool_listener_close(listener);
	return err < 0 ? err : watch->err;
}

static int run(struct watch *watch)
{
	int err = watch->list ? watch_list() : 0;

	if (!err || (err == -ENODEV && watch->flags & AOIPOOL_LISTENER_WAIT))
		err = watch->left ? watch_events(watch) : 0;
	return err;
}

int main(int argc, char **argv)
{
	struct watch watch = { .show = watch_line, .left = -1UL };
	int err;

	parse(&watch, argc, argv);
	err = run(&watch);
	if (err)
		fprintf(stderr, "aoi-watch: %s\n", aoipool_strerror(err));
	return !err ? EXIT_DONE : err == -ENODEV ? EXIT_NO_MODULE : EXIT_TROUBLE;
}
