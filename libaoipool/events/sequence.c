// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "sequence.h"

/* From @from to @to, backwards where it is negative; right across the wrap. */
static int64_t distance(uint64_t from, uint64_t to)
{
	return (int64_t)(to - from);
}

void sequence_restart(struct sequence *sequence)
{
	*sequence = (struct sequence){ SEQUENCE_RUNNING, 1 };
}

bool sequence_take(struct sequence *sequence, uint64_t seq, uint64_t *lost)
{
	int64_t ahead = distance(sequence->next, seq);

	*lost = 0;
	if (ahead < 0 && sequence->phase == SEQUENCE_RUNNING)
		return false;
	if (ahead > 0 && sequence->phase != SEQUENCE_FRESH)
		*lost = (uint64_t)ahead;
	*sequence = (struct sequence){ SEQUENCE_RUNNING, seq + 1 };
	return true;
}

bool sequence_behind(const struct sequence *sequence, uint64_t last)
{
	return sequence->phase != SEQUENCE_FRESH &&
	       distance(sequence->next, last) >= 0;
}

uint64_t sequence_reach(struct sequence *sequence, uint64_t last)
{
	uint64_t lost;

	if (sequence->phase == SEQUENCE_FRESH) {
		*sequence = (struct sequence){ SEQUENCE_BASED, last + 1 };
		return 0;
	}
	if (!sequence_behind(sequence, last))
		return 0;
	lost = last + 1 - sequence->next;
	*sequence = (struct sequence){ SEQUENCE_RUNNING, last + 1 };
	return lost;
}
