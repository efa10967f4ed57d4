/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Levels of pressure, and what each of them means: the module's thresholds, its
 * hysteresis and its policy, for what the module does not watch.
 *
 * A level rises at once to what memory says.  It falls one step at a time, no
 * sooner than a second after its last change, and only where memory is well above
 * the threshold: else giving back would lower the level that made us give.
 */
#ifndef LEVEL_H
#define LEVEL_H

#include <stdbool.h>
#include <stdint.h>

#include "aoipool.h"
#include "host.h"

#define LEVEL_STEP_NS	1000000000ULL

struct level {
	enum aoipool_pressure_level now;
	uint64_t changed_ns;	/* or confirmed by @least */
};

/**
 * level_update() - what @memory makes of a level
 * @memory: total_bytes 0 is without a bound
 * @least: what is known by other means; at least this
 *
 * Return: whether it has changed.
 */
bool level_update(struct level *level, const struct host_memory *memory,
		  enum aoipool_pressure_level least, uint64_t now_ns);

/* Bytes that are missing until @level may fall. */
uint64_t level_missing(enum aoipool_pressure_level level,
		       const struct host_memory *memory);

/* A parked slab is taken after so long; 0: after the grace. */
uint32_t level_decay_ms(enum aoipool_pressure_level level);

/* Between the warning of a level and the first take. */
uint64_t level_grace_ns(enum aoipool_pressure_level level);

#endif
