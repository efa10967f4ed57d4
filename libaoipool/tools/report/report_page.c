// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "report.h"

#include <string.h>
#include <time.h>

#include <aoipool.h>

#include "html.h"
#include "plot.h"
#include "unit.h"

#define NS_PER_S	UINT64_C(1000000000)

const char *const report_kind_names[KINDS] = {
	[KIND_LEASED] = "leased",
	[KIND_APART] = "apart",
	[KIND_RESERVED] = "reserved",
	[KIND_RECLAIMABLE] = "reclaimable",
	[KIND_DEPOT] = "depot",
};

struct plot report_plot(const struct recording *recording, FILE *to,
			const char *id, const char *title)
{
	uint64_t end_ns = recording->end_ns > recording->begin_ns ?
				  recording->end_ns :
				  recording->begin_ns + NS_PER_S;

	return (struct plot){
		.to = to,
		.id = id,
		.title = title,
		.description = "",
		.from_ns = recording->begin_ns,
		.to_ns = end_ns,
		.gap_ns = 5 * recording->interval_ns,
	};
}

static void put_legend(FILE *to, const char *const *entries)
{
	if (!entries || !*entries)
		return;
	fputs("<ul class=\"legend\">", to);
	for (; *entries; entries += 2) {
		fprintf(to, "<li><span class=\"%s\"></span>", entries[0]);
		html_text(to, entries[1]);
		fputs("</li>", to);
	}
	fputs("</ul>\n", to);
}

static void put_heading(FILE *to, const char *id, const char *heading)
{
	fprintf(to, "<section aria-labelledby=\"%s-h\"><h2 id=\"%s-h\">", id, id);
	html_text(to, heading);
	fputs("</h2>\n", to);
}

void report_figure_begin(FILE *to, const char *id, const char *heading,
			 const char *const *entries)
{
	put_heading(to, id, heading);
	fputs("<figure>\n", to);
	put_legend(to, entries);
}

void report_figure_end(FILE *to, const char *caption)
{
	fputs("<figcaption>", to);
	html_text(to, caption);
	fputs("</figcaption></figure></section>\n", to);
}

void report_nothing(FILE *to, const char *id, const char *heading,
		    const char *why)
{
	put_heading(to, id, heading);
	fprintf(to, "<p class=\"none\" id=\"%s\">", id);
	html_text(to, why);
	fputs("</p></section>\n", to);
}

static void put_header(const struct recording *recording, FILE *to)
{
	time_t seconds = recording->begin_ns / NS_PER_S;
	struct tm local = { 0 };
	char zone[32] = "";

	if (localtime_r(&seconds, &local))
		strftime(zone, sizeof(zone), "%Z (UTC%z)", &local);
	fputs("<header><h1>aoipool on ", to);
	html_text(to, recording->host);
	fputs("</h1>\n<p>", to);
	html_printf(to, "%s to %s, %s; %zu samples, one each %s. Times are %s.",
		    html_date(recording->begin_ns).text,
		    html_date(recording->end_ns).text,
		    unit_time(recording->end_ns - recording->begin_ns).text,
		    recording->nr_samples,
		    unit_time(recording->interval_ns).text, zone);
	fputs("</p>\n<p>", to);
	html_printf(to, "Linux %s, aoipoolctl %s", recording->kernel,
		    recording->tool);
	fputs("</p></header>\n", to);
}

static void put_list_of_problems(const struct recording *recording, FILE *to)
{
	size_t shown = recording->nr_problems;

	if (shown > RECORDING_PROBLEMS)
		shown = RECORDING_PROBLEMS;
	fputs("<ul>", to);
	for (size_t i = 0; i < shown; i++) {
		fputs("<li>", to);
		html_printf(to, "line %zu: %s", recording->problems[i].line,
			    recording->problems[i].what);
		fputs("</li>", to);
	}
	if (recording->nr_problems > shown)
		fprintf(to, "<li>and %zu more</li>",
			recording->nr_problems - shown);
	fputs("</ul>", to);
}

static void put_problems(const struct recording *recording, FILE *to)
{
	if (recording->nr_problems) {
		fprintf(to, "<div class=\"warn\" id=\"problems\" role=\"note\">"
			"<strong>%zu lines could not be read.</strong> "
			"What is below is without them.",
			recording->nr_problems);
		put_list_of_problems(recording, to);
		fputs("</div>\n", to);
	}
	if (!recording->has_ended)
		fputs("<div class=\"warn\" id=\"cut-off\" role=\"note\">The recording has no "
		      "end: it goes on still, or who recorded was killed.</div>\n",
		      to);
}

void report_page(const struct recording *recording, FILE *to)
{
	fputs("<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
	      /* whatever a name holds, nothing is fetched and nothing is run */
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
	      "<title>aoipool on ", to);
	html_printf(to, "%s, %s", recording->host,
		    html_date(recording->begin_ns).text);
	fprintf(to, "</title>\n<style>\n%s</style></head>\n<body>\n",
		report_style);
	put_header(recording, to);
	put_problems(recording, to);
	fputs("<main>\n", to);
	report_summary(recording, to);
	report_memory(recording, to);
	report_levels(recording, to);
	report_latencies(recording, to);
	report_reclaim(recording, to);
	report_events(recording, to);
	report_processes(recording, to);
	report_available(recording, to);
	report_tables(recording, to);
	fputs("</main>\n<footer>Made by aoipoolctl ", to);
	html_text(to, aoipool_version());
	fputs(" of what aoipoolctl record wrote. Sizes are in units of 1024.</footer>\n"
	      "</body></html>\n", to);
}
