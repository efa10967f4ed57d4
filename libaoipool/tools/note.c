// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "note.h"

#include <stdio.h>

void note_hidden(const struct sample *sample, char text[NOTE_BYTES])
{
	text[0] = '\0';
	if (sample->hidden_processes)
		snprintf(text, NOTE_BYTES,
			 "%zu processes of others are not looked into: root sees them",
			 sample->hidden_processes);
}

void note_print(const struct sample *sample)
{
	char hidden[NOTE_BYTES];

	fflush(stdout);
	if (!sample->has_module)
		fputs("note: module aoipool is not loaded: these are pools of "
		      "the user provider\n", stderr);
	note_hidden(sample, hidden);
	if (*hidden)
		fprintf(stderr, "note: %s\n", hidden);
}
