// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* aoipoolctl unload - unloads the module, or says who uses it. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <libkmod.h>

#include "cmd.h"
#include "complain.h"
#include "device_user.h"
#include "host_file.h"
#include "json.h"
#include "loaded_module.h"
#include "module_file.h"

static const char doc[] =
	"Unload module aoipool.\vNo process is ended for it: who has the device or a "
	"pool open is named.";

static void name_users(const struct device_users *users)
{
	char how[256];

	for (size_t i = 0; i < users->nr; i++) {
		device_user_describe(&users->list[i], how, sizeof(how));
		complain("process %d (%s) has %s", users->list[i].pid,
			 users->list[i].comm, how);
	}
	if (users->hidden)
		complain("%zu processes may not be looked into: be root",
			 users->hidden);
}

static int in_use(void)
{
	struct device_users users;
	int err = device_users_find(&users);

	if (err)
		return complain_of(err, "aoipool is in use, and /proc cannot be read");
	complain("aoipool is in use%s",
		 users.nr ? ": end these processes first, then try again" :
			    " by nobody who is seen from here: another PID "
			    "namespace (a container), or I/O under way");
	name_users(&users);
	device_users_free(&users);
	return EXIT_TROUBLE;
}

static int refused(int err)
{
	switch (err) {
	case -ENOENT:
		return complain_no_module();
	case -EAGAIN:
		return in_use();
	case -EPERM:
		if (host_file_number("/proc/sys/kernel/modules_disabled", 0))
			complain("sysctl kernel.modules_disabled is 1: no module is "
				 "unloaded until the next boot");
		else
			complain("only root may unload it: 'sudo aoipoolctl unload'");
		return EXIT_REFUSED;
	case -EBUSY:
		complain("it is being loaded or unloaded just now, or another module "
			 "uses it: see /sys/module/aoipool/holders");
		return EXIT_TROUBLE;
	default:
		complain("cannot unload it: %s", strerror(-err));
		return command_status(err);
	}
}

/* By name: what is installed has no say in it. */
static int remove_module(void)
{
	struct kmod_ctx *ctx = kmod_new(NULL, NULL);
	struct kmod_module *module = NULL;
	int err;

	if (!ctx)
		return -ENOMEM;
	err = kmod_module_new_from_name(ctx, MODULE_NAME, &module);
	if (err >= 0)
		err = kmod_module_remove_module(module, KMOD_REMOVE_NOWAIT |
							KMOD_REMOVE_NOLOG);
	if (module)
		kmod_module_unref(module);
	kmod_unref(ctx);
	return err < 0 ? err : 0;
}

static int run(int argc, char **argv)
{
	bool json = command_parse_json(doc, argc, argv);
	int err;

	if (!host_file_exists("/sys/module/" MODULE_NAME))
		return complain_no_module();
	err = remove_module();
	if (err)
		return refused(err);
	if (json)
		err = json_show(json_pack("{s:s}", "module", "unloaded"),
				JSON_INDENT(2));
	else
		puts("aoipool: unloaded");
	return err ? complain_of(err, "cannot write") : EXIT_DONE;
}

const struct command cmd_unload = {
	.name = "unload",
	.summary = "unload the module, or say who uses it",
	.run = run,
};
