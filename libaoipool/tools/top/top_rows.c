// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* The rows of a view: which, and in which order. */
#include <stdlib.h>
#include <string.h>

#include "top.h"

/* The array of the view that is shown. */
struct rows {
	char *at;
	size_t nr;
	size_t bytes;
};

static struct rows rows_of(const struct top *top)
{
	if (top->kind == TOP_POOLS)
		return (struct rows){ (char *)top->pools.rows, top->pools.nr,
				      sizeof(*top->pools.rows) };
	return (struct rows){ (char *)top->holdings.rows, top->holdings.nr,
			      sizeof(*top->holdings.rows) };
}

const void *top_row(const struct top *top, size_t index)
{
	struct rows rows = rows_of(top);

	return rows.at + index * rows.bytes;
}

static bool passes(const struct top *top, const void *row)
{
	const struct column *column = top->views[top->kind].columns;
	char text[COLUMN_TEXT_BYTES];

	if (!*top->filter)
		return true;
	for (; column->key; column++) {
		column->text(row, text);
		if (strcasestr(text, top->filter))
			return true;
	}
	return false;
}

static void swap(char *a, char *b, size_t bytes)
{
	for (char byte; bytes--; a++, b++) {
		byte = *a;
		*a = *b;
		*b = byte;
	}
}

/* Those that pass come first; none is lost, as the filter may change. */
static size_t part(const struct top *top, const struct rows *rows)
{
	size_t nr = 0;
	char *at = rows->at;

	for (size_t i = 0; i < rows->nr; i++, at += rows->bytes) {
		if (!passes(top, at))
			continue;
		if (nr != i)
			swap(rows->at + nr * rows->bytes, at, rows->bytes);
		nr++;
	}
	return nr;
}

void top_arrange(struct top *top)
{
	const struct top_view *view = &top->views[top->kind];
	struct rows rows = rows_of(top);

	top->nr_rows = part(top, &rows);
	column_sort(&view->columns[view->sort], view->is_reverse, rows.at,
		    top->nr_rows, rows.bytes);
}

void top_look(struct top *top, size_t nr)
{
	struct holdings shown = { .rows = top->holdings.rows + top->first };

	if (top->kind == TOP_POOLS || top->first >= top->nr_rows)
		return;
	shown.nr = top->nr_rows - top->first;
	holdings_look(&shown, nr);
}

json_t *top_json(const struct top *top)
{
	json_t *rows = json_array();
	const void *row;

	for (size_t i = 0; i < top->nr_rows; i++) {
		row = top_row(top, i);
		json_array_append_new(rows, top->kind == TOP_POOLS ?
						    pool_row_json(row) :
						    holding_json(row));
	}
	return rows;
}
