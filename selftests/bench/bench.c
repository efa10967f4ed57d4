// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * bench - runs the lines, one after the other, and reports.
 *
 * variant.c has who takes part, line.c in what, race.c how; the workers are
 * programs of their own (worker.c), so that no allocator meets another.
 */
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "callgrind.h"
#include "clock.h"
#include "goal.h"
#include "json.h"
#include "options.h"
#include "race.h"
#include "step.h"
#include "table.h"
#include "tsv.h"

static const char *own_folder(void)
{
	static char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (n < 0) {
		perror("bench: /proc/self/exe");
		exit(EXIT_USAGE);
	}
	path[n] = '\0';
	return dirname(path);
}

static void race_all(struct report *report, const struct options *options,
		     const char *folder)
{
	unsigned int wanted = 0;

	for (unsigned int i = 0; i < nr_lines; i++)
		wanted += options_want(options, &lines[i]);
	for (unsigned int i = 0; i < nr_lines; i++) {
		struct result *result = &report->results[report->nr];

		if (!options_want(options, &lines[i]))
			continue;
		fprintf(stderr, "[%2u/%u] %s ...", report->nr + 1, wanted,
			lines[i].name);
		race_run(result, &lines[i], options, folder);
		table_progress(result);
		report->nr++;
	}
}

static void count_all(struct report *report, const char *folder)
{
	report->counted = true;
	for (unsigned int i = 0; i < nr_variants; i++) {
		struct instructions *count = &report->instructions[i];

		if (!(variants[i].families & FAMILY_OBJECT) ||
		    variant_missing(&variants[i], folder))
			continue;
		fprintf(stderr, "[instructions] %s ...", variants[i].name);
		count->stepped = step_pair(&variants[i], folder);
		count->callgrind = callgrind_pair(&variants[i], folder);
		fprintf(stderr, " %llu, by callgrind %llu\n",
			(unsigned long long)count->stepped,
			(unsigned long long)count->callgrind);
	}
}

static bool written(int err, const char *path)
{
	if (err)
		fprintf(stderr, "bench: %s: %s\n", path, strerror(-err));
	return !err;
}

static bool publish(const struct report *report, const struct options *options,
		    const struct host *host)
{
	bool good = true;

	if (!options->json || strcmp(options->json, "-"))
		table_print(report, host);
	if (options->tsv)
		good &= written(tsv_write(report, options->tsv), options->tsv);
	if (options->json)
		good &= written(json_write(report, host, options->json),
				options->json);
	return good;
}

static bool all_met(const struct report *report)
{
	for (unsigned int i = 0; i < nr_goals; i++)
		if (goal_look(&goals[i], report).verdict == GOAL_MISSED)
			return false;
	return true;
}

int main(int argc, char **argv)
{
	static struct result results[64];
	struct report report = { .results = results };
	const char *folder = own_folder();
	struct options options;
	struct host host;
	uint64_t start = clock_ns();

	options_parse(&options, argc, argv);
	/* a worker that died is told by its silence */
	signal(SIGPIPE, SIG_IGN);
	report.rounds = options.rounds;
	report.quick = options.quick;
	host_look(&host);
	race_all(&report, &options, folder);
	if (options.instructions)
		count_all(&report, folder);
	report.seconds = (double)(clock_ns() - start) / 1e9;
	if (!publish(&report, &options, &host))
		return EXIT_OUTPUT;
	if (report_tally(&report).crashed)
		return EXIT_CRASHED;
	return options.goals && !all_met(&report) ? EXIT_MISSED : EXIT_DONE;
}
