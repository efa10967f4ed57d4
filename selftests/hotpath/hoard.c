// SPDX-License-Identifier: GPL-2.0-only
#include "hoard.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ground.h"
#include "mark.h"

/* Pages that move_pages() is asked about at once. */
#define ASKED	512

int hoard_take(struct hoard *hoard, struct aoipool_pool *pool, size_t max)
{
	size_t room = aoipool_pool_slots(pool);
	int err = 0;

	*hoard = (struct hoard){
		.pool = pool,
		.slots = calloc(room, sizeof(*hoard->slots)),
	};
	if (!hoard->slots)
		return -ENOMEM;
	while (!err && hoard->n < room && hoard->n < max) {
		err = aoipool_get(pool, &hoard->slots[hoard->n]);
		hoard->n += !err;
	}
	if (!err || err == -EAGAIN)
		return 0;
	hoard_put(hoard);
	return err;
}

size_t hoard_put(struct hoard *hoard)
{
	size_t i, refused = 0;

	for (i = 0; i < hoard->n; i++)
		refused += aoipool_put(hoard->pool, hoard->slots[i].ref) != 0;
	free(hoard->slots);
	*hoard = (struct hoard){ 0 };
	return refused;
}

static int compare(const void *a, const void *b)
{
	const struct aoipool_slot *left = a, *right = b;

	return (left->ptr > right->ptr) - (left->ptr < right->ptr);
}

bool hoard_is_clean(const struct hoard *hoard)
{
	size_t i;

	qsort(hoard->slots, hoard->n, sizeof(*hoard->slots), compare);
	for (i = 0; i < hoard->n; i++) {
		if (i && hoard->slots[i - 1].ptr == hoard->slots[i].ptr)
			return false;
		if (*(uint64_t *)hoard->slots[i].ptr != NOBODY)
			return false;
	}
	return true;
}

size_t hoard_count_on(const struct hoard *hoard, int node)
{
	void *pages[ASKED];
	int status[ASKED];
	size_t at, i, n, count = 0;

	for (at = 0; at < hoard->n; at += n) {
		n = hoard->n - at < ASKED ? hoard->n - at : ASKED;
		for (i = 0; i < n; i++) {
			pages[i] = hoard->slots[at + i].ptr;
			/* populated, but perhaps not mapped yet */
			(void)*(volatile char *)pages[i];
		}
		if (syscall(SYS_move_pages, 0, n, pages, NULL, status, 0))
			return SIZE_MAX;
		for (i = 0; i < n; i++)
			count += status[i] == node;
	}
	return count;
}

static const char *audit_hoard(const struct hoard *hoard)
{
	struct aoipool_stats stats = ground_stats(hoard->pool);
	struct aoipool_slot more;
	static char why[80];

	if (hoard->n != stats.slots || stats.slots_out != stats.slots) {
		snprintf(why, sizeof(why), "got %zu slots of %zu, %zu are out",
			 hoard->n, (size_t)stats.slots,
			 (size_t)stats.slots_out);
		return why;
	}
	if (aoipool_get(hoard->pool, &more) != -EAGAIN)
		return "there is one slot too many";
	return hoard_is_clean(hoard) ? "whole" : "a slot is there twice";
}

const char *hoard_audit(struct aoipool_pool *pool)
{
	struct aoipool_stats stats = ground_stats(pool);
	struct hoard hoard;
	const char *why;

	if (!stats.slots || stats.slots_out)
		return "slots are out, or there are no stats";
	if (!stats.gets || stats.gets != stats.puts)
		return "gets and puts do not balance";
	if (hoard_take(&hoard, pool, SIZE_MAX))
		return "a get failed";
	why = audit_hoard(&hoard);
	if (hoard_put(&hoard))
		return "a put was refused";
	return why;
}
