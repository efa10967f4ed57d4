// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "column.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"

const struct column *column_find(const struct column *columns, const char *key)
{
	for (; columns->key; columns++)
		if (!strcmp(columns->key, key))
			return columns;
	return NULL;
}

const char *column_keys(const struct column *columns)
{
	static char keys[512];
	size_t used = 0;

	for (; columns->key && used < sizeof(keys); columns++)
		used += snprintf(keys + used, sizeof(keys) - used, "%s%s",
				 used ? ", " : "", columns->key);
	return keys;
}

struct order {
	const struct column *column;
	bool is_reverse;
};

/* What lies where tells the order until now: rows are pointers into the old one. */
static int compare(const void *a, const void *b, void *arg)
{
	const void *const *first = a, *const *second = b;
	const struct order *order = arg;
	int is = order->column->compare(*first, *second);

	if (is)
		return order->is_reverse ? -is : is;
	return *first < *second ? -1 : *first > *second;
}

static void rearrange(void *rows, size_t nr, size_t row_bytes,
		      const void **sorted)
{
	char *copy = malloc(nr * row_bytes);

	if (!copy)
		return;
	for (size_t i = 0; i < nr; i++)
		memcpy(copy + i * row_bytes, sorted[i], row_bytes);
	memcpy(rows, copy, nr * row_bytes);
	free(copy);
}

/* Without memory the rows stay in the order that they have. */
void column_sort(const struct column *column, bool is_reverse, void *rows,
		 size_t nr, size_t row_bytes)
{
	struct order order = { .column = column, .is_reverse = is_reverse };
	const void **sorted = nr ? calloc(nr, sizeof(*sorted)) : NULL;

	if (!sorted)
		return;
	for (size_t i = 0; i < nr; i++)
		sorted[i] = (const char *)rows + i * row_bytes;
	qsort_r(sorted, nr, sizeof(*sorted), compare, &order);
	rearrange(rows, nr, row_bytes, sorted);
	free(sorted);
}

static bool is_shown(const struct column *column, bool with_more)
{
	return with_more || !column->is_more;
}

/* Columns of the table; to be freed by the caller. */
static struct table_column *heads(const struct column *columns, bool with_more)
{
	struct table_column *heads, *head;
	size_t nr = 0;

	while (columns[nr].key)
		nr++;
	heads = calloc(nr + 1, sizeof(*heads));
	if (!heads)
		return NULL;
	head = heads;
	for (; columns->key; columns++)
		if (is_shown(columns, with_more))
			*head++ = (struct table_column){ columns->title,
							 columns->is_number,
							 columns->may_be_cut };
	return heads;
}

static void add_row(struct table *table, const struct column *columns,
		    bool with_more, const void *row)
{
	enum terminal_colour colour;
	char text[COLUMN_TEXT_BYTES];

	for (; columns->key; columns++) {
		if (!is_shown(columns, with_more))
			continue;
		columns->text(row, text);
		colour = columns->colour ? columns->colour(row) : COLOUR_PLAIN;
		table_add_coloured(table, colour, "%s", text);
	}
}

int column_print(const struct column *columns, bool with_more, const void *rows,
		 size_t nr, size_t row_bytes)
{
	struct table_column *titles = heads(columns, with_more);
	struct table *table = titles ? table_new(titles) : NULL;
	int err = -ENOMEM;

	for (size_t i = 0; table && i < nr; i++)
		add_row(table, columns, with_more,
			(const char *)rows + i * row_bytes);
	if (table)
		err = table_print(table);
	table_free(table);
	free(titles);
	return err;
}
