// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* How a holding is shown: in columns, and as JSON. */
#include <stdio.h>
#include <string.h>

#include "holding.h"
#include "json.h"
#include "unit.h"

static int by_process(const void *a, const void *b)
{
	const struct holding *first = a, *second = b;

	return (first->pid > second->pid) - (first->pid < second->pid);
}

static void text_process(const void *row, char *text)
{
	const struct holding *holding = row;
	const char *comm = *holding->comm ? holding->comm : "?";

	if (!(holding->by & HOLDING_PROCESS))
		strcpy(text, "");
	else if (holding->pid)
		snprintf(text, COLUMN_TEXT_BYTES, "%s %u", comm, holding->pid);
	else
		snprintf(text, COLUMN_TEXT_BYTES, "%s", comm);
}

static int by_state(const void *a, const void *b)
{
	const struct holding *first = a, *second = b;

	return COLUMN_LARGEST_FIRST(first->doer.state, second->doer.state);
}

static void text_state(const void *row, char *text)
{
	const struct holding *holding = row;

	snprintf(text, COLUMN_TEXT_BYTES, "%c",
		 holding->doer.state ? holding->doer.state : '-');
}

static enum terminal_colour colour_state(const void *row)
{
	const struct holding *holding = row;

	return holding->doer.state && strchr("DTtZ", holding->doer.state) ?
		       COLOUR_RED : COLOUR_PLAIN;
}

static int by_thread(const void *a, const void *b)
{
	const struct holding *first = a, *second = b;

	return (first->tid > second->tid) - (first->tid < second->tid);
}

/* Its name, where it is still there and has one of its own. */
static void text_thread(const void *row, char *text)
{
	const struct holding *holding = row;

	if (!(holding->by & HOLDING_THREAD))
		strcpy(text, "");
	else if (!holding->tid)
		strcpy(text, "?");
	else if (holding->is_thread &&
		 strcmp(holding->doer.name, holding->comm))
		snprintf(text, COLUMN_TEXT_BYTES, "%s %u", holding->doer.name,
			 holding->tid);
	else
		snprintf(text, COLUMN_TEXT_BYTES, "%u", holding->tid);
}

static int by_tag(const void *a, const void *b)
{
	const struct holding *first = a, *second = b;

	return strcmp(first->tag, second->tag);
}

static void text_tag(const void *row, char *text)
{
	const struct holding *holding = row;
	bool has = holding->by & HOLDING_TAG;

	snprintf(text, COLUMN_TEXT_BYTES, "%s",
		 has && *holding->tag ? holding->tag : has ? "-" : "");
}

static int by_pool(const void *a, const void *b)
{
	const struct holding *first = a, *second = b;

	return strcmp(first->pool, second->pool) ?:
	       strverscmp(first->pool_id, second->pool_id);
}

static void text_pool(const void *row, char *text)
{
	const struct holding *holding = row;

	if (holding->by & HOLDING_POOL)
		snprintf(text, COLUMN_TEXT_BYTES, "%s %s", holding->pool,
			 holding->pool_id);
	else
		strcpy(text, "");
}

static int by_node(const void *a, const void *b)
{
	const struct holding *first = a, *second = b;

	return (first->node > second->node) - (first->node < second->node);
}

static void text_node(const void *row, char *text)
{
	const struct holding *holding = row;

	if (!(holding->by & HOLDING_NODE))
		strcpy(text, "");
	else if (holding->node < 0)
		strcpy(text, "?");
	else
		snprintf(text, COLUMN_TEXT_BYTES, "%d", holding->node);
}

static int by_count(const void *a, const void *b)
{
	const struct holding *first = a, *second = b;

	return COLUMN_LARGEST_FIRST(first->count, second->count);
}

static void text_count(const void *row, char *text)
{
	const struct holding *holding = row;

	snprintf(text, COLUMN_TEXT_BYTES, "%lld", (long long)holding->count);
}

static int by_bytes(const void *a, const void *b)
{
	const struct holding *first = a, *second = b;

	return COLUMN_LARGEST_FIRST(first->bytes, second->bytes);
}

static void text_bytes(const void *row, char *text)
{
	const struct holding *holding = row;

	snprintf(text, COLUMN_TEXT_BYTES, "%s",
		 unit_bytes(holding->bytes).text);
}

static int by_age(const void *a, const void *b)
{
	const struct holding *first = a, *second = b;

	return COLUMN_LARGEST_FIRST(first->oldest_ns, second->oldest_ns);
}

static void text_age(const void *row, char *text)
{
	const struct holding *holding = row;

	snprintf(text, COLUMN_TEXT_BYTES, "%s",
		 holding->has_ages ? unit_time(holding->oldest_ns).text : "?");
}

static void text_note(const void *row, char *text)
{
	holding_hint(row, text);
}

static int by_note(const void *a, const void *b)
{
	const struct holding *first = a, *second = b;

	return COLUMN_LARGEST_FIRST(first->doer.not_run_ns,
				    second->doer.not_run_ns);
}

const struct column holding_columns[] = {
	{ "process", "PROCESS", 16, false, true, false, by_process,
	  text_process, NULL },
	{ "thread", "THREAD", 10, false, true, false, by_thread, text_thread,
	  NULL },
	{ "state", "S", 1, false, false, false, by_state, text_state,
	  colour_state },
	{ "tag", "TAG", 9, false, true, false, by_tag, text_tag, NULL },
	{ "pool", "POOL", 12, false, true, false, by_pool, text_pool, NULL },
	{ "node", "NODE", 4, true, false, false, by_node, text_node, NULL },
	{ "count", "COUNT", 6, true, false, false, by_count, text_count, NULL },
	{ "bytes", "BYTES", 10, true, false, false, by_bytes, text_bytes,
	  NULL },
	{ "age", "OLDEST", 11, true, false, false, by_age, text_age, NULL },
	{ "note", "NOTE", 24, false, true, false, by_note, text_note,
	  colour_state },
	{ 0 },
};

static json_t *known(bool is_known, int64_t value)
{
	return is_known ? json_integer(value) : json_null();
}

static json_t *text_or_null(bool is_known, const char *text)
{
	return is_known && *text ? json_text(text) : json_null();
}

static int set(json_t *json, const char *key, json_t *value)
{
	return json_object_set_new(json, key, value);
}

static int add_process(json_t *json, const struct holding *row)
{
	char state[2] = { row->doer.state, '\0' };
	char hint[PROCESS_HINT_BYTES];

	holding_hint(row, hint);
	return set(json, "pid", known(row->pid, row->pid)) ?:
	       set(json, "process", text_or_null(true, row->comm)) ?:
	       set(json, "state", text_or_null(true, state)) ?:
	       set(json, "not_run_ns",
		   known(row->doer.not_run_ns, row->doer.not_run_ns)) ?:
	       set(json, "note", text_or_null(true, hint));
}

static int add_thread(json_t *json, const struct holding *row)
{
	return set(json, "tid", known(row->tid, row->tid)) ?:
	       set(json, "thread", text_or_null(row->is_thread,
						row->doer.name));
}

static int add_pool(json_t *json, const struct holding *row)
{
	return set(json, "pool", json_text(row->pool_id)) ?:
	       set(json, "pool_name", json_text(row->pool)) ?:
	       set(json, "provider",
		   json_string(row->is_kernel ? "kernel" : "user"));
}

static json_t *ages_json(const struct holding *row)
{
	json_t *ages = row->has_ages ? json_array() : json_null();

	for (size_t i = 0; row->has_ages && i < AOIPOOL_AGES; i++)
		json_array_append_new(ages, json_integer(row->ages[i]));
	return ages;
}

static int add_numbers(json_t *json, const struct holding *row)
{
	return set(json, "count", json_integer(row->count)) ?:
	       set(json, "bytes", json_integer(row->bytes)) ?:
	       set(json, "oldest_ns", known(row->has_ages, row->oldest_ns)) ?:
	       set(json, "youngest_ns",
		   known(row->has_ages, row->youngest_ns)) ?:
	       set(json, "ages", ages_json(row));
}

json_t *holding_json(const struct holding *row)
{
	json_t *json = json_object();
	int err = 0;

	if (row->by & HOLDING_PROCESS)
		err = add_process(json, row);
	if (!err && row->by & HOLDING_THREAD)
		err = add_thread(json, row);
	if (!err && row->by & HOLDING_TAG)
		err = set(json, "tag", text_or_null(true, row->tag));
	if (!err && row->by & HOLDING_POOL)
		err = add_pool(json, row);
	if (!err && row->by & HOLDING_NODE)
		err = set(json, "node", known(row->node >= 0, row->node));
	if (!err && !add_numbers(json, row))
		return json;
	json_decref(json);
	return NULL;
}

static bool has_hints(const struct holdings *holdings)
{
	char hint[PROCESS_HINT_BYTES];

	for (size_t i = 0; i < holdings->nr; i++) {
		holding_hint(&holdings->rows[i], hint);
		if (*hint)
			return true;
	}
	return false;
}

static bool is_told(const struct column *column, unsigned int by, bool hints)
{
	static const struct {
		const char *key;
		unsigned int by;
	} needs[] = {
		{ "process", HOLDING_PROCESS }, { "state", HOLDING_PROCESS },
		{ "thread", HOLDING_THREAD },	{ "tag", HOLDING_TAG },
		{ "pool", HOLDING_POOL },	{ "node", HOLDING_NODE },
	};

	for (size_t i = 0; i < sizeof(needs) / sizeof(*needs); i++)
		if (!strcmp(needs[i].key, column->key))
			return by & needs[i].by;
	return hints || strcmp(column->key, "note");
}

int holdings_print(const struct holdings *holdings, unsigned int by)
{
	struct column shown[sizeof(holding_columns) / sizeof(struct column)];
	bool hints = has_hints(holdings);
	const struct column *column;
	size_t nr = 0;

	for (column = holding_columns; column->key; column++)
		if (is_told(column, by, hints))
			shown[nr++] = *column;
	shown[nr] = (struct column){ 0 };
	return column_print(shown, true, holdings->rows, holdings->nr,
			    sizeof(*holdings->rows));
}
