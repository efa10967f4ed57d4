// SPDX-License-Identifier: GPL-2.0-only
#include "crew.h"

#include <unistd.h>

#include "cpu.h"

static void *run(void *arg)
{
	struct hand *hand = arg;

	atomic_store(&hand->tid, gettid());
	if (hand->cpu >= 0 && cpu_pin(0, hand->cpu))
		hand->wrong++;
	pthread_barrier_wait(&hand->crew->ready);
	hand->crew->work(hand);
	return NULL;
}

int crew_start(struct crew *crew, unsigned int size,
	       void (*work)(struct hand *hand), void *arg, const int *cpus)
{
	unsigned int i;
	int err;

	*crew = (struct crew){ .size = size, .work = work, .arg = arg };
	err = pthread_barrier_init(&crew->ready, NULL, size + 1);
	for (i = 0; i < size && !err; i++) {
		crew->hands[i].crew = crew;
		crew->hands[i].number = i;
		crew->hands[i].cpu = cpus ? cpus[i] : -1;
		err = pthread_create(&crew->hands[i].thread, NULL, run,
				     &crew->hands[i]);
	}
	/* Else those who have begun wait until the test ends by its error. */
	if (!err)
		pthread_barrier_wait(&crew->ready);
	return -err;
}

unsigned long crew_join(struct crew *crew)
{
	unsigned long wrong = 0;
	unsigned int i;

	for (i = 0; i < crew->size; i++) {
		wrong += pthread_join(crew->hands[i].thread, NULL) != 0;
		wrong += crew->hands[i].wrong;
	}
	pthread_barrier_destroy(&crew->ready);
	return wrong;
}

unsigned long crew_stop(struct crew *crew)
{
	atomic_store(&crew->stop, true);
	return crew_join(crew);
}
