/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a test runs on: each provider, each kind of list, and the pools it
 * opens there.
 */
#ifndef GROUND_H
#define GROUND_H

#include <stddef.h>
#include <stdint.h>

#include <aoipool.h>

struct ground {
	enum aoipool_provider provider;
	const char *lists;	/* AOIPOOL_LISTS; NULL: the library's choice */
};

/* Variants of a fixture, which finds what it is to run on as variant->on. */
#define ON_BOTH_PROVIDERS(fixture)                                             \
	FIXTURE_VARIANT(fixture)                                               \
	{                                                                      \
		struct ground on;                                              \
	};                                                                     \
	FIXTURE_VARIANT_ADD(fixture, kernel)                                   \
	{                                                                      \
		.on = { AOIPOOL_PROVIDER_KERNEL, NULL },                       \
	};                                                                     \
	FIXTURE_VARIANT_ADD(fixture, user)                                     \
	{                                                                      \
		.on = { AOIPOOL_PROVIDER_USER, NULL },                         \
	}

#define ON_EVERY_GROUND(fixture)                                               \
	ON_BOTH_PROVIDERS(fixture);                                            \
	FIXTURE_VARIANT_ADD(fixture, kernel_locked)                            \
	{                                                                      \
		.on = { AOIPOOL_PROVIDER_KERNEL, "locked" },                   \
	};                                                                     \
	FIXTURE_VARIANT_ADD(fixture, user_locked)                              \
	{                                                                      \
		.on = { AOIPOOL_PROVIDER_USER, "locked" },                     \
	}

struct want {
	size_t bytes;		/* of an object; 0: frames of one block each */
	size_t count;
	size_t reserve;		/* slots */
	uint64_t bind;		/* nodes; 0: the getter's */
};

/* Return: 0; what aoipool_pool_open() says; -ESTALE: it is on other ground. */
int ground_open(const struct ground *ground, const struct want *want,
		struct aoipool_pool **pool);

/* The numbers of a pool, all zero where it has none to give. */
struct aoipool_stats ground_stats(struct aoipool_pool *pool);

#endif /* GROUND_H */
