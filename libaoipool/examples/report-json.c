// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * report-json - the same numbers as JSON; times in ns, sizes in bytes.  What
 * cannot be allocated makes a NULL, which every jansson call passes on.
 */
#include <string.h>

#include <jansson.h>

#include "report.h"

static json_t *integer(uint64_t value)
{
	return json_integer((json_int_t)value);
}

/* Names and paths may hold anything; JSON wants UTF-8. */
static json_t *text(const char *string)
{
	json_t *json = json_string(string);
	char plain[256];
	size_t n;

	if (json)
		return json;
	for (n = 0; n < sizeof(plain) - 1 && string[n]; n++)
		plain[n] = (unsigned char)string[n] < 128 ? string[n] : '?';
	plain[n] = '\0';
	return json_string(plain);
}

static json_t *tally_json(const char *name, const struct tally *tally)
{
	return json_pack(
		"{s:o, s:o, s:o, s:o, s:o, s:f, s:o, s:o, s:o, s:o, s:o, s:o}",
		"name", text(name), "times", integer(tally->boards), "defects",
		integer(tally->annotated), "found", integer(tally->found),
		"typed", integer(tally->typed), "recall_percent",
		report_percent(tally->found, tally->annotated), "calls",
		integer(tally->calls), "false_calls",
		integer(tally->false_calls), "unjudged_calls",
		integer(tally->unjudged), "called_pixels",
		integer(tally->area), "misaligned", integer(tally->misaligned),
		"blank", integer(tally->blank));
}

static json_t *boards_json(const struct engine *engine,
			   const struct outcome *outcome)
{
	json_t *list = json_array();

	for (size_t n = 0; n < engine->set.nr; n++)
		json_array_append_new(list,
				      tally_json(engine->set.boards[n].name,
						 &outcome->tallies[n]));
	return list;
}

static json_t *meters_json(const struct outcome *outcome)
{
	json_t *object = json_object();

	for (int meter = 0; meter < METERS; meter++) {
		const struct histogram *of = &outcome->meters.of[meter];

		json_object_set_new(
			object, report_meter_names[meter],
			json_pack("{s:o, s:o, s:o, s:o}", "count",
				  integer(of->count), "p50",
				  integer(histogram_percentile(of, 50)), "p99",
				  integer(histogram_percentile(of, 99)), "max",
				  integer(histogram_percentile(of, 100))));
	}
	return object;
}

static json_t *memory_json(const struct engine *engine)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:f}", "start",
			 integer(engine->memory.start.resident), "loaded",
			 integer(engine->memory.loaded.resident), "warm_up",
			 integer(engine->memory.warm.resident), "peak",
			 integer(engine->memory.end.peak), "end",
			 integer(engine->memory.end.resident),
			 "end_vs_warm_up_percent", report_growth(engine));
}

static json_t *misuse_json(const struct allocator_stats *stats)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o}", "double",
			 integer(stats->double_puts), "stale",
			 integer(stats->stale_refs), "foreign",
			 integer(stats->foreign_refs), "wrong_type",
			 integer(stats->wrong_type_refs), "invalid",
			 integer(stats->invalid_refs));
}

static json_t *allocator_json(const struct engine *engine,
			      const struct outcome *outcome)
{
	const struct allocator_stats *stats = &outcome->stats;

	return json_pack(
		"{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
		"name", engine->allocator->ops->name, "provider",
		engine->allocator->provider, "provider_reason",
		text(engine->allocator->provider_reason), "frames_bound",
		integer(stats->frames_bound), "frames_out_peak",
		integer(stats->frames_out_peak), "frames_made",
		integer(stats->frames_made), "frames_revived",
		integer(stats->frames_revived), "held_bytes",
		integer(stats->held_bytes), "reclaimed_bytes",
		integer(stats->reclaimed_bytes), "objects_got",
		integer(stats->objects_got), "misuse_caught",
		misuse_json(stats));
}

static json_t *skips_json(const struct skips *skips)
{
	json_t *list = json_array();

	for (size_t n = 0; n < skips->nr; n++)
		json_array_append_new(
			list, json_pack("{s:o, s:o, s:o}", "file",
					text(skips->list[n].file), "why",
					text(skips->list[n].why), "times",
					integer(skips->list[n].times)));
	return list;
}

static json_t *panel_json(const struct engine *engine)
{
	const struct panel_plan *plan = &engine->plan;

	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "width",
			 integer(plan->width), "height", integer(plan->height),
			 "pitch", integer(plan->pitch), "frame_bytes",
			 integer(plan->frame_bytes), "frames",
			 integer(PANEL_FRAMES), "boards", integer(plan->tiles));
}

static json_t *run_json(const struct engine *engine,
			const struct outcome *outcome)
{
	uint64_t boards = outcome->total.boards - outcome->total.blank;

	return json_pack("{s:o, s:f, s:f, s:o, s:o, s:o, s:o, s:b}", "boards",
			 integer(boards), "seconds", outcome->seconds,
			 "boards_per_second", (double)boards / outcome->seconds,
			 "threads", integer(engine->options.threads),
			 "panels_in_flight_peak",
			 integer(outcome->work.in_flight_peak), "deferrals",
			 integer(outcome->work.deferrals), "failed_puts",
			 integer(outcome->faults.failed_puts), "stopped_early",
			 (int)outcome->work.stopped);
}

static json_t *make(const struct engine *engine, const struct outcome *outcome)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
			 "run", run_json(engine, outcome), "panel",
			 panel_json(engine), "allocator",
			 allocator_json(engine, outcome), "time_ns",
			 meters_json(outcome), "resident_bytes",
			 memory_json(engine), "total",
			 tally_json("all", &outcome->total), "boards",
			 boards_json(engine, outcome), "skipped_total",
			 integer(engine->skips.total), "skipped",
			 skips_json(&engine->skips));
}

static int dump(const json_t *json, FILE *file)
{
	int bad = json_dumpf(json, file, JSON_INDENT(2) | JSON_REAL_PRECISION(9));

	bad |= fputc('\n', file) == EOF;
	bad |= fflush(file) != 0;
	return bad ? -EIO : 0;
}

int report_json(const struct engine *engine, const struct outcome *outcome,
		const char *path)
{
	json_t *json = make(engine, outcome);
	FILE *file;
	int err;

	if (!json)
		return -ENOMEM;
	file = strcmp(path, "-") ? fopen(path, "we") : stdout;
	err = file ? dump(json, file) : -errno;
	if (file && file != stdout && fclose(file) && !err)
		err = -EIO;
	json_decref(json);
	return err;
}
