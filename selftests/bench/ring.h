/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * ring - single producer, single consumer.  Each side keeps a copy of the
 * other's end and looks at the real one only when the copy says full or empty.
 */
#ifndef RING_H
#define RING_H

#include <sched.h>
#include <stdint.h>

#include "crew.h"

#define RING_SLOTS	1024u
#define RING_WAITS	256
#define RING_PAUSES	64
#define CACHE_LINE	64

struct ring {
	struct {
		uint32_t tail, head_seen;
	} producer __attribute__((aligned(2 * CACHE_LINE)));
	struct {
		uint32_t head, tail_seen;
	} consumer __attribute__((aligned(2 * CACHE_LINE)));
	struct item slots[RING_SLOTS] __attribute__((aligned(2 * CACHE_LINE)));
};

/*
 * Who must wait lets the other gain some bursts: else each burst would pay for
 * the way between two CPUs.  Now and then it yields: the other may have lost its
 * CPU.
 */
static inline void ring_wait(unsigned int *waits)
{
	if (++*waits % RING_WAITS == 0)
		sched_yield();
	for (unsigned int i = 0; i < RING_PAUSES; i++)
		crew_pause();
}

static inline void ring_push(struct ring *ring, const struct item *items, uint32_t n)
{
	uint32_t tail = ring->producer.tail;
	unsigned int waits = 0;

	while (tail + n - ring->producer.head_seen > RING_SLOTS) {
		ring->producer.head_seen = __atomic_load_n(
			&ring->consumer.head, __ATOMIC_ACQUIRE);
		if (tail + n - ring->producer.head_seen > RING_SLOTS)
			ring_wait(&waits);
	}
	for (uint32_t i = 0; i < n; i++)
		ring->slots[(tail + i) % RING_SLOTS] = items[i];
	__atomic_store_n(&ring->producer.tail, tail + n, __ATOMIC_RELEASE);
}

static inline void ring_pop(struct ring *ring, struct item *items, uint32_t n)
{
	uint32_t head = ring->consumer.head;
	unsigned int waits = 0;

	while (ring->consumer.tail_seen - head < n) {
		ring->consumer.tail_seen = __atomic_load_n(
			&ring->producer.tail, __ATOMIC_ACQUIRE);
		if (ring->consumer.tail_seen - head < n)
			ring_wait(&waits);
	}
	for (uint32_t i = 0; i < n; i++)
		items[i] = ring->slots[(head + i) % RING_SLOTS];
	__atomic_store_n(&ring->consumer.head, head + n, __ATOMIC_RELEASE);
}

#endif
