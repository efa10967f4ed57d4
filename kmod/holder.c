// SPDX-License-Identifier: GPL-2.0-only
/*
 * Holders: who holds how much.
 *
 * Nobody keeps count: claims and parks are user space's and unseen.  So the
 * words are read when somebody asks, and a word says no more than its client
 * wrote: who scribbles over the words of a pool can make its clients look larger
 * or smaller, in that pool.
 */
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/xarray.h>
#include "client.h"
#include "holder.h"
#include "pool.h"
#include "slab.h"

static void forget_counts(struct aoipool_pool *pool)
{
	struct aoipool_client *client;
	unsigned long number;

	xa_for_each(&pool->clients, number, client) {
		client->held_slabs = 0;
		client->held_blocks = 0;
	}
}

static void count_slab(struct aoipool_client *client,
		       const struct aoipool_slab *slab)
{
	client->held_slabs++;
	client->held_blocks += READ_ONCE(slab->nr_blocks);
}

/**
 * aoipool_holders_count() - what each client of a pool holds, into the clients
 * @pool: whose clients_lock is held
 *
 * Reads all words.  Sleeps; not for reclaim.  A client that comes meanwhile has
 * counts of 0, or of what was read after it came.
 */
void aoipool_holders_count(struct aoipool_pool *pool)
{
	struct aoipool_client *client = NULL;
	u32 index, owner;
	u64 word;

	lockdep_assert_held(&pool->clients_lock);
	forget_counts(pool);
	for (index = 0; index < pool->nr_slabs; index++) {
		if (index % 4096 == 4095)
			cond_resched();
		word = READ_ONCE(pool->words[index]);
		if (aoipool_word_state(word) != AOIPOOL_SLAB_HELD)
			continue;
		/* slabs lie in runs of one owner */
		owner = aoipool_word_owner(word);
		if (!client || client->number != owner)
			client = xa_load(&pool->clients, owner);
		if (client)
			count_slab(client, &pool->slabs[index]);
	}
}

static u64 least_of_top(const struct aoipool_holders *holders)
{
	if (holders->nr < AOIPOOL_MAX_HOLDERS)
		return 0;
	return holders->top[AOIPOOL_MAX_HOLDERS - 1].blocks;
}

static void fill(struct aoipool_holder *holder,
		 const struct aoipool_client *client)
{
	holder->pool = client->pool->id;
	strscpy(holder->name, client->pool->name, sizeof(holder->name));
	holder->client = client->number;
	holder->pid = pid_nr(client->pid);
	strscpy(holder->comm, client->comm, sizeof(holder->comm));
	holder->blocks = client->held_blocks;
}

/* In its place; the last one makes room. */
static void insert(struct aoipool_holders *holders,
		   const struct aoipool_client *client)
{
	u32 at;

	if (holders->nr < AOIPOOL_MAX_HOLDERS)
		holders->nr++;
	for (at = holders->nr - 1; at; at--) {
		if (holders->top[at - 1].blocks >= client->held_blocks)
			break;
		holders->top[at] = holders->top[at - 1];
	}
	fill(&holders->top[at], client);
}

static void find_in(struct aoipool_holders *holders, struct aoipool_pool *pool)
{
	struct aoipool_client *client;
	unsigned long number;

	mutex_lock(&pool->clients_lock);
	aoipool_holders_count(pool);
	xa_for_each(&pool->clients, number, client)
		if (client->held_blocks > least_of_top(holders))
			insert(holders, client);
	mutex_unlock(&pool->clients_lock);
	cond_resched();
}

/**
 * aoipool_holders_find() - the largest holders, unless they are known
 * @holders: to be filled
 *
 * A pool whose memory would not get its only holder among the largest is not
 * looked into.  Who holds slabs without memory is no holder here.  Sleeps; not
 * for reclaim.
 */
void aoipool_holders_find(struct aoipool_holders *holders)
{
	struct aoipool_pool *pool;
	int srcu;

	if (holders->are_known)
		return;
	srcu = srcu_read_lock(&aoipool_pools_srcu);
	aoipool_for_each_pool(pool)
		if (READ_ONCE(pool->nr_blocks) > least_of_top(holders))
			find_in(holders, pool);
	srcu_read_unlock(&aoipool_pools_srcu, srcu);
	holders->are_known = true;
}
