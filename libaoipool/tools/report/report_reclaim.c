// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Memory that was taken, and what else happened. */
#include <stdlib.h>
#include <string.h>

#include "html.h"
#include "plot.h"
#include "report.h"
#include "unit.h"

#define MAX_ROWS	200	/* of the table of events */

/* What was taken within one column of the plot. */
struct burst {
	uint64_t time_ns;
	uint64_t bytes;
};

/*
 * By the module's own count, which also knows what no event told of: each
 * sample has what it was so far.
 */
static uint64_t collect_bursts(const struct plot *plot,
			       const struct recording *recording,
			       struct burst *bursts)
{
	const struct recording_sample *one = recording->samples, *before = NULL;
	uint64_t all = 0, bytes;
	struct burst *burst;

	for (; one < recording->samples + recording->nr_samples; one++) {
		if (!one->has_module)
			continue;
		/* loaded anew it counts from 0 */
		if (before && one->reclaimed_bytes > before->reclaimed_bytes) {
			bytes = one->reclaimed_bytes - before->reclaimed_bytes;
			burst = &bursts[plot_column(plot, one->time_ns)];
			burst->time_ns = one->time_ns;
			burst->bytes += bytes;
			all += bytes;
		}
		before = one;
	}
	return all;
}

static const struct burst *largest(const struct burst *bursts)
{
	const struct burst *most = bursts;

	for (size_t i = 1; i < PLOT_COLUMNS; i++)
		if (bursts[i].bytes > most->bytes)
			most = &bursts[i];
	return most;
}

static void draw_bursts(const struct plot *plot, const struct burst *bursts)
{
	char title[96];

	for (size_t i = 0; i < PLOT_COLUMNS; i++) {
		if (!bursts[i].bytes)
			continue;
		snprintf(title, sizeof(title), "%s taken by %s",
			 unit_bytes(bursts[i].bytes).text,
			 html_clock(bursts[i].time_ns).text);
		plot_bar(plot, "s1", bursts[i].time_ns, bursts[i].bytes, title);
	}
}

static void put_bursts(struct plot *plot, const struct burst *bursts,
		       uint64_t all)
{
	const struct burst *most = largest(bursts);
	char caption[160];

	snprintf(caption, sizeof(caption),
		 "%s taken in all; the most at %s: %s.", unit_bytes(all).text,
		 html_clock(most->time_ns).text, unit_bytes(most->bytes).text);
	plot->description = caption;
	plot->most = most->bytes;
	plot->height = 180;
	report_figure_begin(plot->to, "reclaim", "Taken from pools", NULL);
	plot_begin(plot);
	draw_bursts(plot, bursts);
	plot_end(plot);
	report_figure_end(plot->to, caption);
}

void report_reclaim(const struct recording *recording, FILE *to)
{
	struct plot plot = report_plot(recording, to, "reclaim",
				       "Memory taken from pools over time");
	static struct burst bursts[PLOT_COLUMNS];
	uint64_t all;

	memset(bursts, 0, sizeof(bursts));
	all = collect_bursts(&plot, recording, bursts);
	if (all)
		put_bursts(&plot, bursts, all);
	else
		report_nothing(to, "reclaim", "Taken from pools",
			       "The module took nothing, or was not loaded.");
}

/* Events */

static const char *const kinds[] = { "level", "reclaim", "sweep", "exhausted",
				     "lost" };
#define NR_KINDS	(sizeof(kinds) / sizeof(*kinds))

static int row_of(const struct recording_event *event)
{
	for (size_t row = 0; row < NR_KINDS; row++)
		if (!strcmp(event->kind, kinds[row]))
			return row;
	return -1;
}

/* Many of a kind in one place are one mark. */
static void draw_marks(const struct plot *plot,
		       const struct recording *recording)
{
	static const char *const styles[] = { "s2", "s3", "s1", "l3", "s4" };
	long last[NR_KINDS] = { -1, -1, -1, -1, -1 };
	char title[256];

	for (size_t i = 0; i < recording->nr_events; i++) {
		const struct recording_event *event = &recording->events[i];
		int row = row_of(event);
		long column = plot_column(plot, event->time_ns);

		if (row < 0 || column == last[row])
			continue;
		last[row] = column;
		snprintf(title, sizeof(title), "%s %s: %s",
			 html_clock(event->time_ns).text, event->kind,
			 event->what);
		plot_mark(plot, styles[row], row, event->time_ns, title);
	}
}

static void put_row(FILE *to, const struct recording_event *event)
{
	fputs("<tr><td>", to);
	html_text(to, html_clock(event->time_ns).text);
	fputs("</td><td>", to);
	html_text(to, event->kind);
	fputs("</td><td>", to);
	if (event->node >= 0)
		html_printf(to, "node %d", event->node);
	fputs("</td><td class=\"w\">", to);
	html_text(to, event->what);
	fputs("</td></tr>\n", to);
}

static void put_table(const struct recording *recording, FILE *to)
{
	size_t shown = recording->nr_events < MAX_ROWS ? recording->nr_events :
							 MAX_ROWS;

	fprintf(to,
		"<details><summary>%s%zu events, as text</summary><div class=\"scroll\"><table>"
		"<thead><tr><th>Time</th><th>Event</th><th>Where</th><th>What</th></tr></thead><tbody>\n",
		shown < recording->nr_events ? "The first " : "", shown);
	for (size_t i = 0; i < shown; i++)
		put_row(to, &recording->events[i]);
	fputs("</tbody></table></div></details>\n", to);
}

static void draw_events(struct plot *plot, const struct recording *recording)
{
	plot->scale = PLOT_ROWS;
	plot->most = NR_KINDS;
	plot->height = NR_KINDS * 26 + 36;
	plot_begin(plot);
	for (size_t row = 0; row < NR_KINDS; row++)
		plot_row_name(plot, row, kinds[row]);
	draw_marks(plot, recording);
	plot_end(plot);
}

void report_events(const struct recording *recording, FILE *to)
{
	struct plot plot = report_plot(recording, to, "events",
				       "Events of the module over time");
	char caption[96];

	if (!recording->nr_events) {
		report_nothing(to, "events", "Events",
			       "The module told of nothing, or was not loaded.");
		return;
	}
	snprintf(caption, sizeof(caption), "%zu events of the module.",
		 recording->nr_events);
	plot.description = caption;
	report_figure_begin(to, "events", "Events", NULL);
	draw_events(&plot, recording);
	put_table(recording, to);
	report_figure_end(to, caption);
}
