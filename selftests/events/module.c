// SPDX-License-Identifier: GPL-2.0-only
#include "module.h"
#include "proc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Where the test machine has it; AOIPOOL_KO names another place. */
#define MODULE_PATH	"/aoipool/aoipool.ko"

#define UNLOAD_STEPS	500
#define UNLOAD_STEP_US	10000

int module_note(struct module *module)
{
	module->path = getenv("AOIPOOL_KO");
	if (!module->path)
		module->path = MODULE_PATH;
	snprintf(module->parameters, sizeof(module->parameters),
		 "limit_mib=%ld depot_high_blocks=%ld depot_low_blocks=%ld",
		 file_read_long(PARAMETERS "limit_mib"),
		 file_read_long(PARAMETERS "depot_high_blocks"),
		 file_read_long(PARAMETERS "depot_low_blocks"));
	return access(module->path, R_OK) ? -errno : 0;
}

int module_unload(void)
{
	int err = -EAGAIN;

	for (int step = 0; step < UNLOAD_STEPS && err == -EAGAIN; step++) {
		err = syscall(SYS_delete_module, "aoipool", O_NONBLOCK) ? -errno : 0;
		if (err == -EAGAIN)
			usleep(UNLOAD_STEP_US);
	}
	return err;
}

int module_load(const struct module *module)
{
	int file = open(module->path, O_RDONLY | O_CLOEXEC);
	int err;

	if (file < 0)
		return -errno;
	err = syscall(SYS_finit_module, file, module->parameters, 0) ? -errno : 0;
	close(file);
	return err;
}

int module_restore(const struct module *module)
{
	return access("/sys/module/aoipool", F_OK) ? module_load(module) : 0;
}
