// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* inspector - take a panel, draw it, look for what differs. */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "engine.h"
#include "pixels.h"

#define PAGE_BYTES	4096

/* With no panel done for so long there is no memory to be had: give up. */
#define GIVE_UP_S	30

int inspector_init(struct inspector *inspector, struct engine *engine)
{
	*inspector = (struct inspector){ .engine = engine };
	inspector->meters = calloc(1, sizeof(*inspector->meters));
	inspector->tallies = calloc(engine->set.nr,
				    sizeof(*inspector->tallies));
	inspector->owners = calloc(COMPONENTS_RUNS_MAX,
				   sizeof(*inspector->owners));
	if (inspector->meters && inspector->tallies && inspector->owners &&
	    !components_init(&inspector->components))
		return 0;
	inspector_exit(inspector);
	return -ENOMEM;
}

void inspector_exit(struct inspector *inspector)
{
	components_exit(&inspector->components);
	free(inspector->owners);
	free(inspector->tallies);
	free(inspector->meters);
	*inspector = (struct inspector){ 0 };
}

static void measure(struct inspector *inspector, enum meter meter,
		    uint64_t since)
{
	histogram_add(&inspector->meters->of[meter], clock_ns() - since);
}

/*
 * malloc() maps a frame and leaves its pages to the first touch; a pool hands
 * out memory that is there.  One write to each page makes them comparable.
 */
static void touch(void *frame, size_t bytes)
{
	volatile uint8_t *at = frame;

	for (size_t offset = 0; offset < bytes; offset += PAGE_BYTES)
		at[offset] = 0;
	at[bytes - 1] = 0;
}

static int take_frames(struct inspector *inspector, struct panel *panel,
		       bool wait)
{
	struct engine *engine = inspector->engine;
	struct allocator *allocator = engine->allocator;
	uint64_t before = clock_ns(), got;
	int err = allocator->ops->get_frames(allocator, panel->frames,
					     PANEL_FRAMES, wait);
	bool first = panel->nr < engine->warm_up;

	if (err)
		return err;
	got = clock_ns();
	if (!first)
		measure(inspector, METER_GET, before);
	for (size_t n = 0; n < PANEL_FRAMES; n++)
		touch(panel->frames[n].ptr, engine->plan.frame_bytes);
	measure(inspector, first ? METER_FIRST : METER_GET_TOUCH, before);
	record_get(&engine->record, panel->nr, before, got, clock_ns());
	return 0;
}

static void put_frames(struct inspector *inspector, struct panel *panel)
{
	struct allocator *allocator = inspector->engine->allocator;
	uint64_t before = clock_ns();

	for (size_t n = 0; n < PANEL_FRAMES; n++)
		if (allocator->ops->put_frame(allocator, &panel->frames[n]))
			inspector->faults.failed_puts++;
	measure(inspector, METER_PUT, before);
}

/* No memory now: others are inspecting and will put theirs; try it again. */
static void defer(struct inspector *inspector, struct panel *panel, int err)
{
	struct engine *engine = inspector->engine;
	bool hopeless = err != -ENOMEM && err != -EAGAIN &&
			err != -ETIMEDOUT && err != -ENOSPC && err != -EDQUOT;

	if (work_defer(&engine->work, panel) > GIVE_UP_S * NS_PER_S)
		hopeless = true;
	if (!hopeless)
		return;
	atomic_store(&engine->failure, err);
	work_stop(&engine->work);
}

static void take(struct inspector *inspector, const struct work_order *order)
{
	struct engine *engine = inspector->engine;
	struct panel *panel = order->panel;
	int err;

	if (!order->again)
		panel_lay_out(panel, &engine->plan, &engine->set, order->nr);
	err = take_frames(inspector, panel, order->wait);
	if (err) {
		defer(inspector, panel, err);
		return;
	}
	panel_compose(panel, &engine->plan, &engine->set);
	work_taken(&engine->work, panel);
}

static void compare_tile(struct panel *panel, const struct panel_plan *plan,
			 struct tile *tile)
{
	struct view template =
		panel_tile_view(panel, plan, PANEL_TEMPLATE, tile);
	struct view test = panel_tile_view(panel, plan, PANEL_TEST, tile);
	struct view out = panel_tile_view(panel, plan, PANEL_DIFFERENCE, tile);
	struct tolerance tolerance = {
		.low = panel_tile_view(panel, plan, PANEL_MASK, tile),
		.high = panel_tile_view(panel, plan, PANEL_SCRATCH, tile),
	};

	if (tile->blank)
		return;
	tile->found = align_find(&template, &test);
	pixels_tolerance(&tolerance, &template, &out, plan->tolerance);
	pixels_difference(&out, &tolerance, &test, tile->found);
}

/* The frame comes with anybody's content; between the tiles it must be empty. */
static void compare(struct panel *panel, const struct panel_plan *plan)
{
	memset(panel->frames[PANEL_DIFFERENCE].ptr, 0, plan->frame_bytes);
	for (uint32_t n = 0; n < panel->nr_tiles; n++)
		compare_tile(panel, plan, &panel->tiles[n]);
}

static void find_candidates(struct inspector *inspector, struct panel *panel)
{
	struct engine *engine = inspector->engine;
	const struct panel_plan *plan = &engine->plan;
	struct view difference = panel_view(panel, plan, PANEL_DIFFERENCE);
	struct view mask = panel_view(panel, plan, PANEL_MASK);
	struct view scratch = panel_view(panel, plan, PANEL_SCRATCH);

	pixels_threshold(&mask, &difference, engine->options.threshold);
	pixels_clean(&mask, &scratch);
	components_label(&inspector->components, &mask);
	candidates_collect(panel, plan, &inspector->components,
			   engine->allocator, inspector->owners,
			   engine->options.least_area);
}

static void score(struct inspector *inspector, struct panel *panel)
{
	struct record *record = &inspector->engine->record;

	for (uint32_t n = 0; n < panel->nr_tiles; n++) {
		struct tally tally = { 0 };

		score_tile(panel, n, &tally);
		record_result(record, panel, n, &tally);
		tally_add(&inspector->tallies[panel->tiles[n].board_nr],
			  &tally);
	}
	record_results_end(record);
}

static void inspect(struct inspector *inspector, struct panel *panel)
{
	struct engine *engine = inspector->engine;
	uint64_t before = clock_ns();

	compare(panel, &engine->plan);
	find_candidates(inspector, panel);
	score(inspector, panel);
	measure(inspector, METER_INSPECT, before);
	inspector->faults.lost += panel->lost;
	inspector->faults.overflows += panel->overflow;
	candidates_put(panel, engine->allocator);
	put_frames(inspector, panel);
	if (work_inspected(&engine->work, panel) == engine->warm_up)
		engine->memory.warm = memory_now();
}

static void *run(void *arg)
{
	struct inspector *inspector = arg;
	struct work_order order;
	enum work_kind kind;

	while ((kind = work_next(&inspector->engine->work, &order)) !=
	       WORK_DONE) {
		if (kind == WORK_TAKE)
			take(inspector, &order);
		else
			inspect(inspector, order.panel);
	}
	return NULL;
}

int inspector_start(struct inspector *inspector)
{
	return -pthread_create(&inspector->thread, NULL, run, inspector);
}

void inspector_join(struct inspector *inspector)
{
	pthread_join(inspector->thread, NULL);
}
