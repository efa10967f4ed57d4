/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * variant - one of those that are compared: which worker measures it, and how
 * that is told what to be.
 */
#ifndef VARIANT_H
#define VARIANT_H

#include "line.h"

enum role {
	ROLE_OURS,
	ROLE_PEER,
	ROLE_FLOOR,	/* what measuring costs; nobody's rival */
};

struct variant {
	const char *name;
	enum role role;
	unsigned int families;	/* of enum family */
	const char *worker;	/* beside the driver */
	const char *mode;
	const char *preload;	/* a library, or NULL */
	const char *package;	/* Debian's, that has it; or NULL */
	const char *setting;	/* NAME=VALUE for the environment, or NULL */
};

extern const struct variant variants[];
extern const unsigned int nr_variants;

/*
 * Return: NULL, or why this variant cannot run at all on this host.  @folder has
 * the workers.
 */
const char *variant_missing(const struct variant *variant, const char *folder);

#endif
