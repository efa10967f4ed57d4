/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Counters.  Nothing is ordered by them, so relaxed atomics do; a thread counts
 * in the shard of the CPU that it runs on.
 */
#include "stats.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "pool.h"
#include "sys.h"

void stats_add(struct stats *stats, enum stat stat, uint64_t n)
{
	struct stats_shard *shard =
		&stats->shard[sys_cpu() % STATS_SHARDS];

	__atomic_fetch_add(&shard->count[stat], n, __ATOMIC_RELAXED);
}

uint64_t stats_sum(const struct stats *stats, enum stat stat)
{
	uint64_t sum = 0;
	int i;

	for (i = 0; i < STATS_SHARDS; i++)
		sum += __atomic_load_n(&stats->shard[i].count[stat],
				       __ATOMIC_RELAXED);
	return sum;
}

/* For whoever looks from outside; rare enough for one place. */
static void tell(uint64_t *count)
{
	__atomic_fetch_add(count, 1, __ATOMIC_RELAXED);
}

static void tell_failure(struct ledger_live *live, int err)
{
	if (live)
		tell(err == -EAGAIN || err == -ETIMEDOUT ? &live->exhausted :
							   &live->no_memory);
}

int stats_failure(struct stats *stats, int err)
{
	if (err)
		tell_failure(stats->live, err);
	switch (err) {
	case 0:
		break;
	case -ETIMEDOUT:
		stats_add(stats, STAT_TIMEOUTS, 1);
		stats_add(stats, STAT_EXHAUSTED, 1);
		break;
	case -EAGAIN:
		stats_add(stats, STAT_EXHAUSTED, 1);
		break;
	default:
		stats_add(stats, STAT_NO_MEMORY, 1);
	}
	return err;
}

int stats_misuse(struct stats *stats, int err)
{
	if (stats->live)
		tell(&stats->live->misuses);
	switch (err) {
	case -EALREADY:
		stats_add(stats, STAT_DOUBLE_PUTS, 1);
		break;
	case -ESTALE:
		stats_add(stats, STAT_STALE_REFS, 1);
		break;
	case -EIDRM:
		stats_add(stats, STAT_RESET_REFS, 1);
		break;
	case -EXDEV:
		stats_add(stats, STAT_FOREIGN_REFS, 1);
		break;
	case -EPROTOTYPE:
		stats_add(stats, STAT_WRONG_TYPE_REFS, 1);
		break;
	case -EINVAL:
		stats_add(stats, STAT_INVALID_REFS, 1);
		break;
	}
	return err;
}

/* of uint64_t and of __u64, which C does not take for one another */
static uint64_t load(const void *value)
{
	return __atomic_load_n((const uint64_t *)value, __ATOMIC_RELAXED);
}

static void fill_memory(const struct provider *provider,
			struct aoipool_stats *out)
{
	out->reclaimed_slabs = load(&provider->info->reclaimed_slabs);
	out->resident_bytes = load(&provider->info->populated_blocks)
			      << AOIPOOL_BLOCK_SHIFT;
	out->block_bytes = __atomic_load_n(&provider->block_bytes,
					   __ATOMIC_RELAXED);
}

/* What inline calls did is on the lists, but for puts. */
static void fill_objects(const struct aoipool_pool *pool,
			 struct aoipool_stats *out)
{
	const struct lists *lists = &pool->objects->lists;
	const struct stats *stats = &pool->stats;
	uint64_t ended;

	out->slots_listed = lists_fill(lists);
	out->slots_out = object_out(pool);
	out->slots_out_peak = load(&pool->budget.peak);
	out->gets = stats_sum(stats, STAT_GETS) + lists_gets(lists);
	/* what is moved counts as out for a moment */
	ended = out->slots_out + stats_sum(stats, STAT_RESET_SLOTS);
	out->puts = out->gets > ended ? out->gets - ended : 0;
	out->parks = stats_sum(stats, STAT_PARKS);
	out->revives = stats_sum(stats, STAT_REVIVES);
}

/*
 * Only what is rare is counted: a park that was no put, a claim.  What was
 * claimed or revived is held now or has been parked.  What is taken off is read
 * first, so that nothing falls below 0.
 */
static void fill_frames(struct aoipool_pool *pool, struct aoipool_stats *out)
{
	uint64_t other_parks = stats_sum(&pool->stats, STAT_PARKS);
	uint64_t reset = stats_sum(&pool->stats, STAT_RESET_SLOTS);
	struct frame_counts counts = frame_count(&pool->frames);

	out->slots_out = counts.out;
	out->slots_out_peak = counts.peak;
	out->parks = counts.parks;
	out->puts = counts.parks - other_parks - reset;
	out->gets = out->puts + reset + counts.out;
	out->revives = counts.parks + counts.out - out->claims;
}

static void fill_all(struct aoipool_pool *pool, struct aoipool_stats *out)
{
	const struct stats *stats = &pool->stats;

	*out = (struct aoipool_stats){
		.slots = pool->slots,
		.exhausted = stats_sum(stats, STAT_EXHAUSTED),
		.timeouts = stats_sum(stats, STAT_TIMEOUTS),
		.no_memory = stats_sum(stats, STAT_NO_MEMORY),
		.claims = stats_sum(stats, STAT_CLAIMS),
		.remote_gets = stats_sum(stats, STAT_REMOTE_GETS),
		.double_puts = stats_sum(stats, STAT_DOUBLE_PUTS),
		.stale_refs = stats_sum(stats, STAT_STALE_REFS),
		.foreign_refs = stats_sum(stats, STAT_FOREIGN_REFS),
		.wrong_type_refs = stats_sum(stats, STAT_WRONG_TYPE_REFS),
		.invalid_refs = stats_sum(stats, STAT_INVALID_REFS),
		.reset_refs = stats_sum(stats, STAT_RESET_REFS),
		.written_after_put = stats_sum(stats, STAT_WRITTEN_AFTER_PUT),
		.prefill_slots = (uint64_t)pool->prefill.goal *
				 pool->geometry.slab_slots,
		.prefilled_slots = (uint64_t)__atomic_load_n(&pool->prefill.done,
							     __ATOMIC_RELAXED) *
				   pool->geometry.slab_slots,
	};
	if (pool->objects)
		fill_objects(pool, out);
	else
		fill_frames(pool, out);
	fill_memory(&pool->provider, out);
}

/* The struct as it was first, and as it is. */
static bool is_published(size_t size)
{
	return size == offsetof(struct aoipool_stats, prefill_slots) ||
	       size == sizeof(struct aoipool_stats);
}

int aoipool_pool_stats(struct aoipool_pool *pool, struct aoipool_stats *out)
{
	struct aoipool_stats stats;
	int err = pool_enter(pool);

	if (err)
		return err;
	if (!out || !is_published(out->size))
		return -EINVAL;
	fill_all(pool, &stats);
	stats.size = out->size;
	memcpy(out, &stats, out->size);
	return 0;
}
