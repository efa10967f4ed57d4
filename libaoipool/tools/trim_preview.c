// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "trim_preview.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "array.h"
#include "json.h"
#include "table.h"
#include "unit.h"

/**
 * struct preview
 * @pools: that the trim is for
 * @going_bytes: of all of them, before the bound on the trim
 * @depot_bytes: of the depots, where they are to be trimmed, too
 */
struct preview {
	const struct aoipool_host_trim *trim;
	struct aoipool_pool_state *pools;
	size_t nr_pools;
	uint64_t going_bytes;
	uint64_t depot_bytes;
};

static uint64_t minus(uint64_t bytes, uint64_t less)
{
	return bytes > less ? bytes - less : 0;
}

static uint64_t going_of(const struct preview *preview,
			 const struct aoipool_pool_state *pool)
{
	uint64_t bytes = minus(pool->idle_bytes, pool->apart_bytes);

	if (preview->trim->flags & AOIPOOL_HOST_TRIM_RESERVE)
		return bytes;
	return minus(bytes, pool->reserved_bytes);
}

static int add_pool(void *arg, const struct aoipool_pool_state *pool)
{
	struct preview *preview = arg;

	if (preview->trim->pool && preview->trim->pool != pool->pool)
		return 0;
	preview->going_bytes += going_of(preview, pool);
	return array_add(&preview->pools, &preview->nr_pools, pool);
}

static int add_depot(struct preview *preview)
{
	struct aoipool_host_state state = { .size = sizeof(state) };
	int err;

	if (!(preview->trim->flags & AOIPOOL_HOST_TRIM_DEPOT))
		return 0;
	err = aoipool_listener_state(NULL, &state);
	preview->depot_bytes = state.depot_bytes;
	return err;
}

static int ask(struct preview *preview)
{
	int err = aoipool_for_each_pool(add_pool, preview);

	if (!err && preview->trim->pool && !preview->nr_pools)
		return -ENOENT;
	return err ? err : add_depot(preview);
}

static uint64_t least_of(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t pool_bytes(const struct preview *preview)
{
	return least_of(preview->going_bytes, preview->trim->max_bytes);
}

/* The depot gives what is left of the bound. */
static uint64_t depot_bytes(const struct preview *preview)
{
	return least_of(preview->depot_bytes,
			preview->trim->max_bytes - pool_bytes(preview));
}

static json_t *pool_json(const struct preview *preview,
			 const struct aoipool_pool_state *pool)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "pool",
			 json_number(pool->pool), "name", json_text(pool->name),
			 "idle_bytes", json_number(pool->idle_bytes),
			 "reserved_bytes", json_number(pool->reserved_bytes),
			 "apart_bytes", json_number(pool->apart_bytes),
			 "could_go_bytes",
			 json_number(going_of(preview, pool)));
}

static int show_json(const struct preview *preview)
{
	json_t *list = json_array();

	for (size_t i = 0; i < preview->nr_pools; i++)
		json_array_append_new(list,
				      pool_json(preview, &preview->pools[i]));
	return json_show(json_pack("{s:o, s:o, s:o}", "would_free_bytes",
				   json_number(pool_bytes(preview)),
				   "would_free_depot_bytes",
				   json_number(depot_bytes(preview)), "pools",
				   list),
			 JSON_INDENT(2));
}

static const struct table_column columns[] = {
	{ "POOL", true, false },	{ "NAME", false, true },
	{ "IDLE", true, false },	{ "RESERVED", true, false },
	{ "PINNED", true, false },	{ "COULD GO", true, false },
	{ NULL, false, false },
};

static void add_row(struct table *table, const struct preview *preview,
		    const struct aoipool_pool_state *pool)
{
	table_add(table, "%llu", (unsigned long long)pool->pool);
	table_add(table, "%s", pool->name);
	table_add(table, "%s", unit_bytes(pool->idle_bytes).text);
	table_add(table, "%s", unit_bytes(pool->reserved_bytes).text);
	table_add(table, "%s", unit_bytes(pool->apart_bytes).text);
	table_add(table, "%s", unit_bytes(going_of(preview, pool)).text);
}

static int show_table(const struct preview *preview)
{
	struct table *table = table_new(columns);
	int err;

	if (!table)
		return -ENOMEM;
	for (size_t i = 0; i < preview->nr_pools; i++)
		add_row(table, preview, &preview->pools[i]);
	err = table_print(table);
	table_free(table);
	if (err)
		return err;
	printf("%s from pools would go", unit_bytes(pool_bytes(preview)).text);
	if (preview->trim->flags & AOIPOOL_HOST_TRIM_DEPOT)
		printf(", %s from the depot",
		       unit_bytes(depot_bytes(preview)).text);
	putchar('\n');
	return 0;
}

int trim_preview(const struct aoipool_host_trim *trim, bool json)
{
	struct preview preview = { .trim = trim };
	int err = ask(&preview);

	if (!err)
		err = json ? show_json(&preview) : show_table(&preview);
	free(preview.pools);
	return err;
}
