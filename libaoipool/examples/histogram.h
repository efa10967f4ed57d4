/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * histogram - times in nanoseconds, in fixed memory: each power of two is cut
 * into 32 equal bins, so a percentile is at most 3.2 % above the truth.  The
 * largest time is kept exactly.  One thread adds, any thread reads.
 */
#ifndef HISTOGRAM_H
#define HISTOGRAM_H

#include <stdatomic.h>
#include <stdint.h>

#define HISTOGRAM_CUTS	32
#define HISTOGRAM_BINS	(60 * HISTOGRAM_CUTS)

struct histogram {
	atomic_uint_fast64_t bins[HISTOGRAM_BINS];
	atomic_uint_fast64_t count;
	atomic_uint_fast64_t max;
};

void histogram_add(struct histogram *histogram, uint64_t ns);
/* to += from */
void histogram_merge(struct histogram *to, const struct histogram *from);
/*
 * What came to @now since it was @before; its largest time is as exact as a
 * percentile.
 */
void histogram_between(struct histogram *to, const struct histogram *before,
		       const struct histogram *now);
/* The time that @percent of all do not exceed; 0 when there are none. */
uint64_t histogram_percentile(const struct histogram *histogram,
			      double percent);

#endif
