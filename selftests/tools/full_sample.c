// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: full_sample [--json] [TOP]
 *
 * The metrics of a host that has everything, the names of which are as bad as
 * they can be: what 'aoipoolctl metrics' would say there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exposition.h"
#include "json.h"

#define MIB	(UINT64_C(1) << 20)

static struct aoipool_node_state nodes[] = {
	{ .node = 0, .level = AOIPOOL_LEVEL_LOW, .available_bytes = 100 * MIB },
	{ .node = 1, .total_bytes = 500 * MIB, .reclaimed_bytes = 6 * MIB },
};

static struct aoipool_pool_state pools[] = {
	{ .pool = 7, .pool_bytes = 30 * MIB, .held_bytes = 20 * MIB,
	  .nr_slabs = 16, .held_slabs = 10, .parked_slabs = 5,
	  .name = "quote\" slash\\", .type = "line\nbreak" },
	{ .pool = 8, .pool_bytes = 40 * MIB, .reclaimed_bytes = 2 * MIB,
	  .name = "bad \xff utf", .type = "frame@1" },
	{ .pool = UINT64_MAX, .pool_bytes = 1, .name = "{} le=\"1\"",
	  .type = "# TYPE x" },
};

static struct aoipool_pool_entry ledgers[] = {
	{ .pool = 1, .pid = 4711, .slots = 96, .slots_out = 12,
	  .slot_bytes = 2 * MIB, .slab_bytes = 2 * MIB, .reserve_slabs = 3,
	  .resident_bytes = 40 * MIB, .idle_bytes = 16 * MIB, .exhausted = 4,
	  .misuses = 2, .name = "camera", .type = "mono8@1",
	  .comm = "a \"b\\ c\n" },
	{ .pool = 2, .pid = 4711, .is_kernel = 1, .slots = 10, .name = "kernel",
	  .type = "mono8@1", .comm = "engine" },
};

static struct aoipool_custody custody[] = {
	{ .pool = 1, .pid = 4711, .tid = 1, .count = 3, .bytes = 6 * MIB,
	  .oldest_ns = 1500000000, .ages = { 1, 0, 2 }, .tag = "top.c:12",
	  .name = "camera" },
	{ .pool = 1, .pid = 4711, .tid = 2, .count = 2, .bytes = 4 * MIB,
	  .oldest_ns = 2500000000, .ages = { [8] = 2 }, .tag = "top.c:12",
	  .name = "camera" },
	{ .pool = 1, .pid = 4711, .tid = 2, .count = 7, .bytes = 14 * MIB,
	  .oldest_ns = 1, .ages = { 7 }, .tag = "", .name = "camera" },
};

#define NR(array)	(sizeof(array) / sizeof(*(array)))

static const struct sample full = {
	.has_module = true,
	.host = {
		.level = AOIPOOL_LEVEL_HIGH, .nr_pools = 3,
		.total_bytes = 1000 * MIB, .pool_bytes = 70 * MIB,
		.idle_bytes = 20 * MIB, .reserved_bytes = 4 * MIB,
		.apart_bytes = 2 * MIB, .depot_bytes = 8 * MIB,
		.abi_version = 1,
	},
	.nodes = nodes, .nr_nodes = NR(nodes),
	.pools = pools, .nr_pools = NR(pools),
	.ledgers = ledgers, .nr_ledgers = NR(ledgers),
	.custody = custody, .nr_custody = NR(custody),
	.hidden_processes = 3,
};

static int show_json(const struct exposition *exposition)
{
	struct metric_json json;

	metric_json_init(&json);
	exposition_write(exposition, &full, 12345678, &json.sink);
	return json_show(json_pack("{s:o}", "metrics", json.array),
			 JSON_INDENT(2));
}

static int show_text(const struct exposition *exposition)
{
	struct metric_text text;

	metric_text_init(&text, stdout);
	exposition_write(exposition, &full, 12345678, &text.sink);
	return fflush(stdout);
}

int main(int argc, char **argv)
{
	bool json = argc > 1 && !strcmp(argv[1], "--json");
	const char *top = argv[1 + json];
	struct exposition exposition = { .top = top ? atoi(top) : 100 };

	return json ? show_json(&exposition) : show_text(&exposition);
}
