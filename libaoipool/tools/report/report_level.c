// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Levels over time: a row for the host and one for each node. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "html.h"
#include "plot.h"
#include "report.h"
#include "terminal.h"
#include "unit.h"

#define MAX_ROWS	18	/* host, and nodes */
#define ROW_PIXELS	34

/* Host first, then nodes by their numbers. */
static size_t collect_rows(const struct recording *recording, int *nodes)
{
	size_t nr = 0;
	int last = INT_MIN, next;

	do {
		next = INT_MAX;
		for (size_t i = 0; i < recording->nr_levels; i++)
			if (recording->levels[i].node > last &&
			    recording->levels[i].node < next)
				next = recording->levels[i].node;
		if (next != INT_MAX)
			nodes[nr++] = next;
		last = next;
	} while (next != INT_MAX && nr < MAX_ROWS);
	return nr;
}

static void draw_band(const struct plot *plot, int row, uint64_t from_ns,
		      uint64_t to_ns, unsigned int level)
{
	static const char *const styles[] = { "l0", "l1", "l2", "l3" };
	char title[96];

	snprintf(title, sizeof(title), "%s from %s for %s", level_name(level),
		 html_clock(from_ns).text, unit_time(to_ns - from_ns).text);
	/* higher bars are worse, for who does not see the colours */
	plot_band(plot, styles[level & 3], row, from_ns, to_ns,
		  (level + 1) / 4.0, title);
}

struct run {
	uint64_t from_ns, last_ns;
	unsigned int level;
	bool begun;
};

static void end_run(const struct plot *plot, int row, const struct run *run,
		    uint64_t to_ns)
{
	if (run->begun)
		draw_band(plot, row, run->from_ns, to_ns, run->level);
}

static void add_to_run(const struct plot *plot, int row, struct run *run,
		       const struct recording_level *level)
{
	bool gap = run->begun && level->time_ns > run->last_ns &&
		   level->time_ns - run->last_ns > plot->gap_ns;

	if (run->begun && run->level == level->level && !gap) {
		run->last_ns = level->time_ns;
		return;
	}
	end_run(plot, row, run, gap ? run->last_ns : level->time_ns);
	*run = (struct run){ level->time_ns, level->time_ns, level->level,
			     true };
}

static void draw_row(const struct plot *plot, int row, int node,
		     const struct recording *recording)
{
	struct run run = { 0 };
	char name[24];

	snprintf(name, sizeof(name), "node %d", node);
	plot_row_name(plot, row,
		      node == RECORDING_NODE_HOST ? "host" :
		      node == RECORDING_NODE_PROCESSES ? "processes" : name);
	for (size_t i = 0; i < recording->nr_levels; i++)
		if (recording->levels[i].node == node)
			add_to_run(plot, row, &run, &recording->levels[i]);
	end_run(plot, row, &run, run.last_ns);
}

static unsigned int highest(const struct recording *recording)
{
	unsigned int level = 0;

	for (size_t i = 0; i < recording->nr_levels; i++)
		if (recording->levels[i].level > level)
			level = recording->levels[i].level;
	return level;
}

void report_levels(const struct recording *recording, FILE *to)
{
	static const char *const legend[] = { "l0", "none", "l1", "low", "l2",
					      "high", "l3", "critical", NULL };
	struct plot plot = report_plot(recording, to, "levels",
				       "Pressure levels over time");
	int nodes[MAX_ROWS];
	size_t nr = collect_rows(recording, nodes);
	char caption[64];

	if (!nr) {
		report_nothing(to, "levels", "Pressure",
			       "Neither the module nor a process with pools was there to tell of it.");
		return;
	}
	snprintf(caption, sizeof(caption), "The highest level was %s.",
		 level_name(highest(recording)));
	plot.description = caption;
	plot.scale = PLOT_ROWS;
	plot.most = nr;
	plot.height = nr * ROW_PIXELS + 36;
	report_figure_begin(to, "levels", "Pressure", legend);
	plot_begin(&plot);
	for (size_t row = 0; row < nr; row++)
		draw_row(&plot, row, nodes[row], recording);
	plot_end(&plot);
	report_figure_end(to, caption);
}
