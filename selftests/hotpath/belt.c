// SPDX-License-Identifier: GPL-2.0-only
#include "belt.h"

#include <errno.h>

static void await(sem_t *sem)
{
	while (sem_wait(sem) && errno == EINTR)
		;
}

void belt_init(struct belt *belt)
{
	belt->filled = 0;
	belt->taken = 0;
	sem_init(&belt->empty, 0, BELT_DEPTH);
	sem_init(&belt->full, 0, 0);
}

struct parcel *belt_begin(struct belt *belt)
{
	await(&belt->empty);
	return &belt->parcels[belt->filled++ % BELT_DEPTH];
}

void belt_send(struct belt *belt)
{
	sem_post(&belt->full);
}

struct parcel *belt_receive(struct belt *belt)
{
	await(&belt->full);
	return &belt->parcels[belt->taken++ % BELT_DEPTH];
}

void belt_done(struct belt *belt)
{
	sem_post(&belt->empty);
}
