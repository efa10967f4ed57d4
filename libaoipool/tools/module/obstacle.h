/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* What keeps the module from being loaded, or should be known before, and after. */
#ifndef OBSTACLE_H
#define OBSTACLE_H

#include <stdbool.h>
#include <stddef.h>

#include "loaded_module.h"
#include "module_file.h"

/**
 * struct obstacle - one of them
 * @name: for programs
 * @what: is so
 * @remedy: what to do; may be ""
 * @stops: loading cannot work before it is done; not where it is loaded
 * @is_permission: root would be let
 */
struct obstacle {
	const char *name;
	char what[384];
	char remedy[640];
	bool stops;
	bool is_permission;
};

struct obstacles {
	struct obstacle *list;
	size_t nr;
};

/**
 * obstacles_find() - look for all of them
 *
 * Return: 0, and obstacles_free() is the caller's to call; -ENOMEM.
 */
int obstacles_find(struct obstacles *obstacles, const struct module_file *file,
		   const struct loaded_module *loaded);

/* Whether one of them stops. */
bool obstacles_stop(const struct obstacles *obstacles);

void obstacles_free(struct obstacles *obstacles);

/**
 * obstacle_of_error() - what the kernel means by refusing the module
 * @err: of loading it; a negative errno value
 *
 * Return: text that says what is wrong and what to do.
 */
const char *obstacle_of_error(int err);

#endif
