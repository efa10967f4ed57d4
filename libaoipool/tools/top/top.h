/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * What 'aoipoolctl top' shows, whether in a terminal or in print: a view with its
 * rows, in an order, those that a filter lets through.
 */
#ifndef TOP_H
#define TOP_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "canvas.h"
#include "column.h"
#include "holding.h"
#include "pace.h"
#include "pool_row.h"
#include "rates.h"
#include "sample.h"

#define TOP_COLUMNS	12
#define TOP_FILTER_BYTES	32

enum top_view_kind {
	TOP_POOLS,
	TOP_HOLDERS,
	TOP_PROCESSES,
	TOP_VIEWS,
};

/**
 * struct top_view - one of them, and how it is looked at
 * @name: as --view has it
 * @columns: ends with one without a key
 * @sort: index of the column that orders rows
 * @is_reverse: the smallest first
 */
struct top_view {
	const char *name;
	struct column columns[TOP_COLUMNS];
	size_t sort;
	bool is_reverse;
};

/**
 * struct top - all of it
 * @views: all, of which @kind is shown
 * @filter: what a row has to have in it; "" lets all through
 * @is_typing: the filter is being typed
 * @is_frozen: what is shown stays
 * @is_help: the help is shown in place of rows
 * @first: rows above those that are shown
 * @delay_ns: between samples
 * @error: of the last sample; 0
 * @has_sample: there is one
 * @sample: of the last time
 * @listed: when its lists were read
 * @lists: how often they are
 * @walks: how often all processes are looked into, for the view of pools
 * @users: processes that have pools of the user provider, as of the last walk
 * @pools: of @sample, where they are shown
 * @holdings: likewise
 * @nr_rows: that the filter lets through, first in their array
 */
struct top {
	struct top_view views[TOP_VIEWS];
	enum top_view_kind kind;
	char filter[TOP_FILTER_BYTES];
	bool is_typing;
	bool is_frozen;
	bool is_help;
	size_t first;
	uint64_t delay_ns;
	int error;
	bool has_sample;
	struct sample sample;
	struct timespec listed;
	struct pace lists;
	struct pace walks;
	pid_t *users;
	size_t nr_users;
	struct rates rates;
	struct pool_rows pools;
	struct holdings holdings;
	size_t nr_rows;
};

void top_init(struct top *top);
void top_free(struct top *top);

/* Return: 0; -EINVAL: there is no such view, or column in the view. */
int top_set_view(struct top *top, const char *name);
int top_set_sort(struct top *top, const char *key);

/**
 * top_sample() - look again
 * @is_forced: at all of it; else at what costs much only when it is due
 *
 * Return: 0; a negative errno value, also in @error: rows stay.
 */
int top_sample(struct top *top, bool is_forced);

/* Of the last sample. */
void top_forget(struct top *top);

/* Order the rows again, after the filter, the order or the view has changed. */
void top_arrange(struct top *top);

/**
 * top_key() - what a key does
 * @key: as getch() returns it
 *
 * Return: whether to go on; @needs_sample says whether there is to be another.
 */
bool top_key(struct top *top, int key, bool *needs_sample);

/* Draw all of it; keeps @first within the rows. */
void top_draw(struct top *top, struct canvas *canvas);

json_t *top_json(const struct top *top);

/* Look at the processes of @nr rows from @first on, to say what they do. */
void top_look(struct top *top, size_t nr);

/* The row at @index of those shown, which is of the type that the view has. */
const void *top_row(const struct top *top, size_t index);

/* Show it in the terminal until it is ended.  Return: the exit status. */
int top_live(struct top *top);

#endif
