/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * A table of text for stdout: columns as wide as what is in them, names to the
 * left and numbers to the right.  On a terminal, the columns that are marked so
 * are cut, for the line to fit.
 */
#ifndef TABLE_H
#define TABLE_H

#include <stdbool.h>

#include "terminal.h"

struct table_column {
	const char *title;
	bool is_number;
	bool may_be_cut;
};

struct table;

/* @columns: ends with one without a title; kept.  NULL: no memory. */
struct table *table_new(const struct table_column *columns);

/* The next cell, row by row; the text is copied.  Errors show in table_print(). */
__attribute__((format(printf, 2, 3))) void table_add(struct table *table,
						     const char *format, ...);
__attribute__((format(printf, 3, 4))) void
table_add_coloured(struct table *table, enum terminal_colour colour,
		   const char *format, ...);

/* Return: 0; -ENOMEM, of this or an earlier call, and nothing is printed. */
int table_print(const struct table *table);

/* NULL is allowed. */
void table_free(struct table *table);

#endif
