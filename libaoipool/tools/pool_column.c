// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* How a pool is shown: in columns, and as JSON. */
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "pool_row.h"
#include "unit.h"
#include "user.h"

/* A column of a number, by the name of its member. */
#define NUMBER(member)                                                      \
	static int by_##member(const void *a, const void *b)                \
	{                                                                   \
		const struct pool_row *first = a, *second = b;              \
		return COLUMN_LARGEST_FIRST(first->member, second->member); \
	}

#define COUNT(member)                                                       \
	NUMBER(member)                                                      \
	static void text_##member(const void *row, char *text)              \
	{                                                                   \
		const struct pool_row *pool = row;                          \
		snprintf(text, COLUMN_TEXT_BYTES, "%llu",                   \
			 (unsigned long long)pool->member);                 \
	}

#define BYTES(member)                                                       \
	NUMBER(member)                                                      \
	static void text_##member(const void *row, char *text)              \
	{                                                                   \
		const struct pool_row *pool = row;                          \
		snprintf(text, COLUMN_TEXT_BYTES, "%s",                     \
			 unit_bytes(pool->member).text);                    \
	}

#define TEXT(member)                                                        \
	static int by_##member(const void *a, const void *b)                \
	{                                                                   \
		const struct pool_row *first = a, *second = b;              \
		return strcmp(first->member, second->member);               \
	}                                                                   \
	static void text_##member(const void *row, char *text)              \
	{                                                                   \
		const struct pool_row *pool = row;                          \
		snprintf(text, COLUMN_TEXT_BYTES, "%s", pool->member);      \
	}

TEXT(name)
TEXT(type)
COUNT(nr_clients)
COUNT(swept_slabs)
COUNT(failures)
COUNT(exhausted)
COUNT(misuses)
BYTES(slot_bytes)
BYTES(slab_bytes)
BYTES(pool_bytes)
BYTES(held_bytes)
BYTES(idle_bytes)
BYTES(reserved_bytes)
BYTES(apart_bytes)
BYTES(reclaimed_bytes)
NUMBER(level)
NUMBER(held_slabs)

/* As pool_rows_make() has ordered them: small numbers first. */
static int by_id(const void *a, const void *b)
{
	const struct pool_row *first = a, *second = b;

	if (first->is_kernel != second->is_kernel)
		return second->is_kernel - first->is_kernel;
	if (!first->is_kernel && first->pid != second->pid)
		return first->pid < second->pid ? -1 : 1;
	return -COLUMN_LARGEST_FIRST(first->number, second->number);
}

static void text_id(const void *row, char *text)
{
	const struct pool_row *pool = row;

	snprintf(text, COLUMN_TEXT_BYTES, "%s", pool->id);
}

static int by_provider(const void *a, const void *b)
{
	const struct pool_row *first = a, *second = b;

	return second->is_kernel - first->is_kernel;
}

static void text_provider(const void *row, char *text)
{
	const struct pool_row *pool = row;

	strcpy(text, pool->is_kernel ? "kernel" : "user");
}

static int by_user(const void *a, const void *b)
{
	const struct pool_row *first = a, *second = b;

	return (first->uid > second->uid) - (first->uid < second->uid);
}

static void text_user(const void *row, char *text)
{
	const struct pool_row *pool = row;

	snprintf(text, COLUMN_TEXT_BYTES, "%s", user_name(pool->uid).text);
}

static int by_process(const void *a, const void *b)
{
	const struct pool_row *first = a, *second = b;

	return (first->pid > second->pid) - (first->pid < second->pid);
}

/* "engine 4711", and "+2" where two more clients have it open. */
static void text_process(const void *row, char *text)
{
	const struct pool_row *pool = row;
	int used;

	if (!pool->pid && !*pool->comm) {
		strcpy(text, pool->nr_clients ? "?" : "-");
		return;
	}
	used = snprintf(text, COLUMN_TEXT_BYTES, "%s", pool->comm);
	if (pool->pid)
		used += snprintf(text + used, COLUMN_TEXT_BYTES - used, " %u",
				 pool->pid);
	if (pool->nr_clients > 1)
		snprintf(text + used, COLUMN_TEXT_BYTES - used, " +%u",
			 pool->nr_clients - 1);
}

static void text_level(const void *row, char *text)
{
	const struct pool_row *pool = row;

	strcpy(text, level_name(pool->level));
}

static enum terminal_colour colour_level(const void *row)
{
	const struct pool_row *pool = row;

	return terminal_level_colour(pool->level);
}

static void text_slabs(const void *row, char *text)
{
	const struct pool_row *pool = row;

	snprintf(text, COLUMN_TEXT_BYTES, "%u/%u/%u", pool->held_slabs,
		 pool->parked_slabs, pool->nr_slabs);
}

static enum terminal_colour colour_failures(const void *row)
{
	const struct pool_row *pool = row;

	return pool->failures ? COLOUR_RED : COLOUR_PLAIN;
}

static enum terminal_colour colour_misuses(const void *row)
{
	const struct pool_row *pool = row;

	return pool->misuses ? COLOUR_RED : COLOUR_PLAIN;
}

const struct column pool_row_columns[] = {
	{ "number", "POOL", 8, true, false, false, by_id, text_id, NULL },
	{ "name", "NAME", 11, false, true, false, by_name, text_name, NULL },
	{ "type", "TYPE", 12, false, true, true, by_type, text_type, NULL },
	{ "provider", "PROVIDER", 8, false, false, true, by_provider,
	  text_provider, NULL },
	{ "user", "USER", 6, false, true, true, by_user, text_user, NULL },
	{ "process", "PROCESS", 15, false, true, false, by_process,
	  text_process, NULL },
	{ "level", "LEVEL", 8, false, false, false, by_level, text_level,
	  colour_level },
	{ "held", "HELD", 10, true, false, false, by_held_bytes,
	  text_held_bytes, NULL },
	{ "idle", "IDLE", 10, true, false, false, by_idle_bytes,
	  text_idle_bytes, NULL },
	{ "reserved", "RESERVED", 10, true, false, true, by_reserved_bytes,
	  text_reserved_bytes, NULL },
	{ "apart", "APART", 10, true, false, true, by_apart_bytes,
	  text_apart_bytes, NULL },
	{ "bytes", "BYTES", 10, true, false, true, by_pool_bytes,
	  text_pool_bytes, NULL },
	{ "slabs", "HELD/IDLE/ALL", 13, true, false, true, by_held_slabs,
	  text_slabs, NULL },
	{ "slab", "SLAB", 9, true, false, true, by_slab_bytes, text_slab_bytes,
	  NULL },
	{ "slot", "SLOT", 9, true, false, true, by_slot_bytes, text_slot_bytes,
	  NULL },
	{ "reclaimed", "RECLAIMED", 10, true, false, false, by_reclaimed_bytes,
	  text_reclaimed_bytes, NULL },
	{ "swept", "SWEPT", 6, true, false, true, by_swept_slabs,
	  text_swept_slabs, NULL },
	{ "failures", "FAILED", 6, true, false, true, by_failures,
	  text_failures, colour_failures },
	{ "exhausted", "EXHAUSTED", 9, true, false, true, by_exhausted,
	  text_exhausted, NULL },
	{ "misuses", "MISUSED", 7, true, false, true, by_misuses, text_misuses,
	  colour_misuses },
	{ "clients", "CLIENTS", 7, true, false, true, by_nr_clients,
	  text_nr_clients, NULL },
	{ 0 },
};

static json_t *known(bool is_known, uint64_t value)
{
	return is_known ? json_number(value) : json_null();
}

static const char *mode_name(uint32_t mode)
{
	static const char *const names[] = { "auto", "none", "slabs", "slots" };

	return mode < sizeof(names) / sizeof(*names) ? names[mode] : "unknown";
}

static json_t *owner_json(const struct pool_row *pool)
{
	return json_pack("{s:o, s:o, s:o, s:o}", "user",
			 json_text(user_name(pool->uid).text), "uid",
			 known(pool->uid != USER_UNKNOWN, pool->uid), "pid",
			 known(pool->pid, pool->pid), "process",
			 pool->pid ? json_text(pool->comm) : json_null());
}

static json_t *size_json(const struct pool_row *pool)
{
	uint32_t used = pool->held_slabs + pool->parked_slabs;

	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "slot_bytes",
			 json_number(pool->slot_bytes), "slab_bytes",
			 json_number(pool->slab_bytes), "slabs",
			 json_number(pool->nr_slabs), "held_slabs",
			 json_number(pool->held_slabs), "parked_slabs",
			 json_number(pool->parked_slabs), "absent_slabs",
			 json_number(pool->nr_slabs > used ?
					     pool->nr_slabs - used : 0));
}

static json_t *bytes_json(const struct pool_row *pool)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "pool_bytes",
			 json_number(pool->pool_bytes), "held_bytes",
			 json_number(pool->held_bytes), "idle_bytes",
			 json_number(pool->idle_bytes), "reclaimable_bytes",
			 json_number(pool_row_reclaimable(pool)),
			 "reserved_bytes", json_number(pool->reserved_bytes),
			 "apart_bytes",
			 known(pool->has_module, pool->apart_bytes));
}

static json_t *counters_json(const struct pool_row *pool)
{
	bool has = pool->has_ledger;

	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
			 "reclaimed_bytes", json_number(pool->reclaimed_bytes),
			 "failures", json_number(pool->failures),
			 "swept_slabs",
			 known(pool->has_module, pool->swept_slabs),
			 "exhausted", known(has, pool->exhausted), "misuses",
			 known(has, pool->misuses), "slots",
			 known(has, pool->slots), "slots_out",
			 known(has, pool->slots_out));
}

/* Merged into one object: keys of the parts differ. */
static void merge(json_t *pool, json_t *part, bool *failed)
{
	if (json_object_update(pool, part))
		*failed = true;
	json_decref(part);
}

json_t *pool_row_json(const struct pool_row *pool)
{
	bool failed = false;
	json_t *json = json_pack(
		"{s:s, s:o, s:o, s:o, s:s, s:s, s:o, s:o, s:o}", "id", pool->id,
		"number", json_number(pool->number), "name",
		json_text(pool->name), "type", json_text(pool->type),
		"provider", pool->is_kernel ? "kernel" : "user", "level",
		level_name(pool->level), "clients",
		known(pool->is_kernel, pool->nr_clients), "custody",
		pool->has_ledger ? json_string(mode_name(pool->mode)) :
				   json_null(),
		"block_bytes",
		known(pool->has_ledger && pool->block_bytes,
		      pool->block_bytes));

	merge(json, owner_json(pool), &failed);
	merge(json, size_json(pool), &failed);
	merge(json, bytes_json(pool), &failed);
	merge(json, counters_json(pool), &failed);
	if (!failed)
		return json;
	json_decref(json);
	return NULL;
}
