// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* aoipoolctl - looks after aoipool: the module, its pools and who holds them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <aoipool.h>

#include "command.h"
#include "complain.h"

static void help(FILE *to)
{
	fputs("Usage: aoipoolctl COMMAND [OPTION...]\n"
	      "Looks after aoipool: the module, its pools and who holds them.\n"
	      "\n"
	      "Commands:\n", to);
	for (size_t i = 0; commands[i]; i++)
		fprintf(to, "  %-10s %s\n", commands[i]->name,
			commands[i]->summary);
	fputs("\n"
	      "Every command has --help, and --json for programs to read.\n"
	      "Exit status: 0 done; 1 usage; 2 the module is not loaded; 3 not\n"
	      "allowed; 4 other trouble.  man aoipoolctl has the rest.\n", to);
}

static const struct command *find(const char *name)
{
	for (size_t i = 0; commands[i]; i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}

static int run(const struct command *command, int argc, char **argv)
{
	static char name[64];

	snprintf(name, sizeof(name), "aoipoolctl %s", command->name);
	complain_as(name);
	argv[0] = name;
	return command->run(argc, argv);
}

/* "help COMMAND" is "COMMAND --help". */
static int run_help(int argc, char **argv)
{
	static char option[] = "--help";
	const struct command *command = argc > 2 ? find(argv[2]) : NULL;
	char *args[] = { argv[0], option, NULL };

	if (command)
		return run(command, 2, args);
	help(stdout);
	return EXIT_DONE;
}

static int choose(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";
	const struct command *command = find(name);

	if (command)
		return run(command, argc - 1, argv + 1);
	if (!strcmp(name, "--help") || !strcmp(name, "-h") ||
	    !strcmp(name, "help"))
		return run_help(argc, argv);
	if (!strcmp(name, "--version")) {
		printf("aoipoolctl %s\n", aoipool_version());
		return EXIT_DONE;
	}
	if (*name)
		complain("there is no command \"%s\"", name);
	help(stderr);
	return EXIT_USAGE;
}

/* A full disk, or nobody who reads: argp ends the process by exit(), too. */
static void check_output(void)
{
	if (!fflush(stdout) && !ferror(stdout))
		return;
	if (errno != EPIPE)
		complain("cannot write: %s", strerror(errno));
	_exit(EXIT_TROUBLE);
}

int main(int argc, char **argv)
{
	atexit(check_output);
	return choose(argc, argv);
}
