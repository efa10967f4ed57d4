// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* The plots of memory: by kind, of processes, of the host. */
#include <stdlib.h>
#include <string.h>

#include "html.h"
#include "plot.h"
#include "report.h"
#include "unit.h"

#define MAX_PROCESSES	6	/* colours that there are */
#define CAPTION_BYTES	384

static uint64_t total(const struct recording_sample *sample)
{
	uint64_t sum = 0;

	for (int kind = 0; kind < KINDS; kind++)
		sum += sample->kinds[kind];
	return sum;
}

static const struct recording_sample *
fullest(const struct recording *recording)
{
	const struct recording_sample *most = recording->samples;

	for (size_t i = 1; i < recording->nr_samples; i++)
		if (total(&recording->samples[i]) > total(most))
			most = &recording->samples[i];
	return most;
}

/* Of each column that sample which has the most, whole: kinds must add up. */
static size_t thin_samples(const struct plot *plot,
			   const struct recording *recording,
			   const struct recording_sample **kept)
{
	size_t nr = 0, column = 0;
	bool all = recording->nr_samples <= PLOT_COLUMNS;

	for (size_t i = 0; i < recording->nr_samples; i++) {
		const struct recording_sample *one = &recording->samples[i];
		size_t here = plot_column(plot, one->time_ns);

		if (all || !nr || here != column)
			kept[nr++] = one;
		else if (total(one) > total(kept[nr - 1]))
			kept[nr - 1] = one;
		column = here;
	}
	return nr;
}

static void draw_kinds(const struct plot *plot,
		       const struct recording_sample **samples, size_t nr,
		       struct plot_point *low, struct plot_point *high)
{
	static const char *const styles[KINDS] = { "s0", "s1", "s2", "s3",
						   "s4" };
	struct plot_point *swap;

	for (size_t i = 0; i < nr; i++)
		low[i] = (struct plot_point){ samples[i]->time_ns, 0 };
	for (int kind = 0; kind < KINDS; kind++) {
		for (size_t i = 0; i < nr; i++) {
			high[i] = low[i];
			high[i].value += samples[i]->kinds[kind];
		}
		plot_area(plot, styles[kind], low, high, nr);
		swap = low;
		low = high;
		high = swap;
	}
}

static void draw_memory(struct plot *plot, const struct recording *recording)
{
	size_t room = recording->nr_samples;
	const struct recording_sample **kept = calloc(room, sizeof(*kept));
	struct plot_point *low = calloc(room, sizeof(*low));
	struct plot_point *high = calloc(room, sizeof(*high));

	plot_begin(plot);
	if (kept && low && high)
		draw_kinds(plot, kept, thin_samples(plot, recording, kept), low,
			   high);
	plot_end(plot);
	free(kept);
	free(low);
	free(high);
}

static void describe_memory(const struct recording_sample *most, char *text)
{
	snprintf(text, CAPTION_BYTES,
		 "Most at %s: %s, of which %s leased, %s reclaimable, %s reserved, %s apart, and %s in the depot.",
		 html_clock(most->time_ns).text, unit_bytes(total(most)).text,
		 unit_bytes(most->kinds[KIND_LEASED]).text,
		 unit_bytes(most->kinds[KIND_RECLAIMABLE]).text,
		 unit_bytes(most->kinds[KIND_RESERVED]).text,
		 unit_bytes(most->kinds[KIND_APART]).text,
		 unit_bytes(most->kinds[KIND_DEPOT]).text);
}

void report_memory(const struct recording *recording, FILE *to)
{
	static const char *const legend[] = {
		"s4", "depot: clean, kept ready",
		"s3", "reclaimable: idle, may be taken",
		"s2", "reserved: idle, kept by a reserve",
		"s1", "apart: idle, pinned by somebody",
		"s0", "leased: somebody holds it",
		NULL,
	};
	struct plot plot = report_plot(recording, to, "memory",
				       "Memory of pools by kind over time");
	char caption[CAPTION_BYTES];

	if (!recording->nr_samples || !total(fullest(recording))) {
		report_nothing(to, "memory", "Memory by kind",
			       "No pool had memory, or none that could be seen.");
		return;
	}
	plot.most = total(fullest(recording));
	describe_memory(fullest(recording), caption);
	plot.description = caption;
	report_figure_begin(to, "memory", "Memory by kind", legend);
	draw_memory(&plot, recording);
	report_figure_end(to, caption);
}

/* Processes */

struct process_line {
	int pid;
	char comm[16];
	uint64_t most;
	size_t nr;
	struct plot_point *points;
};

static struct process_line *find_line(struct process_line *lines, size_t nr,
				      int pid)
{
	for (size_t i = 0; i < nr; i++)
		if (lines[i].pid == pid)
			return &lines[i];
	return NULL;
}

static void add_to_line(struct process_line *line,
			const struct recording_figures *figures)
{
	snprintf(line->comm, sizeof(line->comm), "%s", figures->comm);
	line->pid = figures->pid;
	line->points[line->nr++] = (struct plot_point){ figures->time_ns,
							figures->rss_bytes };
	if (figures->rss_bytes > line->most)
		line->most = figures->rss_bytes;
}

/* Those beyond MAX_PROCESSES are in the table only.  Return: how many. */
static size_t collect_lines(const struct recording *recording,
			    struct process_line *lines)
{
	struct process_line *line;
	size_t nr = 0;

	for (size_t i = 0; i < recording->nr_figures; i++) {
		line = find_line(lines, nr, recording->figures[i].pid);
		if (!line && nr == MAX_PROCESSES)
			continue;
		if (!line) {
			line = &lines[nr];
			line->points = calloc(recording->nr_figures,
					      sizeof(*line->points));
			if (!line->points)
				break;
			nr++;
		}
		add_to_line(line, &recording->figures[i]);
	}
	return nr;
}

static const char *const series_styles[MAX_PROCESSES] = { "s0", "s1", "s2",
							  "s3", "s5", "s4" };

static void draw_lines(struct plot *plot, struct process_line *lines, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (lines[i].most > plot->most)
			plot->most = lines[i].most;
	plot_begin(plot);
	for (size_t i = 0; i < nr; i++) {
		lines[i].nr = plot_thin(plot, lines[i].points, lines[i].nr,
					PLOT_KEEP_MOST);
		plot_line(plot, series_styles[i], lines[i].points, lines[i].nr);
	}
	plot_end(plot);
}

static void put_processes(const struct recording *recording, FILE *to,
			  struct process_line *lines, size_t nr)
{
	struct plot plot = report_plot(recording, to, "processes",
				       "Resident memory of processes over time");
	char names[MAX_PROCESSES][48];
	const char *legend[2 * MAX_PROCESSES + 1] = { NULL };

	for (size_t i = 0; i < nr; i++) {
		snprintf(names[i], sizeof(names[i]), "%s (%d)", lines[i].comm,
			 lines[i].pid);
		legend[2 * i] = series_styles[i];
		legend[2 * i + 1] = names[i];
	}
	plot.description = "A line for each process; the table below has the numbers.";
	report_figure_begin(to, "processes", "Resident memory of processes",
			    legend);
	draw_lines(&plot, lines, nr);
	report_figure_end(to, "Memory of pools that a process has mapped is part of it.");
}

void report_processes(const struct recording *recording, FILE *to)
{
	struct process_line lines[MAX_PROCESSES] = { 0 };
	size_t nr = collect_lines(recording, lines);

	if (nr)
		put_processes(recording, to, lines, nr);
	else
		report_nothing(to, "processes", "Resident memory of processes",
			       "No process was watched: aoipoolctl record --pid does that.");
	for (size_t i = 0; i < MAX_PROCESSES; i++)
		free(lines[i].points);
}

/* Available */

static size_t collect_available(const struct recording *recording,
				struct plot_point *points)
{
	size_t nr = 0;

	for (size_t i = 0; i < recording->nr_samples; i++)
		if (recording->samples[i].has_module)
			points[nr++] = (struct plot_point){
				recording->samples[i].time_ns,
				recording->samples[i].available_bytes,
			};
	return nr;
}

static double most_of(const struct plot_point *points, size_t nr)
{
	double most = 0;

	for (size_t i = 0; i < nr; i++)
		if (points[i].value > most)
			most = points[i].value;
	return most;
}

void report_available(const struct recording *recording, FILE *to)
{
	struct plot plot = report_plot(recording, to, "available",
				       "Memory available on the host over time");
	struct plot_point *points = calloc(recording->nr_samples + 1,
					   sizeof(*points));
	size_t nr = points ? collect_available(recording, points) : 0;

	if (nr) {
		plot.most = most_of(points, nr);
		plot.description = "What could be had, as the module sees it.";
		report_figure_begin(to, "available", "Available on the host",
				    NULL);
		plot_begin(&plot);
		nr = plot_thin(&plot, points, nr, PLOT_KEEP_LEAST);
		plot_line(&plot, "s0", points, nr);
		plot_end(&plot);
		report_figure_end(to, "By the rule of MemAvailable; of many samples in one place, the least.");
	} else {
		report_nothing(to, "available", "Available on the host",
			       "The module was not loaded.");
	}
	free(points);
}
