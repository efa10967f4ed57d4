/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * work - who does what next.
 *
 * A panel is first taken (its frames are got and drawn), then inspected (and
 * its frames put).  How many panels may be taken at once depends on the phase:
 *
 * burst	up to `burst` panels are taken before one is inspected, as when a
 *		line delivers faster than the inspection works; over when all
 *		of them hold their frames at once, or there are none for one
 * drain	no panel is taken until all that were are inspected
 * idle		nothing to do for `idle_ms`
 * steady	at most `depth` panels are taken at a time
 *
 *	burst -> drain -> idle -> steady -> (each `burst_every` panels) burst
 */
#ifndef WORK_H
#define WORK_H

#include <pthread.h>

#include "panel.h"

enum work_phase {
	WORK_BURST,
	WORK_DRAIN,
	WORK_IDLE,
	WORK_STEADY,
};

enum work_kind {
	WORK_TAKE,
	WORK_INSPECT,
	WORK_DONE,
};

struct work_config {
	uint64_t panels;
	unsigned int depth;
	unsigned int burst;		/* 0: no bursts */
	uint64_t burst_every;		/* 0: one burst, at the start */
	unsigned int idle_ms;
	unsigned int pace_ms;		/* steady: a panel comes so often */
};

struct work {
	pthread_mutex_t lock;		/* all below */
	pthread_cond_t changed;
	struct work_config config;
	enum work_phase phase;
	struct panel *spare;		/* hold nothing */
	struct panel *ready;		/* taken, oldest first */
	struct panel **ready_end;
	unsigned int nr_ready;
	struct panel *deferred;		/* could not be taken, laid out */
	uint64_t next;			/* the next panel to be laid out */
	uint64_t done;
	uint64_t since_burst;
	uint64_t idle_until;		/* ns */
	uint64_t next_arrival;		/* ns */
	unsigned int in_flight;
	unsigned int in_flight_peak;
	uint64_t deferrals;
	uint64_t starved_since;		/* ns; 0: there is progress */
	bool stopped;
};

struct work_order {
	struct panel *panel;
	/* WORK_TAKE: */
	uint64_t nr;		/* the panel to lay out */
	bool again;		/* it has been laid out */
	bool wait;		/* for its frames, where there are none now */
};

/* @spare: panels enough for the largest burst, linked by next. */
void work_init(struct work *work, const struct work_config *config,
	       struct panel *spare);
void work_exit(struct work *work);

/*
 * What to do next; waits where there is nothing to do yet.  WORK_TAKE: lay out
 * the panel, take its frames and call work_taken() or work_defer().
 * WORK_INSPECT: inspect the panel, put its frames, call work_inspected().
 */
enum work_kind work_next(struct work *work, struct work_order *order);
void work_taken(struct work *work, struct panel *panel);
/*
 * There was no memory for its frames: end the burst, try it again later.
 * Return: for how long no panel could be taken and none was done, in ns.
 */
uint64_t work_defer(struct work *work, struct panel *panel);
/* Return: how many panels are done now, this one counted. */
uint64_t work_inspected(struct work *work, struct panel *panel);
/* Take no more panels; those that were taken are still inspected. */
void work_stop(struct work *work);

struct work_state {
	enum work_phase phase;
	uint64_t done;
	unsigned int in_flight;
	unsigned int in_flight_peak;
	uint64_t deferrals;
	bool stopped;
};

struct work_state work_state(struct work *work);
const char *work_phase_name(enum work_phase phase);

#endif
