// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "holding.h"

#include <stdlib.h>
#include <string.h>

#define DIFFERENCE(a, b)	(((a) > (b)) - ((a) < (b)))

static int compare_processes(const struct holding *a, const struct holding *b)
{
	int is = DIFFERENCE(a->pid, b->pid);

	return is || a->pid ? is : strcmp(a->comm, b->comm);
}

/* 0: they are of one group. */
static int compare(const void *a, const void *b, void *arg)
{
	const struct holding *first = a, *second = b;
	unsigned int by = *(unsigned int *)arg;
	int is = 0;

	if (by & (HOLDING_PROCESS | HOLDING_THREAD))
		is = compare_processes(first, second);
	if (!is && by & HOLDING_THREAD)
		is = DIFFERENCE(first->tid, second->tid);
	if (!is && by & HOLDING_TAG)
		is = strcmp(first->tag, second->tag);
	if (!is && by & HOLDING_POOL)
		is = strcmp(first->pool_id, second->pool_id);
	if (!is && by & HOLDING_NODE)
		is = DIFFERENCE(first->node, second->node);
	return is;
}

static void add_ages(struct holding *to, const struct holding *from)
{
	if (!from->has_ages)
		return;
	if (!to->has_ages || from->oldest_ns > to->oldest_ns)
		to->oldest_ns = from->oldest_ns;
	if (!to->has_ages || from->youngest_ns < to->youngest_ns)
		to->youngest_ns = from->youngest_ns;
	to->has_ages = true;
	for (size_t i = 0; i < AOIPOOL_AGES; i++)
		to->ages[i] += from->ages[i];
}

static void add(struct holding *to, const struct holding *from)
{
	to->count += from->count;
	to->bytes += from->bytes;
	add_ages(to, from);
}

static int larger_first(const void *a, const void *b)
{
	const struct holding *first = a, *second = b;

	return DIFFERENCE(second->bytes, first->bytes);
}

void holdings_group(struct holdings *holdings, unsigned int by)
{
	struct holding *rows = holdings->rows;
	size_t nr = 0;

	if (!holdings->nr)
		return;
	if (by & HOLDING_THREAD)
		by |= HOLDING_PROCESS;
	qsort_r(rows, holdings->nr, sizeof(*rows), compare, &by);
	for (size_t i = 1; i < holdings->nr; i++)
		if (compare(&rows[nr], &rows[i], &by))
			rows[++nr] = rows[i];
		else
			add(&rows[nr], &rows[i]);
	holdings->nr = nr + 1;
	for (size_t i = 0; i < holdings->nr; i++)
		rows[i].by = by;
	qsort(rows, holdings->nr, sizeof(*rows), larger_first);
}

void holdings_keep(struct holdings *holdings,
		   bool (*is_kept)(const struct holding *, const void *arg),
		   const void *arg)
{
	size_t nr = 0;

	for (size_t i = 0; i < holdings->nr; i++)
		if (is_kept(&holdings->rows[i], arg))
			holdings->rows[nr++] = holdings->rows[i];
	holdings->nr = nr;
}

static void look(struct holding *row)
{
	if (!(row->by & HOLDING_PROCESS) || !row->pid)
		return;
	row->is_thread = row->by & HOLDING_THREAD && row->tid &&
			 !process_look_at_thread(row->pid, row->tid,
						 &row->doer);
	if (!row->is_thread && process_look(row->pid, &row->doer))
		row->doer = (struct process){ 0 };
}

/* A look costs, and rows of one thread often follow one another. */
void holdings_look(struct holdings *holdings, size_t nr)
{
	struct holding *row = holdings->rows, *last = NULL;

	for (size_t i = 0; i < nr && i < holdings->nr; i++, row++) {
		if (last && last->by == row->by && last->pid == row->pid &&
		    last->tid == row->tid) {
			row->doer = last->doer;
			row->is_thread = last->is_thread;
		} else {
			look(row);
		}
		last = row;
	}
}

void holdings_free(struct holdings *holdings)
{
	free(holdings->rows);
	*holdings = (struct holdings){ 0 };
}

void holding_hint(const struct holding *row, char *text)
{
	text[0] = '\0';
	if (row->doer.state)
		process_hint(&row->doer, text);
	else if (row->by & HOLDING_PROCESS && row->pid)
		strcpy(text, "process has ended");
	if (!*text && row->by & HOLDING_THREAD && row->tid && !row->is_thread)
		strcpy(text, "thread has ended");
}

const char *holding_age_name(size_t age)
{
	static const char *const names[AOIPOOL_AGES] = {
		"below 1 ms", "below 10 ms",   "below 100 ms",
		"below 1 s",  "below 10 s",    "below 100 s",
		"below 1,000 s", "below 10,000 s", "10,000 s and more",
	};

	return names[age];
}
