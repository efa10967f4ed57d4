// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Percentiles over time: a plot for each thing that an engine timed. */
#include <stdlib.h>
#include <string.h>

#include "html.h"
#include "plot.h"
#include "report.h"
#include "unit.h"

#define MAX_METERS	6

static size_t collect_meters(const struct recording *recording,
			     const char **meters)
{
	size_t nr = 0, m;

	for (size_t i = 0; i < recording->nr_latencies; i++) {
		for (m = 0; m < nr; m++)
			if (!strcmp(meters[m], recording->latencies[i].meter))
				break;
		if (m == nr && nr < MAX_METERS)
			meters[nr++] = recording->latencies[i].meter;
	}
	return nr;
}

struct percentiles {
	struct plot_point *points[3];	/* p50, p99, max */
	size_t nr;
	const struct recording_latency *worst;
	uint64_t count;
};

static uint64_t largest(const struct recording_latency *latency)
{
	return latency->max_ns > latency->p99_ns ? latency->max_ns :
						   latency->p99_ns;
}

static void add(struct percentiles *of, const struct recording_latency *latency)
{
	const uint64_t values[] = { latency->p50_ns, latency->p99_ns,
				    largest(latency) };

	for (int i = 0; i < 3; i++)
		of->points[i][of->nr] = (struct plot_point){ latency->time_ns,
							     values[i] };
	of->nr++;
	of->count += latency->count;
	if (!of->worst || largest(latency) > largest(of->worst))
		of->worst = latency;
}

static bool collect(struct percentiles *of, const struct recording *recording,
		    const char *meter)
{
	for (int i = 0; i < 3; i++) {
		of->points[i] = calloc(recording->nr_latencies,
				       sizeof(**of->points));
		if (!of->points[i])
			return false;
	}
	for (size_t i = 0; i < recording->nr_latencies; i++)
		if (!strcmp(recording->latencies[i].meter, meter))
			add(of, &recording->latencies[i]);
	return of->nr;
}

static double least_of(const struct percentiles *of)
{
	double least = of->points[0][0].value;

	for (size_t i = 1; i < of->nr; i++)
		if (of->points[0][i].value < least)
			least = of->points[0][i].value;
	return least;
}

static void draw(struct plot *plot, struct percentiles *of)
{
	static const char *const styles[] = { "s0", "s5", "s1 dash" };

	plot->scale = PLOT_TIMES;
	plot->height = 180;
	plot->least = least_of(of);
	plot->most = largest(of->worst);
	plot_begin(plot);
	for (int i = 0; i < 3; i++)
		plot_line(plot, styles[i], of->points[i],
			  plot_thin(plot, of->points[i], of->nr,
				    PLOT_KEEP_MOST));
	plot_end(plot);
}

static void put_plot(const struct recording *recording, FILE *to,
		     const char *meter, int nr, struct percentiles *of)
{
	static const char *const legend[] = { "s0", "half of them take less",
					      "s5", "99 of 100 take less",
					      "s1", "the longest", NULL };
	char id[24], title[96], caption[160];
	struct plot plot = report_plot(recording, to, id, title);

	snprintf(id, sizeof(id), "latency-%d", nr);
	snprintf(title, sizeof(title), "Latency: %s", meter);
	snprintf(caption, sizeof(caption), "%llu times; the longest took %s, at %s.",
		 (unsigned long long)of->count,
		 unit_time(largest(of->worst)).text,
		 html_clock(of->worst->time_ns).text);
	plot.description = caption;
	report_figure_begin(to, id, title, legend);
	draw(&plot, of);
	report_figure_end(to, caption);
}

static void put_meter(const struct recording *recording, FILE *to,
		      const char *meter, int nr)
{
	struct percentiles of = { 0 };

	if (collect(&of, recording, meter))
		put_plot(recording, to, meter, nr, &of);
	for (int i = 0; i < 3; i++)
		free(of.points[i]);
}

void report_latencies(const struct recording *recording, FILE *to)
{
	const char *meters[MAX_METERS];
	size_t nr = collect_meters(recording, meters);

	if (!nr)
		report_nothing(to, "latency", "Latency",
			       "No engine told what it took: aoipoolctl record --latency takes that.");
	for (size_t i = 0; i < nr; i++)
		put_meter(recording, to, meters[i], i);
}
