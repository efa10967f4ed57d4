// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* aoipoolctl top - what happens, live. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cmd.h"
#include "complain.h"
#include "event_time.h"
#include "json.h"
#include "option.h"
#include "top.h"

#define WIDTH		80
#define HEIGHT		24
#define LEAST_DELAY_NS	100000000ULL

enum { KEY_BATCH = 256, KEY_FILTER };

struct wish {
	struct top top;
	const char *sort;
	bool is_reverse;
	uint64_t batch;
	bool json;
};

static const struct argp_option options[] = {
	{ "batch", KEY_BATCH, "N", 0, "print N screens, and end; no terminal is "
				      "needed", 0 },
	{ "delay", 'd', "TIME", 0, "between screens, such as 500ms; else 3s", 0 },
	{ "view", 'v', "WHAT", 0, "begin with pools, holders or processes", 0 },
	{ "sort", 's', "COLUMN", 0, "order by it, the largest first", 0 },
	{ "reverse", 'r', NULL, 0, "in reverse", 0 },
	{ "filter", KEY_FILTER, "TEXT", 0, "only rows that have it in them", 0 },
	{ "json", 'j', NULL, 0, "with --batch: a JSON object a line in place of "
				"a screen", 0 },
	{ 0 },
};

static uint64_t delay(struct argp_state *state, const char *text)
{
	uint64_t ns = option_time(state, "delay", text);

	if (ns < LEAST_DELAY_NS)
		argp_error(state, "--delay: %s is too short, 100ms is the least",
			   text);
	return ns;
}

static void set_filter(struct argp_state *state, struct top *top,
		       const char *text)
{
	if (snprintf(top->filter, sizeof(top->filter), "%s", text) >=
	    (int)sizeof(top->filter))
		argp_error(state, "--filter: \"%s\" is longer than %zu bytes",
			   text, sizeof(top->filter) - 1);
}

/* Which columns there are, the view says: options may come in any order. */
static void finish(struct argp_state *state, struct wish *wish)
{
	struct top_view *view = &wish->top.views[wish->top.kind];

	if (wish->sort && top_set_sort(&wish->top, wish->sort))
		argp_error(state, "--sort: %s have no column \"%s\"; there are %s",
			   view->name, wish->sort, column_keys(view->columns));
	view->is_reverse = wish->is_reverse;
	if (wish->json && !wish->batch)
		argp_error(state, "--json goes with --batch");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct wish *wish = state->input;

	switch (key) {
	case KEY_BATCH:
		wish->batch = option_number(state, "batch", arg, 1,
					    UINT32_MAX);
		break;
	case 'd':
		wish->top.delay_ns = delay(state, arg);
		break;
	case 'v':
		if (top_set_view(&wish->top, arg))
			argp_error(state, "--view: \"%s\" is none of pools, "
					  "holders, processes", arg);
		break;
	case 's':
		wish->sort = arg;
		break;
	case 'r':
		wish->is_reverse = true;
		break;
	case KEY_FILTER:
		set_filter(state, &wish->top, arg);
		break;
	case 'j':
		wish->json = true;
		break;
	case ARGP_KEY_ARG:
		argp_error(state, "what is \"%s\"?", arg);
		break;
	case ARGP_KEY_END:
		finish(state, wish);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "What happens, live: levels, the five kinds of memory, how much a "
	       "second is taken and given, and pools, holders or processes.\v"
	       "The key ? lists the keys.",
};

static int print_screen(struct top *top)
{
	struct canvas canvas;
	int err = canvas_init(&canvas, WIDTH, HEIGHT);

	if (err)
		return err;
	top_draw(top, &canvas);
	canvas_print(&canvas);
	canvas_free(&canvas);
	return fflush(stdout) ? -errno : 0;
}

static json_t *rate_json(double rate)
{
	return rate < 0 ? json_null() : json_real(rate);
}

static int print_json(struct top *top)
{
	top_look(top, top->nr_rows);
	return json_show(json_pack("{s:s, s:o, s:b, s:s, s:o, s:o, s:o}", "time",
				   event_time_utc(sample_time(&top->sample)).text,
				   "time_unix_ns",
				   json_number(sample_time(&top->sample)),
				   "module", top->sample.has_module, "view",
				   top->views[top->kind].name,
				   "reclaimed_bytes_per_s",
				   rate_json(top->rates.reclaimed),
				   "populated_bytes_per_s",
				   rate_json(top->rates.populated), "rows",
				   top_json(top)),
			 JSON_COMPACT);
}

static void wait_for(uint64_t ns)
{
	struct timespec time = { .tv_sec = ns / 1000000000,
				 .tv_nsec = ns % 1000000000 };

	nanosleep(&time, NULL);
}

static int batch(struct wish *wish)
{
	struct top *top = &wish->top;
	int err = 0;

	for (uint64_t i = 0; !err && i < wish->batch; i++) {
		if (i) {
			wait_for(top->delay_ns);
			err = top_sample(top, true);
			if (!wish->json)
				putchar('\n');
		}
		if (!err)
			err = wish->json ? print_json(top) : print_screen(top);
	}
	return err;
}

static int start(struct wish *wish)
{
	int err = top_sample(&wish->top, true);

	if (!err && wish->batch)
		err = batch(wish);
	else if (!err)
		return top_live(&wish->top);
	return err ? complain_of(err, "cannot go on") : EXIT_DONE;
}

static int run(int argc, char **argv)
{
	struct wish wish = { 0 };
	int status;

	top_init(&wish.top);
	command_parse(&argp, argc, argv, &wish);
	if (!wish.batch &&
	    (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))) {
		complain("this is no terminal: --batch N prints N screens instead");
		return EXIT_USAGE;
	}
	status = start(&wish);
	top_free(&wish.top);
	return status;
}

const struct command cmd_top = {
	.name = "top",
	.summary = "what happens, live",
	.run = run,
};
