/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Opening in order: shape, provider, words, slots, budget, governor, reserve,
 * and last the range of refs, which makes the pool known to others; from then on
 * the governor has to do with it.
 */
#include "pool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "frame_slot.h"
#include "governor.h"
#include "host.h"
#include "populate.h"
#include "sys.h"

#define BASE36	"0123456789abcdefghijklmnopqrstuvwxyz"

static int refuse(const struct aoipool_attr *attr, const char *why)
{
	log_line(&attr->log, AOIPOOL_LOG_ERROR, "pool %s: %s", attr->name, why);
	return -EINVAL;
}

static int shape(const struct aoipool_attr *attr, struct geometry *g)
{
	int err;

	if (attr->object_set == attr->frame_set)
		return refuse(attr, "set either an object or a frame");
	if (attr->frame_set)
		err = geometry_of_frames(attr->frame.bytes, attr->count, g);
	else
		err = geometry_of_objects(attr->object_bytes, attr->count, g);
	if (err)
		return refuse(attr, "a frame is larger than 2 GiB, or there are "
				    "too many slots");
	if (attr->reserve > (size_t)g->nr_slabs * g->slab_slots)
		return refuse(attr, "the reserve is larger than the pool");
	if (attr->prefill > (size_t)g->nr_slabs * g->slab_slots)
		return refuse(attr, "more are to be prefilled than the pool "
				    "has");
	if (attr->hooks.poison && (attr->hooks.construct || attr->hooks.reset))
		return refuse(attr, "poison would undo what a constructor or a "
				    "reset does: choose one");
	return 0;
}

static int check_nodes(const struct aoipool_attr *attr)
{
	uint64_t missing = attr->nodes & ~host_nodes();

	if (!missing)
		return 0;
	log_line(&attr->log, AOIPOOL_LOG_ERROR,
		 "pool %s: node %d does not exist or has no memory", attr->name,
		 __builtin_ctzll(missing));
	return -EXDEV;
}

/*
 * tag@version in the 31 bytes that the uapi has for it: with 23 for the tag, 7
 * are left for the version, which only base 36 fits into.
 */
static void write_type(const struct aoipool_attr *attr,
		       char type[AOIPOOL_TYPE_BYTES])
{
	const char *tag = attr->frame_set ? "frame" : "object";
	uint32_t version = attr->version;
	char digits[8], *at = digits + sizeof(digits);

	*--at = '\0';
	do {
		*--at = BASE36[version % 36];
		version /= 36;
	} while (version);
	snprintf(type, AOIPOOL_TYPE_BYTES, "%.23s@%s",
		 attr->tag[0] ? attr->tag : tag, at);
}

static int open_provider(struct aoipool_pool *pool,
			 const struct aoipool_attr *attr,
			 const struct aoipool_provider_ops *ops)
{
	const struct geometry *g = &pool->geometry;
	struct provider_params params = {
		.name = attr->name,
		.type = pool->range.type,
		.slot_bytes = g->slot_bytes,
		.slab_blocks = g->slab_blocks,
		.nr_slabs = g->nr_slabs,
		.reserve_slabs = geometry_slabs_of(g, attr->reserve),
		.numa = attr->numa,
		.nodes = attr->nodes,
		.decay_ms = attr->decay_ms,
		.idle_max_blocks = attr->idle_max_bytes == SIZE_MAX ?
					   AOIPOOL_IDLE_OF_HOST :
					   attr->idle_max_bytes >>
						   AOIPOOL_BLOCK_SHIFT,
		.reserve_yields = attr->reserve_yields,
		.log = attr->log,
	};

	return provider_open(&pool->provider, attr->provider, ops, &params);
}

static int open_objects(struct aoipool_pool *pool,
			const struct aoipool_attr *attr)
{
	int err;

	err = object_store_init(pool, attr);
	if (err)
		return err;
	err = budget_init(&pool->budget, pool->slots);
	if (err)
		object_store_exit(pool, false);
	return err;
}

static void close_objects(struct aoipool_pool *pool, bool forked)
{
	budget_exit(&pool->budget);
	object_store_exit(pool, forked);
}

static int open_slots(struct aoipool_pool *pool, const struct aoipool_attr *attr)
{
	if (!attr->frame_set)
		return open_objects(pool, attr);
	pool->frame = attr->frame;
	return frame_store_init(&pool->frames, &pool->table,
				hooks_any(&pool->hooks));
}

static void close_slots(struct aoipool_pool *pool, bool forked)
{
	if (pool->objects)
		close_objects(pool, forked);
	else
		frame_store_exit(&pool->frames);
}

static int hold(struct slab_table *table, uint32_t node, struct slab *slabs,
		uint32_t n)
{
	uint32_t held;
	int err = 0;

	for (held = 0; held < n && !err; held++)
		err = slab_hold_from(table, node, held, &slabs[held]);
	if (err)
		for (held--; held; held--)
			slab_drop(table, &slabs[held - 1]);
	return err;
}

/* All are held before the first is parked, else one would be taken twice. */
static int warm(struct aoipool_pool *pool, const struct progress *progress,
		struct slab *slabs, uint32_t n)
{
	struct slab_table *table = &pool->table;
	uint32_t node = sys_node();
	int err = hold(table, node, slabs, n);

	if (!err)
		err = populate_slabs(table, node, slabs, n, progress);
	while (n-- && !err)
		slab_park(table, slabs[n].index, slabs[n].gen);
	return err;
}

/* Not by what was asked for, but by what whoever has the memory counts. */
static uint32_t missing_slabs(const struct aoipool_pool *pool, uint32_t n)
{
	const void *populated = &pool->provider.info->populated_slabs;
	uint64_t there = __atomic_load_n((const uint64_t *)populated,
					 __ATOMIC_ACQUIRE);

	return there < n ? n - there : 0;
}

static int check_reserve(const struct aoipool_pool *pool,
			 const struct aoipool_attr *attr, uint32_t n, int err)
{
	uint32_t missing = missing_slabs(pool, n);

	if (!err && !missing)
		return 0;
	if (!err)
		err = -ENOMEM;
	log_line(&attr->log, AOIPOOL_LOG_ERROR,
		 "pool %s: no memory for the reserve of %u slabs: %u of them, "
		 "%zu MiB, are missing: %s",
		 attr->name, n, missing,
		 missing * (provider_slab_bytes(&pool->provider) >> 20),
		 aoipool_strerror(err));
	return err;
}

static int open_reserve(struct aoipool_pool *pool,
			const struct aoipool_attr *attr)
{
	uint32_t n = geometry_slabs_of(&pool->geometry, attr->reserve);
	struct slab *slabs;
	int err;

	if (!n)
		return 0;
	slabs = calloc(n, sizeof(*slabs));
	if (!slabs)
		return -ENOMEM;
	err = warm(pool, &attr->progress, slabs, n);
	free(slabs);
	return check_reserve(pool, attr, n, err);
}

/* Such a provider brings somebody of its own. */
static bool needs_governor(const struct aoipool_pool *pool,
			   const struct aoipool_attr *attr)
{
	return pool->provider.slabs || pool->provider.watch_fd >= 0 ||
	       attr->tell || attr->prefill;
}

/* The first pool's needs descriptors of its own: they matter more than to be seen. */
static int join_governor(struct aoipool_pool *pool,
			 const struct aoipool_attr *attr)
{
	int err = needs_governor(pool, attr) ? governor_join(&pool->governed) :
					       0;

	if ((err != -EMFILE && err != -ENFILE) || !ledger_conceal(&pool->ledger))
		return err;
	log_line(&attr->log, AOIPOOL_LOG_WARNING,
		 "pool %s: is seen by no other process, for want of a descriptor",
		 attr->name);
	return governor_join(&pool->governed);
}

/* Without it the pool does what it is told, and nothing of its own accord. */
static void open_governed(struct aoipool_pool *pool,
			  const struct aoipool_attr *attr)
{
	struct governed *governed = &pool->governed;
	int err;

	prefill_init(&pool->prefill, geometry_slabs_of(&pool->geometry, attr->prefill));
	governed->pool = pool;
	governed->reserve = geometry_slabs_of(&pool->geometry, attr->reserve);
	governed->teller.tell = attr->tell;
	governed->teller.arg = attr->tell_arg;
	strcpy(governed->teller.name, attr->name);
	err = join_governor(pool, attr);
	if (!err)
		return;
	provider_because(&pool->provider, "no thread that watches memory: what "
					  "is parked stays until trim");
	log_line(&attr->log, AOIPOOL_LOG_WARNING,
		 "pool %s: the thread that watches memory cannot start: %s",
		 attr->name, aoipool_strerror(err));
}

static int open_parts(struct aoipool_pool *pool,
		      const struct aoipool_attr *attr,
		      const struct aoipool_provider_ops *ops)
{
	int custody = ledger_mode(attr), err;

	if (custody < 0)
		return custody;
	err = open_provider(pool, attr, ops);
	if (err)
		return err;
	err = slab_table_init(&pool->table, &pool->provider, &pool->stats);
	if (err)
		goto close_provider;
	err = open_slots(pool, attr);
	if (err)
		goto exit_table;
	/* it may be without a descriptor; see join_governor() */
	ledger_open(pool, attr, custody);
	open_governed(pool, attr);
	err = open_reserve(pool, attr);
	if (err)
		goto leave_governor;
	err = refspace_add(&pool->range);
	if (err)
		goto leave_governor;
	if (pool->objects)
		object_store_publish(pool);
	ledger_publish(&pool->ledger);
	return 0;

leave_governor:
	governor_leave(&pool->governed);
	close_slots(pool, false);
exit_table:
	slab_table_exit(&pool->table);
close_provider:
	provider_close(&pool->provider, false);
	ledger_close(&pool->ledger, false);
	return err;
}

int pool_open_on(const struct aoipool_attr *attr,
		 const struct aoipool_provider_ops *ops,
		 struct aoipool_pool **pool)
{
	struct aoipool_pool *made;
	struct geometry g;
	int err;

	if (!pool)
		return -EINVAL;
	*pool = NULL;
	if (!attr)
		return -EINVAL;
	if (governor_is_this())
		return -EDEADLK;
	err = shape(attr, &g);
	if (!err)
		err = check_nodes(attr);
	if (err)
		return err;
	made = aligned_alloc(128, sizeof(*made));
	if (!made)
		return -ENOMEM;
	memset(made, 0, sizeof(*made));
	made->geometry = g;
	sys_rseq(&made->hot.rseq);
	made->slots = (uint64_t)g.nr_slabs * g.slab_slots;
	made->range.slots = g.nr_slabs << g.index_shift;
	made->range.align = 1U << g.index_shift;
	made->hooks = attr->hooks;
	made->hooks.bytes = g.slot_bytes;
	made->log = attr->log;
	write_type(attr, made->range.type);
	err = open_parts(made, attr, ops);
	if (err) {
		free(made);
		return err;
	}
	/* first: who is told of an event may want to use it */
	*pool = made;
	governor_begin(&made->governed);
	provider_tell(&made->provider);
	return 0;
}

int aoipool_pool_open(const struct aoipool_attr *attr,
		      struct aoipool_pool **pool)
{
	return pool_open_on(attr, NULL, pool);
}

int pool_count_failure(struct aoipool_pool *pool, int err)
{
	governor_note_failure(&pool->governed, err);
	return stats_failure(&pool->stats, err);
}

void pool_complain(struct aoipool_pool *pool, uint32_t slot)
{
	stats_add(&pool->stats, STAT_WRITTEN_AFTER_PUT, 1);
	log_line(&pool->log, AOIPOOL_LOG_ERROR,
		 "slot %u was written to after it was put", slot);
}

/* In a child the kernel's words are not mapped and the lists are wiped. */
static uint64_t slots_out(const struct aoipool_pool *pool, bool forked)
{
	if (forked)
		return 0;
	return pool->objects ? object_out(pool) : frame_out(&pool->frames);
}

int aoipool_pool_close(struct aoipool_pool *pool)
{
	bool forked;
	int err;

	if (!pool)
		return 0;
	if (governor_is_this())
		return -EDEADLK;
	forked = refspace_forked(&pool->range);
	err = slots_out(pool, forked) ? -EBUSY : 0;
	refspace_remove(&pool->range);
	if (!forked)
		ledger_hide(&pool->ledger);
	if (forked)
		governor_abandon();
	else
		governor_leave(&pool->governed);
	close_slots(pool, forked);
	slab_table_exit(&pool->table);
	provider_close(&pool->provider, forked);
	ledger_close(&pool->ledger, forked);
	free(pool);
	return err;
}

const char *aoipool_pool_provider(const struct aoipool_pool *pool)
{
	return pool->provider.ops->name;
}

const char *aoipool_pool_provider_reason(const struct aoipool_pool *pool)
{
	return pool->provider.reason;
}

int aoipool_pool_frame_layout(const struct aoipool_pool *pool,
			      struct aoipool_frame_layout *layout)
{
	int err = pool_enter(pool);

	if (err)
		return err;
	if (!layout)
		return -EINVAL;
	if (pool->objects)
		return -ENOTTY;
	*layout = pool->frame;
	return 0;
}

size_t aoipool_pool_slot_bytes(const struct aoipool_pool *pool)
{
	return pool->geometry.slot_bytes;
}

size_t aoipool_pool_slots(const struct aoipool_pool *pool)
{
	return pool->slots;
}

int aoipool_pool_fd(const struct aoipool_pool *pool)
{
	/* asking arms the bell; nothing else of the pool changes */
	struct aoipool_pool *asked = (struct aoipool_pool *)pool;
	int err = pool_enter(pool);

	if (err)
		return err;
	return pool->objects ? object_fd(asked) : frame_fd(&asked->frames);
}

const char *aoipool_pool_lists(const struct aoipool_pool *pool)
{
	return pool->objects ? lists_name(&pool->objects->lists) : "none";
}

int aoipool_pool_level(const struct aoipool_pool *pool)
{
	int err = pool_enter(pool);

	if (err)
		return err;
	return __atomic_load_n(&pool->provider.info->pressure_level,
			       __ATOMIC_RELAXED);
}

int aoipool_pool_drain(struct aoipool_pool *pool)
{
	int err = pool_enter(pool);

	if (!err && pool->objects)
		object_drain(pool);
	return err;
}

int aoipool_pool_reset(struct aoipool_pool *pool)
{
	int err = pool_enter(pool);

	if (err)
		return err;
	pthread_mutex_lock(&pool->prefill.lock);
	err = pool->objects ? object_reset(pool) : frame_slot_reset(pool);
	pthread_mutex_unlock(&pool->prefill.lock);
	return err;
}

int aoipool_pool_trim(struct aoipool_pool *pool, size_t max_bytes,
		      size_t *freed_bytes)
{
	uint64_t blocks = max_bytes >> AOIPOOL_BLOCK_SHIFT, freed = 0;
	int err = pool_enter(pool);

	if (err)
		return err;
	if (max_bytes == SIZE_MAX)
		blocks = PROVIDER_ALL_BLOCKS;
	if (blocks && pool->objects)
		object_drain(pool);
	if (blocks)
		err = pool->provider.ops->trim(&pool->provider, blocks, &freed);
	if (freed)
		governor_note_trim(&pool->governed);
	if (freed_bytes)
		*freed_bytes = freed << AOIPOOL_BLOCK_SHIFT;
	return err;
}
