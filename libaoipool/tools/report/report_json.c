// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* The same in numbers for programs. */
#include "json.h"
#include "report.h"
#include "summary.h"
#include "terminal.h"

static json_t *problems_json(const struct recording *recording)
{
	json_t *list = json_array();

	for (size_t i = 0;
	     i < recording->nr_problems && i < RECORDING_PROBLEMS; i++)
		json_array_append_new(
			list, json_pack("{s:o, s:o}", "line",
					json_number(recording->problems[i].line),
					"what",
					json_text(recording->problems[i].what)));
	return list;
}

static json_t *kinds_json(const struct summary *summary)
{
	json_t *object = json_object();

	for (int kind = 0; kind < KINDS; kind++) {
		const struct summary_kind *of = &summary->kinds[kind];

		json_object_set_new(
			object, report_kind_names[kind],
			json_pack("{s:o, s:o, s:o, s:o, s:o}", "first_bytes",
				  json_number(of->first), "least_bytes",
				  json_number(of->least), "mean_bytes",
				  json_number(of->mean), "most_bytes",
				  json_number(of->most), "last_bytes",
				  json_number(of->last)));
	}
	return object;
}

static json_t *processes_json(const struct recording *recording)
{
	struct summary_process list[SUMMARY_PROCESSES];
	size_t nr = summary_processes(list, recording);
	json_t *array = json_array();

	for (size_t i = 0; i < nr; i++)
		json_array_append_new(
			array,
			json_pack("{s:i, s:o, s:o, s:o, s:o}", "pid",
				  list[i].last->pid, "comm",
				  json_text(list[i].last->comm),
				  "first_rss_bytes",
				  json_number(list[i].first->rss_bytes),
				  "most_rss_bytes",
				  json_number(list[i].most_rss_bytes),
				  "last_rss_bytes",
				  json_number(list[i].last->rss_bytes)));
	return array;
}

static json_t *worst_json(const struct recording_latency *worst)
{
	if (!worst)
		return json_null();
	return json_pack("{s:o, s:o, s:o, s:o}", "meter",
			 json_text(worst->meter), "time_ns",
			 json_number(worst->time_ns), "p99_ns",
			 json_number(worst->p99_ns), "max_ns",
			 json_number(worst->max_ns));
}

json_t *report_json(const struct recording *recording)
{
	struct summary summary;

	summary_make(&summary, recording);
	return json_pack(
		"{s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
		"host", json_text(recording->host), "begin_ns",
		json_number(recording->begin_ns), "end_ns",
		json_number(recording->end_ns), "samples",
		json_number(recording->nr_samples), "events",
		json_number(recording->nr_events), "latencies",
		json_number(recording->nr_latencies), "has_ended",
		(int)recording->has_ended, "unreadable_lines",
		json_number(recording->nr_problems), "problems",
		problems_json(recording), "highest_level",
		summary.has_level ? json_string(level_name(summary.level)) :
				    json_null(),
		"under_pressure_ns", json_number(summary.pressed_ns),
		"reclaimed_bytes", json_number(summary.reclaimed_bytes),
		"failures", json_number(summary.failures), "oom_calls",
		json_number(summary.oom_calls), "memory", kinds_json(&summary),
		"processes", processes_json(recording), "worst_latency",
		worst_json(summary.worst));
}
