/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* How a ref is made of a slot of a range and a generation, and taken apart. */
#ifndef REF_H
#define REF_H

#include <stdint.h>

#include "aoipool.h"
#include "refspace.h"

static inline aoipool_ref_t ref_make(const struct refrange *range, uint32_t slot,
				     uint32_t gen)
{
	return (aoipool_ref_t)(gen + range->salt) << 32 | (range->base + slot);
}

/* Out of range for every pool but its own, since ranges are disjoint. */
static inline uint32_t ref_slot(const struct refrange *range, aoipool_ref_t ref)
{
	return (uint32_t)ref - range->base;
}

static inline uint32_t ref_gen(const struct refrange *range, aoipool_ref_t ref)
{
	return (uint32_t)(ref >> 32) - range->salt;
}

#endif
