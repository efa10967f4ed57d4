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

static error_t parse_json(int key, char *arg, struct argp_state *state)
{
	bool *json = state->input;

	switch (key) {
	case 'j':
		*json = true;
		break;
	case ARGP_KEY_ARG:
		argp_error(state, "what is \"%s\"?", arg);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

bool command_parse_json(const char *doc, int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ "json", 'j', NULL, 0, "a JSON object", 0 },
		{ 0 },
	};
	const struct argp argp = {
		.options = options,
		.parser = parse_json,
		.doc = doc,
	};
	bool json = false;

	command_parse(&argp, argc, argv, &json);
	return json;
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
