/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* The module as the kernel has it: below /sys/module/aoipool. */
#ifndef LOADED_MODULE_H
#define LOADED_MODULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct loaded_parameter {
	char name[64];
	char value[128];	/* "": it has none */
};

/**
 * struct loaded_module
 * @is_there: else the rest is empty
 * @state: "live", "coming", "going"
 * @taint: letters that it brought
 * @users: how often it is in use
 * @abi_version: 0: not to be known
 */
struct loaded_module {
	bool is_there;
	char state[16];
	char version[32];
	char srcversion[32];
	char taint[16];
	unsigned long users;
	uint32_t abi_version;
	struct loaded_parameter *parameters;
	size_t nr_parameters;
};

/* Return: 0, and loaded_module_free() is the caller's to call; -ENOMEM. */
int loaded_module_read(struct loaded_module *module);

void loaded_module_free(struct loaded_module *module);

#endif
