/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * A sub-command of aoipoolctl: one file each, cmd_NAME.c, and a line in
 * commands.c.
 */
#ifndef COMMAND_H
#define COMMAND_H

#include <argp.h>
#include <stdbool.h>

/* What the process ends with; aoipoolctl(8) has them, too. */
enum {
	EXIT_DONE	= 0,
	EXIT_USAGE	= 1,
	EXIT_NO_MODULE	= 2,	/* the module is not loaded */
	EXIT_REFUSED	= 3,	/* the kernel does not let this user */
	EXIT_TROUBLE	= 4,	/* anything else */
};

/**
 * struct command - one of them
 * @name: as it is typed
 * @summary: a line for aoipoolctl --help, without a full stop
 * @run: called with argv[0] = "aoipoolctl NAME", which command_parse() wants;
 *	what it returns is the exit status
 */
struct command {
	const char *name;
	const char *summary;
	int (*run)(int argc, char **argv);
};

extern const struct command *const commands[];	/* ends with NULL */

/**
 * command_parse() - options and arguments of a command, by argp
 * @argp: its options; --help and --usage come by themselves
 * @input: handed to the parser as state->input
 *
 * Ends the process where there is an error, with EXIT_USAGE, or --help.
 */
void command_parse(const struct argp *argp, int argc, char **argv, void *input);

/* The same for a command that has no options but --json.  Return: whether it was. */
bool command_parse_json(const char *doc, int argc, char **argv);

/**
 * command_status() - the exit status for a negative errno value
 */
int command_status(int err);

#endif
