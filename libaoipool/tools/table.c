// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "table.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "printable.h"

#define GAP		2
#define LEAST_WIDTH	6	/* of a column that is cut */

struct cell {
	char *text;
	enum terminal_colour colour;
};

struct table {
	const struct table_column *columns;
	size_t nr_columns;
	struct cell *cells;
	size_t nr, room;
	bool failed;
	int *widths;
};

struct table *table_new(const struct table_column *columns)
{
	struct table *table = calloc(1, sizeof(*table));

	if (!table)
		return NULL;
	table->columns = columns;
	while (columns[table->nr_columns].title)
		table->nr_columns++;
	table->widths = calloc(table->nr_columns, sizeof(*table->widths));
	if (!table->widths) {
		free(table);
		return NULL;
	}
	return table;
}

static bool has_room(struct table *table)
{
	size_t room = table->room ? 2 * table->room : 64;
	struct cell *cells;

	if (table->nr < table->room)
		return true;
	cells = reallocarray(table->cells, room, sizeof(*cells));
	if (!cells)
		return false;
	table->cells = cells;
	table->room = room;
	return true;
}

static void add(struct table *table, enum terminal_colour colour,
		const char *format, va_list args)
{
	char *text;

	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	if (!text || !has_room(table)) {
		table->failed = true;
		free(text);
		return;
	}
	printable_name(text);
	table->cells[table->nr++] = (struct cell){ text, colour };
}

void table_add(struct table *table, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add(table, COLOUR_PLAIN, format, args);
	va_end(args);
}

void table_add_coloured(struct table *table, enum terminal_colour colour,
			const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add(table, colour, format, args);
	va_end(args);
}

static void measure(const struct table *table)
{
	size_t i;
	int width;

	for (i = 0; i < table->nr_columns; i++)
		table->widths[i] = strlen(table->columns[i].title);
	for (i = 0; i < table->nr; i++) {
		width = strlen(table->cells[i].text);
		if (width > table->widths[i % table->nr_columns])
			table->widths[i % table->nr_columns] = width;
	}
}

static int whole_width(const struct table *table)
{
	int width = GAP * (table->nr_columns - 1);

	for (size_t i = 0; i < table->nr_columns; i++)
		width += table->widths[i];
	return width;
}

/* Of the widest that may be cut, one by one, as long as there are any. */
static void cut(const struct table *table, int excess)
{
	int *widest;

	while (excess-- > 0) {
		widest = NULL;
		for (size_t i = 0; i < table->nr_columns; i++)
			if (table->columns[i].may_be_cut &&
			    table->widths[i] > LEAST_WIDTH &&
			    (!widest || table->widths[i] > *widest))
				widest = &table->widths[i];
		if (!widest)
			return;
		--*widest;
	}
}

static void print_cell(const struct table *table, size_t column,
		       const char *text, enum terminal_colour colour)
{
	bool is_last = column + 1 == table->nr_columns;
	int width = table->widths[column];

	if (colour != COLOUR_PLAIN)
		fputs(terminal_colour(colour), stdout);
	if (table->columns[column].is_number)
		printf("%*.*s", width, width, text);
	else if (is_last)	/* no blanks at the end of a line */
		printf("%.*s", width, text);
	else
		printf("%-*.*s", width, width, text);
	if (colour != COLOUR_PLAIN)
		fputs(terminal_colour(COLOUR_PLAIN), stdout);
	if (is_last)
		putchar('\n');
	else
		printf("%*s", GAP, "");
}

int table_print(const struct table *table)
{
	int width = terminal_width();
	size_t i;

	if (table->failed)
		return -ENOMEM;
	measure(table);
	if (width)
		cut(table, whole_width(table) - width);
	for (i = 0; i < table->nr_columns; i++)
		print_cell(table, i, table->columns[i].title, COLOUR_BOLD);
	for (i = 0; i < table->nr; i++)
		print_cell(table, i % table->nr_columns, table->cells[i].text,
			   table->cells[i].colour);
	return 0;
}

void table_free(struct table *table)
{
	if (!table)
		return;
	for (size_t i = 0; i < table->nr; i++)
		free(table->cells[i].text);
	free(table->cells);
	free(table->widths);
	free(table);
}
