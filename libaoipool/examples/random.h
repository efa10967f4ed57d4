/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* random - a small generator whose stream depends on its seed alone. */
#ifndef RANDOM_H
#define RANDOM_H

#include <stdint.h>

struct random {
	uint64_t state;
};

static inline uint64_t random_next(struct random *random)
{
	uint64_t z = random->state += 0x9e3779b97f4a7c15ull;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}

/* Seeds that differ in one bit of @a or @b give unrelated streams. */
static inline struct random random_seed(uint64_t seed, uint64_t a, uint64_t b)
{
	struct random random = { seed };

	random.state = random_next(&random) ^ a;
	random.state = random_next(&random) ^ b;
	return random;
}

/* A number from @low to @high, both included. */
static inline int random_between(struct random *random, int low, int high)
{
	uint64_t span = (uint64_t)(high - low) + 1;

	return low + (int)((random_next(random) >> 32) * span >> 32);
}

#endif
