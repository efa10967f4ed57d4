// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* aoipoolctl report - a recording as a page. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "complain.h"
#include "json.h"
#include "recording.h"
#include "report.h"
#include "textfile.h"

#define MAX_COMPLAINTS	5

struct wish {
	const char *file;
	const char *out;
	bool json;
};

static const struct argp_option options[] = {
	{ "out", 'o', "PAGE", 0, "the page, which is replaced; - is stdout", 0 },
	{ "json", 'j', NULL, 0, "the numbers of the summary as a JSON object", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct wish *wish = state->input;

	switch (key) {
	case 'o':
		wish->out = arg;
		break;
	case 'j':
		wish->json = true;
		break;
	case ARGP_KEY_ARG:
		if (wish->file)
			argp_error(state, "one recording a page; what is \"%s\"?",
				   arg);
		wish->file = arg;
		break;
	case ARGP_KEY_END:
		if (!wish->file)
			argp_error(state, "which recording?");
		if (!wish->out && !wish->json)
			argp_error(state, "--out PAGE: where to?");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "RECORDING",
	.doc = "Make one page of HTML, with plots, of what 'aoipoolctl record' "
	       "wrote.\v"
	       "Lines that cannot be read are named, on stderr and on the page; "
	       "the rest is shown, and the exit status is 4.",
};

static int refused(const struct wish *wish, int err)
{
	if (err == -EPROTO)
		complain("%s is no recording: its first line is not what 'aoipoolctl record' writes",
			 wish->file);
	else if (err == -EPROTONOSUPPORT)
		complain("%s was written by a later version: use that one's report",
			 wish->file);
	else
		return complain_of_file(err, "cannot read %s", wish->file);
	return EXIT_TROUBLE;
}

static int complain_of_lines(const struct wish *wish,
			     const struct recording *recording)
{
	for (size_t i = 0; i < recording->nr_problems && i < MAX_COMPLAINTS; i++)
		complain("%s:%zu: %s", wish->file, recording->problems[i].line,
			 recording->problems[i].what);
	if (recording->nr_problems > MAX_COMPLAINTS)
		complain("%s: %zu more lines could not be read", wish->file,
			 recording->nr_problems - MAX_COMPLAINTS);
	return recording->nr_problems ? EXIT_TROUBLE : EXIT_DONE;
}

static int put_page(const struct wish *wish, char *page, size_t bytes)
{
	int err = 0;

	if (strcmp(wish->out, "-"))
		err = textfile_write(wish->out, page, bytes);
	else if (fwrite(page, 1, bytes, stdout) != bytes)
		err = -EIO;
	free(page);
	return err;
}

static int write_page(const struct wish *wish,
		      const struct recording *recording)
{
	size_t bytes;
	char *page;
	FILE *to = open_memstream(&page, &bytes);
	bool failed;

	if (!to)
		return -ENOMEM;
	report_page(recording, to);
	failed = ferror(to);
	if (!fclose(to) && !failed)
		return put_page(wish, page, bytes);
	free(page);
	return -ENOMEM;
}

static int show(const struct wish *wish, const struct recording *recording)
{
	int err = 0;

	if (wish->out)
		err = write_page(wish, recording);
	if (err)
		return complain_of_file(err, "cannot write %s", wish->out);
	if (wish->json)
		err = json_show(report_json(recording), JSON_INDENT(2));
	if (err)
		return complain_of_file(err, "cannot write");
	return complain_of_lines(wish, recording);
}

static int run(int argc, char **argv)
{
	struct wish wish = { 0 };
	struct recording recording;
	int err;

	command_parse(&argp, argc, argv, &wish);
	err = recording_read(&recording, wish.file);
	if (err)
		return refused(&wish, err);
	err = show(&wish, &recording);
	recording_free(&recording);
	return err;
}

const struct command cmd_report = {
	.name = "report",
	.summary = "a recording as a page with plots",
	.run = run,
};
