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
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/xarray.h>
#include "client.h"
#include "event.h"
#include "pool.h"
#include "slab.h"
#include "trace.h"

static atomic64_t swept_slabs;

u64 aoipool_swept_slabs(void)
{
	return atomic64_read(&swept_slabs);
}

static_assert(TASK_COMM_LEN == AOIPOOL_COMM_BYTES);

static void remember_opener(struct aoipool_client *client)
{
	client->pid = get_pid(task_tgid(current));
	get_task_comm(client->comm, current->group_leader);
	client->uid = current_euid();
}

/*
 * The lowest number that is free; from here on dumps and events find the client.
 * It may wait for memory, so it holds nobody up.
 */
static int publish(struct aoipool_client *client)
{
	int err = xa_alloc(&client->pool->clients, &client->number, client,
			   XA_LIMIT(1, AOIPOOL_MAX_CLIENTS), GFP_KERNEL);

	return err == -EBUSY ? -EUSERS : err;
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
	int err;

	client = kzalloc(sizeof(*client), GFP_KERNEL_ACCOUNT);
	if (!client)
		return ERR_PTR(-ENOMEM);
	client->pool = pool;
	client->seen_seq = READ_ONCE(pool->info->pressure_seq);
	remember_opener(client);
	err = publish(client);
	if (err) {
		put_pid(client->pid);
		kfree(client);
		return ERR_PTR(err);
	}
	aoipool_pool_get(pool);
	atomic_inc(&pool->nr_clients);
	return client;
}

static void count_swept(struct aoipool_pool *pool, u32 nr)
{
	spin_lock(&pool->stats_lock);
	WRITE_ONCE(pool->info->swept_slabs, pool->info->swept_slabs + nr);
	spin_unlock(&pool->stats_lock);
	atomic64_add(nr, &swept_slabs);
}

/* Blocks are counted before: a parked slab may be taken at any moment. */
static bool sweep_slab(const struct aoipool_client *client, u32 index,
		       u64 *nr_blocks)
{
	struct aoipool_pool *pool = client->pool;
	u64 word = READ_ONCE(pool->words[index]);
	u32 slab_blocks;

	if (aoipool_word_state(word) != AOIPOOL_SLAB_HELD ||
	    aoipool_word_owner(word) != client->number)
		return false;
	slab_blocks = READ_ONCE(pool->slabs[index].nr_blocks);
	if (!aoipool_slab_sweep(pool, index, client->number))
		return false;
	*nr_blocks += slab_blocks;
	return true;
}

static void sweep(const struct aoipool_client *client)
{
	struct aoipool_pool *pool = client->pool;
	u64 nr_blocks = 0;
	u32 index, nr = 0;

	for (index = 0; index < pool->nr_slabs; index++) {
		nr += sweep_slab(client, index, &nr_blocks);
		if (index % 4096 == 4095)
			cond_resched();
	}
	if (!nr)
		return;
	count_swept(pool, nr);
	trace_aoipool_sweep(pool, client->number, nr);
	aoipool_event_sweep(client, nr, nr_blocks);
	aoipool_pool_wake_all(pool);
}

static void unpublish(struct aoipool_client *client)
{
	mutex_lock(&client->pool->clients_lock);
	xa_erase(&client->pool->clients, client->number);
	mutex_unlock(&client->pool->clients_lock);
}

/* The number is free for another client only after the sweep. */
void aoipool_client_destroy(struct aoipool_client *client)
{
	struct aoipool_pool *pool = client->pool;

	sweep(client);
	unpublish(client);
	atomic_dec(&pool->nr_clients);
	put_pid(client->pid);
	kfree(client);
	aoipool_pool_put(pool);
}
