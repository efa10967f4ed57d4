/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * What a sample is as metrics.  aoipoolctl-metrics(8) describes each family; all
 * of them begin with aoipool_.
 */
#ifndef EXPOSITION_H
#define EXPOSITION_H

#include <stddef.h>

#include "metric.h"
#include "sample.h"

/**
 * struct exposition - what is wanted
 * @top: pools with the most memory that have series of their own, of the module,
 *	and of processes; so many tags, too.  0: none
 */
struct exposition {
	size_t top;
};

#define EXPOSITION_TOP	100

/* What of a sample is needed. */
unsigned int exposition_wants(const struct exposition *exposition);

/**
 * exposition_write() - all families, of a sample that was taken
 * @took_ns: that taking it took
 */
void exposition_write(const struct exposition *exposition,
		      const struct sample *sample, uint64_t took_ns,
		      struct metric_sink *sink);

/**
 * exposition_take() - take a sample, and write it
 *
 * Where it cannot be taken, the metrics say so.  Return: 0, or why not: a negative
 * errno value.
 */
int exposition_take(const struct exposition *exposition,
		    struct metric_sink *sink);

/* The parts of it. */
void exposition_module(const struct exposition *exposition,
		       const struct sample *sample, struct metric_sink *sink);
void exposition_processes(const struct exposition *exposition,
			  const struct sample *sample, struct metric_sink *sink);

#endif
