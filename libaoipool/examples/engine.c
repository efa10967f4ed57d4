// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* engine - makes a run's parts in order, ends them in reverse. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <aoipool.h>

#include "clock.h"
#include "engine.h"
#include "progress.h"

/*
 * Bound of the object pool.  A full panel of the real boards has about 200
 * components; this is room for some hundred times that.
 */
#define OBJECTS 65536

static enum exit_code say(enum exit_code code, const char *what,
			  const char *why)
{
	fprintf(stderr, "aoi-engine: %s: %s\n", what, why);
	return code;
}

static unsigned int most_in_flight(const struct options *options)
{
	return options->burst > options->depth ? options->burst :
						 options->depth;
}

/* Boards. */

static enum exit_code load_boards(struct engine *engine)
{
	const struct options *options = &engine->options;
	struct board_limits limits = { options->width, options->height };
	struct complaint why = { "no memory" };
	int err;

	if (!options->quiet)
		fprintf(stderr, "boards: %s\n", options->boards ?
						      options->boards :
						      "generated");
	engine->set.skips = &engine->skips;
	engine->set.each = options->each;
	if (options->boards)
		err = board_set_load(&engine->set, options->boards, limits,
				     &why);
	else
		err = board_set_generate(&engine->set, options->generate,
					 options->seed);
	if (err)
		return say(EXIT_INPUT, options->boards ? options->boards :
							 "generator",
			   why.text);
	if (!engine->set.nr)
		return say(EXIT_INPUT, options->boards,
			   "no usable pair of N_temp.* and N_test.*");
	return EXIT_DONE;
}

static enum exit_code make_plan(struct engine *engine)
{
	const struct options *options = &engine->options;
	struct aoipool_frame_layout layout;
	struct complaint why;
	int err = aoipool_frame_layout(options->width, options->height,
				       AOIPOOL_PIXEL_MONO8, &layout);

	if (err)
		return say(EXIT_USAGE, "--panel", aoipool_strerror(err));
	engine->plan = (struct panel_plan){
		.width = options->width,
		.height = options->height,
		.pitch = layout.pitch,
		.frame_bytes = layout.bytes,
		.shift = options->shift,
		.tolerance = options->tolerance,
		.seed = options->seed,
		.boards = options->loops ? options->loops * engine->set.nr :
					   options->boards_total,
		.panels = options->panels,
	};
	if (panel_plan_make(&engine->plan, &engine->set, &why))
		return say(EXIT_INPUT, "--panel", why.text);
	return EXIT_DONE;
}

/* Memory. */

/*
 * What there is before the first frame: else the kernel takes code from under an
 * engine when memory is short, and reading it back is what a get seems to cost.
 */
static enum exit_code lock_code(const struct engine *engine)
{
	if (engine->options.lock && mlockall(MCL_CURRENT))
		return say(EXIT_MEMORY, "--lock", strerror(errno));
	return EXIT_DONE;
}

static void hear(void *arg, const struct allocator_event *event)
{
	record_event(arg, event);
}

static enum exit_code open_allocator(struct engine *engine)
{
	const struct options *options = &engine->options;
	size_t panels = options->pool_panels ? options->pool_panels :
					       most_in_flight(options);
	struct allocator_config config = {
		.width = engine->plan.width,
		.height = engine->plan.height,
		.frame_bytes = engine->plan.frame_bytes,
		.frames = panels * PANEL_FRAMES,
		.reserve = options->reserve_panels * PANEL_FRAMES,
		.object_bytes = sizeof(struct candidate),
		.objects = OBJECTS,
		.provider = options->provider,
		.numa = options->numa,
		.custody = options->custody,
		.keep_idle = options->keep_idle,
		.verbose = options->verbose,
		.heard = hear,
		.heard_arg = &engine->record,
	};
	struct complaint why;

	if (config.reserve > config.frames)
		return say(EXIT_USAGE, "--reserve", "more than the pool has");
	if (allocator_open(options->allocator, &config, &engine->allocator,
			   &why))
		return say(EXIT_MEMORY, options->allocator, why.text);
	return EXIT_DONE;
}

static enum exit_code open_record(struct engine *engine)
{
	struct complaint why;

	if (record_open(&engine->record, engine->options.record, &why))
		return say(EXIT_OUTPUT, "--record", why.text);
	if (latency_open(&engine->latency, engine->options.latency, &why))
		return say(EXIT_OUTPUT, "--latency", why.text);
	return EXIT_DONE;
}

static int make_panels(struct engine *engine)
{
	size_t nr = most_in_flight(&engine->options);

	engine->panels = calloc(nr, sizeof(*engine->panels));
	if (!engine->panels)
		return -ENOMEM;
	for (size_t n = 0; n < nr; n++) {
		struct panel *panel = &engine->panels[n];

		if (panel_init(panel, &engine->plan))
			return -ENOMEM;
		engine->nr_panels++;
		if (n)
			panel[-1].next = panel;
	}
	return 0;
}

static int make_inspectors(struct engine *engine)
{
	unsigned int threads = engine->options.threads;

	engine->inspectors = calloc(threads, sizeof(*engine->inspectors));
	if (!engine->inspectors)
		return -ENOMEM;
	for (unsigned int n = 0; n < threads; n++)
		if (inspector_init(&engine->inspectors[n], engine))
			return -ENOMEM;
	return 0;
}

/*
 * The first burst is over by then, in which every frame was used that the run
 * will need, and so is some steady work.  Without a burst it depends on the
 * inspectors how many frames they have used at once so early.
 */
static uint64_t warm_up_panels(const struct engine *engine)
{
	uint64_t panels = engine->options.burst + 2u * engine->options.depth;
	uint64_t tenth = engine->plan.panels / 10;
	uint64_t most = (engine->plan.panels + 1) / 2;

	panels = panels > tenth ? panels : tenth;
	return panels < most ? panels : most;
}

enum exit_code engine_load(struct engine *engine)
{
	enum exit_code code;

	engine->memory.start = memory_now();
	pthread_mutex_init(&engine->skips.lock, NULL);
	code = load_boards(engine);
	if (!code)
		code = make_plan(engine);
	if (!code)
		code = lock_code(engine);
	if (!code)
		code = open_record(engine);
	if (!code)
		code = open_allocator(engine);
	if (code)
		return code;
	if (make_panels(engine) || make_inspectors(engine))
		return say(EXIT_MEMORY, "inspectors", strerror(ENOMEM));
	engine->warm_up = warm_up_panels(engine);
	engine->memory.loaded = memory_now();
	return EXIT_DONE;
}

/* Running. */

static unsigned int start_inspectors(struct engine *engine)
{
	unsigned int started = 0;

	while (started < engine->options.threads) {
		int err = inspector_start(&engine->inspectors[started]);

		if (err) {
			atomic_store(&engine->failure, err);
			work_stop(&engine->work);
			break;
		}
		started++;
	}
	return started;
}

static void run_inspectors(struct engine *engine)
{
	unsigned int started = start_inspectors(engine);

	for (unsigned int n = 0; n < started; n++)
		inspector_join(&engine->inspectors[n]);
	engine->ended_ns = clock_ns();
	engine->memory.end = memory_now();
	/* the kernel's cheap counters lag: what was seen exactly counts, too */
	if (engine->memory.end.peak < engine->memory.warm.resident)
		engine->memory.end.peak = engine->memory.warm.resident;
}

enum exit_code engine_run(struct engine *engine)
{
	const struct work_config config = {
		.panels = engine->plan.panels,
		.depth = engine->options.depth,
		.burst = engine->options.burst,
		.burst_every = engine->options.burst_every,
		.idle_ms = engine->options.idle_ms,
		.pace_ms = engine->options.pace_ms,
	};
	struct progress progress;
	int err;

	work_init(&engine->work, &config, engine->panels);
	engine->began_ns = clock_ns();
	err = progress_start(&progress, engine);
	if (err)
		return say(EXIT_MEMORY, "thread", strerror(-err));
	run_inspectors(engine);
	progress_stop(&progress);
	err = atomic_load(&engine->failure);
	if (err)
		return say(EXIT_MEMORY, "gave up", aoipool_strerror(err));
	return EXIT_DONE;
}

void engine_exit(struct engine *engine)
{
	for (unsigned int n = 0;
	     engine->inspectors && n < engine->options.threads; n++)
		inspector_exit(&engine->inspectors[n]);
	free(engine->inspectors);
	for (size_t n = 0; n < engine->nr_panels; n++)
		panel_exit(&engine->panels[n]);
	free(engine->panels);
	if (engine->allocator)
		allocator_close(engine->allocator);
	latency_close(&engine->latency);
	record_close(&engine->record);
	board_set_free(&engine->set);
	skips_free(&engine->skips);
}

uint64_t engine_boards(const struct engine *engine, uint64_t panels)
{
	uint64_t boards = panels * engine->plan.tiles;

	return boards < engine->plan.boards ? boards : engine->plan.boards;
}
