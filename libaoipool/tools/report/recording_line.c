// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* The lines of a recording, kind by kind.  A file may hold anything. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "array.h"
#include "recording.h"
#include "unit.h"

/* A number that is there and not below 0, or 0. */
static uint64_t number(const json_t *object, const char *name)
{
	json_int_t value = json_integer_value(json_object_get(object, name));

	return value > 0 ? value : 0;
}

static const char *text(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name)) ?: "";
}

static int node_of(const json_t *object)
{
	json_int_t node = json_integer_value(json_object_get(object, "node"));

	return node >= 0 && node < 1024 ? node : RECORDING_NODE_HOST;
}

static unsigned int level_of(const json_t *object)
{
	static const char *const names[] = { "none", "low", "high", "critical" };
	const char *name = text(object, "level");

	for (unsigned int level = 0; level < 4; level++)
		if (!strcmp(name, names[level]))
			return level;
	return 0;
}

static int add_level(struct recording *recording, uint64_t time_ns, int node,
		     unsigned int level)
{
	struct recording_level entry = { time_ns, node, level };

	return array_add(&recording->levels, &recording->nr_levels, &entry);
}

static int take_levels(struct recording *recording, const json_t *line,
		       uint64_t time_ns)
{
	const json_t *host = json_object_get(line, "host"), *node;
	size_t i;
	int err = 0;

	if (json_is_object(host))
		err = add_level(recording, time_ns, RECORDING_NODE_HOST,
				level_of(host));
	json_array_foreach(json_object_get(line, "nodes"), i, node)
		if (!err)
			err = add_level(recording, time_ns, node_of(node),
					level_of(node));
	return err;
}

/* Of a host without the module, what processes see is all there is. */
static int take_process_level(struct recording *recording, const json_t *line,
			      uint64_t time_ns)
{
	const json_t *list = json_object_get(line, "process_pools"), *pool;
	unsigned int level = 0;
	size_t i;

	if (!json_array_size(list) || json_is_object(json_object_get(line, "host")))
		return 0;
	json_array_foreach(list, i, pool)
		if (level_of(pool) > level)
			level = level_of(pool);
	return add_level(recording, time_ns, RECORDING_NODE_PROCESSES, level);
}

static void keep_most(uint64_t *most, uint64_t value)
{
	if (value > *most)
		*most = value;
}

static struct recording_pool *find_pool(struct recording *recording,
					uint64_t pool, int pid)
{
	for (size_t i = 0; i < recording->nr_pools; i++)
		if (recording->pools[i].pool == pool &&
		    recording->pools[i].pid == pid)
			return &recording->pools[i];
	return NULL;
}

static int get_pool(struct recording *recording, const json_t *object, int pid,
		    struct recording_pool **pool)
{
	struct recording_pool made = { .pool = number(object, "pool"),
				       .pid = pid };
	int err;

	*pool = find_pool(recording, made.pool, pid);
	if (*pool)
		return 0;
	snprintf(made.name, sizeof(made.name), "%s", text(object, "name"));
	snprintf(made.comm, sizeof(made.comm), "%s", text(object, "comm"));
	err = array_add(&recording->pools, &recording->nr_pools, &made);
	if (!err)
		*pool = &recording->pools[recording->nr_pools - 1];
	return err;
}

static int take_pool(struct recording *recording, const json_t *object)
{
	struct recording_pool *pool;
	int err = get_pool(recording, object, 0, &pool);

	if (err)
		return err;
	keep_most(&pool->most_held_bytes, number(object, "held_bytes"));
	keep_most(&pool->most_bytes, number(object, "pool_bytes"));
	keep_most(&pool->reclaimed_bytes, number(object, "reclaimed_bytes"));
	keep_most(&pool->failures, number(object, "failures"));
	return 0;
}

/* Those of the module are in its own list already. */
static int take_process_pool(struct recording *recording, const json_t *object)
{
	struct recording_pool *pool;
	int err;

	if (json_is_true(json_object_get(object, "is_kernel")))
		return 0;
	err = get_pool(recording, object, number(object, "pid"), &pool);
	if (err)
		return err;
	keep_most(&pool->most_held_bytes, number(object, "out_bytes"));
	keep_most(&pool->most_bytes, number(object, "resident_bytes"));
	keep_most(&pool->failures, number(object, "exhausted"));
	return 0;
}

static int take_figures(struct recording *recording, const json_t *object,
			uint64_t time_ns)
{
	struct recording_figures figures = {
		.time_ns = time_ns,
		.pid = number(object, "pid"),
		.rss_bytes = number(object, "rss_bytes"),
		.anon_bytes = number(object, "anon_bytes"),
		.heap_bytes = number(object, "heap_bytes"),
		.major_faults = number(object, "major_faults"),
	};

	snprintf(figures.comm, sizeof(figures.comm), "%s",
		 text(object, "comm"));
	return array_add(&recording->figures, &recording->nr_figures, &figures);
}

static int take_lists(struct recording *recording, const json_t *line,
		      uint64_t time_ns)
{
	const json_t *one;
	int err = 0;
	size_t i;

	json_array_foreach(json_object_get(line, "pools"), i, one)
		if (!err)
			err = take_pool(recording, one);
	json_array_foreach(json_object_get(line, "process_pools"), i, one)
		if (!err)
			err = take_process_pool(recording, one);
	json_array_foreach(json_object_get(line, "processes"), i, one)
		if (!err)
			err = take_figures(recording, one, time_ns);
	return err;
}

static int take_sample(struct recording *recording, const json_t *line,
		       uint64_t time_ns, const char **why)
{
	const json_t *memory = json_object_get(line, "memory");
	const json_t *host = json_object_get(line, "host");
	struct recording_sample sample = {
		.time_ns = time_ns,
		.has_module = json_is_object(host),
		.kinds = {
			[KIND_LEASED] = number(memory, "leased_bytes"),
			[KIND_APART] = number(memory, "apart_bytes"),
			[KIND_RESERVED] = number(memory, "reserved_bytes"),
			[KIND_RECLAIMABLE] = number(memory, "reclaimable_bytes"),
			[KIND_DEPOT] = number(memory, "depot_bytes"),
		},
		.available_bytes = number(host, "available_bytes"),
		.total_bytes = number(host, "total_bytes"),
		.reclaimed_bytes = number(host, "reclaimed_bytes"),
		.failures = number(host, "failures"),
		.oom_calls = number(host, "oom_calls"),
		.swept_slabs = number(host, "swept_slabs"),
	};

	if (!json_is_object(memory)) {
		*why = "a sample without \"memory\"";
		return -EINVAL;
	}
	return array_add(&recording->samples, &recording->nr_samples,
			 &sample) ?:
	       take_levels(recording, line, time_ns) ?:
	       take_process_level(recording, line, time_ns) ?:
	       take_lists(recording, line, time_ns);
}

static void list_causes(const json_t *line, char *to, size_t bytes)
{
	const json_t *cause;
	size_t i, at = 0;

	*to = '\0';
	json_array_foreach(json_object_get(line, "causes"), i, cause)
		if (at < bytes && json_is_string(cause))
			at += snprintf(to + at, bytes - at, "%s%s",
				       at ? ", " : "",
				       json_string_value(cause));
}

static void describe(struct recording_event *event, const json_t *line)
{
	char causes[64];

	list_causes(line, causes, sizeof(causes));
	if (!strcmp(event->kind, "level"))
		snprintf(event->what, sizeof(event->what), "from %s to %s",
			 text(line, "level_before"), text(line, "level"));
	else if (!strcmp(event->kind, "reclaim"))
		snprintf(event->what, sizeof(event->what), "%s taken (%s)",
			 unit_bytes(event->bytes).text, causes);
	else if (!strcmp(event->kind, "sweep"))
		snprintf(event->what, sizeof(event->what),
			 "%.16s (%llu) ended with %llu slabs of pool %.32s",
			 text(line, "comm"),
			 (unsigned long long)number(line, "pid"),
			 (unsigned long long)number(line, "slabs"),
			 text(line, "name"));
	else if (!strcmp(event->kind, "exhausted"))
		snprintf(event->what, sizeof(event->what),
			 "pool %.32s could not serve %llu times: no %s",
			 text(line, "name"),
			 (unsigned long long)number(line, "count"),
			 text(line, "reason"));
	else if (!strcmp(event->kind, "lost"))
		snprintf(event->what, sizeof(event->what),
			 "%llu events are missing",
			 (unsigned long long)number(line, "count"));
}

static int take_event(struct recording *recording, const json_t *line,
		      uint64_t time_ns, const char **why)
{
	struct recording_event event = {
		.time_ns = time_ns,
		.node = node_of(line),
		.bytes = number(line, "reclaimed_bytes"),
	};

	if (!*text(line, "event")) {
		*why = "an event without \"event\"";
		return -EINVAL;
	}
	snprintf(event.kind, sizeof(event.kind), "%s", text(line, "event"));
	snprintf(event.level, sizeof(event.level), "%s", text(line, "level"));
	describe(&event, line);
	return array_add(&recording->events, &recording->nr_events, &event);
}

static int take_latency(struct recording *recording, const json_t *line,
			uint64_t time_ns)
{
	struct recording_latency latency = {
		.time_ns = time_ns,
		.count = number(line, "count"),
		.p50_ns = number(line, "p50_ns"),
		.p99_ns = number(line, "p99_ns"),
		.max_ns = number(line, "max_ns"),
	};
	const char *meter = text(line, "meter");

	snprintf(latency.meter, sizeof(latency.meter), "%s",
		 *meter ? meter : "latency");
	return array_add(&recording->latencies, &recording->nr_latencies,
			 &latency);
}

static int take_end(struct recording *recording, const json_t *line)
{
	recording->has_ended = true;
	snprintf(recording->why, sizeof(recording->why), "%s",
		 text(line, "why"));
	return 0;
}

static int take_known(struct recording *recording, const json_t *line,
		      uint64_t time_ns, const char **why)
{
	const char *type = text(line, "type");

	if (!strcmp(type, "sample"))
		return take_sample(recording, line, time_ns, why);
	if (!strcmp(type, "event"))
		return take_event(recording, line, time_ns, why);
	if (!strcmp(type, "latency"))
		return take_latency(recording, line, time_ns);
	if (!strcmp(type, "end"))
		return take_end(recording, line);
	*why = "a line of an unknown type";
	return -EINVAL;
}

int recording_take(struct recording *recording, const json_t *line,
		   const char **why)
{
	uint64_t time_ns = number(line, "time_ns");
	int err;

	if (!time_ns) {
		*why = "a line without a time";
		return -EINVAL;
	}
	err = take_known(recording, line, time_ns, why);
	if (err)
		return err;
	if (!recording->begin_ns || time_ns < recording->begin_ns)
		recording->begin_ns = time_ns;
	if (time_ns > recording->end_ns)
		recording->end_ns = time_ns;
	return 0;
}
