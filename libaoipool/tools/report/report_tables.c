// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* The numbers at the head of the page, and the tables at its end. */
#include <stdarg.h>
#include <string.h>

#include "html.h"
#include "rank.h"
#include "report.h"
#include "summary.h"
#include "terminal.h"
#include "unit.h"

#define MAX_POOLS	50

__attribute__((format(printf, 3, 4))) static void
put_card(FILE *to, const char *name, const char *format, ...)
{
	char value[64];
	va_list args;

	va_start(args, format);
	vsnprintf(value, sizeof(value), format, args);
	va_end(args);
	fputs("<li><b>", to);
	html_text(to, value);
	fputs("</b><small>", to);
	html_text(to, name);
	fputs("</small></li>\n", to);
}

static void put_latency_card(const struct summary *summary, FILE *to)
{
	if (summary->worst)
		put_card(to, "longest p99 of a second", "%s",
			 unit_time(summary->worst->p99_ns).text);
}

void report_summary(const struct recording *recording, FILE *to)
{
	struct summary summary;

	summary_make(&summary, recording);
	fputs("<ul class=\"cards\" id=\"summary\">\n", to);
	put_card(to, "most leased", "%s",
		 unit_bytes(summary.kinds[KIND_LEASED].most).text);
	put_card(to, "most of all kinds", "%s",
		 unit_bytes(summary.most_bytes).text);
	put_card(to, "highest level", "%s",
		 summary.has_level ? level_name(summary.level) : "not known");
	put_card(to, "time under pressure", "%s",
		 summary.pressed_ns ? unit_time(summary.pressed_ns).text : "none");
	put_card(to, "taken from pools", "%s",
		 unit_bytes(summary.reclaimed_bytes).text);
	put_card(to, "populates without memory", "%llu",
		 (unsigned long long)summary.failures);
	put_card(to, "asked before an OOM kill", "%llu",
		 (unsigned long long)summary.oom_calls);
	put_latency_card(&summary, to);
	fputs("</ul>\n", to);
}

static void put_cell(FILE *to, const char *text)
{
	fputs("<td class=\"n\">", to);
	html_text(to, text);
	fputs("</td>", to);
}

static void put_kinds(const struct summary *summary, FILE *to)
{
	fputs("<section><h2>Memory by kind in numbers</h2><div class=\"scroll\"><table id=\"kinds-table\">"
	      "<thead><tr><th>Kind</th><th class=\"n\">First</th><th class=\"n\">Least</th>"
	      "<th class=\"n\">Mean</th><th class=\"n\">Most</th><th class=\"n\">Last</th></tr></thead><tbody>\n",
	      to);
	for (int kind = 0; kind < KINDS; kind++) {
		const struct summary_kind *of = &summary->kinds[kind];

		fprintf(to, "<tr><td>%s</td>", report_kind_names[kind]);
		put_cell(to, unit_bytes(of->first).text);
		put_cell(to, unit_bytes(of->least).text);
		put_cell(to, unit_bytes(of->mean).text);
		put_cell(to, unit_bytes(of->most).text);
		put_cell(to, unit_bytes(of->last).text);
		fputs("</tr>\n", to);
	}
	fputs("</tbody></table></div></section>\n", to);
}

static void put_pool(FILE *to, const struct recording_pool *pool)
{
	fputs("<tr><td class=\"w\">", to);
	html_text(to, pool->name);
	fputs("</td><td>", to);
	if (pool->pid)
		html_printf(to, "%s (%d)", pool->comm, pool->pid);
	else
		html_printf(to, "module, pool %llu",
			    (unsigned long long)pool->pool);
	fputs("</td>", to);
	put_cell(to, unit_bytes(pool->most_held_bytes).text);
	put_cell(to, unit_bytes(pool->most_bytes).text);
	put_cell(to, unit_bytes(pool->reclaimed_bytes).text);
	fprintf(to, "<td class=\"n\">%llu</td></tr>\n",
		(unsigned long long)pool->failures);
}

static uint64_t pool_weight(const void *pool)
{
	return ((const struct recording_pool *)pool)->most_held_bytes;
}

static void put_pools(const struct recording *recording, FILE *to)
{
	struct rank rank;

	if (!recording->nr_pools ||
	    rank_make(&rank, recording->pools, recording->nr_pools,
		      sizeof(*recording->pools), MAX_POOLS, pool_weight))
		return;
	fputs("<section><h2>Pools</h2><div class=\"scroll\"><table id=\"pools-table\"><thead><tr>"
	      "<th>Pool</th><th>Of</th><th class=\"n\">Most held</th><th class=\"n\">Most it had</th>"
	      "<th class=\"n\">Taken from it</th><th class=\"n\">Failed gets</th></tr></thead><tbody>\n",
	      to);
	for (size_t i = 0; i < rank.nr; i++)
		put_pool(to, rank.entries[i]);
	fputs("</tbody></table></div>", to);
	if (rank.nr < recording->nr_pools)
		fprintf(to, "<p>%zu more had less.</p>",
			recording->nr_pools - rank.nr);
	fputs("</section>\n", to);
	rank_free(&rank);
}

static void put_process(FILE *to, const struct summary_process *process)
{
	fputs("<tr><td>", to);
	html_printf(to, "%s (%d)", process->last->comm, process->last->pid);
	fputs("</td>", to);
	put_cell(to, unit_bytes(process->first->rss_bytes).text);
	put_cell(to, unit_bytes(process->most_rss_bytes).text);
	put_cell(to, unit_bytes(process->last->rss_bytes).text);
	put_cell(to, unit_bytes(process->last->anon_bytes).text);
	put_cell(to, unit_bytes(process->last->heap_bytes).text);
	fprintf(to, "<td class=\"n\">%llu</td></tr>\n",
		(unsigned long long)(process->last->major_faults -
				     process->first->major_faults));
}

static void put_processes(const struct recording *recording, FILE *to)
{
	struct summary_process processes[SUMMARY_PROCESSES];
	size_t nr = summary_processes(processes, recording);

	if (!nr)
		return;
	fputs("<section><h2>Processes</h2><div class=\"scroll\"><table id=\"processes-table\"><thead><tr>"
	      "<th>Process</th><th class=\"n\">Resident, first</th><th class=\"n\">Most</th>"
	      "<th class=\"n\">Last</th><th class=\"n\">Anonymous</th><th class=\"n\">Heap</th>"
	      "<th class=\"n\">Major faults</th></tr></thead><tbody>\n",
	      to);
	for (size_t i = 0; i < nr; i++)
		put_process(to, &processes[i]);
	fputs("</tbody></table></div></section>\n", to);
}

void report_tables(const struct recording *recording, FILE *to)
{
	struct summary summary;

	summary_make(&summary, recording);
	if (recording->nr_samples)
		put_kinds(&summary, to);
	put_pools(recording, to);
	put_processes(recording, to);
}
