// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "profile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPOT_SHARE	16	/* of a node, at most a part of so many */
#define BLOCK_BYTES	(2ULL << 20)

static const struct profile_line latency[] = {
	{ "policy_none/decay_ms", "10m",
	  "a line that stands still for a change of product keeps its memory" },
	{ "policy_none/depot", "high", "a get that misses finds clean blocks" },
	{ "policy_low/decay_ms", "10s",
	  "on low, still what is used once in a panel stays" },
	{ "policy_low/grace_ms", "2s", "owners choose what goes first" },
	{ "policy_low/depot", "high",
	  "the depot goes last: it is what makes a populate cheap" },
	{ "node*/depot_low_bytes", "256M", "filled again early" },
	{ "node*/depot_high_bytes", "512M",
	  "a burst of frames beyond what pools have is served from it" },
	{ "populate_workers", "8", "a big populate takes more CPUs at once" },
	{ NULL, NULL, NULL },
};

static const struct profile_line balance[] = {
	{ "policy_none/decay_ms", NULL, "four times the pace of a slow line" },
	{ "policy_none/depot", NULL, "clean blocks while there is room" },
	{ "policy_low/decay_ms", NULL,
	  "on low, what is used several times a second stays" },
	{ "policy_low/grace_ms", NULL, "time to drain the lists of all CPUs" },
	{ "policy_low/depot", NULL, "half-way between ready and given back" },
	{ "node*/depot_low_bytes", NULL, "the module's default" },
	{ "node*/depot_high_bytes", NULL, "the module's default" },
	{ "populate_workers", NULL, "what most hosts have CPUs for" },
	{ NULL, NULL, NULL },
};

static const struct profile_line thrift[] = {
	{ "policy_none/decay_ms", "2s",
	  "what a burst leaves behind is soon the host's again" },
	{ "policy_none/depot", "low", "little lies ready for nobody" },
	{ "policy_low/decay_ms", "200ms", "on low, only what is in use stays" },
	{ "policy_low/grace_ms", NULL, "time to drain the lists of all CPUs" },
	{ "policy_low/depot", "nothing", "nothing lies ready for nobody" },
	{ "node*/depot_low_bytes", "4M", "a frame or two" },
	{ "node*/depot_high_bytes", "16M", "the same" },
	{ "populate_workers", "2", "the CPUs are others' as well" },
	{ NULL, NULL, NULL },
};

const struct profile profiles[] = {
	{ "latency", "for lines that must not wait for memory: it stays longer",
	  latency },
	{ "balance", "the module's defaults", balance },
	{ "thrift", "for hosts with other work: what is idle goes soon", thrift },
	{ NULL, NULL, NULL },
};

const struct profile *profile_find(const char *name)
{
	for (const struct profile *profile = profiles; profile->name; profile++)
		if (!strcmp(profile->name, name))
			return profile;
	return NULL;
}

const char *profile_reason(const struct profile *profile,
			   const struct tunable *tunable)
{
	const struct profile_line *line = profile->lines;

	for (; line->name; line++)
		if (tunable_is(tunable, line->name))
			return line->reason;
	return "";
}

/* A small host is not to lose its memory to the depot, beyond the default. */
static void bound_by_node(const struct tunable *tunable, char *value)
{
	char initial[TUNABLE_BYTES];
	char file[TUNABLE_NAME_BYTES + sizeof("total_bytes")];
	uint64_t total, most;
	const char *slash = strchr(tunable->name, '/');

	if (tunable->kind->unit != TUNABLE_SIZE ||
	    strncmp(tunable->name, "node", 4) || !slash)
		return;
	snprintf(file, sizeof(file), "%.*s/total_bytes",
		 (int)(slash - tunable->name), tunable->name);
	if (tunable_read_number(file, &total) ||
	    tunable_default(tunable, initial))
		return;
	most = total / DEPOT_SHARE / BLOCK_BYTES * BLOCK_BYTES;
	if (most < strtoull(initial, NULL, 10))
		most = strtoull(initial, NULL, 10);
	if (strtoull(value, NULL, 10) > most)
		snprintf(value, TUNABLE_BYTES, "%llu", (unsigned long long)most);
}

static int value_of(const struct profile_line *line,
		    const struct tunable *tunable, char *value, char *why)
{
	int err;

	if (!line->value)
		return tunable_default(tunable, value);
	err = tunable_parse(tunable, line->value, value, why);
	if (!err)
		bound_by_node(tunable, value);
	return err;
}

static int add_line(const struct profile_line *line,
		    const struct tunables *tunables, struct settings *settings,
		    char *why)
{
	char value[TUNABLE_BYTES];
	int err = 0;

	for (size_t i = 0; i < tunables->nr && !err; i++) {
		const struct tunable *tunable = &tunables->list[i];

		if (!tunable_is(tunable, line->name))
			continue;
		err = value_of(line, tunable, value, why);
		if (!err)
			err = settings_add(settings, tunables, tunable->name,
					   value, 0, why);
	}
	return err;
}

int profile_settings(const struct profile *profile,
		     const struct tunables *tunables, struct settings *settings,
		     char why[SETTINGS_WHY_BYTES])
{
	int err = 0;

	snprintf(why, SETTINGS_WHY_BYTES, "no memory");
	for (const struct profile_line *line = profile->lines;
	     line->name && !err; line++)
		err = add_line(line, tunables, settings, why);
	return err;
}
