// SPDX-License-Identifier: GPL-2.0-only
/*
 * Clients: whoever has a descriptor of a pool, and what becomes of the slabs
 * they hold when it closes.
 *
 * The descriptor is released when the last of its duplicates and its mappings
 * is gone; a killed process is no exception.  So there is nobody left to race
 * with over the slabs of this client, and the sweep is done before the close
 * (or the exit) is.
 */
#include <linux/err.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include "client.h"
#include "pool.h"
#include "slab.h"
#include "trace.h"

static atomic64_t swept_slabs;

u64 aoipool_swept_slabs(void)
{
	return atomic64_read(&swept_slabs);
}

/**
 * aoipool_client_create() - one more client of a pool
 * @pool: a reference is taken for the client
 *
 * Return: the client, the caller's; -EUSERS: no number is free; -ENOMEM.
 */
struct aoipool_client *aoipool_client_create(struct aoipool_pool *pool)
{
	struct aoipool_client *client;
	int number;

	client = kzalloc(sizeof(*client), GFP_KERNEL_ACCOUNT);
	if (!client)
		return ERR_PTR(-ENOMEM);
	number = ida_alloc_range(&pool->clients, 1, AOIPOOL_MAX_CLIENTS,
				 GFP_KERNEL);
	if (number < 0) {
		kfree(client);
		return ERR_PTR(number == -ENOSPC ? -EUSERS : number);
	}
	aoipool_pool_get(pool);
	atomic_inc(&pool->nr_clients);
	client->pool = pool;
	client->number = number;
	client->seen_seq = READ_ONCE(pool->info->pressure_seq);
	return client;
}

static void count_swept(struct aoipool_pool *pool, u32 nr)
{
	spin_lock(&pool->stats_lock);
	WRITE_ONCE(pool->info->swept_slabs, pool->info->swept_slabs + nr);
	spin_unlock(&pool->stats_lock);
	atomic64_add(nr, &swept_slabs);
}

static void sweep(struct aoipool_pool *pool, u32 number)
{
	u32 index, nr = 0;

	for (index = 0; index < pool->nr_slabs; index++) {
		nr += aoipool_slab_sweep(pool, index, number);
		if (index % 4096 == 4095)
			cond_resched();
	}
	if (!nr)
		return;
	count_swept(pool, nr);
	trace_aoipool_sweep(pool, number, nr);
	aoipool_pool_wake_all(pool);
}

/* The number is free for another client only after the sweep. */
void aoipool_client_destroy(struct aoipool_client *client)
{
	struct aoipool_pool *pool = client->pool;

	sweep(pool, client->number);
	ida_free(&pool->clients, client->number);
	atomic_dec(&pool->nr_clients);
	kfree(client);
	aoipool_pool_put(pool);
}
