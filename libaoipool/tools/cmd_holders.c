// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* aoipoolctl holders - custody: who has what, since when, what for. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "complain.h"
#include "holding.h"
#include "json.h"
#include "note.h"
#include "option.h"
#include "unit.h"

enum { KEY_OLDER = 256, KEY_AGES };

struct wish {
	unsigned int by;
	uint32_t pid;
	const char *pool;
	uint64_t older_than_ns;
	bool is_older_only;
	const struct column *sort;
	bool is_reverse;
	bool ages;
	bool json;
};

static const struct argp_option options[] = {
	{ "by", 'b', "WHAT", 0, "add up by process, thread, tag, pool or node; "
				"several with commas between; else a row for "
				"each that differs in any", 0 },
	{ "pid", 'P', "PID", 0, "what this process has", 0 },
	{ "pool", 'p', "POOL", 0, "of this pool: its number or name", 0 },
	{ "older-than", KEY_OLDER, "TIME", 0, "of which the oldest has been out "
					      "for so long, such as 10s", 0 },
	{ "sort", 's', "COLUMN", 0, "another order than the largest first", 0 },
	{ "reverse", 'r', NULL, 0, "in reverse", 0 },
	{ "ages", KEY_AGES, NULL, 0, "how many have been out for how long", 0 },
	{ "json", 'j', NULL, 0, "a JSON object", 0 },
	{ 0 },
};

static unsigned int group_of(const char *word)
{
	static const struct {
		const char *word;
		unsigned int by;
	} groups[] = {
		{ "process", HOLDING_PROCESS },
		{ "thread", HOLDING_PROCESS | HOLDING_THREAD },
		{ "tag", HOLDING_TAG },
		{ "pool", HOLDING_POOL },
		{ "node", HOLDING_NODE },
	};

	for (size_t i = 0; i < sizeof(groups) / sizeof(*groups); i++)
		if (!strcmp(groups[i].word, word))
			return groups[i].by;
	return 0;
}

static unsigned int groups_of(struct argp_state *state, char *words)
{
	unsigned int all = 0, by;
	char *rest = words, *word;

	while ((word = strsep(&rest, ","))) {
		by = group_of(word);
		if (!by)
			argp_error(state, "--by: \"%s\" is none of process, "
					  "thread, tag, pool, node", word);
		all |= by;
	}
	return all;
}

static const struct column *sort_of(struct argp_state *state, const char *key)
{
	const struct column *column = column_find(holding_columns, key);

	if (!column)
		argp_error(state, "--sort: there is no column \"%s\"; there are %s",
			   key, column_keys(holding_columns));
	return column;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct wish *wish = state->input;

	switch (key) {
	case 'b':
		wish->by |= groups_of(state, arg);
		break;
	case 'P':
		wish->pid = option_number(state, "pid", arg, 1, INT32_MAX);
		break;
	case 'p':
		wish->pool = arg;
		break;
	case KEY_OLDER:
		wish->older_than_ns = option_time(state, "older-than", arg);
		wish->is_older_only = true;
		break;
	case 's':
		wish->sort = sort_of(state, arg);
		break;
	case 'r':
		wish->is_reverse = true;
		break;
	case KEY_AGES:
		wish->ages = true;
		break;
	case 'j':
		wish->json = true;
		break;
	case ARGP_KEY_ARG:
		argp_error(state, "what is \"%s\"?", arg);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "Who has slots or slabs of which pool, on which node, what for "
	       "(the tag) and since when, the largest first.  It takes no help "
	       "of the holder: it may hang or be stopped.\vWhere a process keeps "
	       "no ledger, or one that you may not read, rows say what the "
	       "module knows.",
};

static bool is_wanted(const struct holding *row, const void *arg)
{
	const struct wish *wish = arg;

	if (wish->pid && row->pid != wish->pid)
		return false;
	if (wish->pool && strcmp(wish->pool, row->pool_id) &&
	    strcmp(wish->pool, row->pool))
		return false;
	return !wish->is_older_only ||
	       (row->has_ages && row->oldest_ns >= wish->older_than_ns);
}

/* Of "ages": below the first, ... below the last, and the rest. */
static json_t *age_bounds(void)
{
	json_t *bounds = json_array();
	uint64_t bound = 1000000;

	for (size_t age = 0; age + 1 < AOIPOOL_AGES; age++, bound *= 10)
		json_array_append_new(bounds, json_number(bound));
	return bounds;
}

static int show_json(const struct holdings *holdings,
		     const struct sample *sample)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < holdings->nr; i++)
		if (json_array_append_new(rows,
					  holding_json(&holdings->rows[i]))) {
			json_decref(rows);
			return -ENOMEM;
		}
	return json_show(json_pack("{s:b, s:o, s:o, s:o}", "module",
				   sample->has_module, "hidden_processes",
				   json_number(sample->hidden_processes),
				   "ages_below_ns", age_bounds(), "holders",
				   rows),
			 JSON_INDENT(2));
}

#define BAR_WIDTH	40

static void print_age(const char *name, int64_t count, int64_t all)
{
	int width = all > 0 ? (count * BAR_WIDTH + all - 1) / all : 0;

	printf("%16s  %10lld%s%.*s\n", name, (long long)count,
	       width ? "  " : "", width,
	       "########################################");
}

static void print_ages(const struct holdings *holdings)
{
	int64_t ages[AOIPOOL_AGES] = { 0 }, all = 0, unknown;

	for (size_t i = 0; i < holdings->nr; i++) {
		for (size_t age = 0; age < AOIPOOL_AGES; age++)
			ages[age] += holdings->rows[i].ages[age];
		all += holdings->rows[i].count;
	}
	unknown = all;
	for (size_t age = 0; age < AOIPOOL_AGES; age++)
		unknown -= ages[age];
	printf("\n%16s  %10s\n", "OUT FOR", "COUNT");
	for (size_t age = 0; age < AOIPOOL_AGES; age++)
		print_age(holding_age_name(age), ages[age], all);
	if (unknown > 0)
		print_age("not known", unknown, all);
}

static int show(const struct wish *wish, const struct holdings *holdings,
		const struct sample *sample)
{
	int err;

	if (wish->json)
		return show_json(holdings, sample);
	err = holdings_print(holdings, wish->by ?: HOLDING_ALL);
	if (!err && wish->ages)
		print_ages(holdings);
	note_print(sample);
	return err;
}

static int list(const struct wish *wish, const struct sample *sample)
{
	struct holdings holdings;
	int err = holdings_make(&holdings, sample);

	if (err)
		return err;
	holdings_keep(&holdings, is_wanted, wish);
	if (wish->by)
		holdings_group(&holdings, wish->by);
	holdings_look(&holdings, holdings.nr);
	if (wish->sort)
		column_sort(wish->sort, wish->is_reverse, holdings.rows,
			    holdings.nr, sizeof(*holdings.rows));
	err = show(wish, &holdings, sample);
	holdings_free(&holdings);
	return err;
}

static int run(int argc, char **argv)
{
	struct wish wish = { .sort = NULL };
	struct sample sample;
	int err;

	command_parse(&argp, argc, argv, &wish);
	err = sample_take(&sample, SAMPLE_HOLDERS | SAMPLE_SLABS |
					   SAMPLE_LEDGERS | SAMPLE_CUSTODY);
	if (!err) {
		err = list(&wish, &sample);
		sample_free(&sample);
	}
	return err ? complain_of(err, "cannot list holders") : EXIT_DONE;
}

const struct command cmd_holders = {
	.name = "holders",
	.summary = "who holds what, since when and what for",
	.run = run,
};
