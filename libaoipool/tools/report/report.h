/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * A recording as one page of HTML that needs nothing besides: plots are inline
 * SVG, and there is no script.
 */
#ifndef REPORT_H
#define REPORT_H

#include <stdio.h>

#include <jansson.h>

#include "recording.h"

/* All of it.  Errors are the stream's: ferror(). */
void report_page(const struct recording *recording, FILE *to);

/* The summary as JSON.  NULL: no memory. */
json_t *report_json(const struct recording *recording);

/* Parts of the page. */
extern const char report_style[];
void report_memory(const struct recording *recording, FILE *to);
void report_levels(const struct recording *recording, FILE *to);
void report_latencies(const struct recording *recording, FILE *to);
void report_reclaim(const struct recording *recording, FILE *to);
void report_events(const struct recording *recording, FILE *to);
void report_processes(const struct recording *recording, FILE *to);
void report_available(const struct recording *recording, FILE *to);
void report_summary(const struct recording *recording, FILE *to);
void report_tables(const struct recording *recording, FILE *to);

/**
 * report_figure_begin() - a plot's heading and its legend
 * @id: of the section
 * @entries: of the legend: pairs of a class and a text; ends with NULL
 */
void report_figure_begin(FILE *to, const char *id, const char *heading,
			 const char *const *entries);
void report_figure_end(FILE *to, const char *caption);
/* Instead of a plot: why there is none. */
void report_nothing(FILE *to, const char *id, const char *heading,
		    const char *why);

struct plot report_plot(const struct recording *recording, FILE *to,
			const char *id, const char *title);

extern const char *const report_kind_names[KINDS];

#endif
