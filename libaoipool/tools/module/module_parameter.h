/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Parameters for loading the module.  What is wrong is found before the kernel is
 * asked: of a parameter that it does not know it only says so in its log.
 */
#ifndef MODULE_PARAMETER_H
#define MODULE_PARAMETER_H

#include <stddef.h>

#define PARAMETER_WHY_BYTES	256

struct module_parameter {
	const char *name;
	unsigned long min, max;		/* beside 0, which all numbers take */
	const char *const *words;	/* else: one of them, ends with NULL */
	const char *unit;
	const char *meaning;
};

/* Those that may be given; ends with one without a name. */
extern const struct module_parameter module_parameters[];

/**
 * module_parameter_check() - "NAME=VALUE"
 * @why: what is wrong with it, with the range
 *
 * Return: 0; -ENOENT: no such parameter; -EINVAL.
 */
int module_parameter_check(const char *text, char why[PARAMETER_WHY_BYTES]);

#endif
