// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "loaded_module.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <aoipool-events.h>

#include "array.h"
#include "host_file.h"
#include "tunable.h"

#define FOLDER		"/sys/module/aoipool"
#define UNSET		"(null)"	/* what the kernel says of text without a value */

static void read_text(const char *name, char *text, size_t room)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), FOLDER "/%s", name);
	host_file_read(path, text, room);
}

static uint32_t read_abi_version(void)
{
	struct aoipool_host_state state = { .size = sizeof(state) };
	uint64_t version;

	if (!tunable_read_number("abi_version", &version))
		return version;
	return aoipool_listener_state(NULL, &state) ? 0 : state.abi_version;
}

static int is_visible(const struct dirent *entry)
{
	return *entry->d_name != '.';
}

static int read_parameter(struct loaded_module *module, const char *name)
{
	struct loaded_parameter parameter;
	char path[sizeof("parameters/") + sizeof(parameter.name)];

	snprintf(parameter.name, sizeof(parameter.name), "%.63s", name);
	snprintf(path, sizeof(path), "parameters/%s", parameter.name);
	read_text(path, parameter.value, sizeof(parameter.value));
	if (!strcmp(parameter.value, UNSET))
		*parameter.value = '\0';
	return array_add(&module->parameters, &module->nr_parameters,
			 &parameter);
}

static int read_parameters(struct loaded_module *module)
{
	struct dirent **names;
	int nr = scandir(host_path(FOLDER "/parameters").text, &names,
			 is_visible, alphasort), err = 0;

	for (int i = 0; i < nr; i++) {
		if (!err)
			err = read_parameter(module, names[i]->d_name);
		free(names[i]);
	}
	if (nr >= 0)
		free(names);
	return err;
}

int loaded_module_read(struct loaded_module *module)
{
	int err;

	*module = (struct loaded_module){
		.is_there = host_file_exists(FOLDER),
	};
	if (!module->is_there)
		return 0;
	read_text("initstate", module->state, sizeof(module->state));
	read_text("version", module->version, sizeof(module->version));
	read_text("srcversion", module->srcversion, sizeof(module->srcversion));
	read_text("taint", module->taint, sizeof(module->taint));
	module->users = host_file_number(FOLDER "/refcnt", 0);
	module->abi_version = read_abi_version();
	err = read_parameters(module);
	if (err)
		loaded_module_free(module);
	return err;
}

void loaded_module_free(struct loaded_module *module)
{
	free(module->parameters);
	*module = (struct loaded_module){ 0 };
}
