// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * Threads that get and put, with the calls as the compiler was told to make
 * them.  Prints how free slots are kept.
 */
#include <pthread.h>
#include <sched.h>
#include <string.h>

#include "program.h"

#define TURNS	50000
#define HAND	40

static void get_one(struct aoipool_pool *pool, struct aoipool_slot *slot)
{
	must(!aoipool_get(pool, slot));
	memcpy(slot->ptr, &slot->ref, sizeof(slot->ref));
}

static void put_one(struct aoipool_pool *pool, struct aoipool_slot *slot)
{
	must(!memcmp(slot->ptr, &slot->ref, sizeof(slot->ref)));
	must(!aoipool_put(pool, slot->ref));
	slot->ptr = NULL;
}

static void *work(void *arg)
{
	struct aoipool_pool *pool = (struct aoipool_pool *)arg;
	struct aoipool_slot slots[HAND] = { { 0 } };
	unsigned int random = 1, i;

	for (i = 0; i < TURNS; i++) {
		random = random * 1103515245 + 12345;
		if (slots[random / 65536 % HAND].ptr)
			put_one(pool, &slots[random / 65536 % HAND]);
		else
			get_one(pool, &slots[random / 65536 % HAND]);
		if (random % 1024 == 0)
			sched_yield();
	}
	for (i = 0; i < HAND; i++)
		if (slots[i].ptr)
			put_one(pool, &slots[i]);
	return NULL;
}

int main(void)
{
	struct aoipool_pool *pool = open_objects(64, 32768);
	pthread_t threads[THREADS];
	int i;

	puts(aoipool_pool_lists(pool));
	for (i = 0; i < THREADS; i++)
		must(!pthread_create(&threads[i], NULL, work, pool));
	for (i = 0; i < THREADS; i++)
		must(!pthread_join(threads[i], NULL));
	close_whole(pool);
	return 0;
}
