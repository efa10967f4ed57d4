// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "top.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
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
	{ "process", 14 }, { "thread", 11 }, { "state", 1 },  { "tag", 9 },
	{ "pool", 11 },	   { "count", 5 },  { "bytes", 10 }, { "age", 11 },
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

	*top = (struct top){ .delay_ns = 3000000000ULL };
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

void top_free(struct top *top)
{
	top_forget(top);
	rates_free(&top->rates);
	free(top->users);
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
