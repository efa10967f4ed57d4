// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * worker - measures one line of one variant in a process of its own.
 *
 * Warms up, says "ready" and a note, or "skip" and a reason.  Then each line on
 * standard input is one round, answered by the ns of one unit.  Between rounds
 * it sleeps, so that the others can be measured.
 */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "crew.h"
#include "work.h"

struct settings {
	const struct line *line;
	const char *mode;
	uint64_t slice_ns;
	uint64_t count;		/* for an instrument: so many units a round */
};

void die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fprintf(stderr, "%s: ", program_invocation_short_name);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	exit(EXIT_FAILURE);
}

static void parse(struct settings *settings, int argc, char **argv)
{
	static const struct option options[] = {
		{ "line", required_argument, NULL, 'l' },
		{ "mode", required_argument, NULL, 'm' },
		{ "slice", required_argument, NULL, 's' },
		{ "count", required_argument, NULL, 'c' },
		{ 0 },
	};
	int option;

	*settings = (struct settings){ .mode = "", .slice_ns = 20000000 };
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'l')
			settings->line = line_find(optarg);
		else if (option == 'm')
			settings->mode = optarg;
		else if (option == 's')
			settings->slice_ns = strtoull(optarg, NULL, 10) * 1000;
		else if (option == 'c')
			settings->count = strtoull(optarg, NULL, 10);
		else
			exit(EXIT_FAILURE);
	}
	if (!settings->line)
		die("--line is missing, or there is none of that name");
}

/* Also the warm-up: the last try took at least half a slice. */
static uint64_t calibrate(uint64_t slice_ns)
{
	uint64_t units = 1, start, spent;

	for (;; units *= 2) {
		start = clock_ns();
		work.run(units);
		spent = clock_ns() - start;
		if (spent >= slice_ns / 2)
			break;
	}
	units = units * (double)slice_ns / spent;
	return units ? units : 1;
}

static void serve(uint64_t units)
{
	char request[16];

	printf("ready %s\n", work.note());
	while (fgets(request, sizeof(request), stdin))
		printf("%.4f\n", work.run(units));
}

int main(int argc, char **argv)
{
	struct settings settings;
	const char *reason;

	setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
	parse(&settings, argc, argv);
	reason = crew_start(settings.line->threads);
	if (!reason)
		reason = work.open(settings.line, settings.mode);
	if (reason)
		printf("skip %s\n", reason);
	else
		serve(settings.count ? settings.count :
				       calibrate(settings.slice_ns));
	fflush(stdout);
	/* what the allocators do at exit is not of interest */
	_exit(EXIT_SUCCESS);
}
