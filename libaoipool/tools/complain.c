// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "complain.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <aoipool.h>

#include "command.h"
#include "printable.h"

static const char *name = "aoipoolctl";

void complain_as(const char *who)
{
	name = who;
}

static void begin(const char *format, va_list args)
{
	char *text;

	fflush(stdout);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	if (text)
		printable_message(text);
	fprintf(stderr, "%s: %s", name, text ?: "no memory");
	free(text);
}

void complain(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	begin(format, args);
	va_end(args);
	fputc('\n', stderr);
}

int complain_of(int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	begin(format, args);
	va_end(args);
	fprintf(stderr, ": %s\n", aoipool_strerror(err));
	return command_status(err);
}

int complain_of_file(int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	begin(format, args);
	va_end(args);
	fprintf(stderr, ": %s\n", strerror(-err));
	return command_status(err);
}

int complain_no_module(void)
{
	complain("module aoipool is not loaded: load it with 'aoipoolctl load', "
		 "or see 'aoipoolctl module' for what is in the way");
	return EXIT_NO_MODULE;
}
