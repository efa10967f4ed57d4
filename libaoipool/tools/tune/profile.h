/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Profiles: sets of values for the same tunables, for hosts that want different
 * things.  The other tunables are the host's own.
 */
#ifndef PROFILE_H
#define PROFILE_H

#include "settings.h"

struct profile_line {
	const char *name;	/* of the tunable, or "node*" */
	const char *value;	/* NULL: its default */
	const char *reason;
};

struct profile {
	const char *name;
	const char *purpose;
	const struct profile_line *lines;	/* ends with one without a name */
};

extern const struct profile profiles[];		/* ends with one without a name */

/* NULL: there is none of that name. */
const struct profile *profile_find(const char *name);

/* Why a profile has this tunable as it has; "" where it is no part of it. */
const char *profile_reason(const struct profile *profile,
			   const struct tunable *tunable);

/**
 * profile_settings() - a profile as settings
 *
 * No depot is to keep more than the default and a sixteenth of its node.  What the
 * module does not have is left out.
 *
 * Return: 0; a negative errno value, explained by @why.
 */
int profile_settings(const struct profile *profile,
		     const struct tunables *tunables, struct settings *settings,
		     char why[SETTINGS_WHY_BYTES]);

#endif
