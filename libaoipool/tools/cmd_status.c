// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* aoipoolctl status - the whole of it, on one screen. */
#include <stdbool.h>

#include "cmd.h"
#include "complain.h"
#include "status.h"

static const char doc[] =
	"How aoipool does on this host: levels, the five kinds of memory, "
	"processes, the largest holders and what went wrong.\vThe JSON object has "
	"more than the screen.  That the module is not loaded is told, and no error.";

static int show(const struct status *status, bool json)
{
	if (json)
		return status_print_json(status);
	status_print(status);
	return 0;
}

static int run(int argc, char **argv)
{
	bool json = command_parse_json(doc, argc, argv);
	struct status status;
	int err;

	err = status_take(&status);
	if (!err) {
		err = show(&status, json);
		status_free(&status);
	}
	return err ? complain_of(err, "cannot tell the status") : EXIT_DONE;
}

const struct command cmd_status = {
	.name = "status",
	.summary = "how aoipool does, on one screen",
	.run = run,
};
