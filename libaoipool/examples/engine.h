/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* engine - one run: its boards, its memory, its inspectors, its results. */
#ifndef ENGINE_H
#define ENGINE_H

#include <stdatomic.h>

#include "inspector.h"
#include "latency.h"
#include "memory.h"
#include "options.h"
#include "record.h"
#include "work.h"

struct engine {
	struct options options;
	struct board_set set;
	struct skips skips;
	struct panel_plan plan;
	struct allocator *allocator;
	struct record record;
	struct latency latency;
	struct work work;
	struct panel *panels;
	size_t nr_panels;
	struct inspector *inspectors;

	uint64_t warm_up;		/* panels; then memory.warm is taken */
	struct {
		struct memory start;	/* before anything was loaded */
		struct memory loaded;	/* boards decoded, pools open */
		struct memory warm;
		struct memory end;	/* the last panel is done */
	} memory;
	uint64_t began_ns;
	uint64_t ended_ns;
	/* an error that ended the run early: negative errno, else 0 */
	atomic_int failure;
};

/* What came out; summed over all inspectors. */
struct outcome {
	struct meters meters;
	struct tally *tallies;		/* one a board of the set */
	struct tally total;
	struct faults faults;
	struct allocator_stats stats;
	struct work_state work;
	double seconds;
};

/*
 * Make, run and end an engine.  @engine->options are set.
 * Return: EXIT_DONE or what main() is to return; the reason has been printed.
 */
enum exit_code engine_load(struct engine *engine);
enum exit_code engine_run(struct engine *engine);
void engine_exit(struct engine *engine);

/* On @panels panels. */
uint64_t engine_boards(const struct engine *engine, uint64_t panels);

/* Return: 0; -ENOMEM. */
int outcome_make(struct outcome *outcome, struct engine *engine);
void outcome_free(struct outcome *outcome);

#endif
