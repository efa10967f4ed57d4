// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * aoi-engine - a small but whole inspection engine on aoipool.
 *
 * Read board-set.h and panel.h for the input, allocator.h for the memory,
 * work.h for the order of things, inspector.c for the inspection itself.
 */
#include <string.h>

#include "engine.h"
#include "misuse.h"
#include "report.h"

static enum exit_code save(const struct options *options)
{
	struct skips skips = SKIPS_INIT;
	struct board_set set = { .skips = &skips };
	struct board_limits limits = { IMAGE_SIDE_MAX, IMAGE_SIDE_MAX };
	struct complaint why = { "no memory" };
	int err;

	if (options->boards)
		err = board_set_load(&set, options->boards, limits, &why);
	else
		err = board_set_generate(&set, options->generate,
					 options->seed);
	if (!err)
		err = board_set_save(&set, options->save, &why);
	board_set_free(&set);
	skips_free(&skips);
	if (!err)
		return EXIT_DONE;
	fprintf(stderr, "aoi-engine: --save: %s\n", why.text);
	return EXIT_OUTPUT;
}

static enum exit_code report(struct engine *engine)
{
	const struct options *options = &engine->options;
	static struct outcome outcome; /* large */
	int err = outcome_make(&outcome, engine);

	if (err)
		return EXIT_MEMORY;
	if (!options->quiet)
		report_table(engine, &outcome, stdout);
	if (options->json)
		err = report_json(engine, &outcome, options->json);
	outcome_free(&outcome);
	if (err) {
		fprintf(stderr, "aoi-engine: %s: %s\n", options->json,
			strerror(-err));
		return EXIT_OUTPUT;
	}
	return outcome.faults.failed_puts ? EXIT_MISUSE : EXIT_DONE;
}

static enum exit_code misuse(const struct options *options)
{
	if (strcmp(options->allocator, "aoipool")) {
		printf("\nmisuse on purpose: %s would not notice, not tried\n",
		       options->allocator);
		return EXIT_DONE;
	}
	return misuse_show(options->provider, stdout) ? EXIT_MISUSE : EXIT_DONE;
}

static enum exit_code run(struct engine *engine)
{
	enum exit_code code = engine_load(engine);
	enum exit_code reported;

	if (code)
		return code;
	code = engine_run(engine);
	reported = report(engine);
	return code ? code : reported;
}

int main(int argc, char **argv)
{
	static struct engine engine;
	enum exit_code code;

	options_parse(&engine.options, argc, argv);
	if (engine.options.save)
		return save(&engine.options);
	code = run(&engine);
	if (!code && engine.options.misuse)
		code = misuse(&engine.options);
	engine_exit(&engine);
	return code;
}
