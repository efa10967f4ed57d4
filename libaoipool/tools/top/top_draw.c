// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * From above: what the host does in a line or two, the five kinds of memory, what
 * went wrong; then the rows; at the bottom, the keys.
 */
#include "top.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <aoipool.h>

#include "kinds.h"
#include "note.h"
#include "unit.h"
#include "user_process.h"

#define MOST_NODES	4

static const char *const help[] = {
	"p          pools",
	"h          holders: who has what, since when, what for",
	"u          processes: the same, added up",
	"Tab        the next of those three",
	"",
	"s > <      order by the next column, or the one before",
	"r          in reverse",
	"/          show only rows with a text in them; Enter ends it, Escape",
	"           drops it",
	"f          freeze, and go on",
	"Space      look again now",
	"arrows, Page Up, Page Down, Home, End (and j, k): scroll",
	"q          quit",
	"",
	"HELD is what somebody has, IDLE what nobody has, reserves with it, RECLAIMED",
	"how much a second is taken.  S is the state of the thread or process as ps",
	"has it: T is stopped, D waits in the kernel, Z is dead.",
};

static void draw_title(const struct top *top, struct canvas *canvas)
{
	const struct sample *sample = &top->sample;
	time_t seconds = top->delay_ns / 1000000000;
	char when[32];
	struct tm local;

	localtime_r(&sample->time.tv_sec, &local);
	strftime(when, sizeof(when), "%T", &local);
	canvas_put(canvas, 0, 0, COLOUR_BOLD, "aoipoolctl top  %s", when);
	canvas_put(canvas, 0, 26, COLOUR_PLAIN, "every %s",
		   unit_time(top->delay_ns).text);
	if (top->is_frozen)
		canvas_put(canvas, 0, 38, COLOUR_YELLOW, "FROZEN");
	else if (sample->time.tv_sec - top->listed.tv_sec > 1 + seconds)
		canvas_put(canvas, 0, 38, COLOUR_DIM, "rows of %lld s ago",
			   (long long)(sample->time.tv_sec -
				       top->listed.tv_sec));
	if (!sample->has_module)
		canvas_put(canvas, 0, canvas->width - 17, COLOUR_YELLOW,
			   "module not loaded");
	else
		canvas_put(canvas, 0, canvas->width - 20, COLOUR_PLAIN,
			   "%14u pool%s", sample->host.nr_pools,
			   sample->host.nr_pools == 1 ? "" : "s");
}

static void draw_memory(struct canvas *canvas, int y, const char *name,
			unsigned int level, uint64_t available, uint64_t total)
{
	canvas_put(canvas, y, 0, COLOUR_PLAIN, "%s", name);
	canvas_put(canvas, y, 8, terminal_level_colour(level), "%s",
		   level_name(level));
	canvas_put(canvas, y, 17, COLOUR_PLAIN, "%10s of %10s available",
		   unit_bytes(available).text, unit_bytes(total).text);
}

static int draw_host(const struct top *top, struct canvas *canvas, int y)
{
	const struct aoipool_host_state *host = &top->sample.host;
	char reclaimed[32], populated[32];

	draw_memory(canvas, y, "host", host->level, host->available_bytes,
		    host->total_bytes);
	rates_text(top->rates.reclaimed, reclaimed, sizeof(reclaimed));
	rates_text(top->rates.populated, populated, sizeof(populated));
	canvas_put(canvas, y, 56, COLOUR_PLAIN, "reclaimed %s", reclaimed);
	canvas_put(canvas, y + 1, 56, COLOUR_PLAIN, "populated %s", populated);
	return y + 1;
}

/* At least one line: that of the host has something to say there, too. */
static int draw_nodes(const struct top *top, struct canvas *canvas, int y)
{
	const struct aoipool_node_state *node = top->sample.nodes;
	char name[16];
	size_t i;

	for (i = 0; i < top->sample.nr_nodes && i < MOST_NODES; i++, node++) {
		snprintf(name, sizeof(name), "node %d", node->node);
		draw_memory(canvas, y + i, name, node->level,
			    node->available_bytes, node->total_bytes);
	}
	return y + (i ? i : 1);
}

static int draw_kinds(const struct top *top, struct canvas *canvas, int y)
{
	struct kinds kinds = kinds_of_module(&top->sample.host);

	canvas_put(canvas, y, 0, COLOUR_PLAIN,
		   "leased %s  reclaimable %s  reserved %s  apart %s  free %s",
		   unit_bytes(kinds.leased_bytes).text,
		   unit_bytes(kinds.reclaimable_bytes).text,
		   unit_bytes(kinds.reserved_bytes).text,
		   unit_bytes(kinds.apart_bytes).text,
		   unit_bytes(kinds.free_bytes).text);
	return y + 1;
}

static int draw_counters(const struct top *top, struct canvas *canvas, int y)
{
	const struct aoipool_host_state *host = &top->sample.host;
	bool is_bad = host->failures || host->oom_calls || host->lost;

	canvas_put(canvas, y, 0, is_bad ? COLOUR_RED : COLOUR_PLAIN,
		   "failures %" PRIu64 "  OOM calls %" PRIu64
		   "  swept slabs %" PRIu64 "  events %" PRIu64
		   " (%" PRIu64 " lost)",
		   host->failures, host->oom_calls, host->swept_slabs,
		   host->seq, host->lost);
	return y + 1;
}

static int draw_users(const struct top *top, struct canvas *canvas, int y)
{
	struct kinds kinds = kinds_of_ledgers(&top->sample, 0);
	struct user_processes users;

	if (user_processes_make(&users, &top->sample))
		return y;
	if (users.nr || !top->sample.has_module)
		canvas_put(canvas, y++, 0, COLOUR_PLAIN,
			   "user provider: %zu process%s  leased %s  reclaimable %s  "
			   "reserved %s",
			   users.nr, users.nr == 1 ? "" : "es",
			   unit_bytes(kinds.leased_bytes).text,
			   unit_bytes(kinds.reclaimable_bytes).text,
			   unit_bytes(kinds.reserved_bytes).text);
	user_processes_free(&users);
	return y;
}

static int draw_head(const struct top *top, struct canvas *canvas)
{
	char hidden[NOTE_BYTES];
	int y = 1;

	draw_title(top, canvas);
	if (top->sample.has_module) {
		y = draw_host(top, canvas, y);
		y = draw_nodes(top, canvas, y);
		y = draw_kinds(top, canvas, y);
		y = draw_counters(top, canvas, y);
	}
	y = draw_users(top, canvas, y);
	note_hidden(&top->sample, hidden);
	if (*hidden)
		canvas_put(canvas, y++, 0, COLOUR_DIM, "%s", hidden);
	return y + 1;
}

static void draw_cell(struct canvas *canvas, int y, int x,
		      const struct column *column, enum terminal_colour colour,
		      const char *text)
{
	int width = column->width;

	if (column->is_number)
		canvas_put(canvas, y, x, colour, "%*.*s", width, width, text);
	else
		canvas_put(canvas, y, x, colour, "%-*.*s", width, width, text);
}

/* The column that orders the rows is marked. */
static void draw_titles(const struct top *top, struct canvas *canvas, int y)
{
	const struct top_view *view = &top->views[top->kind];
	const struct column *column = view->columns;
	int x = 0;

	for (size_t i = 0; column->key; i++, column++) {
		draw_cell(canvas, y, x, column,
			  i == view->sort ? COLOUR_GREEN : COLOUR_BOLD,
			  column->title);
		x += column->width + 1;
	}
}

static void draw_row(const struct top *top, struct canvas *canvas, int y,
		     const void *row)
{
	const struct column *column = top->views[top->kind].columns;
	char text[COLUMN_TEXT_BYTES];
	int x = 0;

	for (; column->key; column++) {
		column->text(row, text);
		draw_cell(canvas, y, x, column,
			  column->colour ? column->colour(row) : COLOUR_PLAIN,
			  text);
		x += column->width + 1;
	}
}

static void draw_rows(struct top *top, struct canvas *canvas, int y)
{
	size_t room = canvas->height - 1 > y ? canvas->height - 1 - y : 0;

	if (top->first + room > top->nr_rows)
		top->first = top->nr_rows > room ? top->nr_rows - room : 0;
	top_look(top, room);
	for (size_t i = 0; i < room && top->first + i < top->nr_rows; i++)
		draw_row(top, canvas, y + i, top_row(top, top->first + i));
	if (!top->nr_rows)
		canvas_put(canvas, y, 0, COLOUR_DIM, *top->filter ?
			   "nothing has that text in it" : "nothing");
}

static void draw_help(struct canvas *canvas)
{
	size_t nr = sizeof(help) / sizeof(*help);

	canvas_put(canvas, 0, 0, COLOUR_BOLD,
		   "aoipoolctl top: keys (any key goes back)");
	for (size_t i = 0; i < nr; i++)
		canvas_put(canvas, 2 + i, 2, COLOUR_PLAIN, "%s", help[i]);
}

static void draw_foot(const struct top *top, struct canvas *canvas)
{
	int y = canvas->height - 1;

	if (top->error)
		canvas_put(canvas, y, 0, COLOUR_RED, "cannot look: %s",
			   aoipool_strerror(top->error));
	else if (top->is_typing)
		canvas_put(canvas, y, 0, COLOUR_BOLD, "filter: %s_",
			   top->filter);
	else
		canvas_put(canvas, y, 0, COLOUR_DIM,
			   "p pools  h holders  u processes  s sort  r reverse  "
			   "/ filter  f freeze  ? help");
	if (!top->error && !top->is_typing && *top->filter)
		canvas_put(canvas, y - 1, canvas->width - 42, COLOUR_YELLOW,
			   "%42.42s", top->filter);
}

void top_draw(struct top *top, struct canvas *canvas)
{
	int y;

	if (top->is_help) {
		draw_help(canvas);
		return;
	}
	y = draw_head(top, canvas);
	draw_titles(top, canvas, y);
	draw_rows(top, canvas, y + 1);
	draw_foot(top, canvas);
}
