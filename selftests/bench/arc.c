// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * arc - what it costs to give a warm slab up and to take it back: a frame put and
 * got through the library; the two swaps of its word that are left of that; and
 * beside them the cheapest system call, of which a pool would otherwise need two.
 * The mode names the way.
 */
#include <stdbool.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/aoipool.h>

#include "array.h"
#include "clock.h"
#include "ours.h"
#include "work.h"

/* One block a frame. */
#define FRAMES		2
#define FRAME_WIDTH	1984
#define FRAME_HEIGHT	1024

#define NODE	0
#define CLIENT	1

struct way {
	const char *mode;
	const char *(*open)(const char *mode);
	void (*pairs)(uint64_t n);
};

static const struct way *way;
static struct aoipool_pool *pool;
static const char *note = "";

static const char *open_nothing(const char *mode)
{
	(void)mode;
	return NULL;
}

static const char *open_pool(const char *mode)
{
	struct aoipool_attr *attr = ours_attr(mode);
	const char *reason;

	ours_check(aoipool_attr_set_frame(attr, FRAME_WIDTH, FRAME_HEIGHT,
					  AOIPOOL_PIXEL_MONO8, FRAMES),
		   "attr");
	reason = ours_open(attr, &pool);
	if (!reason)
		note = "put and got again through the library, checked";
	return reason;
}

static void pairs_of_pool(uint64_t n)
{
	struct aoipool_slot slot;

	ours_check(aoipool_get(pool, &slot), "get");
	while (n--) {
		ours_check(aoipool_put(pool, slot.ref), "put");
		ours_check(aoipool_get(pool, &slot), "get");
	}
	ours_check(aoipool_put(pool, slot.ref), "put");
}

static uint64_t swap(uint64_t *word, uint64_t from, uint64_t to)
{
	if (!__atomic_compare_exchange_n(word, &from, to, false,
					 __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
		die("somebody else has moved the word");
	return to;
}

static void pairs_of_words(uint64_t n)
{
	static uint64_t shared __attribute__((aligned(64)));
	uint64_t word = aoipool_word_held(0, NODE, CLIENT);

	__atomic_store_n(&shared, word, __ATOMIC_SEQ_CST);
	while (n--) {
		word = swap(&shared, word, aoipool_word_parked(word));
		word = swap(&shared, word,
			    aoipool_word_held(word, NODE, CLIENT));
	}
}

static void pairs_of_calls(uint64_t n)
{
	while (n--)
		syscall(SYS_getppid);
}

static const struct way ways[] = {
	{ "user", open_pool, pairs_of_pool },
	{ "kernel", open_pool, pairs_of_pool },
	{ "words", open_nothing, pairs_of_words },
	{ "getppid", open_nothing, pairs_of_calls },
};

static const char *open_way(const struct line *line, const char *mode)
{
	(void)line;
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
		if (!strcmp(ways[i].mode, mode))
			way = &ways[i];
	if (!way)
		die("no way \"%s\"", mode);
	return way->open(mode);
}

static double run(uint64_t units)
{
	uint64_t start = clock_ns();

	way->pairs(units);
	return (double)(clock_ns() - start) / (double)units;
}

static const char *what(void)
{
	return note;
}

const struct work work = {
	.open = open_way,
	.run = run,
	.note = what,
};
