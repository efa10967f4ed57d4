// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include <errno.h>
#include <fnmatch.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "options.h"
#include "result.h"

/* Longer than a tick of the scheduler, short enough for many rounds. */
#define SLICE_US	40000
#define ROUNDS		11
#define QUICK_SLICE_US	4000
#define QUICK_ROUNDS	3

static const char help[] =
"Usage: bench [OPTION]...\n"
"Measure aoipool beside the allocators that a user would pick, in one run:\n"
"every variant in a process of its own, threads pinned to the first CPUs that\n"
"the process may use (taskset chooses others), warmed up, then round by round\n"
"in turn. Judges nothing: a time is no test.\n"
"\n"
"  --line PATTERN   only lines of that name, a shell pattern; may be repeated\n"
"  --list           the lines, and what is measured in them\n"
"  --rounds N       rounds a variant (11; 3 with --quick)\n"
"  --quick          short rounds, and few: for trying things out\n"
"  --instructions   count those of pair-256, too: by single steps, and by\n"
"                   callgrind (needs valgrind), which knows no rseq\n"
"  --goals          exit status 4 when a goal is missed\n"
"  --tsv FILE       line, variant, median_ns, min_ns, max_ns,\n"
"                   ratio_to_best_peer, separated by tabs\n"
"  --json FILE      the same and the host, as JSON; - is standard output,\n"
"                   instead of the table\n"
"  --help\n"
"\n"
"The ratio is the best peer's median over the variant's: more than 1 is faster\n"
"than all peers. A line with two threads gives the time of each thread.\n"
"Some lines have a goal: so many times as fast as certain peers.\n"
"Exit status: 0 done; 1 usage; 2 a variant crashed; 3 a file could not be\n"
"written; 4 a goal was missed, with --goals.\n";

__attribute__((noreturn)) static void usage(const char *what, const char *value)
{
	fprintf(stderr, "bench: %s \"%s\"\nTry 'bench --help'.\n", what, value);
	exit(EXIT_USAGE);
}

static unsigned int number(const char *text, unsigned long high)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || end == text || *end || *text == '-' || !value ||
	    value > high)
		usage("--rounds: not a number from 1 to 1000:", text);
	return (unsigned int)value;
}

static void list(void)
{
	for (unsigned int i = 0; i < nr_lines; i++)
		printf("%-20s %s\n", lines[i].name, lines[i].title);
	exit(EXIT_DONE);
}

static void add_pattern(struct options *options, const char *pattern)
{
	unsigned int hits = 0;

	for (unsigned int i = 0; i < nr_lines; i++)
		hits += !fnmatch(pattern, lines[i].name, 0);
	if (!hits)
		usage("--line: --list shows none that fits", pattern);
	if (options->nr_patterns == PATTERNS_MAX)
		usage("--line: one too many:", pattern);
	options->patterns[options->nr_patterns++] = pattern;
}

static void take(struct options *options, int option)
{
	switch (option) {
	case 'l':
		add_pattern(options, optarg);
		break;
	case 'L':
		list();
		break;
	case 'r':
		options->rounds = number(optarg, ROUNDS_MAX - 1);
		break;
	case 'q':
		options->quick = true;
		break;
	case 'i':
		options->instructions = true;
		break;
	case 'g':
		options->goals = true;
		break;
	case 't':
		options->tsv = optarg;
		break;
	case 'j':
		options->json = optarg;
		break;
	case 'h':
		fputs(help, stdout);
		exit(EXIT_DONE);
	default:
		fputs("Try 'bench --help'.\n", stderr);
		exit(EXIT_USAGE);
	}
}

void options_parse(struct options *options, int argc, char **argv)
{
	static const struct option known[] = {
		{ "line", required_argument, NULL, 'l' },
		{ "list", no_argument, NULL, 'L' },
		{ "rounds", required_argument, NULL, 'r' },
		{ "quick", no_argument, NULL, 'q' },
		{ "instructions", no_argument, NULL, 'i' },
		{ "goals", no_argument, NULL, 'g' },
		{ "tsv", required_argument, NULL, 't' },
		{ "json", required_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int option;

	*options = (struct options){ 0 };
	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1)
		take(options, option);
	if (optind < argc)
		usage("what is", argv[optind]);
	options->slice_us = options->quick ? QUICK_SLICE_US : SLICE_US;
	if (!options->rounds)
		options->rounds = options->quick ? QUICK_ROUNDS : ROUNDS;
}

bool options_want(const struct options *options, const struct line *line)
{
	for (unsigned int i = 0; i < options->nr_patterns; i++)
		if (!fnmatch(options->patterns[i], line->name, 0))
			return true;
	return !options->nr_patterns;
}
