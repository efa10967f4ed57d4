/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
#include "level.h"

#define MS_NS	1000000ULL

/* Points of a percent above the threshold before a level falls */
#define FALL_POINTS	3

/*
 * A host that has less than a fifth of its memory available soon reclaims page
 * cache that it needs, and below a twentieth everything that allocates waits.
 */
static const struct {
	uint32_t below_percent;
	uint32_t decay_ms;
	uint32_t grace_ms;
} policy[] = {
	[AOIPOOL_LEVEL_NONE] = { 0, 10000, 0 },
	[AOIPOOL_LEVEL_LOW] = { 20, 1000, 500 },
	[AOIPOOL_LEVEL_HIGH] = { 10, 0, 100 },
	[AOIPOOL_LEVEL_CRITICAL] = { 5, 0, 0 },
};

static uint64_t percent_of(const struct host_memory *memory, uint32_t percent)
{
	return memory->total_bytes / 100 * percent;
}

static enum aoipool_pressure_level level_of(const struct host_memory *memory)
{
	enum aoipool_pressure_level level = AOIPOOL_LEVEL_CRITICAL;

	while (level > AOIPOOL_LEVEL_NONE &&
	       memory->available_bytes >=
		       percent_of(memory, policy[level].below_percent))
		level--;
	return level;
}

uint64_t level_missing(enum aoipool_pressure_level level,
		       const struct host_memory *memory)
{
	uint64_t goal = percent_of(memory,
				   policy[level].below_percent + FALL_POINTS);

	if (level == AOIPOOL_LEVEL_NONE || memory->available_bytes >= goal)
		return 0;
	return goal - memory->available_bytes;
}

bool level_update(struct level *level, const struct host_memory *memory,
		  enum aoipool_pressure_level least, uint64_t now_ns)
{
	enum aoipool_pressure_level want = level_of(memory);

	if (want < least)
		want = least;
	if (want > level->now || (least && least == level->now))
		level->changed_ns = now_ns;
	if (want > level->now) {
		level->now = want;
		return true;
	}
	if (want == level->now || level_missing(level->now, memory) ||
	    now_ns - level->changed_ns < LEVEL_STEP_NS)
		return false;
	level->now--;
	level->changed_ns = now_ns;
	return true;
}

uint32_t level_decay_ms(enum aoipool_pressure_level level)
{
	return policy[level].decay_ms;
}

uint64_t level_grace_ns(enum aoipool_pressure_level level)
{
	return policy[level].grace_ms * MS_NS;
}
