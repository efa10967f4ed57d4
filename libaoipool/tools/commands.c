// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* All there are, in the order of aoipoolctl --help. */
#include "command.h"

#include <errno.h>
#include <stddef.h>

#include "cmd.h"

const struct command *const commands[] = {
	&cmd_status,
	&cmd_pools,
	&cmd_holders,
	&cmd_top,
	&cmd_monitor,
	&cmd_doctor,
	&cmd_load,
	&cmd_unload,
	&cmd_module,
	&cmd_tune,
	&cmd_trim,
	&cmd_events,
	&cmd_metrics,
	&cmd_record,
	&cmd_report,
	NULL,
};

void command_parse(const struct argp *argp, int argc, char **argv, void *input)
{
	argp_err_exit_status = EXIT_USAGE;
	argp_parse(argp, argc, argv, 0, NULL, input);
}

int command_status(int err)
{
	switch (-err) {
	case 0:
		return EXIT_DONE;
	case ENODEV:
		return EXIT_NO_MODULE;
	case EPERM:
	case EACCES:
		return EXIT_REFUSED;
	default:
		return EXIT_TROUBLE;
	}
}
