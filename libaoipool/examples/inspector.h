/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* inspector - a thread that takes panels and inspects them. */
#ifndef INSPECTOR_H
#define INSPECTOR_H

#include <pthread.h>

#include "histogram.h"
#include "score.h"

struct engine;

/* What is timed. */
enum meter {
	METER_GET,	/* the call that takes a panel's frames */
	METER_GET_TOUCH, /* that, and one write to each of their 4 KiB pages */
	METER_FIRST,	/* the same, of the panels before the warm-up ended */
	METER_PUT,	/* putting them */
	METER_INSPECT,	/* align check to score */
	METERS,
};

struct meters {
	struct histogram of[METERS];
};

/* What should not happen; summed up for the report. */
struct faults {
	uint64_t lost;		/* components without an object */
	uint64_t overflows;	/* panels with too many runs */
	uint64_t failed_puts;
};

struct inspector {
	struct engine *engine;
	pthread_t thread;
	struct meters *meters;
	struct tally *tallies;
	struct faults faults;
	struct components components;
	struct candidate **owners;
};

/* Return: 0; -ENOMEM.  On an error nothing is left to exit. */
int inspector_init(struct inspector *inspector, struct engine *engine);
void inspector_exit(struct inspector *inspector);

/* Return: 0 or a negative errno value. */
int inspector_start(struct inspector *inspector);
void inspector_join(struct inspector *inspector);

#endif
