/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Columns of rows of one type: what a column says of a row, and how rows are
 * ordered by it.  One description serves a table, a screen and --sort.
 */
#ifndef COLUMN_H
#define COLUMN_H

#include <stdbool.h>
#include <stddef.h>

#include "terminal.h"

#define COLUMN_TEXT_BYTES	64

/**
 * struct column - one of them
 * @key: its name for --sort
 * @title: its head
 * @width: on a screen
 * @is_number: it stands to the right, and the largest comes first
 * @may_be_cut: on a terminal that is too narrow
 * @is_more: it is only shown when all are
 * @compare: below 0 where @a comes first
 * @text: COLUMN_TEXT_BYTES of it
 * @colour: NULL: plain
 *
 * An array of columns ends with one without a key.
 */
struct column {
	const char *key;
	const char *title;
	int width;
	bool is_number;
	bool may_be_cut;
	bool is_more;
	int (*compare)(const void *a, const void *b);
	void (*text)(const void *row, char *text);
	enum terminal_colour (*colour)(const void *row);
};

/* NULL: there is none of that name. */
const struct column *column_find(const struct column *columns, const char *key);

/* "held, idle, name", for a complaint; as long as the process lives. */
const char *column_keys(const struct column *columns);

/* Rows that are the same in this column keep their order. */
void column_sort(const struct column *column, bool is_reverse, void *rows,
		 size_t nr, size_t row_bytes);

/**
 * column_print() - a table of rows, on stdout
 * @with_more: all columns
 *
 * Return: 0; -ENOMEM.
 */
int column_print(const struct column *columns, bool with_more, const void *rows,
		 size_t nr, size_t row_bytes);

/* The largest first. */
#define COLUMN_LARGEST_FIRST(a, b)	(((a) < (b)) - ((a) > (b)))

#endif
