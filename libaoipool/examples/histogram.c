// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* histogram - relaxed atomics: readers may see a sample late, never torn. */
#include "histogram.h"

#define CUTS	HISTOGRAM_CUTS
#define SHIFT	5	/* log2 of CUTS */

static inline uint64_t load(const atomic_uint_fast64_t *value)
{
	return atomic_load_explicit(value, memory_order_relaxed);
}

static inline void add(atomic_uint_fast64_t *value, uint64_t by)
{
	atomic_store_explicit(value, load(value) + by, memory_order_relaxed);
}

static unsigned int bin_of(uint64_t ns)
{
	unsigned int power;

	if (ns < CUTS)
		return (unsigned int)ns;
	power = 63u - (unsigned int)__builtin_clzll(ns) - SHIFT;
	return (power + 1) * CUTS + (unsigned int)((ns >> power) - CUTS);
}

/* The largest time that falls into the bin. */
static uint64_t top_of(unsigned int bin)
{
	unsigned int power = bin / CUTS;

	if (power == 0)
		return bin;
	return ((uint64_t)(bin % CUTS + CUTS + 1) << (power - 1)) - 1;
}

void histogram_add(struct histogram *histogram, uint64_t ns)
{
	add(&histogram->bins[bin_of(ns)], 1);
	add(&histogram->count, 1);
	if (ns > load(&histogram->max))
		atomic_store_explicit(&histogram->max, ns,
				      memory_order_relaxed);
}

void histogram_merge(struct histogram *to, const struct histogram *from)
{
	uint64_t max = load(&from->max);

	for (unsigned int bin = 0; bin < HISTOGRAM_BINS; bin++)
		add(&to->bins[bin], load(&from->bins[bin]));
	add(&to->count, load(&from->count));
	if (max > load(&to->max))
		atomic_store_explicit(&to->max, max, memory_order_relaxed);
}

void histogram_between(struct histogram *to, const struct histogram *before,
		       const struct histogram *now)
{
	uint64_t max = load(&now->max), top, came;

	*to = (struct histogram){ 0 };
	for (unsigned int bin = 0; bin < HISTOGRAM_BINS; bin++) {
		came = load(&now->bins[bin]) - load(&before->bins[bin]);
		if (!came)
			continue;
		top = top_of(bin);
		to->bins[bin] = came;
		to->count += came;
		to->max = top < max ? top : max;
	}
}

uint64_t histogram_percentile(const struct histogram *histogram,
			      double percent)
{
	uint64_t max = load(&histogram->max);
	double wanted = (double)load(&histogram->count) * percent / 100.0;
	uint64_t seen = 0;

	for (unsigned int bin = 0; bin < HISTOGRAM_BINS; bin++) {
		seen += load(&histogram->bins[bin]);
		if (seen && (double)seen >= wanted)
			return top_of(bin) < max ? top_of(bin) : max;
	}
	return max;
}
