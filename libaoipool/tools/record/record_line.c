// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "record_line.h"

#include <stdio.h>
#include <sys/utsname.h>
#include <time.h>

#include <aoipool.h>

#include "json.h"
#include "kinds.h"
#include "rank.h"
#include "recorder.h"
#include "terminal.h"

static uint64_t ns_of(const struct timespec *time)
{
	return time->tv_sec * UINT64_C(1000000000) + time->tv_nsec;
}

json_t *record_head_line(uint64_t interval_ns)
{
	struct utsname host;

	if (uname(&host))
		return NULL;
	return json_pack("{s:s, s:i, s:o, s:s, s:o, s:o, s:o}", "type",
			 "recording", "version", RECORDING_VERSION, "time_ns",
			 json_number(recorder_now_ns()), "tool",
			 aoipool_version(), "host", json_text(host.nodename),
			 "kernel", json_text(host.release), "interval_ns",
			 json_number(interval_ns));
}

static json_t *kinds_json(const struct sample *sample)
{
	struct kinds kinds = kinds_of_sample(sample);

	return json_pack("{s:o, s:o, s:o, s:o, s:o}", "leased_bytes",
			 json_number(kinds.leased_bytes), "reclaimable_bytes",
			 json_number(kinds.reclaimable_bytes), "reserved_bytes",
			 json_number(kinds.reserved_bytes), "apart_bytes",
			 json_number(kinds.apart_bytes), "depot_bytes",
			 json_number(kinds.depot_bytes));
}

static json_t *host_json(const struct sample *sample)
{
	const struct aoipool_host_state *host = &sample->host;

	if (!sample->has_module)
		return json_null();
	return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "level",
			 level_name(host->level), "available_bytes",
			 json_number(host->available_bytes), "total_bytes",
			 json_number(host->total_bytes), "reclaimed_bytes",
			 json_number(host->reclaimed_bytes), "swept_slabs",
			 json_number(host->swept_slabs), "oom_calls",
			 json_number(host->oom_calls), "failures",
			 json_number(host->failures));
}

static json_t *nodes_json(const struct sample *sample)
{
	json_t *list = json_array();

	for (size_t i = 0; i < sample->nr_nodes; i++) {
		const struct aoipool_node_state *node = &sample->nodes[i];

		json_array_append_new(
			list, json_pack("{s:i, s:s, s:o, s:o}", "node",
					node->node, "level",
					level_name(node->level),
					"available_bytes",
					json_number(node->available_bytes),
					"pool_bytes",
					json_number(node->pool_bytes)));
	}
	return list;
}

static json_t *pool_json(const struct aoipool_pool_state *pool)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "pool",
			 json_number(pool->pool), "name", json_text(pool->name),
			 "held_bytes", json_number(pool->held_bytes),
			 "pool_bytes", json_number(pool->pool_bytes),
			 "reclaimed_bytes", json_number(pool->reclaimed_bytes),
			 "failures", json_number(pool->failures));
}

static uint64_t pool_weight(const void *pool)
{
	return ((const struct aoipool_pool_state *)pool)->pool_bytes;
}

static json_t *pools_json(const struct sample *sample)
{
	json_t *list = json_array();
	struct rank rank;

	if (rank_make(&rank, sample->pools, sample->nr_pools,
		      sizeof(*sample->pools), RECORD_TOP, pool_weight)) {
		json_decref(list);
		return NULL;
	}
	for (size_t i = 0; i < rank.nr; i++)
		json_array_append_new(list, pool_json(rank.entries[i]));
	rank_free(&rank);
	return list;
}

static json_t *ledger_json(const struct aoipool_pool_entry *pool)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:b, s:s, s:o, s:o, s:o, s:o}",
			 "pid", json_number(pool->pid), "comm",
			 json_text(pool->comm), "pool",
			 json_number(pool->pool), "name",
			 json_text(pool->name), "is_kernel",
			 (int)pool->is_kernel, "level",
			 level_name(pool->level), "out_bytes",
			 json_number(pool->slots_out * pool->slot_bytes),
			 "resident_bytes", json_number(pool->resident_bytes),
			 "exhausted", json_number(pool->exhausted), "misuses",
			 json_number(pool->misuses));
}

static uint64_t ledger_weight(const void *entry)
{
	const struct aoipool_pool_entry *pool = entry;

	return pool->slots_out * pool->slot_bytes;
}

static json_t *ledgers_json(const struct sample *sample)
{
	json_t *list = json_array();
	struct rank rank;

	if (rank_make(&rank, sample->ledgers, sample->nr_ledgers,
		      sizeof(*sample->ledgers), RECORD_TOP, ledger_weight)) {
		json_decref(list);
		return NULL;
	}
	for (size_t i = 0; i < rank.nr; i++)
		json_array_append_new(list, ledger_json(rank.entries[i]));
	rank_free(&rank);
	return list;
}

static json_t *figures_json(const struct figures *figures, size_t nr)
{
	json_t *list = json_array();

	for (const struct figures *at = figures; at < figures + nr; at++)
		json_array_append_new(
			list,
			json_pack("{s:i, s:o, s:o, s:o, s:o, s:o, s:o}", "pid",
				  (int)at->pid, "comm", json_text(at->comm),
				  "rss_bytes", json_number(at->rss_bytes),
				  "anon_bytes", json_number(at->anon_bytes),
				  "heap_bytes", json_number(at->heap_bytes),
				  "minor_faults", json_number(at->minor_faults),
				  "major_faults",
				  json_number(at->major_faults)));
	return list;
}

json_t *record_sample_line(const struct sample *sample,
			   const struct figures *figures, size_t nr_figures)
{
	return json_pack("{s:s, s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:o}",
			 "type", "sample", "time_ns",
			 json_number(ns_of(&sample->time)), "module",
			 (int)sample->has_module, "memory", kinds_json(sample),
			 "host", host_json(sample), "nodes", nodes_json(sample),
			 "pools", pools_json(sample), "process_pools",
			 ledgers_json(sample), "processes",
			 figures_json(figures, nr_figures));
}

json_t *record_end_line(const char *why)
{
	return json_pack("{s:s, s:o, s:s}", "type", "end", "time_ns",
			 json_number(recorder_now_ns()), "why", why);
}

static uint64_t field(const json_t *line, const char *name)
{
	const json_t *value = json_object_get(line, name);

	return json_is_integer(value) && json_integer_value(value) > 0 ?
		       json_integer_value(value) : 0;
}

json_t *record_latency_line(const char *text, uint64_t since_ns, bool *is_bad)
{
	json_t *line = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	uint64_t time_ns = field(line, "time_ns");

	*is_bad = !time_ns || !json_is_integer(json_object_get(line, "p50_ns")) ||
		  !json_is_integer(json_object_get(line, "p99_ns"));
	if (!*is_bad && time_ns >= since_ns) {
		json_object_set_new(line, "type", json_string("latency"));
		return line;
	}
	json_decref(line);
	return NULL;
}
