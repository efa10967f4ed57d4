// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* options - getopt_long, and every value checked. */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <aoipool.h>

#include "align.h"
#include "image.h"
#include "options.h"

#define BOARDS_TOTAL	2000
#define GENERATED	24
#define THRESHOLD	96
#define TOLERANCE	2
#define LEAST_AREA	9
#define THREADS_MAX	1024

/* The build names a folder to look into. */
#ifndef BOARDS_DEFAULT
#define BOARDS_DEFAULT	"boards"
#endif

enum {
	OPT_BOARDS = 256,
	OPT_GENERATE,
	OPT_SAVE,
	OPT_SEED,
	OPT_DECODE,
	OPT_PANEL,
	OPT_SHIFT,
	OPT_LOOPS,
	OPT_PANELS,
	OPT_BOARDS_TOTAL,
	OPT_THREADS,
	OPT_DEPTH,
	OPT_BURST,
	OPT_BURST_EVERY,
	OPT_IDLE,
	OPT_PACE,
	OPT_ALLOCATOR,
	OPT_PROVIDER,
	OPT_NUMA,
	OPT_CUSTODY,
	OPT_POOL,
	OPT_KEEP_IDLE,
	OPT_LOCK,
	OPT_RESERVE,
	OPT_THRESHOLD,
	OPT_TOLERANCE,
	OPT_LEAST_AREA,
	OPT_JSON,
	OPT_RECORD,
	OPT_LATENCY,
	OPT_MISUSE,
	OPT_QUIET,
	OPT_VERBOSE,
	OPT_HELP,
};

static const struct option long_options[] = {
	{ "boards", required_argument, NULL, OPT_BOARDS },
	{ "generate", optional_argument, NULL, OPT_GENERATE },
	{ "save", required_argument, NULL, OPT_SAVE },
	{ "seed", required_argument, NULL, OPT_SEED },
	{ "decode", required_argument, NULL, OPT_DECODE },
	{ "panel", required_argument, NULL, OPT_PANEL },
	{ "shift", required_argument, NULL, OPT_SHIFT },
	{ "loops", required_argument, NULL, OPT_LOOPS },
	{ "panels", required_argument, NULL, OPT_PANELS },
	{ "boards-total", required_argument, NULL, OPT_BOARDS_TOTAL },
	{ "threads", required_argument, NULL, OPT_THREADS },
	{ "depth", required_argument, NULL, OPT_DEPTH },
	{ "burst", required_argument, NULL, OPT_BURST },
	{ "burst-every", required_argument, NULL, OPT_BURST_EVERY },
	{ "idle", required_argument, NULL, OPT_IDLE },
	{ "pace", required_argument, NULL, OPT_PACE },
	{ "allocator", required_argument, NULL, OPT_ALLOCATOR },
	{ "provider", required_argument, NULL, OPT_PROVIDER },
	{ "numa", required_argument, NULL, OPT_NUMA },
	{ "custody", required_argument, NULL, OPT_CUSTODY },
	{ "pool", required_argument, NULL, OPT_POOL },
	{ "keep-idle", no_argument, NULL, OPT_KEEP_IDLE },
	{ "lock", no_argument, NULL, OPT_LOCK },
	{ "reserve", required_argument, NULL, OPT_RESERVE },
	{ "threshold", required_argument, NULL, OPT_THRESHOLD },
	{ "tolerance", required_argument, NULL, OPT_TOLERANCE },
	{ "least-area", required_argument, NULL, OPT_LEAST_AREA },
	{ "json", required_argument, NULL, OPT_JSON },
	{ "record", required_argument, NULL, OPT_RECORD },
	{ "latency", required_argument, NULL, OPT_LATENCY },
	{ "misuse", no_argument, NULL, OPT_MISUSE },
	{ "quiet", no_argument, NULL, OPT_QUIET },
	{ "verbose", no_argument, NULL, OPT_VERBOSE },
	{ "help", no_argument, NULL, OPT_HELP },
	{ 0 },
};

static const char help[] =
"Usage: aoi-engine [OPTION]...\n"
"Inspect printed circuit boards against their templates: boards are tiled to\n"
"panels, several threads inspect the panels, every image of a panel is a frame\n"
"and every defect candidate an object of the chosen allocator.\n"
"\n"
"Input\n"
"  --boards DIR        pairs N_temp.* and N_test.* (JPEG, PNG, PGM), with\n"
"                      annotations N.txt where there are: \"x0 y0 x1 y1 type\"\n"
"                      (" BOARDS_DEFAULT ",\n"
"                      if it is there)\n"
"  --generate[=N]      N boards of the built-in generator (else; N is 24)\n"
"  --seed N            of the generator and of the shifts (default 1)\n"
"  --save DIR          write the boards to DIR as PGM and end\n"
"  --decode each|once  decode a board each time it is used, or keep it (once)\n"
"\n"
"Panels\n"
"  --panel WxH         pixels of a panel (3840x2160)\n"
"  --shift N           lay each board up to N pixels off, 0 to 3, so that the\n"
"                      align check has something to find (1)\n"
"  --boards-total N    inspect N boards, the set again and again (2000)\n"
"  --loops N           inspect the set N times instead\n"
"  --panels N          inspect N full panels instead\n"
"\n"
"Load\n"
"  --threads N         inspectors (as many as CPUs, at least 2)\n"
"  --depth N           panels in flight in steady work (as many as threads)\n"
"  --burst N           begin with N panels in flight before one is inspected\n"
"  --burst-every N     another burst every N panels\n"
"  --idle MS           pause after a burst is worked off\n"
"  --pace MS           in steady work a panel comes every MS milliseconds\n"
"\n"
"Memory\n"
"  --allocator aoipool|malloc|freelist   (aoipool)\n"
"  --provider auto|kernel|user           of aoipool (auto)\n"
"  --numa local|interleave               where aoipool's frames are (local): near\n"
"                      the thread that takes one, or on all nodes in turn, so\n"
"                      that any free frame is as good as another\n"
"  --custody none|slabs|slots            what aoipool notes of who holds what:\n"
"                      nothing, each frame, or each object, too (slabs); frames\n"
"                      are taken for \"camera\", objects for \"candidates\"\n"
"  --pool N            bound of the frame pool, in panels (all in flight)\n"
"  --keep-idle         aoipool keeps free frames until memory is short, for the\n"
"                      next burst, not for some seconds only\n"
"  --lock              keep code and boards in memory (mlockall), whatever else\n"
"                      happens to it; frames not\n"
"  --reserve N         panels whose frames aoipool keeps warm (0)\n"
"  --misuse            put twice, stale, foreign and wrong on purpose, and\n"
"                      show what aoipool says\n"
"\n"
"Inspection\n"
"  --threshold N       grey difference that counts, 1 to 254 (96)\n"
"  --tolerance N       pixels that an edge may lie off, 1 or 2 (2)\n"
"  --least-area N      pixels of the smallest defect (9)\n"
"\n"
"Output\n"
"  --json FILE         write the result as JSON too; - is standard output\n"
"  --record DIR        write what happens into DIR as it happens: series.csv,\n"
"                      gets.csv, results.csv, events.csv\n"
"  --latency FILE      write percentiles of each second, a line of JSON each,\n"
"                      for 'aoipoolctl record --latency'\n"
"  --quiet             no progress, no table\n"
"  --verbose           what the library logs\n"
"  --help\n"
"\n"
"Bad input is named on stderr, skipped and counted; the run goes on.\n"
"Exit status: 0 done; 1 usage; 2 no usable board; 3 the pool could not be made\n"
"or memory gave out; 4 a misuse was not caught; 5 a file could not be written.\n";

__attribute__((noreturn, format(printf, 1, 2))) static void
usage(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("aoi-engine: ", stderr);
	vfprintf(stderr, format, args);
	fputs("\nTry 'aoi-engine --help'.\n", stderr);
	va_end(args);
	exit(EXIT_USAGE);
}

static const char *option_name(int option)
{
	for (const struct option *each = long_options; each->name; each++)
		if (each->val == option)
			return each->name;
	return "?";
}

static uint64_t number(int option, uint64_t low, uint64_t high)
{
	unsigned long long value;
	char *end;

	errno = 0;
	value = strtoull(optarg, &end, 10);
	if (errno || end == optarg || *end || *optarg == '-' || value < low ||
	    value > high)
		usage("--%s: \"%s\" is not a number from %llu to %llu",
		      option_name(option), optarg, (unsigned long long)low,
		      (unsigned long long)high);
	return value;
}

/* Which of @words, separated by '|', is the argument. */
static int choice(int option, const char *words)
{
	size_t length = strlen(optarg);
	const char *at = words;

	for (int n = 0; at; n++) {
		size_t span = strcspn(at, "|");

		if (span == length && !strncmp(at, optarg, span))
			return n;
		at = at[span] ? at + span + 1 : NULL;
	}
	usage("--%s: \"%s\" is none of %s", option_name(option), optarg, words);
}

static void parse_panel(struct options *options)
{
	char rest;

	if (sscanf(optarg, "%ux%u%c", &options->width, &options->height,
		   &rest) != 2 ||
	    !options->width || !options->height ||
	    options->width > IMAGE_SIDE_MAX || options->height > IMAGE_SIDE_MAX)
		usage("--panel: \"%s\" is not WIDTHxHEIGHT, each 1 to %u",
		      optarg, IMAGE_SIDE_MAX);
}

static void parse_count(struct options *options, int option)
{
	uint64_t value = number(option, 1, 1000000000);

	options->loops = option == OPT_LOOPS ? value : 0;
	options->panels = option == OPT_PANELS ? value : 0;
	options->boards_total = option == OPT_BOARDS_TOTAL ? value : 0;
}

static void parse_input(struct options *options, int option)
{
	switch (option) {
	case OPT_BOARDS:
		options->boards = optarg;
		break;
	case OPT_GENERATE:
		options->boards = NULL;
		options->generate =
			optarg ? number(option, 1, 100000) : GENERATED;
		break;
	case OPT_SAVE:
		options->save = optarg;
		break;
	case OPT_SEED:
		options->seed = number(option, 0, UINT64_MAX);
		break;
	case OPT_DECODE:
		options->each = choice(option, "once|each") == 1;
		break;
	case OPT_PANEL:
		parse_panel(options);
		break;
	case OPT_SHIFT:
		options->shift = (int)number(option, 0, ALIGN_REACH);
		break;
	default:
		parse_count(options, option);
	}
}

static void parse_load(struct options *options, int option)
{
	switch (option) {
	case OPT_THREADS:
		options->threads =
			(unsigned int)number(option, 1, THREADS_MAX);
		break;
	case OPT_DEPTH:
		options->depth = (unsigned int)number(option, 1, 100000);
		break;
	case OPT_BURST:
		options->burst = (unsigned int)number(option, 0, 100000);
		break;
	case OPT_BURST_EVERY:
		options->burst_every = number(option, 0, UINT32_MAX);
		break;
	case OPT_IDLE:
		options->idle_ms = (unsigned int)number(option, 0, 3600000);
		break;
	default:
		options->pace_ms = (unsigned int)number(option, 0, 3600000);
	}
}

static void parse_memory(struct options *options, int option)
{
	static const char *const names[] = { "aoipool", "malloc", "freelist" };
	static const int providers[] = { AOIPOOL_PROVIDER_AUTO,
					 AOIPOOL_PROVIDER_KERNEL,
					 AOIPOOL_PROVIDER_USER };
	static const int policies[] = { AOIPOOL_NUMA_LOCAL,
					AOIPOOL_NUMA_INTERLEAVE };
	static const int modes[] = { AOIPOOL_CUSTODY_NONE,
				     AOIPOOL_CUSTODY_SLABS,
				     AOIPOOL_CUSTODY_SLOTS };

	switch (option) {
	case OPT_ALLOCATOR:
		options->allocator =
			names[choice(option, "aoipool|malloc|freelist")];
		break;
	case OPT_PROVIDER:
		options->provider =
			providers[choice(option, "auto|kernel|user")];
		break;
	case OPT_NUMA:
		options->numa = policies[choice(option, "local|interleave")];
		break;
	case OPT_CUSTODY:
		options->custody = modes[choice(option, "none|slabs|slots")];
		break;
	case OPT_POOL:
		options->pool_panels = number(option, 1, 100000);
		break;
	case OPT_LOCK:
		options->lock = true;
		break;
	case OPT_KEEP_IDLE:
		options->keep_idle = true;
		break;
	case OPT_RESERVE:
		options->reserve_panels = number(option, 0, 100000);
		break;
	default:
		options->misuse = true;
	}
}

static void parse_rest(struct options *options, int option)
{
	switch (option) {
	case OPT_THRESHOLD:
		options->threshold = (uint8_t)number(option, 1, 254);
		break;
	case OPT_TOLERANCE:
		options->tolerance = (unsigned int)number(option, 1, 2);
		break;
	case OPT_LEAST_AREA:
		options->least_area = (uint32_t)number(option, 1, 1000000);
		break;
	case OPT_JSON:
		options->json = optarg;
		break;
	case OPT_RECORD:
		options->record = optarg;
		break;
	case OPT_LATENCY:
		options->latency = optarg;
		break;
	case OPT_QUIET:
		options->quiet = true;
		break;
	case OPT_VERBOSE:
		options->verbose = true;
		break;
	case OPT_HELP:
		fputs(help, stdout);
		exit(EXIT_DONE);
	default:
		fputs("Try 'aoi-engine --help'.\n", stderr);
		exit(EXIT_USAGE);
	}
}

static void parse_one(struct options *options, int option)
{
	if (option >= OPT_BOARDS && option <= OPT_BOARDS_TOTAL)
		parse_input(options, option);
	else if (option >= OPT_THREADS && option <= OPT_PACE)
		parse_load(options, option);
	else if ((option >= OPT_ALLOCATOR && option <= OPT_RESERVE) ||
		 option == OPT_MISUSE)
		parse_memory(options, option);
	else
		parse_rest(options, option);
}

static unsigned int default_threads(void)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	return cpus < 2 ? 2 : cpus > THREADS_MAX ? THREADS_MAX :
						   (unsigned int)cpus;
}

static void find_boards(struct options *options)
{
	if (access(BOARDS_DEFAULT, R_OK | X_OK) == 0)
		options->boards = BOARDS_DEFAULT;
	else
		options->generate = GENERATED;
}

void options_parse(struct options *options, int argc, char **argv)
{
	int option;

	*options = (struct options){
		.seed = 1,
		.width = 3840,
		.height = 2160,
		.shift = 1,
		.boards_total = BOARDS_TOTAL,
		.threads = default_threads(),
		.allocator = "aoipool",
		.provider = AOIPOOL_PROVIDER_AUTO,
		.numa = AOIPOOL_NUMA_LOCAL,
		.custody = AOIPOOL_CUSTODY_AUTO,
		.threshold = THRESHOLD,
		.tolerance = TOLERANCE,
		.least_area = LEAST_AREA,
	};
	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1)
		parse_one(options, option);
	if (optind < argc)
		usage("what is \"%s\"?", argv[optind]);
	if (!options->boards && !options->generate)
		find_boards(options);
	if (!options->depth)
		options->depth = options->threads;
}
