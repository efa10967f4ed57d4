// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* aoipoolctl pools - a row for each pool, of both providers. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "complain.h"
#include "json.h"
#include "note.h"
#include "option.h"
#include "pool_row.h"

struct wish {
	const struct column *sort;
	bool is_reverse;
	const char *pool;
	bool with_more;
	bool json;
};

static const struct argp_option options[] = {
	{ "sort", 's', "COLUMN", 0, "largest first, or names from A to Z", 0 },
	{ "reverse", 'r', NULL, 0, "in reverse", 0 },
	{ "pool", 'p', "POOL", 0, "this pool only: its number or name", 0 },
	{ "all-columns", 'a', NULL, 0, "all that is known", 0 },
	{ "json", 'j', NULL, 0, "a JSON object, with all that is known", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct wish *wish = state->input;

	switch (key) {
	case 's':
		wish->sort = column_find(pool_row_columns, arg);
		if (!wish->sort)
			argp_error(state, "--sort: there is no column \"%s\"; "
					  "there are %s",
				   arg, column_keys(pool_row_columns));
		break;
	case 'r':
		wish->is_reverse = true;
		break;
	case 'p':
		wish->pool = arg;
		break;
	case 'a':
		wish->with_more = true;
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
	.doc = "A row for each pool: of all users for root, of one's own for "
	       "others.\vPools of the user provider are numbered PID:NUMBER.",
};

static void keep(struct pool_rows *pools, const char *wanted)
{
	size_t nr = 0;

	for (size_t i = 0; i < pools->nr; i++)
		if (!strcmp(pools->rows[i].id, wanted) ||
		    !strcmp(pools->rows[i].name, wanted))
			pools->rows[nr++] = pools->rows[i];
	pools->nr = nr;
}

static int show_json(const struct pool_rows *pools, const struct sample *sample)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < pools->nr; i++)
		if (json_array_append_new(rows, pool_row_json(&pools->rows[i]))) {
			json_decref(rows);
			return -ENOMEM;
		}
	return json_show(json_pack("{s:b, s:o, s:o}", "module",
				   sample->has_module, "hidden_processes",
				   json_number(sample->hidden_processes),
				   "pools", rows),
			 JSON_INDENT(2));
}

static int show(const struct wish *wish, const struct pool_rows *pools,
		const struct sample *sample)
{
	int err;

	if (wish->json)
		return show_json(pools, sample);
	err = column_print(pool_row_columns, wish->with_more, pools->rows,
			   pools->nr, sizeof(*pools->rows));
	note_print(sample);
	return err;
}

static int list(const struct wish *wish, const struct sample *sample)
{
	struct pool_rows pools;
	int err = pool_rows_make(&pools, sample);

	if (err)
		return err;
	if (wish->pool)
		keep(&pools, wish->pool);
	if (wish->sort)
		column_sort(wish->sort, wish->is_reverse, pools.rows, pools.nr,
			    sizeof(*pools.rows));
	err = wish->pool && !pools.nr ? -ENOENT : show(wish, &pools, sample);
	pool_rows_free(&pools);
	return err;
}

static int failed(const struct wish *wish, int err)
{
	if (err != -ENOENT)
		return complain_of(err, "cannot list pools");
	complain("there is no pool %s, or it is another user's: 'aoipoolctl "
		 "pools' lists those that you may see", wish->pool);
	return EXIT_TROUBLE;
}

static int run(int argc, char **argv)
{
	struct wish wish = { .sort = pool_row_columns };
	struct sample sample;
	int err;

	command_parse(&argp, argc, argv, &wish);
	err = sample_take(&sample, SAMPLE_POOLS | SAMPLE_HOLDERS |
					   SAMPLE_LEDGERS);
	if (!err) {
		err = list(&wish, &sample);
		sample_free(&sample);
	}
	return err ? failed(&wish, err) : EXIT_DONE;
}

const struct command cmd_pools = {
	.name = "pools",
	.summary = "list pools: how large, whose, how much is held or idle",
	.run = run,
};
