/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* report - the outcome as a table for people and as JSON for programs. */
#ifndef REPORT_H
#define REPORT_H

#include "engine.h"

void report_table(const struct engine *engine, const struct outcome *outcome,
		  FILE *to);

/* Return: 0; -ENOMEM; -EIO or what opening the file gave. */
int report_json(const struct engine *engine, const struct outcome *outcome,
		const char *path);

/* Part of 100; 100 when the whole is 0: nothing to find, all found. */
static inline double report_percent(uint64_t part, uint64_t whole)
{
	return whole ? 100.0 * (double)part / (double)whole : 100.0;
}

/* How much the resident memory grew since the warm-up, in percent. */
double report_growth(const struct engine *engine);

extern const char *const report_meter_names[METERS];

#endif
