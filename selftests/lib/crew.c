// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include <stdint.h>

#include "crew.h"
#include "test.h"

struct member {
	struct crew *crew;
	unsigned int number;
	pthread_t thread;
};

int crew_meet(struct crew *crew)
{
	return pthread_barrier_wait(&crew->barrier) ==
	       PTHREAD_BARRIER_SERIAL_THREAD;
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
	assert_ok(pthread_barrier_init(&crew.barrier, NULL, size));
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
	pthread_barrier_destroy(&crew.barrier);
	return wrong;
}
