// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* aoipoolctl metrics - what there is, for Prometheus. */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmd.h"
#include "complain.h"
#include "exposition.h"
#include "json.h"
#include "option.h"
#include "scrape.h"
#include "textfile.h"
#include "unit.h"

#define NS_PER_S	UINT64_C(1000000000)
#define LEAST_NS	(NS_PER_S / 10)
#define DAY_NS		(86400 * NS_PER_S)

struct wish {
	struct exposition exposition;
	const char *textfile;
	const char *listen;
	struct scrape_address address;
	uint64_t interval_ns;	/* 0: once */
	bool allow_remote;
	bool json;
};

enum { OPT_NO_POOLS = 256, OPT_ALLOW_REMOTE };

static const struct argp_option options[] = {
	{ "textfile", 't', "PATH", 0, "to a file for node_exporter, which is replaced at once", 0 },
	{ "interval", 'i', "TIME", 0, "write the file again and again: 15s", 0 },
	{ "listen", 'l', "[ADDR:]PORT", 0, "serve http://ADDR:PORT/metrics; ADDR is 127.0.0.1; port 0 is any", 0 },
	{ "allow-remote", OPT_ALLOW_REMOTE, NULL, 0, "ADDR may be one that other hosts reach", 0 },
	{ "top", 'n', "N", 0, "series of their own for the N pools with the most memory (100)", 0 },
	{ "no-pools", OPT_NO_POOLS, NULL, 0, "sums only, no series of pools", 0 },
	{ "json", 'j', NULL, 0, "the same as a JSON object", 0 },
	{ 0 },
};

static uint64_t interval(struct argp_state *state, const char *text)
{
	uint64_t ns = 0;

	if (unit_parse_time(text, &ns) || ns < LEAST_NS || ns > DAY_NS)
		argp_error(state,
			   "--interval: \"%s\" is no time from 100ms to 1d",
			   text);
	return ns;
}

static void parse_listen(struct argp_state *state, struct wish *wish)
{
	if (scrape_parse(wish->listen, &wish->address))
		argp_error(state,
			   "--listen: \"%s\" is none of PORT, ADDRESS:PORT and [ADDRESS]:PORT, in numbers",
			   wish->listen);
	if (!scrape_is_loopback(&wish->address) && !wish->allow_remote)
		argp_error(state,
			   "--listen: other hosts reach %s, and nobody is asked for a password: "
			   "add --allow-remote if that is meant, or name 127.0.0.1",
			   wish->listen);
}

static void check(struct argp_state *state, struct wish *wish)
{
	if (wish->listen)
		parse_listen(state, wish);
	if (wish->interval_ns && !wish->textfile)
		argp_error(state, "--interval is for --textfile");
	if (wish->json && (wish->textfile || wish->listen))
		argp_error(state, "--json is for neither --textfile nor --listen");
	if (wish->textfile && wish->listen && !wish->interval_ns)
		argp_error(state, "--textfile with --listen needs an --interval");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct wish *wish = state->input;

	switch (key) {
	case 't':
		wish->textfile = arg;
		break;
	case 'i':
		wish->interval_ns = interval(state, arg);
		break;
	case 'l':
		wish->listen = arg;
		break;
	case OPT_ALLOW_REMOTE:
		wish->allow_remote = true;
		break;
	case 'n':
		wish->exposition.top = option_number(state, "top", arg, 0,
						     1000000);
		break;
	case OPT_NO_POOLS:
		wish->exposition.top = 0;
		break;
	case 'j':
		wish->json = true;
		break;
	case ARGP_KEY_ARG:
		argp_error(state, "what is \"%s\"?", arg);
		break;
	case ARGP_KEY_END:
		check(state, wish);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "Print metrics of aoipool in Prometheus' text format; or keep a "
	       "file of them, or serve them.\v"
	       "Where the module is not loaded, aoipool_up is 0.",
};

static int show_text(const struct wish *wish, FILE *to)
{
	struct metric_text text;
	int err;

	metric_text_init(&text, to);
	err = exposition_take(&wish->exposition, &text.sink);
	if (!err && fflush(to))
		err = -errno;
	return err;
}

static int show_json(const struct wish *wish)
{
	struct metric_json json;
	int err;

	metric_json_init(&json);
	err = exposition_take(&wish->exposition, &json.sink);
	if (err) {
		json_decref(json.array);
		return err;
	}
	return json_show(json_pack("{s:o}", "metrics", json.array),
			 JSON_INDENT(2));
}

static int show(const struct wish *wish)
{
	int err = wish->json ? show_json(wish) : show_text(wish, stdout);

	return err ? complain_of(err, "cannot read all") : EXIT_DONE;
}

/* What cannot be read is said in the file, too. */
static int write_text(const struct wish *wish, char *text, size_t bytes,
		      int err)
{
	int failed = textfile_write(wish->textfile, text, bytes);

	free(text);
	if (failed)
		return complain_of_file(failed, "--textfile %s", wish->textfile);
	return err ? complain_of(err, "cannot read all") : EXIT_DONE;
}

static int write_file(const struct wish *wish)
{
	size_t bytes;
	char *text;
	FILE *to = open_memstream(&text, &bytes);
	int err;

	if (!to)
		return complain_of(-ENOMEM, "--textfile");
	err = show_text(wish, to);
	if (!fclose(to))
		return write_text(wish, text, bytes, err);
	free(text);
	return complain_of(-ENOMEM, "--textfile");
}

/* Blocked before any thread is there, so that all of them leave them alone. */
static sigset_t block_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	return set;
}

/* Return: true when it is time to end. */
static bool pause_for(const sigset_t *set, uint64_t ns)
{
	const struct timespec time = { ns / NS_PER_S, ns % NS_PER_S };

	for (;;) {
		if (sigtimedwait(set, NULL, ns ? &time : NULL) > 0)
			return true;
		if (errno == EAGAIN)
			return false;
	}
}

/* A disk that is full now may not be so later: only at first it is an error. */
static int keep_on(const struct wish *wish, const sigset_t *set)
{
	int status = wish->textfile ? write_file(wish) : EXIT_DONE;

	if (status)
		return status;
	while (!pause_for(set, wish->interval_ns))
		write_file(wish);
	return EXIT_DONE;
}

static int serve(const struct wish *wish)
{
	const char *colon = strrchr(wish->listen, ':');
	int length = colon ? colon - wish->listen : 0;
	sigset_t set = block_signals();
	struct scrape *scrape;
	unsigned int port;
	int err = scrape_start(&scrape, &wish->address, &wish->exposition,
			       &port);

	if (err)
		return complain_of_file(err, "cannot listen at %s", wish->listen);
	printf("http://%.*s:%u/metrics\n", length ?: 9,
	       length ? wish->listen : "127.0.0.1", port);
	fflush(stdout);
	err = keep_on(wish, &set);
	scrape_stop(scrape);
	return err;
}

static int run(int argc, char **argv)
{
	struct wish wish = { .exposition = { .top = EXPOSITION_TOP } };
	sigset_t set;

	command_parse(&argp, argc, argv, &wish);
	if (wish.listen)
		return serve(&wish);
	if (!wish.textfile)
		return show(&wish);
	if (!wish.interval_ns)
		return write_file(&wish);
	set = block_signals();
	return keep_on(&wish, &set);
}

const struct command cmd_metrics = {
	.name = "metrics",
	.summary = "numbers for Prometheus",
	.run = run,
};
