/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
#include "governed.h"

#include "pool.h"
#include "user_slabs.h"

#define MS_NS			1000000ULL

/* Rounds where decay is at once, and the shortest where it is not */
#define ROUND_NS		(100 * MS_NS)
#define ROUND_MIN_NS		(20 * MS_NS)
#define ROUNDS			4	/* in the decay time */

/* Lists that were drained fill again; to drain them closes them for a moment. */
#define DRAIN_NS		(1000 * MS_NS)

/* Events of what was taken: ten a second; of failures: one. */
#define REPORT_NS		(100 * MS_NS)
#define COMPLAIN_NS		(1000 * MS_NS)

/* Until there is another slab to be brought ahead of need */
#define FILL_NS			(100 * MS_NS)

/* A module that decays idle slabs says so to nobody: looks of who wants to know */
#define PEEK_NS			(2500 * MS_NS)

/*
 * of uint64_t and of __u64, which C does not take for one another; seq_cst for
 * the sake of who changes it and looks then whether to wake the thread
 */
static uint64_t load(const void *value)
{
	return __atomic_load_n((const uint64_t *)value, __ATOMIC_SEQ_CST);
}

static const struct aoipool_pool_info_page *info_of(const struct governed *governed)
{
	return governed->pool->provider.info;
}

static struct gate *gate_of(const struct governed *governed)
{
	struct aoipool_pool *pool = governed->pool;

	return pool->objects ? &pool->budget.gate : &pool->frames.gate;
}

static enum aoipool_pressure_level level_of(const struct governed *governed,
					    const struct outlook *outlook)
{
	enum aoipool_pressure_level level, theirs;

	if (governed->pool->provider.slabs)
		return outlook_level(outlook, true);
	level = outlook_level(outlook, false);
	theirs = __atomic_load_n(&info_of(governed)->pressure_level,
				 __ATOMIC_RELAXED);
	return level > theirs ? level : theirs;
}

/* For whoever asks at which level the pool is. */
static void publish(struct governed *governed, const struct outlook *outlook)
{
	struct user_slabs *slabs = governed->pool->provider.slabs;
	struct ledger_live *live = governed->pool->provider.live;

	if (live)
		__atomic_store_n(&live->level, governed->level,
				 __ATOMIC_RELAXED);
	if (!slabs)
		return;
	__atomic_store_n(&slabs->info->host_level, outlook->host_level.now,
			 __ATOMIC_RELAXED);
	__atomic_store_n(&slabs->info->pressure_level, governed->level,
			 __ATOMIC_RELAXED);
	__atomic_store_n(&slabs->info->grace_ns, governed->grace_ns,
			 __ATOMIC_RELAXED);
	__atomic_fetch_add(&slabs->info->pressure_seq, 1, __ATOMIC_RELAXED);
}

static void tell_level(struct governed *governed, const struct outlook *outlook,
		       enum aoipool_pressure_level before, uint64_t now_ns)
{
	const struct host_memory *memory = outlook_memory(outlook);
	struct aoipool_event event = {
		.kind = AOIPOOL_EVENT_LEVEL,
		.level = governed->level,
		.level_before = before,
		.available_bytes = memory->available_bytes,
		.total_bytes = memory->total_bytes,
		.idle_bytes = load(&info_of(governed)->idle_blocks)
			      << AOIPOOL_BLOCK_SHIFT,
	};

	teller_tell(&governed->teller, &event, now_ns);
}

static void drain(struct governed *governed, uint64_t now_ns)
{
	governed->drained_ns = now_ns;
	if (governed->pool->objects)
		object_drain(governed->pool);
}

static void rise(struct governed *governed, const struct outlook *outlook,
		 enum aoipool_pressure_level before, uint64_t now_ns)
{
	governed->grace_ns = now_ns + level_grace_ns(governed->level);
	governed->round_ns = governed->grace_ns;
	publish(governed, outlook);
	prefill_end(&governed->pool->prefill);
	tell_level(governed, outlook, before, now_ns);
	drain(governed, now_ns);
}

void governed_warn(struct governed *governed, const struct outlook *outlook,
		   uint64_t now_ns)
{
	enum aoipool_pressure_level before = governed->level;

	__atomic_store_n(&governed->level, level_of(governed, outlook),
			 __ATOMIC_RELAXED);
	if (governed->level > before) {
		rise(governed, outlook, before, now_ns);
	} else if (governed->level < before) {
		publish(governed, outlook);
		tell_level(governed, outlook, before, now_ns);
	} else if (governed->level >= AOIPOOL_LEVEL_HIGH &&
		   now_ns - governed->drained_ns >= DRAIN_NS) {
		drain(governed, now_ns);
	}
}

/* Under pressure the shorter of the pool's own and the level's counts. */
static uint32_t decay_ms(const struct governed *governed)
{
	uint32_t own = governed->pool->provider.slabs->decay_ms;
	uint32_t level = level_decay_ms(governed->level);

	if (own == AOIPOOL_DECAY_OF_HOST)
		return level;
	if (governed->level == AOIPOOL_LEVEL_NONE)
		return own;
	return own < level ? own : level;
}

/* Where nothing decays there are rounds as well, for too much that is idle. */
static uint64_t round_ns(uint32_t decay)
{
	uint32_t ms = decay == AOIPOOL_DECAY_NEVER ?
			      level_decay_ms(AOIPOOL_LEVEL_NONE) :
			      decay;
	uint64_t ns = ms * MS_NS / ROUNDS;

	if (!decay)
		return ROUND_NS;
	return ns < ROUND_MIN_NS ? ROUND_MIN_NS : ns;
}

/*
 * Where the level wants all at once it is taken step by step from all pools, and
 * here nothing is.
 */
static uint64_t take_decayed(struct governed *governed, uint32_t decay)
{
	struct user_slabs *slabs = governed->pool->provider.slabs;
	uint32_t youngest = decay ? USER_SLABS_DECAYED : USER_SLABS_SPARED;

	if (decay == AOIPOOL_DECAY_NEVER ||
	    governed->level >= AOIPOOL_LEVEL_HIGH)
		return 0;
	return user_slabs_take(slabs, UINT64_MAX, youngest, false);
}

static uint64_t take_excess(struct governed *governed, uint64_t idle)
{
	struct user_slabs *slabs = governed->pool->provider.slabs;

	if (idle <= slabs->idle_max_blocks)
		return 0;
	return user_slabs_take(slabs, idle - slabs->idle_max_blocks,
			       USER_SLABS_ANY, false);
}

static void note_cause(struct governed *governed, uint64_t blocks,
		       uint32_t cause)
{
	if (blocks)
		__atomic_fetch_or(&governed->causes, cause, __ATOMIC_RELAXED);
}

uint64_t governed_age(struct governed *governed, uint64_t now_ns)
{
	struct user_slabs *slabs = governed->pool->provider.slabs;
	uint64_t decayed, excess, idle;
	uint32_t decay;

	if (!governed_gives(governed) || now_ns < governed->round_ns)
		return 0;
	decay = decay_ms(governed);
	decayed = take_decayed(governed, decay);
	note_cause(governed, decayed, AOIPOOL_EVENT_CAUSE_DECAY);
	idle = (uint64_t)user_slabs_age(slabs) * slabs->slab_blocks;
	excess = take_excess(governed, idle);
	note_cause(governed, excess, AOIPOOL_EVENT_CAUSE_IDLE_MAX);
	governed->round_ns = now_ns + round_ns(decay);
	return decayed + excess;
}

/* The module's page is not for others to read. */
static void write_taken(const struct governed *governed)
{
	struct ledger_live *live = governed->pool->provider.live;

	if (live)
		__atomic_store_n(&live->reclaimed_slabs,
				 load(&info_of(governed)->reclaimed_slabs),
				 __ATOMIC_RELAXED);
}

static bool has_news(const struct governed *governed)
{
	return load(&info_of(governed)->reclaimed_slabs) !=
	       governed->reported_slabs;
}

static void report_taken(struct governed *governed, uint64_t now_ns)
{
	struct aoipool_event event = {
		.kind = AOIPOOL_EVENT_RECLAIM,
		.pool = governed->pool->provider.kernel_pool,
		.level = governed->level,
	};
	uint64_t slabs, blocks;

	if (!governed->teller.tell || !has_news(governed) ||
	    now_ns < governed->reported_ns + REPORT_NS)
		return;
	slabs = load(&info_of(governed)->reclaimed_slabs);
	blocks = load(&info_of(governed)->reclaimed_blocks);
	event.reclaimed_slabs = slabs - governed->reported_slabs;
	event.reclaimed_bytes = (blocks - governed->reported_blocks)
				<< AOIPOOL_BLOCK_SHIFT;
	event.causes = __atomic_exchange_n(&governed->causes, 0,
					   __ATOMIC_RELAXED);
	governed->reported_ns = now_ns;
	governed->reported_slabs = slabs;
	governed->reported_blocks = blocks;
	teller_tell(&governed->teller, &event, now_ns);
}

static void complain_of(struct governed *governed, uint32_t reason,
			uint64_t now_ns)
{
	struct provider *provider = &governed->pool->provider;
	uint64_t failed = load(&governed->failed[reason]);
	struct aoipool_event event = {
		.kind = AOIPOOL_EVENT_EXHAUSTED,
		.pool = provider->kernel_pool,
		.level = governed->level,
		.reason = reason,
		.count = failed - governed->complained[reason],
	};

	if (!event.count)
		return;
	governed->complained[reason] = failed;
	if (reason == AOIPOOL_EVENT_REASON_SLOTS && provider->ops->tell)
		provider->ops->tell(provider, event.count > UINT32_MAX ?
						      UINT32_MAX :
						      (uint32_t)event.count);
	teller_tell(&governed->teller, &event, now_ns);
}

static bool is_failing(const struct governed *governed)
{
	return __atomic_load_n(&governed->failing, __ATOMIC_SEQ_CST);
}

/* The flag first: who fails while we count says so anew. */
static void complain(struct governed *governed, uint64_t now_ns)
{
	uint32_t reason;

	if (!is_failing(governed) ||
	    now_ns < governed->complained_ns + COMPLAIN_NS)
		return;
	governed->complained_ns = now_ns;
	__atomic_store_n(&governed->failing, 0, __ATOMIC_SEQ_CST);
	for (reason = 0; reason < GOVERNED_REASONS; reason++)
		complain_of(governed, reason, now_ns);
}

/* Not one more when the level is about to rise. */
static void fill(struct governed *governed, const struct outlook *outlook,
		 uint64_t now_ns)
{
	if (level_of(governed, outlook) != AOIPOOL_LEVEL_NONE)
		return;
	if (prefill_step(governed->pool))
		governed->fill_ns = now_ns + FILL_NS;
}

static bool is_filling(const struct governed *governed)
{
	return !prefill_is_over(&governed->pool->prefill);
}

void governed_report(struct governed *governed, const struct outlook *outlook,
		     uint64_t now_ns)
{
	write_taken(governed);
	report_taken(governed, now_ns);
	complain(governed, now_ns);
	if (__atomic_exchange_n(&governed->heard, 0, __ATOMIC_RELAXED))
		gate_rouse(gate_of(governed), true);
	if (is_filling(governed) && now_ns >= governed->fill_ns)
		fill(governed, outlook, now_ns);
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Where nobody tells of what the module does. */
static uint64_t peek_due(const struct governed *governed)
{
	if (governed->pool->provider.slabs)
		return UINT64_MAX;
	if (governed->deaf)
		return 1000 * MS_NS;
	return governed->teller.tell && load(&info_of(governed)->idle_blocks) ?
		       PEEK_NS :
		       UINT64_MAX;
}

/* A level has risen that it was not warned of. */
static bool is_late(const struct governed *governed,
		    const struct outlook *outlook)
{
	return level_of(governed, outlook) > governed->level;
}

uint64_t governed_due(const struct governed *governed,
		      const struct outlook *outlook, uint64_t now_ns)
{
	uint64_t peek = peek_due(governed), due = UINT64_MAX;

	if (is_late(governed, outlook))
		return now_ns;
	if (is_filling(governed))
		due = governed->fill_ns;
	if (peek != UINT64_MAX)
		due = earlier(due, now_ns + peek);
	if (governed_gives(governed))
		due = earlier(due, governed->round_ns);
	if (governed->level >= AOIPOOL_LEVEL_HIGH && governed->pool->objects)
		due = earlier(due, governed->drained_ns + DRAIN_NS);
	if (governed->teller.tell && has_news(governed))
		due = earlier(due, governed->reported_ns + REPORT_NS);
	if (is_failing(governed))
		due = earlier(due, governed->complained_ns + COMPLAIN_NS);
	return due;
}

bool governed_gives(const struct governed *governed)
{
	const struct user_slabs *slabs = governed->pool->provider.slabs;

	return slabs && !slabs->kept &&
	       load(&slabs->info->populated_blocks) >
		       (uint64_t)slabs->reserve * slabs->slab_blocks;
}

bool governed_is_ours(const struct governed *governed)
{
	const struct user_slabs *slabs = governed->pool->provider.slabs;

	return slabs && !slabs->kept;
}

bool governed_is_ripe(const struct governed *governed,
		      const struct outlook *outlook, uint64_t now_ns)
{
	const struct user_slabs *slabs = governed->pool->provider.slabs;

	if ((slabs && slabs->kept) || is_late(governed, outlook))
		return false;
	return outlook_level(outlook, slabs) >= AOIPOOL_LEVEL_HIGH &&
	       now_ns >= governed->grace_ns;
}

static bool yields(const struct governed *governed)
{
	const struct user_slabs *slabs = governed->pool->provider.slabs;

	return slabs && slabs->yields &&
	       __atomic_load_n(&governed->level, __ATOMIC_RELAXED) ==
		       AOIPOOL_LEVEL_CRITICAL;
}

static uint32_t parked_slabs(const struct slab_table *table)
{
	uint32_t i, n = 0;

	for (i = 0; i < table->nr; i++)
		n += aoipool_word_state(slab_word(table, i)) ==
		     AOIPOOL_SLAB_PARKED;
	return n;
}

uint64_t governed_idle(const struct governed *governed)
{
	const struct aoipool_pool *pool = governed->pool;
	uint64_t populated = load(&info_of(governed)->populated_slabs);
	uint64_t stays = yields(governed) ? 0 : governed->reserve;
	uint64_t beyond = populated > stays ? populated - stays : 0;
	uint64_t parked = parked_slabs(&pool->table);

	return (parked < beyond ? parked : beyond) *
	       pool->provider.slab_blocks;
}

static uint64_t take(struct governed *governed, uint64_t blocks, bool spare)
{
	struct provider *provider = &governed->pool->provider;
	uint64_t freed;

	if (provider->slabs)
		return user_slabs_take(provider->slabs, blocks,
				       spare ? USER_SLABS_SPARED :
					       USER_SLABS_ANY,
				       yields(governed));
	return provider->ops->trim(provider, blocks, &freed) ? 0 : freed;
}

uint64_t governed_take(struct governed *governed, uint64_t blocks, bool spare,
		       uint32_t cause)
{
	uint64_t taken = take(governed, blocks, spare);

	note_cause(governed, taken, cause);
	return taken;
}

void governed_feed(struct governed *governed)
{
	gate_feed(gate_of(governed));
}
