/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * The registry lives in a page that the kernel wipes in a fork()ed child.  So
 * the child starts with an empty registry whose lock is free, whatever another
 * thread did at the moment of the fork, and a pool that it inherited finds
 * that the process number in the page is not the one it was opened under.
 */
#include "refspace.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "sys.h"
#include "wiped.h"

/* Index 0 is never used, so that no ref is 0. */
#define FIRST_INDEX	1ULL
#define END_INDEX	(1ULL << 32)

/* Odd, so that all pools' salts differ; far apart, as generations count up. */
#define SALT_STEP	2654435761U

struct registry {
	/* all zeroes is PTHREAD_MUTEX_INITIALIZER; protects what follows */
	pthread_mutex_t lock;
	struct refrange *ranges;	/* ascending */
	uint64_t next;			/* where to look for room first */
	uint64_t process;		/* 0: just forked; set under the lock */
	uint32_t pools;			/* that were ever opened */
};

static struct registry *registry;
const uint64_t *refspace_process;
/* counts forks along one line of descent; not wiped, so never used again */
static uint64_t last_process;

/* The first page to be there is the registry; no lock that a fork could keep. */
static int make_registry(void)
{
	struct registry *none = NULL;
	void *page;
	int err;

	if (__atomic_load_n(&registry, __ATOMIC_ACQUIRE))
		return 0;
	err = wiped_map(sizeof(*registry), &page);
	if (err)
		return err;
	if (!__atomic_compare_exchange_n(&registry, &none, page, false,
					 __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		sys_unmap(page, sizeof(*registry));
	return 0;
}

static int lock_registry(void)
{
	int err = make_registry();

	if (err)
		return err;
	pthread_mutex_lock(&registry->lock);
	if (!registry->process) {
		__atomic_store_n(&registry->process, ++last_process,
				 __ATOMIC_RELAXED);
		registry->next = FIRST_INDEX;
		__atomic_store_n(&refspace_process, &registry->process,
				 __ATOMIC_RELAXED);
	}
	return 0;
}

static void unlock_registry(void)
{
	pthread_mutex_unlock(&registry->lock);
}

static uint64_t end_of(const struct refrange *range)
{
	return (uint64_t)range->base + range->slots;
}

static uint64_t round_up(uint64_t index, uint32_t align)
{
	return (index + align - 1) & ~((uint64_t)align - 1);
}

/*
 * The first gap of @slots indices at @from or behind it.
 * Return: where it begins, or END_INDEX; *@link is where to put the range.
 */
static uint64_t find_gap(uint64_t from, uint32_t slots, uint32_t align,
			 struct refrange ***link)
{
	struct refrange **at = &registry->ranges;

	from = round_up(from, align);
	for (; *at && end_of(*at) <= from; at = &(*at)->next)
		;
	for (; *at && from + slots > (*at)->base; at = &(*at)->next)
		if (end_of(*at) > from)
			from = round_up(end_of(*at), align);
	*link = at;
	return from + slots <= END_INDEX ? from : END_INDEX;
}

/*
 * Next fit: the range of a closed pool, and its refs, stay unknown for long.
 * When it is used again the salt differs, and so do the refs.
 */
static int place(struct refrange *range)
{
	uint32_t align = range->align ? range->align : 1;
	struct refrange **link;
	uint64_t base;

	base = find_gap(registry->next, range->slots, align, &link);
	if (base == END_INDEX)
		base = find_gap(FIRST_INDEX, range->slots, align, &link);
	if (base == END_INDEX)
		return -ENOSPC;
	range->base = base;
	range->salt = ++registry->pools * SALT_STEP;
	range->process = registry->process;
	range->next = *link;
	*link = range;
	registry->next = end_of(range);
	return 0;
}

int refspace_add(struct refrange *range)
{
	int err = lock_registry();

	if (err)
		return err;
	err = place(range);
	unlock_registry();
	return err;
}

void refspace_remove(struct refrange *range)
{
	struct refrange **at;

	/* a child's registry does not know it */
	if (refspace_forked(range) || lock_registry())
		return;
	for (at = &registry->ranges; *at && *at != range; at = &(*at)->next)
		;
	if (*at)
		*at = range->next;
	unlock_registry();
}

static const struct refrange *find(uint32_t index)
{
	const struct refrange *range;

	for (range = registry->ranges; range; range = range->next)
		if (index - range->base < range->slots)
			return range;
	return NULL;
}

int refspace_misuse(const struct refrange *range, uint32_t index)
{
	const struct refrange *other;
	int err = lock_registry();

	if (err)
		return -EINVAL;
	other = find(index);
	if (!other)
		err = -EINVAL;
	else if (strcmp(other->type, range->type))
		err = -EPROTOTYPE;
	else
		err = -EXDEV;
	unlock_registry();
	return err;
}
