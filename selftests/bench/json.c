// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>

#include "goal.h"
#include "json.h"

static void add_text(struct json_object *to, const char *key, const char *text)
{
	json_object_object_add(to, key, json_object_new_string(text));
}

static void add_number(struct json_object *to, const char *key, double value)
{
	json_object_object_add(to, key, json_object_new_double(value));
}

static void add_count(struct json_object *to, const char *key, uint64_t value)
{
	json_object_object_add(to, key, json_object_new_int64((int64_t)value));
}

static struct json_object *host_json(const struct host *host)
{
	struct json_object *json = json_object_new_object();

	add_text(json, "processor", host->processor);
	add_count(json, "cpus", host->cpus);
	add_text(json, "kernel", host->kernel);
	add_text(json, "transparent_huge_pages", host->huge_pages);
	add_number(json, "load_before", host->load);
	return json;
}

static void add_times(struct json_object *to, const struct cell *cell)
{
	add_number(to, "median_ns", cell->median);
	add_number(to, "min_ns", cell->min);
	add_number(to, "max_ns", cell->max);
	if (cell->ratio > 0)
		add_number(to, "ratio_to_best_peer", cell->ratio);
}

static struct json_object *cell_json(unsigned int i, const struct cell *cell)
{
	static const char *const states[] = {
		[CELL_DONE] = "done",
		[CELL_SKIPPED] = "skipped",
		[CELL_CRASHED] = "crashed",
	};
	struct json_object *json = json_object_new_object();

	add_text(json, "variant", variants[i].name);
	add_text(json, "state", states[cell->state]);
	if (cell->text[0])
		add_text(json, "note", cell->text);
	if (cell->state == CELL_DONE)
		add_times(json, cell);
	return json;
}

static struct json_object *result_json(const struct result *result)
{
	struct json_object *json = json_object_new_object();
	struct json_object *list = json_object_new_array();

	add_text(json, "line", result->line->name);
	add_text(json, "title", result->line->title);
	for (unsigned int i = 0; i < nr_variants; i++)
		if (result->cells[i].state != CELL_NONE)
			json_object_array_add(list,
					      cell_json(i, &result->cells[i]));
	json_object_object_add(json, "variants", list);
	return json;
}

static struct json_object *instructions_json(const struct report *report)
{
	struct json_object *json = json_object_new_object();

	for (unsigned int i = 0; i < nr_variants; i++) {
		const struct instructions *count = &report->instructions[i];
		struct json_object *one;

		if (!count->stepped && !count->callgrind)
			continue;
		one = json_object_new_object();
		add_count(one, "stepped", count->stepped);
		add_count(one, "callgrind", count->callgrind);
		json_object_object_add(json, variants[i].name, one);
	}
	return json;
}

static struct json_object *goal_json(const struct goal *goal,
				     const struct report *report)
{
	struct reached reached = goal_look(goal, report);
	struct json_object *json = json_object_new_object();

	add_text(json, "line", goal->line);
	add_text(json, "peers", *goal->peers ? goal->peers : "all");
	add_number(json, "wanted", goal->ratio);
	add_text(json, "verdict", goal_word(reached.verdict));
	if (reached.verdict == GOAL_UNKNOWN)
		return json;
	add_text(json, "peer", reached.peer);
	add_number(json, "reached", reached.ratio);
	add_number(json, "reached_by_minima", reached.of_minima);
	return json;
}

static struct json_object *goals_json(const struct report *report)
{
	struct json_object *list = json_object_new_array();

	for (unsigned int i = 0; i < nr_goals; i++)
		json_object_array_add(list, goal_json(&goals[i], report));
	return list;
}

static struct json_object *report_json(const struct report *report,
				       const struct host *host)
{
	struct json_object *json = json_object_new_object();
	struct json_object *list = json_object_new_array();

	json_object_object_add(json, "host", host_json(host));
	add_count(json, "rounds", report->rounds);
	json_object_object_add(json, "quick",
			       json_object_new_boolean(report->quick));
	for (unsigned int n = 0; n < report->nr; n++)
		json_object_array_add(list, result_json(&report->results[n]));
	json_object_object_add(json, "lines", list);
	json_object_object_add(json, "goals", goals_json(report));
	if (report->counted)
		json_object_object_add(json, "instructions_a_pair",
				       instructions_json(report));
	return json;
}

int json_write(const struct report *report, const struct host *host,
	       const char *path)
{
	struct json_object *json = report_json(report, host);
	FILE *file = strcmp(path, "-") ? fopen(path, "we") : stdout;
	int bad;

	if (!file) {
		bad = -errno;
		json_object_put(json);
		return bad;
	}
	bad = fprintf(file, "%s\n", json_object_to_json_string_ext(
				json, JSON_C_TO_STRING_PRETTY)) < 0;
	json_object_put(json);
	if (file == stdout ? fflush(file) : fclose(file))
		bad = 1;
	return bad ? -EIO : 0;
}
