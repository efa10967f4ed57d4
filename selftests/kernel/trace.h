/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the module tells a tracer, in a buffer of our own.
 */
#ifndef TRACE_H
#define TRACE_H

/* From now on; 0 or a negative errno. */
int trace_start(void);
int trace_stop(void);
/* Forget what was traced so far. */
int trace_clear(void);

/* How often; -1: no trace. */
int trace_count(const char *event);

/* The aoipool_bring events. */
struct trace_bring {
	int events;
	int tasks;	/* how many brought blocks; no more than 64 are told apart */
	int most_at_once;
};

int trace_read_bring(struct trace_bring *bring);

#endif /* TRACE_H */
