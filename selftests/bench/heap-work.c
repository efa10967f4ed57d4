// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * The loops over objects and frames, compiled once under each heap.
 * HEAP_HEADER names the heap.
 */
#include <stdint.h>
#include <stdlib.h>

#include HEAP_HEADER

#include "crew.h"
#include "random.h"
#include "ring.h"

#define BURST_MAX	512
#define PAGE		4096

/*
 * Far more than any line has out at once, and what lies in the ring.  Each heap
 * adds what it keeps back.  Not more: DPDK's ring walks through all that there
 * is, and would leave the cache.
 */
#define OBJECTS		8192

static const struct line *line;
static uint16_t shuffled[BURST_MAX];
static struct ring ring;

static inline void write_first(struct item item)
{
	*(volatile uint64_t *)item_pointer(item) = 1;
}

static void pair(unsigned int thread, uint64_t n)
{
	struct item item;

	(void)thread;
	while (n--) {
		heap_get(&item);
		write_first(item);
		heap_put(item);
	}
}

static inline void get_burst(struct item *items, unsigned int burst)
{
	for (unsigned int i = 0; i < burst; i++) {
		heap_get(&items[i]);
		write_first(items[i]);
	}
}

static void lifo(unsigned int thread, uint64_t n)
{
	unsigned int burst = line->burst;
	struct item items[BURST_MAX];

	(void)thread;
	for (; n; n -= burst) {
		get_burst(items, burst);
		for (unsigned int i = burst; i--;)
			heap_put(items[i]);
	}
}

static void at_random(unsigned int thread, uint64_t n)
{
	unsigned int burst = line->burst;
	struct item items[BURST_MAX];

	(void)thread;
	for (; n; n -= burst) {
		get_burst(items, burst);
		for (unsigned int i = 0; i < burst; i++)
			heap_put(items[shuffled[i]]);
	}
}

static void bulk(unsigned int thread, uint64_t n)
{
	unsigned int burst = line->burst;
	struct item items[BURST_MAX];

	(void)thread;
	for (; n; n -= burst) {
		heap_get_bulk(items, burst);
		for (unsigned int i = 0; i < burst; i++)
			write_first(items[i]);
		heap_put_bulk(items, burst);
	}
}

static void touch(unsigned int thread, uint64_t n)
{
	struct item item;

	(void)thread;
	while (n--) {
		heap_get(&item);
		for (size_t at = 0; at < line->bytes; at += PAGE)
			*((volatile char *)item_pointer(item) + at) = 1;
		heap_put(item);
	}
}

static void produce(uint64_t n)
{
	struct item items[BURST_MAX];

	for (; n; n -= line->burst) {
		if (line->burst == 1)
			heap_get(items);
		else
			heap_get_bulk(items, line->burst);
		for (unsigned int i = 0; i < line->burst; i++)
			write_first(items[i]);
		ring_push(&ring, items, line->burst);
	}
}

static void consume(uint64_t n)
{
	struct item items[BURST_MAX];

	for (; n; n -= line->burst) {
		ring_pop(&ring, items, line->burst);
		if (line->burst == 1)
			heap_put(items[0]);
		else
			heap_put_bulk(items, line->burst);
	}
}

static void handover(unsigned int thread, uint64_t n)
{
	if (thread)
		consume(n);
	else
		produce(n);
}

static void shuffle(void)
{
	uint64_t state = 1;

	for (unsigned int i = 0; i < line->burst; i++) {
		unsigned int other = random_below(&state, i + 1);

		shuffled[i] = shuffled[other];
		shuffled[other] = i;
	}
}

static const char *open_heap(const struct line *chosen, const char *mode)
{
	struct heap_need need = {
		.bytes = chosen->bytes,
		.threads = chosen->threads,
		.frames = chosen->families == FAMILY_FRAME,
	};

	need.out = need.frames ? chosen->burst * chosen->threads : OBJECTS;
	line = chosen;
	shuffle();
	crew_on_enter(heap_enter);
	return heap_open(&need, mode);
}

static double run(uint64_t units)
{
	static void (*const bodies[])(unsigned int thread, uint64_t n) = {
		[LINE_PAIR] = pair,	    [LINE_LIFO] = lifo,
		[LINE_RANDOM] = at_random,  [LINE_BULK] = bulk,
		[LINE_HANDOVER] = handover, [LINE_TOUCH] = touch,
	};
	uint64_t whole = (units + line->burst - 1) / line->burst * line->burst;

	return (double)crew_run(bodies[line->kind], whole) / (double)whole;
}

const struct work work = {
	.open = open_heap,
	.run = run,
	.note = heap_note,
};
