// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "outstanding.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
	const struct outstanding *left = a, *right = b;

	if (left->pid != right->pid)
		return left->pid < right->pid ? -1 : 1;
	if (left->pool != right->pool)
		return left->pool < right->pool ? -1 : 1;
	return strcmp(left->tag, right->tag);
}

static struct outstanding outstanding_of(const struct aoipool_custody *custody)
{
	struct outstanding outstanding = {
		.pid = custody->pid,
		.pool = custody->pool,
		.count = custody->count,
		.bytes = custody->bytes,
		.oldest_ns = custody->oldest_ns,
		.name = custody->name,
		.tag = custody->tag,
	};

	for (size_t i = 0; i < AOIPOOL_AGES; i++)
		outstanding.ages[i] = custody->ages[i];
	return outstanding;
}

static void add(struct outstanding *to, const struct outstanding *from)
{
	to->count += from->count;
	to->bytes += from->bytes;
	if (from->oldest_ns > to->oldest_ns)
		to->oldest_ns = from->oldest_ns;
	for (size_t i = 0; i < AOIPOOL_AGES; i++)
		to->ages[i] += from->ages[i];
}

static bool belongs(const struct outstanding *one,
		    const struct outstanding *other, enum outstanding_by by)
{
	return one->pid == other->pid && one->pool == other->pool &&
	       (by == OUTSTANDING_BY_POOL || !strcmp(one->tag, other->tag));
}

/* Of a sorted list, in place.  Return: how many are left. */
static size_t merge(struct outstanding *list, size_t nr, enum outstanding_by by)
{
	size_t kept = 0;

	for (size_t i = 1; i < nr; i++)
		if (belongs(&list[kept], &list[i], by))
			add(&list[kept], &list[i]);
		else
			list[++kept] = list[i];
	return nr ? kept + 1 : 0;
}

int outstanding_list(struct outstanding **list, size_t *nr,
		     const struct sample *sample, enum outstanding_by by)
{
	*list = calloc(sample->nr_custody + 1, sizeof(**list));
	if (!*list)
		return -ENOMEM;
	for (size_t i = 0; i < sample->nr_custody; i++)
		(*list)[i] = outstanding_of(&sample->custody[i]);
	qsort(*list, sample->nr_custody, sizeof(**list), compare);
	*nr = merge(*list, sample->nr_custody, by);
	return 0;
}
