// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * score - a call meets an annotation when their boxes overlap.  An annotation
 * counts once however many calls meet it; a call that meets none is false.
 */
#include <string.h>

#include "score.h"

struct marks {
	bool found[ANNOTATIONS_MAX];
	bool typed[ANNOTATIONS_MAX];
};

static void match(struct candidate *candidate, const struct board *board,
		  struct marks *marks)
{
	for (size_t n = 0; n < board->nr_annotations; n++) {
		const struct annotation *note = &board->annotations[n];

		if (!box_overlap(&candidate->box, &note->box))
			continue;
		candidate->matched = true;
		marks->found[n] = true;
		if (note->type == candidate->type)
			marks->typed[n] = true;
	}
}

static void count_call(struct candidate *candidate, const struct board *board,
		       struct marks *marks, struct tally *tally)
{
	tally->calls++;
	tally->area += candidate->area;
	if (!board->annotated) {
		tally->unjudged++;
		return;
	}
	match(candidate, board, marks);
	tally->false_calls += !candidate->matched;
}

void score_tile(struct panel *panel, uint32_t nr, struct tally *tally)
{
	const struct tile *tile = &panel->tiles[nr];
	struct marks marks = { 0 };
	struct candidate *each;

	tally->boards++;
	tally->blank += tile->blank;
	if (tile->blank)
		return;
	tally->misaligned +=
		tile->found.x != tile->laid.x + tile->board->off.x ||
		tile->found.y != tile->laid.y + tile->board->off.y;
	for (each = panel->candidates; each; each = each->next)
		if (each->tile == nr)
			count_call(each, tile->board, &marks, tally);
	tally->annotated += tile->board->nr_annotations;
	for (size_t n = 0; n < tile->board->nr_annotations; n++) {
		tally->found += marks.found[n];
		tally->typed += marks.typed[n];
	}
}

void tally_add(struct tally *to, const struct tally *from)
{
	to->boards += from->boards;
	to->annotated += from->annotated;
	to->found += from->found;
	to->typed += from->typed;
	to->calls += from->calls;
	to->false_calls += from->false_calls;
	to->unjudged += from->unjudged;
	to->misaligned += from->misaligned;
	to->blank += from->blank;
	to->area += from->area;
}
