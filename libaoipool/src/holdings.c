/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
#include "holdings.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM   32 /* entries; there are twice as many places */
/*
 * More threads and tags than any engine has; who forges a ledger pays 16 bytes a
 * note, and an entry is many times that.
 */
#define MAX_ENTRIES  16384
#define FIRST_AGE_NS	1000000ULL

/* Of FNV-1a, as its authors chose them */
#define HASH_START	14695981039346656037ULL
#define HASH_STEP  1099511628211ULL

void holdings_free(struct holdings *holdings)
{
	free(holdings->entries);
	free(holdings->places);
	*holdings = (struct holdings){ .nr = 0 };
}

/* Nobody chooses keys that meet who does not know where we are. */
static uint64_t secret(void)
{
	static const char here;

	return (uint64_t)(uintptr_t)&here * HASH_STEP;
}

static uint64_t hash_of(const struct aoipool_custody *key)
{
	uint64_t hash = HASH_START ^ secret();
	const char *at;

	hash = (hash ^ key->pool) * HASH_STEP;
	hash = (hash ^ key->tid) * HASH_STEP;
	hash = (hash ^ (uint32_t)key->node) * HASH_STEP;
	for (at = key->tag; *at; at++)
		hash = (hash ^ (unsigned char)*at) * HASH_STEP;
	hash ^= hash >> 32;
	hash *= HASH_STEP;
	return hash ^ hash >> 29;
}

static bool is_same(const struct aoipool_custody *a,
		    const struct aoipool_custody *b)
{
	return a->pool == b->pool && a->tid == b->tid && a->node == b->node &&
	       !strcmp(a->tag, b->tag);
}

/* Where the entry with that key is, or would be.  There is always room. */
static uint32_t *place_of(const struct holdings *holdings,
			  const struct aoipool_custody *key)
{
	size_t mask = holdings->nr_places - 1;
	size_t at = hash_of(key) & mask;

	while (holdings->places[at] &&
	       !is_same(&holdings->entries[holdings->places[at] - 1], key))
		at = (at + 1) & mask;
	return &holdings->places[at];
}

static bool grow(struct holdings *holdings)
{
	size_t room = holdings->room ? 2 * holdings->room : FIRST_ROOM, i;
	struct aoipool_custody *entries;
	uint32_t *places;

	entries = realloc(holdings->entries, room * sizeof(*entries));
	if (!entries)
		return false;
	holdings->entries = entries;
	places = calloc(2 * room, sizeof(*places));
	if (!places)
		return false;
	free(holdings->places);
	holdings->places = places;
	holdings->nr_places = 2 * room;
	holdings->room = room;
	for (i = 0; i < holdings->nr; i++)
		*place_of(holdings, &entries[i]) = i + 1;
	return true;
}

static struct aoipool_custody *add(struct holdings *holdings, uint32_t *place,
				   const struct aoipool_custody *like)
{
	holdings->entries[holdings->nr] = *like;
	*place = ++holdings->nr;
	return &holdings->entries[*place - 1];
}

/* What is too much is added up: of the pool, of nobody in particular. */
static struct aoipool_custody rest_of(const struct aoipool_custody *like)
{
	struct aoipool_custody rest = *like;

	rest.tid = 0;
	rest.node = -1;
	strcpy(rest.tag, "(others)");
	return rest;
}

struct aoipool_custody *holdings_find(struct holdings *holdings,
				      const struct aoipool_custody *like)
{
	struct aoipool_custody rest;
	uint32_t *place;

	if (holdings->nr == holdings->room && !grow(holdings))
		return NULL;
	place = place_of(holdings, like);
	if (*place)
		return &holdings->entries[*place - 1];
	if (holdings->nr < MAX_ENTRIES)
		return add(holdings, place, like);
	rest = rest_of(like);
	place = place_of(holdings, &rest);
	return *place ? &holdings->entries[*place - 1] :
			add(holdings, place, &rest);
}

static unsigned int age_of(uint64_t age_ns)
{
	uint64_t bound = FIRST_AGE_NS;
	unsigned int age;

	for (age = 0; age < AOIPOOL_AGES - 1 && age_ns >= bound; age++)
		bound *= 10;
	return age;
}

void holdings_add(struct aoipool_custody *entry, uint64_t bytes,
		  uint64_t age_ns)
{
	entry->bytes += bytes;
	entry->count++;
	if (age_ns == UINT64_MAX)
		return;
	entry->ages[age_of(age_ns)]++;
	if (age_ns > entry->oldest_ns)
		entry->oldest_ns = age_ns;
	if (entry->count == 1 || age_ns < entry->youngest_ns)
		entry->youngest_ns = age_ns;
}

static int by_size(const void *left, const void *right)
{
	const struct aoipool_custody *a = left, *b = right;

	if (a->bytes != b->bytes)
		return a->bytes < b->bytes ? 1 : -1;
	if (a->pool != b->pool)
		return a->pool > b->pool ? 1 : -1;
	if (a->tid != b->tid)
		return a->tid > b->tid ? 1 : -1;
	if (a->node != b->node)
		return a->node > b->node ? 1 : -1;
	return strcmp(a->tag, b->tag);
}

void holdings_sort(struct holdings *holdings)
{
	if (holdings->nr)
		qsort(holdings->entries, holdings->nr,
		      sizeof(*holdings->entries), by_size);
	free(holdings->places);
	holdings->places = NULL;
	holdings->nr_places = 0;
}
