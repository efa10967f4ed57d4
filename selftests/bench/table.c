// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "goal.h"
#include "table.h"

struct unit {
	const char *name;
	double ns;
};

/* One unit a line: numbers below one another can be compared. */
static struct unit unit_of(const struct result *result)
{
	double least = INFINITY;

	for (unsigned int i = 0; i < nr_variants; i++)
		if (result->cells[i].state == CELL_DONE &&
		    variants[i].role != ROLE_FLOOR)
			least = fmin(least, result->cells[i].median);
	if (isinf(least) || least < 1e4)
		return (struct unit){ "ns", 1 };
	return least < 1e7 ? (struct unit){ "us", 1e3 } :
			     (struct unit){ "ms", 1e6 };
}

static void print_number(double ns, struct unit unit)
{
	double value = ns / unit.ns;

	printf(" %12.*f", value < 100 ? 2 : 0, value);
}

/* Behind the ratio of the variant @name: "1.4 met", or two of them. */
static void print_goals_of(const struct result *result, const char *name,
			   const struct report *report)
{
	const char *between = "  ";

	for (unsigned int i = 0; i < nr_goals; i++) {
		if (strcmp(goals[i].line, result->line->name) ||
		    strcmp(goal_ours(&goals[i]), name))
			continue;
		printf("%s%g %s", between, goals[i].ratio,
		       goal_word(goal_look(&goals[i], report).verdict));
		between = ", ";
	}
}

static void print_cell(unsigned int i, const struct result *result,
		       const struct report *report, struct unit unit)
{
	const struct cell *cell = &result->cells[i];
	bool ours = variants[i].role == ROLE_OURS;

	if (cell->state == CELL_SKIPPED || cell->state == CELL_CRASHED) {
		printf("  %s%-14s %12s\n", ours ? "*" : " ", variants[i].name,
		       cell->state == CELL_SKIPPED ? "skipped" : "CRASHED");
		return;
	}
	printf("  %s%-14s", ours ? "*" : " ", variants[i].name);
	print_number(cell->median, unit);
	print_number(cell->min, unit);
	print_number(cell->max, unit);
	printf(" %7.0f %%", cell_spread(cell));
	if (cell->ratio > 0)
		printf(" %8.3g", cell->ratio);
	print_goals_of(result, variants[i].name, report);
	putchar('\n');
}

static void print_result(const struct result *result,
			 const struct report *report)
{
	struct unit unit = unit_of(result);

	printf("\n%s: %s, %s\n", result->line->name, result->line->title,
	       unit.name);
	printf("   %-14s %12s %12s %12s %9s %8s  %s\n", "", "median", "min",
	       "max", "spread", "ratio", "goal");
	for (unsigned int i = 0; i < nr_variants; i++)
		if (result->cells[i].state != CELL_NONE)
			print_cell(i, result, report, unit);
}

static void print_count(uint64_t count)
{
	if (count)
		printf(" %12llu", (unsigned long long)count);
	else
		printf(" %12s", "-");
}

static void print_instructions(const struct report *report)
{
	printf("\ninstructions of pair-256\n   %-14s %12s %12s\n", "",
	       "stepped", "callgrind");
	for (unsigned int i = 0; i < nr_variants; i++) {
		const struct instructions *count = &report->instructions[i];

		if (!count->stepped && !count->callgrind)
			continue;
		printf("  %s%-14s", variants[i].role == ROLE_OURS ? "*" : " ",
		       variants[i].name);
		print_count(count->stepped);
		print_count(count->callgrind);
		putchar('\n');
	}
	puts("  callgrind knows no rseq: it counts aoipool's lists with a lock");
}

/* Of the lines that were run. */
static void print_goals(const struct report *report)
{
	bool titled = false;

	for (unsigned int i = 0; i < nr_goals; i++) {
		struct reached reached = goal_look(&goals[i], report);

		if (reached.verdict == GOAL_UNKNOWN)
			continue;
		if (!titled)
			printf("\ngoals of aoipool: so many times as fast as\n"
			       "%43s %10s\n", "medians", "minima");
		titled = true;
		printf("  %-18s %5g x %-10s %5.3g %10.3g  %s%s%s\n",
		       goals[i].line, goals[i].ratio, reached.peer,
		       reached.ratio, reached.of_minima,
		       goal_word(reached.verdict), goals[i].ours ? ", by " : "",
		       goals[i].ours ? goals[i].ours : "");
	}
}

/* In how many lines this variant ended so, for the same reason. */
static unsigned int times(const struct report *report, unsigned int i,
			  const struct cell *cell, const struct cell **first)
{
	unsigned int hits = 0;

	for (unsigned int n = 0; n < report->nr; n++) {
		const struct cell *other = &report->results[n].cells[i];

		if (other->state == cell->state &&
		    !strcmp(other->text, cell->text) && !hits++)
			*first = other;
	}
	return hits;
}

static void print_texts(const struct report *report, enum cell_state state,
			const char *title)
{
	const struct cell *first = NULL;
	unsigned int hits, printed = 0;

	for (unsigned int i = 0; i < nr_variants; i++)
		for (unsigned int n = 0; n < report->nr; n++) {
			const struct cell *cell = &report->results[n].cells[i];

			if (cell->state != state || !cell->text[0])
				continue;
			hits = times(report, i, cell, &first);
			if (first != cell)
				continue;
			printf("%s%s: %s (%u line%s)\n",
			       printed++ ? "  " : title, variants[i].name,
			       cell->text, hits, hits == 1 ? "" : "s");
		}
}

static void print_host(const struct host *host)
{
	printf("host: %s, %u CPUs, %s, transparent huge pages: %s\n",
	       host->processor, host->cpus, host->kernel, host->huge_pages);
	printf("load before the run: %.2f%s\n", host->load,
	       host->load > 0.5 ? "; others work here: see the spread" : "");
}

void table_print(const struct report *report, const struct host *host)
{
	struct tally tally = report_tally(report);

	printf("aoipool (*) beside its peers, medians of %u rounds%s\n",
	       report->rounds, report->quick ? " (quick, not to be quoted)" : "");
	puts("ratio: the best peer's median / the variant's, more is better");
	print_host(host);
	for (unsigned int n = 0; n < report->nr; n++)
		print_result(&report->results[n], report);
	if (report->counted)
		print_instructions(report);
	print_goals(report);
	putchar('\n');
	print_texts(report, CELL_DONE, "what was measured:\n  ");
	print_texts(report, CELL_SKIPPED, "skipped:\n  ");
	print_texts(report, CELL_CRASHED, "crashed:\n  ");
	printf("%u lines, %u measurements, %u skipped, %u crashed, %.0f s\n",
	       report->nr, tally.done, tally.skipped, tally.crashed,
	       report->seconds);
}

void table_progress(const struct result *result)
{
	const struct cell *best = result_best_peer(result);
	struct unit unit = unit_of(result);

	for (unsigned int i = 0; i < nr_variants; i++) {
		const struct cell *cell = &result->cells[i];

		if (variants[i].role == ROLE_OURS && cell->state == CELL_DONE)
			fprintf(stderr, " %.4g %s", cell->median / unit.ns,
				unit.name);
		if (cell == best)
			fprintf(stderr, ", best peer %s %.4g %s",
				variants[i].name, cell->median / unit.ns,
				unit.name);
		if (cell->state == CELL_CRASHED)
			fprintf(stderr, ", %s CRASHED", variants[i].name);
	}
	fputc('\n', stderr);
}
