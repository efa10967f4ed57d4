/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* The lines of a recording, as JSON.  NULL: no memory. */
#ifndef RECORD_LINE_H
#define RECORD_LINE_H

#include <jansson.h>

#include "figures.h"
#include "sample.h"

/* So many pools, those with the most memory, are in each sample. */
#define RECORD_TOP	20

json_t *record_head_line(uint64_t interval_ns);
json_t *record_sample_line(const struct sample *sample,
			   const struct figures *figures, size_t nr_figures);
json_t *record_event_line(const struct aoipool_event *event);
/* @why: "signal", "duration" */
json_t *record_end_line(const char *why);

/**
 * record_latency_line() - from a line that an engine wrote
 * @since_ns: what is older is of an earlier run
 * @is_bad: out, it is no such line
 *
 * Return: NULL, too, where there is nothing to be recorded.
 */
json_t *record_latency_line(const char *text, uint64_t since_ns, bool *is_bad);

#endif
