// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "top.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Of a column that is known already, and how wide it is here. */
struct wanted_column {
	const char *key;
	int width;
};

static const struct wanted_column pool_columns[] = {
	{ "number", 9 }, { "name", 12 }, { "process", 13 }, { "level", 8 },
	{ "held", 10 },	 { "idle", 10 }, { NULL, 0 },
};

static const struct wanted_column holder_columns[] = {
	{ "process", 15 }, { "thread", 9 }, { "state", 1 },  { "tag", 9 },
	{ "pool", 12 },	   { "count", 5 },  { "bytes", 10 }, { "age", 11 },
	{ NULL, 0 },
};

static const struct wanted_column process_columns[] = {
	{ "process", 20 }, { "state", 1 }, { "count", 7 }, { "bytes", 10 },
	{ "age", 11 },	   { "note", 25 }, { NULL, 0 },
};

static int by_rate(const void *a, const void *b)
{
	const struct pool_row *first = a, *second = b;

	return COLUMN_LARGEST_FIRST(first->reclaimed_rate,
				    second->reclaimed_rate);
}

static void text_rate(const void *row, char *text)
{
	const struct pool_row *pool = row;

	rates_text(pool->reclaimed_rate, text, COLUMN_TEXT_BYTES);
}

static const struct column rate_column = {
	"rate", "RECLAIMED", 12, true, false, false, by_rate, text_rate, NULL,
};

static size_t fill(struct column *to, const struct column *from,
		   const struct wanted_column *wanted)
{
	size_t nr = 0;

	for (; wanted->key; wanted++) {
		to[nr] = *column_find(from, wanted->key);
		to[nr++].width = wanted->width;
	}
	return nr;
}

static size_t column_index(const struct top_view *view, const char *key)
{
	return column_find(view->columns, key) - view->columns;
}

static void init_view(struct top_view *view, const char *name,
		      const struct column *from,
		      const struct wanted_column *wanted)
{
	view->name = name;
	fill(view->columns, from, wanted);
}

void top_init(struct top *top)
{
	struct top_view *pools = &top->views[TOP_POOLS];
	struct top_view *holders = &top->views[TOP_HOLDERS];
	struct top_view *processes = &top->views[TOP_PROCESSES];

	*top = (struct top){ .delay_ns = 2000000000ULL };
	rates_init(&top->rates);
	pools->name = "pools";
	pools->columns[fill(pools->columns, pool_row_columns, pool_columns)] =
		rate_column;
	pools->sort = column_index(pools, "held");
	init_view(holders, "holders", holding_columns, holder_columns);
	holders->sort = column_index(holders, "bytes");
	init_view(processes, "processes", holding_columns, process_columns);
	processes->sort = column_index(processes, "bytes");
}

static void forget(struct top *top)
{
	pool_rows_free(&top->pools);
	holdings_free(&top->holdings);
	if (top->has_sample)
		sample_free(&top->sample);
	top->has_sample = false;
	top->nr_rows = 0;
}

void top_free(struct top *top)
{
	forget(top);
	rates_free(&top->rates);
}

int top_set_view(struct top *top, const char *name)
{
	for (int kind = 0; kind < TOP_VIEWS; kind++)
		if (!strcmp(top->views[kind].name, name)) {
			top->kind = kind;
			return 0;
		}
	return -EINVAL;
}

int top_set_sort(struct top *top, const char *key)
{
	struct top_view *view = &top->views[top->kind];
	const struct column *column = column_find(view->columns, key);

	if (!column)
		return -EINVAL;
	view->sort = column - view->columns;
	return 0;
}

/* No more than the view needs: with many pools, each list costs. */
static unsigned int wanted(const struct top *top)
{
	if (top->kind == TOP_POOLS)
		return SAMPLE_NODES | SAMPLE_POOLS | SAMPLE_HOLDERS |
		       SAMPLE_LEDGERS;
	return SAMPLE_NODES | SAMPLE_HOLDERS | SAMPLE_LEDGERS | SAMPLE_CUSTODY;
}

static int make_rows(struct top *top)
{
	int err;

	if (top->kind == TOP_POOLS) {
		err = pool_rows_make(&top->pools, &top->sample);
		if (!err)
			rates_of_pools(&top->rates, &top->pools);
		return err;
	}
	err = holdings_make(&top->holdings, &top->sample);
	if (!err && top->kind == TOP_PROCESSES)
		holdings_group(&top->holdings, HOLDING_PROCESS);
	return err;
}

int top_sample(struct top *top)
{
	struct sample sample;

	top->error = sample_take(&sample, wanted(top));
	if (top->error)
		return top->error;
	forget(top);
	top->sample = sample;
	top->has_sample = true;
	rates_of_module(&top->rates, &top->sample);
	top->error = make_rows(top);
	top_arrange(top);
	return top->error;
}
