// SPDX-License-Identifier: GPL-2.0-only
/*
 * A census: what a pool has, by who could have it, slab by slab.
 *
 * Nobody keeps count of what is held and parked: user space changes the words
 * without telling.  So it is counted when somebody asks, and slabs that change
 * meanwhile are counted as they are met.
 *
 * Apart is a parked slab that reclaim would leave for a pin, as far as can be told
 * without taking the slab out of page tables: a block of it has more references
 * than the module's own and those of its mappings (see aoipool_slab_is_apart()).
 *
 * The reserve is a number, not a set of slabs: so many full ones have to stay.  Held
 * ones stay in any case, and pinned ones for now; it keeps what is missing then.
 */
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/string.h>
#include "census.h"
#include "policy.h"
#include "pool.h"
#include "slab.h"

/* What the reserve does not need to keep, for it stays anyway; and what it can. */
struct full {
	u32 stay;
	u32 go;
};

static void count_parked(struct aoipool_census *census, struct full *full,
			 struct aoipool_pool *pool, u32 index, u32 has)
{
	bool apart = has && aoipool_slab_is_apart(pool, index);

	census->parked_slabs++;
	census->idle_blocks += has;
	if (apart)
		census->apart_blocks += has;
	if (has < pool->slab_blocks)
		return;
	if (apart)
		full->stay++;
	else
		full->go++;
}

static void count_slab(struct aoipool_census *census, struct full *full,
		       struct aoipool_pool *pool, u32 index)
{
	u32 has = aoipool_slab_has(pool, index);

	switch (aoipool_word_state(READ_ONCE(pool->words[index]))) {
	case AOIPOOL_SLAB_ABSENT:
		census->absent_slabs++;
		break;
	case AOIPOOL_SLAB_HELD:
		census->held_slabs++;
		census->held_blocks += has;
		full->stay += has == pool->slab_blocks;
		break;
	case AOIPOOL_SLAB_PARKED:
		count_parked(census, full, pool, index, has);
		break;
	}
}

/* On the level of now; see reserve_goes() in scan.c. */
static bool reserve_is_given(const struct aoipool_pool *pool)
{
	u32 level = READ_ONCE(pool->info->pressure_level);

	return pool->gives_reserve &&
	       READ_ONCE(aoipool_policies[level].gives_reserve);
}

static u64 kept_blocks(const struct aoipool_pool *pool, const struct full *full)
{
	u32 missing = pool->reserve_slabs - min(pool->reserve_slabs, full->stay);

	if (reserve_is_given(pool))
		return 0;
	return (u64)min(missing, full->go) * pool->slab_blocks;
}

static void add(struct aoipool_census *census, struct aoipool_pool *pool)
{
	struct full full = {};
	u32 index;

	for (index = 0; index < pool->nr_slabs; index++) {
		count_slab(census, &full, pool, index);
		if (index % 4096 == 4095)
			cond_resched();
	}
	census->reserved_blocks += kept_blocks(pool, &full);
}

/**
 * aoipool_census_take() - count one pool
 * @census: out
 * @pool: the pool
 *
 * Reads all words.  Sleeps; not for reclaim.
 */
void aoipool_census_take(struct aoipool_census *census,
			 struct aoipool_pool *pool)
{
	memset(census, 0, sizeof(*census));
	add(census, pool);
}

static DEFINE_MUTEX(all_lock);	/* protects the next, while all are counted, too */
static struct aoipool_census of_all;
static u64 times_begun;		/* of counting all; read as one */

/* A pool that closes waits for the census of one pool.  False: there is none left. */
static bool add_next(struct aoipool_census *census, u64 *id)
{
	int srcu = srcu_read_lock(&aoipool_pools_srcu);
	struct aoipool_pool *pool = aoipool_pools_after(*id);

	if (pool) {
		*id = pool->id;
		if (READ_ONCE(pool->nr_blocks))
			add(census, pool);
	}
	srcu_read_unlock(&aoipool_pools_srcu, srcu);
	return pool;
}

static void count_all(void)
{
	u64 id = 0;

	lockdep_assert_held(&all_lock);
	WRITE_ONCE(times_begun, times_begun + 1);
	smp_mb(); /* who reads the number before has his words counted */
	memset(&of_all, 0, sizeof(of_all));
	while (add_next(&of_all, &id))
		cond_resched();
}

/**
 * aoipool_census_take_all() - count all pools together
 * @census: out
 *
 * Without those that have no memory: of their slabs nothing is counted.
 *
 * Everybody may ask for it: so one at a time counts, however many ask, and who had to
 * wait is content with what somebody else began to count after he had asked.
 */
void aoipool_census_take_all(struct aoipool_census *census)
{
	u64 seen;

	smp_mb(); /* after what the caller did to words; see count_all() */
	seen = READ_ONCE(times_begun);
	mutex_lock(&all_lock);
	if (times_begun == seen)
		count_all();
	*census = of_all;
	mutex_unlock(&all_lock);
}
