// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* report - the table. */
#include <inttypes.h>

#include "report.h"
#include "units.h"

/* A longer set is summed up; the JSON has every board. */
#define BOARDS_LISTED 48

const char *const report_meter_names[METERS] = {
	"get",
	"get+touch",
	"first",
	"put",
	"inspect",
};

double report_growth(const struct engine *engine)
{
	double warm = (double)engine->memory.warm.resident;
	double end = (double)engine->memory.end.resident;

	return warm > 0.0 ? 100.0 * (end - warm) / warm : 0.0;
}

/* Boards. */

static void print_tally(FILE *to, const char *name, const struct tally *tally)
{
	fprintf(to,
		"%-20.20s %7" PRIu64 " %8" PRIu64 " %7" PRIu64
		" %6.1f%% %6.1f%% %7" PRIu64 " %7" PRIu64 "\n",
		name, tally->boards, tally->annotated, tally->found,
		report_percent(tally->found, tally->annotated),
		report_percent(tally->typed, tally->found), tally->calls,
		tally->false_calls);
}

static void print_boards(const struct engine *engine,
			 const struct outcome *outcome, FILE *to)
{
	size_t listed = engine->set.nr < BOARDS_LISTED ? engine->set.nr :
							 BOARDS_LISTED;

	fprintf(to, "%-20s %7s %8s %7s %7s %7s %7s %7s\n", "board", "times",
		"defects", "found", "recall", "typed", "calls", "false");
	for (size_t n = 0; n < listed; n++)
		print_tally(to, engine->set.boards[n].name,
			    &outcome->tallies[n]);
	if (listed < engine->set.nr)
		fprintf(to, "... and %zu more\n", engine->set.nr - listed);
	print_tally(to, "all", &outcome->total);
	if (outcome->total.unjudged)
		fprintf(to, "not judged for want of annotations: %" PRIu64
			    " calls\n",
			outcome->total.unjudged);
}

/* Numbers. */

static void print_meter(FILE *to, const struct outcome *outcome,
			enum meter meter, const char *what)
{
	const struct histogram *of = &outcome->meters.of[meter];
	char text[3][UNITS_MAX];

	if (!of->count)
		return;
	fprintf(to, "  %-10s %10s %10s %10s  %s\n", report_meter_names[meter],
		units_time(text[0], histogram_percentile(of, 50)),
		units_time(text[1], histogram_percentile(of, 99)),
		units_time(text[2], histogram_percentile(of, 100)), what);
}

static void print_meters(const struct outcome *outcome, FILE *to)
{
	fprintf(to, "  %-10s %10s %10s %10s  of a panel (%d frames)\n", "time",
		"p50", "p99", "max", PANEL_FRAMES);
	print_meter(to, outcome, METER_GET, "the call that takes its frames");
	print_meter(to, outcome, METER_GET_TOUCH,
		    "and one write to every 4 KiB of them");
	print_meter(to, outcome, METER_FIRST, "the same during the warm-up");
	print_meter(to, outcome, METER_PUT, "putting them");
	print_meter(to, outcome, METER_INSPECT, "align check to score");
}

static void print_memory(const struct engine *engine, FILE *to)
{
	char text[5][UNITS_MAX];

	fprintf(to,
		"  resident   start %s, loaded %s, warm-up %s, peak %s, end %s\n",
		units_bytes(text[0], engine->memory.start.resident),
		units_bytes(text[1], engine->memory.loaded.resident),
		units_bytes(text[2], engine->memory.warm.resident),
		units_bytes(text[3], engine->memory.end.peak),
		units_bytes(text[4], engine->memory.end.resident));
	fprintf(to, "             of it at the end: anon %s, file %s, shmem %s\n",
		units_bytes(text[0], engine->memory.end.anon),
		units_bytes(text[1], engine->memory.end.file),
		units_bytes(text[2], engine->memory.end.shmem));
	fprintf(to, "  resident memory end vs warm-up: %+.2f %%\n",
		report_growth(engine));
}

static void print_pool(const struct outcome *outcome, FILE *to)
{
	const struct allocator_stats *stats = &outcome->stats;
	char text[2][UNITS_MAX];

	fprintf(to,
		"  frames     %" PRIu64 " out at most, %" PRIu64
		" made, %" PRIu64 " revived, %s held, %s given back\n",
		stats->frames_out_peak, stats->frames_made,
		stats->frames_revived, units_bytes(text[0], stats->held_bytes),
		units_bytes(text[1], stats->reclaimed_bytes));
	fprintf(to,
		"  misuse     caught: %" PRIu64 " double, %" PRIu64
		" stale, %" PRIu64 " foreign, %" PRIu64 " wrong type, %" PRIu64
		" invalid\n",
		stats->double_puts, stats->stale_refs, stats->foreign_refs,
		stats->wrong_type_refs, stats->invalid_refs);
}

/* Only what went wrong is said. */
static void print_faults(const struct engine *engine,
			 const struct outcome *outcome, FILE *to)
{
	if (outcome->work.deferrals)
		fprintf(to, "  deferred   %" PRIu64
			    " times there was no memory for a panel yet\n",
			outcome->work.deferrals);
	if (outcome->total.misaligned)
		fprintf(to, "  align      %" PRIu64
			    " boards not found where they were laid\n",
			outcome->total.misaligned);
	if (outcome->faults.lost || outcome->faults.overflows)
		fprintf(to, "  clutter    %" PRIu64
			    " components lost, %" PRIu64 " panels cut off\n",
			outcome->faults.lost, outcome->faults.overflows);
	if (outcome->faults.failed_puts)
		fprintf(to, "  puts       %" PRIu64 " refused\n",
			outcome->faults.failed_puts);
	if (outcome->total.blank)
		fprintf(to, "  blank      %" PRIu64
			    " boards could not be decoded\n",
			outcome->total.blank);
	fprintf(to, "  skipped    %zu inputs\n", engine->skips.total);
	for (size_t n = 0; n < engine->skips.nr; n++)
		fprintf(to, "             %s: %s\n", engine->skips.list[n].file,
			engine->skips.list[n].why);
}

static uint64_t boards_inspected(const struct outcome *outcome)
{
	return outcome->total.boards - outcome->total.blank;
}

void report_table(const struct engine *engine, const struct outcome *outcome,
		  FILE *to)
{
	const struct allocator *allocator = engine->allocator;
	char text[UNITS_MAX];

	print_boards(engine, outcome, to);
	fprintf(to, "\n%s: provider %s (%s)\n", allocator->ops->name,
		allocator->provider, allocator->provider_reason);
	fprintf(to,
		"  panel      %u x %u, %u boards, %d frames of %s, pitch %zu\n",
		engine->plan.width, engine->plan.height, engine->plan.tiles,
		PANEL_FRAMES, units_bytes(text, engine->plan.frame_bytes),
		engine->plan.pitch);
	fprintf(to,
		"  speed      %.1f boards/s: %" PRIu64 " in %.2f s by %u threads, %u panels in flight at most\n",
		(double)boards_inspected(outcome) / outcome->seconds,
		boards_inspected(outcome), outcome->seconds,
		engine->options.threads, outcome->work.in_flight_peak);
	print_meters(outcome, to);
	print_memory(engine, to);
	print_pool(outcome, to);
	fprintf(to,
		"  found      recall %.2f %%, %" PRIu64 " false calls (%.3f a board)\n",
		report_percent(outcome->total.found, outcome->total.annotated),
		outcome->total.false_calls,
		(double)outcome->total.false_calls /
			(double)(boards_inspected(outcome) ?
					 boards_inspected(outcome) :
					 1));
	print_faults(engine, outcome, to);
}
