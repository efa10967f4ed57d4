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
	const char *lists;	/* for AOIPOOL_LISTS; NULL: what it chooses */
};

/* Variants of a fixture, which finds what it is to run on as variant->on. */
#define ON_GROUND(fixture, name, provider, lists)                              \
	FIXTURE_VARIANT_ADD(fixture, name)                                     \
	{                                                                      \
		.on = { provider, lists },                                     \
	}

/* Where there are no lists. */
#define ON_BOTH_PROVIDERS(fixture)                                             \
	FIXTURE_VARIANT(fixture)                                               \
	{                                                                      \
		struct ground on;                                              \
	};                                                                     \
	ON_GROUND(fixture, kernel, AOIPOOL_PROVIDER_KERNEL, NULL);             \
	ON_GROUND(fixture, user, AOIPOOL_PROVIDER_USER, NULL)

#define ON_EVERY_GROUND(fixture)                                               \
	FIXTURE_VARIANT(fixture)                                               \
	{                                                                      \
		struct ground on;                                              \
	};                                                                     \
	ON_GROUND(fixture, kernel_rseq, AOIPOOL_PROVIDER_KERNEL, NULL);        \
	ON_GROUND(fixture, kernel_locked, AOIPOOL_PROVIDER_KERNEL, "locked");  \
	ON_GROUND(fixture, user_rseq, AOIPOOL_PROVIDER_USER, NULL);            \
	ON_GROUND(fixture, user_locked, AOIPOOL_PROVIDER_USER, "locked")

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
