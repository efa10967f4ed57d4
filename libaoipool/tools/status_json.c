// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "event_time.h"
#include "status.h"

#include <errno.h>

#include <aoipool.h>

#include "json.h"

#define MOST_HOLDERS	20

static json_t *kinds_json(const struct kinds *kinds)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o}", "leased_bytes",
			 json_number(kinds->leased_bytes), "reclaimable_bytes",
			 json_number(kinds->reclaimable_bytes),
			 "reserved_bytes", json_number(kinds->reserved_bytes),
			 "apart_bytes", json_number(kinds->apart_bytes),
			 "free_bytes", json_number(kinds->free_bytes));
}

static json_t *counters_json(const struct aoipool_host_state *host)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
			 "reclaimed_bytes", json_number(host->reclaimed_bytes),
			 "failures", json_number(host->failures), "oom_calls",
			 json_number(host->oom_calls), "oom_bytes",
			 json_number(host->oom_bytes), "swept_slabs",
			 json_number(host->swept_slabs), "events",
			 json_number(host->seq), "events_lost",
			 json_number(host->lost));
}

static json_t *host_json(const struct aoipool_host_state *host)
{
	return json_pack("{s:s, s:o, s:o}", "level", level_name(host->level),
			 "available_bytes", json_number(host->available_bytes),
			 "total_bytes", json_number(host->total_bytes));
}

static json_t *node_json(const struct aoipool_node_state *node)
{
	return json_pack("{s:i, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
			 "node", node->node, "level", level_name(node->level),
			 "available_bytes", json_number(node->available_bytes),
			 "total_bytes", json_number(node->total_bytes),
			 "pool_bytes", json_number(node->pool_bytes),
			 "depot_bytes", json_number(node->depot_bytes),
			 "reclaimed_bytes", json_number(node->reclaimed_bytes),
			 "populated_bytes", json_number(node->populated_bytes),
			 "failures", json_number(node->failures));
}

static json_t *nodes_json(const struct sample *sample)
{
	json_t *nodes = json_array();

	for (size_t i = 0; i < sample->nr_nodes; i++)
		json_array_append_new(nodes, node_json(&sample->nodes[i]));
	return nodes;
}

static json_t *module_json(const struct status *status)
{
	const struct aoipool_host_state *host = &status->sample.host;
	const char *version = status->module_version;

	if (!status->sample.has_module)
		return json_null();
	return json_pack("{s:o, s:o}", "version",
			 *version ? json_text(version) : json_null(),
			 "abi_version", json_number(host->abi_version));
}

static json_t *kernel_json(const struct sample *sample)
{
	struct kinds kinds = kinds_of_module(&sample->host);

	if (!sample->has_module)
		return json_null();
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "pools",
			 json_number(sample->host.nr_pools), "pool_bytes",
			 json_number(sample->host.pool_bytes), "depot_bytes",
			 json_number(sample->host.depot_bytes), "limit_bytes",
			 json_number(sample->host.limit_bytes), "memory",
			 kinds_json(&kinds), "counters",
			 counters_json(&sample->host));
}

static json_t *user_process_json(const struct user_process *process)
{
	return json_pack("{s:o, s:o, s:s, s:o, s:o, s:o, s:o}", "pid",
			 json_number(process->pid), "process",
			 json_text(process->comm), "level",
			 level_name(process->level), "pools",
			 json_number(process->nr_pools), "leased_bytes",
			 json_number(process->kinds.leased_bytes),
			 "reclaimable_bytes",
			 json_number(process->kinds.reclaimable_bytes),
			 "reserved_bytes",
			 json_number(process->kinds.reserved_bytes));
}

static json_t *user_json(const struct status *status)
{
	json_t *processes = json_array(), *lacks = json_array();

	for (size_t i = 0; i < status->users.nr; i++)
		json_array_append_new(
			processes, user_process_json(&status->users.rows[i]));
	for (size_t i = 0; user_process_lacks[i]; i++)
		json_array_append_new(lacks,
				      json_string(user_process_lacks[i]));
	return json_pack("{s:o, s:o}", "processes", processes, "not_promised",
			 lacks);
}

static json_t *holders_json(const struct holdings *holdings)
{
	json_t *holders = json_array();

	for (size_t i = 0; i < holdings->nr && i < MOST_HOLDERS; i++)
		json_array_append_new(holders,
				      holding_json(&holdings->rows[i]));
	return holders;
}

int status_print_json(const struct status *status)
{
	const struct sample *sample = &status->sample;
	json_t *host = sample->has_module ? host_json(&sample->host) :
					    json_null();

	return json_show(
		json_pack("{s:s, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
			  "time", event_time_utc(sample_time(sample)).text,
			  "time_unix_ns", json_number(sample_time(sample)),
			  "library_version", aoipool_version(), "module",
			  module_json(status), "host", host, "nodes",
			  nodes_json(sample), "kernel_provider",
			  kernel_json(sample), "user_provider",
			  user_json(status), "hidden_processes",
			  json_number(sample->hidden_processes),
			  "largest_holders", holders_json(&status->holdings)),
		JSON_INDENT(2));
}
