/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* What a listing has to say of what it does not show. */
#ifndef NOTE_H
#define NOTE_H

#include <stddef.h>

#include "sample.h"

#define NOTE_BYTES	96

/* On stderr, so that a table stays one; only where there is something to say. */
void note_print(const struct sample *sample);

/* Of processes that may not be looked into; "" where there are none. */
void note_hidden(const struct sample *sample, char text[NOTE_BYTES]);

#endif
