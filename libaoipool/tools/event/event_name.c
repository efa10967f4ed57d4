// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "event_name.h"

#include <stddef.h>
#include <string.h>

#include "terminal.h"

#define NR(names)	(sizeof(names) / sizeof((names)[0]))
#define NR_LEVELS	4

static const char *const reasons[] = { "slots", "memory", "limit", "cgroup" };
static const char *const causes[] = { "shrinker", "oom",   "trim",
				      "limit",	  "decay", "idle_max" };
static const char *const kinds[] = { NULL,    "level",	   "reclaim",
				     "sweep", "exhausted", "lost" };

const char *event_kind_name(unsigned int kind)
{
	return kind < NR(kinds) ? kinds[kind] : NULL;
}

const char *event_reason_name(unsigned int reason)
{
	return reason < NR(reasons) ? reasons[reason] : NULL;
}

const char *event_cause_name(unsigned int bit)
{
	return bit < NR(causes) ? causes[bit] : NULL;
}

static int find(const char *const *names, size_t nr, const char *name)
{
	for (size_t i = 0; i < nr; i++)
		if (names[i] && !strcmp(names[i], name))
			return i;
	return -1;
}

int event_kind_of(const char *name)
{
	return find(kinds, NR(kinds), name);
}

int event_reason_of(const char *name)
{
	return find(reasons, NR(reasons), name);
}

int event_cause_of(const char *name)
{
	return find(causes, NR(causes), name);
}

int event_level_of(const char *name)
{
	for (int level = 0; level < NR_LEVELS; level++)
		if (!strcmp(level_name(level), name))
			return level;
	return -1;
}
