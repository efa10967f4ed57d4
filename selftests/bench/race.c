// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * All workers of a line are alive at the same time and all but one of them
 * sleep.  Each round begins with another variant, so that none always runs
 * behind the same neighbour.
 */
#include <string.h>

#include "race.h"

struct lane {
	struct child child;
	bool running;
	double samples[ROUNDS_MAX];
	unsigned int n;
};

static struct lane lanes[VARIANTS_MAX];

static void set(struct cell *cell, enum cell_state state, const char *text)
{
	cell->state = state;
	snprintf(cell->text, sizeof(cell->text), "%s", text);
}

static void crash(struct lane *lane, struct cell *cell)
{
	char how[CHILD_TEXT];

	lane->running = false;
	child_end(&lane->child, how);
	set(cell, CELL_CRASHED, how);
}

/* "ready NOTE" or "skip REASON" */
static void greet(struct lane *lane, struct cell *cell)
{
	char text[CHILD_TEXT];

	if (!child_answer(&lane->child, text)) {
		crash(lane, cell);
	} else if (!strncmp(text, "skip ", 5)) {
		child_end(&lane->child, NULL);
		set(cell, CELL_SKIPPED, text + 5);
	} else if (!strncmp(text, "ready ", 6)) {
		lane->running = true;
		set(cell, CELL_NONE, text + 6);
	} else {
		crash(lane, cell);
	}
}

static void line_up(struct lane *lane, struct cell *cell,
		    const struct variant *variant, const struct line *line,
		    const struct options *options, const char *folder)
{
	const char *reason = variant_missing(variant, folder);
	char slice[16];
	char *args[] = { "--line", (char *)line->name, "--mode",
			 (char *)variant->mode, "--slice", slice, NULL };

	lane->running = false;
	lane->n = 0;
	snprintf(slice, sizeof(slice), "%u", options->slice_us);
	if (reason)
		set(cell, CELL_SKIPPED, reason);
	else if (child_start(&lane->child, variant, folder, NULL, args))
		set(cell, CELL_CRASHED, "cannot be started");
	else
		greet(lane, cell);
}

static void one_round(struct lane *lane, struct cell *cell)
{
	double ns;

	if (!lane->running)
		return;
	ns = child_round(&lane->child);
	if (ns < 0)
		crash(lane, cell);
	else
		lane->samples[lane->n++] = ns;
}

static void finish(struct lane *lane, struct cell *cell)
{
	char how[CHILD_TEXT];

	if (!lane->running)
		return;
	lane->running = false;
	if (child_end(&lane->child, how))
		cell_fill(cell, lane->samples, lane->n);
	else
		set(cell, CELL_CRASHED, how);
}

void race_run(struct result *result, const struct line *line,
	      const struct options *options, const char *folder)
{
	*result = (struct result){ .line = line };
	for (unsigned int i = 0; i < nr_variants; i++) {
		lanes[i].running = false;
		if (variants[i].families & line->families)
			line_up(&lanes[i], &result->cells[i], &variants[i],
				line, options, folder);
	}
	for (unsigned int round = 0; round < options->rounds; round++)
		for (unsigned int i = 0; i < nr_variants; i++) {
			unsigned int turn = (round + i) % nr_variants;

			one_round(&lanes[turn], &result->cells[turn]);
		}
	for (unsigned int i = 0; i < nr_variants; i++)
		finish(&lanes[i], &result->cells[i]);
	result_rate(result);
}
