/* SPDX-License-Identifier: GPL-2.0-only */
/* From one thread to another: parcels of slots, in order, a few under way. */
#ifndef BELT_H
#define BELT_H

#include <semaphore.h>
#include <stddef.h>

#include <aoipool.h>

#define PARCEL_MAX	64
#define BELT_DEPTH	4

struct parcel {
	size_t n;
	struct aoipool_slot slots[PARCEL_MAX];
};

struct belt {
	sem_t empty, full;
	size_t filled, taken;	/* of the one end, of the other */
	struct parcel parcels[BELT_DEPTH];
};

void belt_init(struct belt *belt);

/* An empty parcel to fill, which belt_send() puts on its way. */
struct parcel *belt_begin(struct belt *belt);
void belt_send(struct belt *belt);

/* The next parcel, which belt_done() gives back. */
struct parcel *belt_receive(struct belt *belt);
void belt_done(struct belt *belt);

#endif /* BELT_H */
