/* SPDX-License-Identifier: GPL-2.0-only */
/* Slots that one thread has taken, many at a time. */
#ifndef HOARD_H
#define HOARD_H

#include <stdbool.h>
#include <stddef.h>

#include <aoipool.h>

struct hoard {
	struct aoipool_pool *pool;
	struct aoipool_slot *slots;
	size_t n;
};

/**
 * hoard_take() - take slots one by one until there are @max of them
 * @max: SIZE_MAX takes until the pool has none
 *
 * Return: 0 and the hoard, also when the pool ran out before; else the error
 * of the get, with nothing taken.
 */
int hoard_take(struct hoard *hoard, struct aoipool_pool *pool, size_t max);
/* Puts all; the number of slots that were refused. */
size_t hoard_put(struct hoard *hoard);

/* Each slot once, and none with somebody's mark in it. */
bool hoard_is_clean(const struct hoard *hoard);
/* How many slots begin on a page of @node. */
size_t hoard_count_on(const struct hoard *hoard, int node);

/**
 * hoard_audit() - is the pool whole again after all that was done to it?
 *
 * Nobody may have a slot or be in a call.
 *
 * Return: "whole" if as many gets as puts succeeded, nothing is out, every
 * slot can be had at once and exactly once, and nobody's mark is left in one;
 * else what is wrong, in static storage.
 */
const char *hoard_audit(struct aoipool_pool *pool);

#endif /* HOARD_H */
