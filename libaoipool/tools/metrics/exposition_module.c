// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* What the module says of host, nodes and pools. */
#include <stdio.h>
#include <stdlib.h>

#include "exposition.h"
#include "field.h"
#include "rank.h"
#include "tunable.h"

#define HOST(type, member, name, help) \
	FIELD(type, struct aoipool_host_state, member, "aoipool_" name, help)
#define NODE(type, member, name, help) \
	FIELD(type, struct aoipool_node_state, member, "aoipool_node_" name, help)
#define POOL(type, member, name, help) \
	FIELD(type, struct aoipool_pool_state, member, "aoipool_pool_" name, help)

static const struct field host_fields[] = {
	HOST(GAUGE, level, "pressure_level",
	     "Pressure of the host: 0 none, 1 low, 2 high, 3 critical."),
	HOST(GAUGE, nr_pools, "pools", "Pools that the module has."),
	HOST(GAUGE, available_bytes, "host_available_bytes",
	     "Memory that could be had on the host."),
	HOST(GAUGE, total_bytes, "host_memory_bytes", "Memory of the host."),
	HOST(GAUGE, limit_bytes, "limit_bytes",
	     "Bound on what the module's pools and the depot have."),
	HOST(GAUGE, pool_bytes, "populated_bytes",
	     "Memory that the module's pools have."),
	HOST(GAUGE, depot_bytes, "depot_bytes",
	     "Clean memory that the module keeps ready."),
	HOST(GAUGE, idle_bytes, "idle_bytes",
	     "Memory of parked slabs, when they were counted last."),
	HOST(GAUGE, reserved_bytes, "reserved_bytes",
	     "Of the idle memory, what reserves keep."),
	HOST(GAUGE, apart_bytes, "apart_bytes",
	     "Of the idle memory, what cannot be taken because somebody pins it."),
	HOST(COUNTER, reclaimed_bytes, "reclaimed_bytes_total",
	     "Memory taken from pools since the module was loaded."),
	HOST(COUNTER, swept_slabs, "swept_slabs_total",
	     "Slabs of clients that ended without giving them back."),
	HOST(COUNTER, oom_calls, "oom_calls_total",
	     "Times that the kernel was about to kill for want of memory and asked the module."),
	HOST(COUNTER, oom_bytes, "oom_freed_bytes_total",
	     "Memory that the module gave back when it was asked so."),
	HOST(COUNTER, failures, "populate_failures_total",
	     "Populates that got no memory."),
	HOST(COUNTER, seq, "events_total", "Events that the module told."),
	HOST(COUNTER, lost, "events_lost_total",
	     "Events that the module had to drop."),
};

static const struct field node_fields[] = {
	NODE(GAUGE, level, "pressure_level",
	     "Pressure of a node: 0 none, 1 low, 2 high, 3 critical."),
	NODE(GAUGE, available_bytes, "available_bytes",
	     "Memory that could be had on a node."),
	NODE(GAUGE, total_bytes, "memory_bytes", "Memory of a node."),
	NODE(GAUGE, pool_bytes, "populated_bytes",
	     "Memory of a node that the module's pools have."),
	NODE(GAUGE, depot_bytes, "depot_bytes",
	     "Clean memory of a node that the module keeps ready."),
	NODE(COUNTER, reclaimed_bytes, "reclaimed_bytes_total",
	     "Memory of a node taken from pools since the module was loaded."),
	NODE(COUNTER, populated_bytes, "populated_bytes_total",
	     "Memory of a node given to pools since the module was loaded."),
	NODE(COUNTER, failures, "populate_failures_total",
	     "Populates that got no memory of a node."),
};

static const struct field pool_fields[] = {
	POOL(GAUGE, level, "pressure_level",
	     "Pressure that a pool sees: 0 none, 1 low, 2 high, 3 critical."),
	POOL(GAUGE, nr_slabs, "slabs", "Slabs of a pool; its bound."),
	POOL(GAUGE, held_slabs, "held_slabs", "Slabs that somebody holds."),
	POOL(GAUGE, parked_slabs, "parked_slabs", "Slabs that are idle."),
	POOL(GAUGE, nr_clients, "clients", "Clients of a pool."),
	POOL(GAUGE, slab_bytes, "slab_bytes", "Size of one slab."),
	POOL(GAUGE, pool_bytes, "populated_bytes", "Memory that a pool has."),
	POOL(GAUGE, held_bytes, "held_bytes",
	     "Memory of slabs that somebody holds."),
	POOL(GAUGE, idle_bytes, "idle_bytes", "Memory of idle slabs."),
	POOL(GAUGE, reserved_bytes, "reserved_bytes",
	     "Of the idle memory, what the reserve keeps."),
	POOL(GAUGE, apart_bytes, "apart_bytes",
	     "Of the idle memory, what cannot be taken because somebody pins it."),
	POOL(COUNTER, reclaimed_bytes, "reclaimed_bytes_total",
	     "Memory taken from a pool since it was made."),
	POOL(COUNTER, swept_slabs, "swept_slabs_total",
	     "Slabs of clients that ended without giving them back."),
	POOL(COUNTER, failures, "populate_failures_total",
	     "Populates of a pool that got no memory."),
};

/* Numbers that are to be had from sysfs only. */
struct file {
	struct metric_family family;
	const char *name;
};

static const struct file host_files[] = {
	{ { "aoipool_taken_blocks_total",
	    "Blocks of 2 MiB taken from the page allocator since the module was loaded.",
	    METRIC_COUNTER, false }, "counters/blocks_out" },
	{ { "aoipool_returned_blocks_total",
	    "Blocks of 2 MiB given back to the page allocator since the module was loaded.",
	    METRIC_COUNTER, false }, "counters/blocks_in" },
};

static const struct file node_files[] = {
	{ { "aoipool_node_depot_low_bytes",
	    "Below this the module fills the depot of a node.",
	    METRIC_GAUGE, false }, "depot_low_bytes" },
	{ { "aoipool_node_depot_high_bytes",
	    "Up to this the module fills the depot of a node.",
	    METRIC_GAUGE, false }, "depot_high_bytes" },
};

static const struct metric_family left_out = {
	"aoipool_pools_left_out",
	"Pools of the module without series of their own: those with the least memory.",
	METRIC_GAUGE, false,
};

#define NR(array)	(sizeof(array) / sizeof(*(array)))

static void put_host(const struct sample *sample, struct metric_sink *sink)
{
	uint64_t value;

	for (size_t i = 0; i < NR(host_fields); i++)
		field_put(sink, &host_fields[i].family,
			  field_value(&host_fields[i], &sample->host));
	for (size_t i = 0; i < NR(host_files); i++)
		if (!tunable_read_number(host_files[i].name, &value))
			field_put(sink, &host_files[i].family, value);
}

static void put_node(struct metric_sink *sink, int node, uint64_t value)
{
	char number[16];
	const struct metric_label labels[] = { { "node", number }, { 0 } };

	snprintf(number, sizeof(number), "%d", node);
	sink->sample(sink, "", labels, value);
}

static int read_node_file(const struct file *file, int node, uint64_t *value)
{
	char name[64];

	snprintf(name, sizeof(name), "node%d/%s", node, file->name);
	return tunable_read_number(name, value);
}

static void put_node_file(const struct sample *sample, const struct file *file,
			  struct metric_sink *sink)
{
	bool has_begun = false;
	uint64_t value;

	for (size_t n = 0; n < sample->nr_nodes; n++) {
		if (read_node_file(file, sample->nodes[n].node, &value))
			continue;
		if (!has_begun)
			sink->begin(sink, &file->family);
		has_begun = true;
		put_node(sink, sample->nodes[n].node, value);
	}
}

static void put_nodes(const struct sample *sample, struct metric_sink *sink)
{
	for (size_t i = 0; i < NR(node_fields); i++) {
		sink->begin(sink, &node_fields[i].family);
		for (size_t n = 0; n < sample->nr_nodes; n++)
			put_node(sink, sample->nodes[n].node,
				 field_value(&node_fields[i],
					     &sample->nodes[n]));
	}
	for (size_t i = 0; i < NR(node_files); i++)
		put_node_file(sample, &node_files[i], sink);
}

static void put_pool(struct metric_sink *sink, const struct field *field,
		     const struct aoipool_pool_state *pool)
{
	char number[24];
	const struct metric_label labels[] = {
		{ "pool", number },
		{ "name", pool->name },
		{ "type", pool->type },
		{ 0 },
	};

	snprintf(number, sizeof(number), "%llu",
		 (unsigned long long)pool->pool);
	sink->sample(sink, "", labels, field_value(field, pool));
}

static uint64_t pool_weight(const void *pool)
{
	return ((const struct aoipool_pool_state *)pool)->pool_bytes;
}

static void put_pools(const struct exposition *exposition,
		      const struct sample *sample, struct metric_sink *sink)
{
	struct rank rank;

	if (rank_make(&rank, sample->pools, sample->nr_pools,
		      sizeof(*sample->pools), exposition->top, pool_weight))
		return;
	for (size_t i = 0; i < NR(pool_fields) && rank.nr; i++) {
		sink->begin(sink, &pool_fields[i].family);
		for (size_t n = 0; n < rank.nr; n++)
			put_pool(sink, &pool_fields[i], rank.entries[n]);
	}
	field_put(sink, &left_out, sample->nr_pools - rank.nr);
	rank_free(&rank);
}

void exposition_module(const struct exposition *exposition,
		       const struct sample *sample, struct metric_sink *sink)
{
	put_host(sample, sink);
	put_nodes(sample, sink);
	if (exposition->top)
		put_pools(exposition, sample, sink);
}
