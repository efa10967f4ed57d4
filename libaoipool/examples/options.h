/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* options - the command line. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum exit_code {
	EXIT_DONE	= 0,
	EXIT_USAGE	= 1,
	EXIT_INPUT	= 2,	/* no usable board */
	EXIT_MEMORY	= 3,	/* no pool, or no memory to go on */
	EXIT_MISUSE	= 4,	/* a misuse was not caught, or one happened */
	EXIT_OUTPUT	= 5,	/* a file could not be written */
};

struct options {
	const char *boards;	/* a folder; NULL: generate */
	size_t generate;
	const char *save;
	uint64_t seed;
	bool each;		/* --decode each */
	uint32_t width;
	uint32_t height;
	int shift;
	uint64_t loops;		/* one of the next three is set */
	uint64_t panels;
	uint64_t boards_total;
	unsigned int threads;
	unsigned int depth;
	unsigned int burst;
	uint64_t burst_every;
	unsigned int idle_ms;
	unsigned int pace_ms;
	const char *allocator;
	int provider;		/* enum aoipool_provider */
	int numa;		/* enum aoipool_numa */
	int custody;		/* enum aoipool_custody_mode */
	bool keep_idle;
	bool lock;		/* code and boards */
	size_t pool_panels;	/* 0: as many as can be in flight */
	size_t reserve_panels;
	uint8_t threshold;
	unsigned int tolerance;
	uint32_t least_area;
	const char *json;
	const char *record;	/* a folder */
	const char *latency;	/* a file */
	bool misuse;
	bool quiet;
	bool verbose;
};

/* Does not return on an error or --help. */
void options_parse(struct options *options, int argc, char **argv);

#endif
