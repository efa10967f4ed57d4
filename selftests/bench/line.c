// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include <string.h>

#include "line.h"

#define OBJECT(name, title, kind, bytes, burst, threads) \
	{ name, title, kind, FAMILY_OBJECT, bytes, burst, threads }
#define FRAME(name, title, kind, burst, threads) \
	{ name, title, kind, FAMILY_FRAME, FRAME_BYTES, burst, threads }

#define GIB	((size_t)1 << 30)

#define ONE_THREAD(size, bytes) \
	OBJECT("pair-" size, size " B, get and put; a pair", LINE_PAIR, \
	       bytes, 1, 1), \
	OBJECT("lifo32-" size, size " B, 32 out, put last first; a pair", \
	       LINE_LIFO, bytes, 32, 1), \
	OBJECT("random512-" size, size " B, 512 out, put at random; a pair", \
	       LINE_RANDOM, bytes, 512, 1), \
	OBJECT("bulk32-" size, size " B, 32 a call; a pair", LINE_BULK, \
	       bytes, 32, 1), \
	OBJECT("bulk512-" size, size " B, 512 a call; a pair", LINE_BULK, \
	       bytes, 512, 1)

#define TWO_THREADS(size, bytes) \
	OBJECT("pair-" size "-2t", \
	       size " B, two threads get and put; a pair of a thread", \
	       LINE_PAIR, bytes, 1, 2), \
	OBJECT("random512-" size "-2t", \
	       size " B, two threads, 512 out each; a pair of a thread", \
	       LINE_RANDOM, bytes, 512, 2)

const struct line lines[] = {
	ONE_THREAD("64", 64),
	ONE_THREAD("256", 256),
	ONE_THREAD("4096", 4096),
	TWO_THREADS("64", 64),
	TWO_THREADS("256", 256),
	TWO_THREADS("4096", 4096),
	OBJECT("handover-256",
	       "256 B, got here, put there; an object", LINE_HANDOVER, 256, 1,
	       2),
	OBJECT("handover32-256",
	       "256 B, got here, put there, 32 a call; an object",
	       LINE_HANDOVER, 256, 32, 2),
	FRAME("frames", "25 MiB, 32 in flight, first word only; a pair",
	      LINE_LIFO, 32, 1),
	FRAME("frames-2t",
	      "25 MiB, two threads, 32 in flight each; a pair of a thread",
	      LINE_LIFO, 32, 2),
	FRAME("frames-touch", "25 MiB, get, touch all pages, put; a pair",
	      LINE_TOUCH, 1, 1),
	FRAME("frames-touch-2t",
	      "25 MiB, the same by two threads; a pair of a thread",
	      LINE_TOUCH, 1, 2),
	{ "populate-1g", "populate 1 GiB", LINE_POPULATE, FAMILY_MEMORY, GIB,
	  1, 1 },
	{ "return-1g", "give 1 GiB back", LINE_RETURN, FAMILY_MEMORY, GIB, 1,
	  1 },
	{ "column", "8192 x 8192, sums of columns; an image", LINE_COLUMN,
	  FAMILY_IMAGE, 0, 1, 1 },
	{ "transpose", "8192 x 8192, transposition; an image", LINE_TRANSPOSE,
	  FAMILY_IMAGE, 0, 1, 1 },
	{ "tiles", "8192 x 8192, contrast of random 64 x 64 tiles; a tile",
	  LINE_TILES, FAMILY_IMAGE, 0, 1, 1 },
};

const unsigned int nr_lines = sizeof(lines) / sizeof(lines[0]);

const struct line *line_find(const char *name)
{
	for (unsigned int i = 0; i < nr_lines; i++)
		if (!strcmp(lines[i].name, name))
			return &lines[i];
	return NULL;
}
