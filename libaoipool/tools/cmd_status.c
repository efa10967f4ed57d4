// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* aoipoolctl status - the whole of it, on one screen. */
#include <stdbool.h>

#include "cmd.h"
#include "complain.h"
#include "status.h"

struct wish {
	bool json;
};

static const struct argp_option options[] = {
	{ "json", 'j', NULL, 0, "a JSON object, with more than the screen", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct wish *wish = state->input;

	switch (key) {
	case 'j':
		wish->json = true;
		break;
	case ARGP_KEY_ARG:
		argp_error(state, "what is \"%s\"?", arg);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "How aoipool does on this host: levels, the five kinds of memory, "
	       "processes, the largest holders and what went wrong.\vThat the "
	       "module is not loaded is told, and no error.",
};

static int show(const struct wish *wish, const struct status *status)
{
	if (wish->json)
		return status_print_json(status);
	status_print(status);
	return 0;
}

static int run(int argc, char **argv)
{
	struct wish wish = { 0 };
	struct status status;
	int err;

	command_parse(&argp, argc, argv, &wish);
	err = status_take(&status);
	if (!err) {
		err = show(&wish, &status);
		status_free(&status);
	}
	return err ? complain_of(err, "cannot tell the status") : EXIT_DONE;
}

const struct command cmd_status = {
	.name = "status",
	.summary = "how aoipool does, on one screen",
	.run = run,
};
