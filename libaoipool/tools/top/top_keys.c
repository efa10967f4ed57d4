// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* What keys do; the help of top_draw.c says the same. */
#include <ctype.h>
#include <string.h>

#include <ncurses.h>

#include "top.h"

#define CONTROL(letter)	((letter) & 0x1f)
#define KEY_ESCAPE	0x1b
#define KEY_RUBOUT	0x7f
#define PAGE		10

static void type(struct top *top, int key)
{
	size_t used = strlen(top->filter);

	if (key == '\r' || key == '\n' || key == KEY_ENTER) {
		top->is_typing = false;
	} else if (key == KEY_ESCAPE) {
		top->is_typing = false;
		top->filter[0] = '\0';
	} else if (key == KEY_BACKSPACE || key == KEY_RUBOUT || key == '\b') {
		if (used)
			top->filter[used - 1] = '\0';
	} else if (key >= ' ' && key <= '~' && used + 1 < TOP_FILTER_BYTES) {
		top->filter[used] = key;
		top->filter[used + 1] = '\0';
	}
	top->first = 0;
	top_arrange(top);
}

static void show(struct top *top, enum top_view_kind kind, bool *needs_sample)
{
	if (top->kind == kind)
		return;
	top->kind = kind;
	top->first = 0;
	*needs_sample = true;
}

static void sort_by_next(struct top *top, int step)
{
	struct top_view *view = &top->views[top->kind];
	size_t nr = 0;

	while (view->columns[nr].key)
		nr++;
	view->sort = (view->sort + nr + step) % nr;
	view->is_reverse = false;
	top_arrange(top);
}

/* Beyond the end is for top_draw() to see. */
static void scroll_by(struct top *top, long rows)
{
	if (rows < 0 && top->first < (size_t)-rows)
		top->first = 0;
	else
		top->first += rows;
}

static bool scroll_key(struct top *top, int key)
{
	switch (key) {
	case KEY_DOWN:
	case 'j':
		scroll_by(top, 1);
		return true;
	case KEY_UP:
	case 'k':
		scroll_by(top, -1);
		return true;
	case KEY_NPAGE:
		scroll_by(top, PAGE);
		return true;
	case KEY_PPAGE:
		scroll_by(top, -PAGE);
		return true;
	case KEY_HOME:
		top->first = 0;
		return true;
	case KEY_END:
		top->first = top->nr_rows;
		return true;
	}
	return false;
}

static bool view_key(struct top *top, int key, bool *needs_sample)
{
	switch (key) {
	case 'p':
		show(top, TOP_POOLS, needs_sample);
		return true;
	case 'h':
		show(top, TOP_HOLDERS, needs_sample);
		return true;
	case 'u':
		show(top, TOP_PROCESSES, needs_sample);
		return true;
	case '\t':
		show(top, (top->kind + 1) % TOP_VIEWS, needs_sample);
		return true;
	}
	return false;
}

static void other_key(struct top *top, int key, bool *needs_sample)
{
	switch (key) {
	case '>':
	case 's':
		sort_by_next(top, 1);
		break;
	case '<':
		sort_by_next(top, -1);
		break;
	case 'r':
		top->views[top->kind].is_reverse ^= true;
		top_arrange(top);
		break;
	case '/':
		top->is_typing = true;
		break;
	case 'f':
		top->is_frozen = !top->is_frozen;
		break;
	case ' ':
		*needs_sample = true;
		break;
	case '?':
		top->is_help = true;
		break;
	}
}

bool top_key(struct top *top, int key, bool *needs_sample)
{
	if (key == CONTROL('C'))
		return false;
	if (top->is_typing) {
		type(top, key);
	} else if (top->is_help) {
		top->is_help = false;	/* any key, q too */
	} else if (key == 'q') {
		return false;
	} else if (!scroll_key(top, key) && !view_key(top, key, needs_sample)) {
		other_key(top, key, needs_sample);
	}
	return true;
}
