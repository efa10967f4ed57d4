// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include <sched.h>
#include <stdint.h>

#include "crew.h"
#include "test.h"

/* Then the CPU is given to one that has not arrived. */
#define SPINS	200

struct member {
	struct crew *crew;
	unsigned int number;
	pthread_t thread;
};

bool crew_meet(struct crew *crew)
{
	unsigned int met = crew->met, spins = 0;

	if (atomic_fetch_add(&crew->arrived, 1) + 1 == crew->size) {
		crew->arrived = 0;
		crew->met++;
		return true;
	}
	while (crew->met == met) {
		if (++spins % SPINS == 0)
			sched_yield();
	}
	return false;
}

unsigned int crew_random(unsigned int *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

static void *start(void *arg)
{
	struct member *member = arg;
	struct crew *crew = member->crew;

	crew_meet(crew);
	return (void *)(uintptr_t)crew->work(crew, member->number);
}

unsigned int crew_run(unsigned int size,
		      unsigned int (*work)(struct crew *crew,
					   unsigned int number),
		      void *arg)
{
	struct crew crew = { .size = size, .work = work, .arg = arg };
	struct member members[CREW_MAX];
	unsigned int wrong = 0;
	void *seen;

	assert_in_range(size, 1, CREW_MAX);
	for (unsigned int i = 0; i < size; i++) {
		members[i].crew = &crew;
		members[i].number = i;
		assert_ok(pthread_create(&members[i].thread, NULL, start,
					 &members[i]));
	}
	for (unsigned int i = 0; i < size; i++) {
		assert_ok(pthread_join(members[i].thread, &seen));
		wrong += (unsigned int)(uintptr_t)seen;
	}
	return wrong;
}
