// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include <string.h>

#include "array.h"
#include "line.h"

#define OBJECT(name, title, kind, bytes, burst, threads) \
	{ name, title, kind, FAMILY_OBJECT, bytes, burst, threads }
#define FRAME(name, title, kind, burst, threads) \
	{ name, title, kind, FAMILY_FRAME, FRAME_BYTES, burst, threads }

#define PAIR(n) \
	OBJECT("pair-" #n, #n " B, get and put; a pair", LINE_PAIR, n, 1, 1)
#define LIFO(n) \
	OBJECT("lifo32-" #n, #n " B, 32 out, put last first; a pair", \
	       LINE_LIFO, n, 32, 1)
#define RANDOM(n) \
	OBJECT("random512-" #n, #n " B, 512 out, put at random; a pair", \
	       LINE_RANDOM, n, 512, 1)
#define BULK(calls, n) \
	OBJECT("bulk" #calls "-" #n, \
	       #n " B, " #calls " a call (malloc: a loop), each touched; a pair", \
	       LINE_BULK, n, calls, 1)
#define PAIR_2T(n) \
	OBJECT("pair-" #n "-2t", \
	       #n " B, two threads get and put; a pair of a thread", \
	       LINE_PAIR, n, 1, 2)
#define RANDOM_2T(n) \
	OBJECT("random512-" #n "-2t", \
	       #n " B, two threads, 512 out each; a pair of a thread", \
	       LINE_RANDOM, n, 512, 2)

#define GIB	((size_t)1 << 30)
/* More than any cache holds for one CPU; all variants have theirs at once. */
#define UNCACHED	((size_t)256 << 20)

const struct line lines[] = {
	PAIR(64),
	LIFO(64),
	RANDOM(64),
	BULK(32, 64),
	BULK(512, 64),
	PAIR(256),
	LIFO(256),
	RANDOM(256),
	BULK(32, 256),
	BULK(512, 256),
	PAIR(4096),
	LIFO(4096),
	RANDOM(4096),
	BULK(32, 4096),
	BULK(512, 4096),
	PAIR_2T(64),
	RANDOM_2T(64),
	PAIR_2T(256),
	RANDOM_2T(256),
	PAIR_2T(4096),
	RANDOM_2T(4096),
	OBJECT("handover-256",
	       "256 B, got here, put there; an object", LINE_HANDOVER, 256, 1,
	       2),
	OBJECT("handover32-256",
	       "256 B, got here, put there, 32 a call (malloc: a loop);"
	       " an object",
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
	{ "populate-warm-1g", "populate 1 GiB, the module has it ready",
	  LINE_POPULATE_WARM, FAMILY_WARM, GIB, 1, 1 },
	{ "return-1g", "give 1 GiB back", LINE_RETURN,
	  FAMILY_MEMORY | FAMILY_RETURN, GIB, 1, 1 },
	{ "park-revive", "give a warm slab up and take it back; a pair",
	  LINE_ARCS, FAMILY_ARCS, 0, 1, 1 },
	{ "shrink-count",
	  "the module's shrinker is asked what there is; a call, probes included",
	  LINE_COUNT, FAMILY_SHRINKER, 0, 1, 1 },
	{ "shrink-scan",
	  "it looks for idle slabs and finds none; a call, probes included",
	  LINE_SCAN, FAMILY_SHRINKER, 0, 1, 1 },
	{ "alarm", "a hog grows; until news of it is there", LINE_ALARM,
	  FAMILY_ALARM, 0, 1, 1 },
	{ "clear-2m", "clear 2 MiB that are in no cache; a block", LINE_CLEAR,
	  FAMILY_CLEAR, UNCACHED, 1, 1 },
	{ "clear-2m-2t", "the same by two threads; a block of a thread",
	  LINE_CLEAR, FAMILY_CLEAR, UNCACHED, 1, 2 },
	{ "clear-2m-read", "clear 2 MiB and read them at once; a block",
	  LINE_CLEAR_READ, FAMILY_CLEAR, UNCACHED, 1, 1 },
	{ "column", "8192 x 8192, sums of columns; an image", LINE_COLUMN,
	  FAMILY_IMAGE, 0, 1, 1 },
	{ "transpose", "8192 x 8192, transposition; an image", LINE_TRANSPOSE,
	  FAMILY_IMAGE, 0, 1, 1 },
	{ "tiles",
	  "8192 x 8192, contrast of random tiles of a 64 x 64 grid; a tile",
	  LINE_TILES, FAMILY_IMAGE, 0, 1, 1 },
	{ "tiles-any",
	  "8192 x 8192, the same of 64 x 64 tiles at any pixel; a tile",
	  LINE_TILES_ANY, FAMILY_IMAGE, 0, 1, 1 },
};

const unsigned int nr_lines = ARRAY_SIZE(lines);

const struct line *line_find(const char *name)
{
	for (unsigned int i = 0; i < nr_lines; i++)
		if (!strcmp(lines[i].name, name))
			return &lines[i];
	return NULL;
}
