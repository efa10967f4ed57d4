// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* aoi-watch - the names of numbers. */
#include <stddef.h>

#include "aoi-watch.h"

#define NAME(names, i) \
	((size_t)(i) < sizeof(names) / sizeof((names)[0]) ? (names)[i] : NULL)

static const char *const levels[] = { "none", "low", "high", "critical" };
static const char *const reasons[] = { "slots", "memory", "limit", "cgroup" };
static const char *const kinds[] = { NULL,    "level",	   "reclaim",
				     "sweep", "exhausted", "lost" };
static const char *const causes[] = { "shrinker", "oom",   "trim",
				      "limit",	  "decay", "idle-max" };

const char *watch_level(enum aoipool_pressure_level level)
{
	const char *name = NAME(levels, level);

	return name ? name : "?";
}

const char *watch_reason(uint32_t reason)
{
	const char *name = NAME(reasons, reason);

	return name ? name : "?";
}

const char *watch_kind(enum aoipool_event_kind kind)
{
	return NAME(kinds, kind);
}

const char *watch_cause(unsigned int bit)
{
	return NAME(causes, bit);
}
