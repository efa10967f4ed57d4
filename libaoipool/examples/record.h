/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * record - a run as it happens, in a folder of CSV files that are up to date at
 * any moment: who is killed leaves them, too.
 *
 * series.csv	how the engine and the host stand, a few times a second
 * gets.csv	each time that a panel's frames were taken
 * results.csv	each board that was inspected, and what was found on it
 * events.csv	what the allocator was told of memory
 *
 * Times are seconds of CLOCK_MONOTONIC, which other programs on the host share.
 */
#ifndef RECORD_H
#define RECORD_H

#include <stdint.h>
#include <stdio.h>

#include "complaint.h"
#include "panel.h"
#include "score.h"

struct engine;
struct allocator_event;
struct work_state;

/* Nothing is written where the files are NULL. */
struct record {
	FILE *series;
	FILE *gets;
	FILE *results;
	FILE *events;
	uint64_t next_sample;	/* ns */
};

/*
 * @folder is there; NULL: keep no record.
 * Return: 0; -EBADMSG with @why.
 */
int record_open(struct record *record, const char *folder,
		struct complaint *why);
void record_close(struct record *record);

/* Takes a sample if it is time for one. */
void record_look(struct record *record, const struct engine *engine,
		 const struct work_state *state, uint64_t now);

/* A panel's frames: @began, @got, and all pages touched at @touched. */
void record_get(struct record *record, uint64_t panel, uint64_t began,
		uint64_t got, uint64_t touched);

/* What was found on tile @n; record_results_end() when all have been told. */
void record_result(struct record *record, const struct panel *panel, uint32_t n,
		   const struct tally *tally);
void record_results_end(struct record *record);

void record_event(struct record *record, const struct allocator_event *event);

#endif
