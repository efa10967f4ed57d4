/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * The user's arcs.
 *
 * Orders: the swap that takes a slab acquires, the swap that gives it up
 * releases.  So whoever holds a slab sees what its last holder wrote to it and
 * to its byte of table->incomplete; the kernel and the user provider's
 * reclaimer change words with swaps at least as strong.
 *
 * A slab that was ABSENT is populated before anyone touches it: a touch could
 * otherwise raise SIGBUS, and populate is also what waits for a reclaim of the
 * slab that has won the word but not yet taken the memory.
 *
 * If populate fails, the word is HELD by us and names a node that has no
 * memory.  The only way out of HELD is PARKED, the only way to another node is
 * over ABSENT, which is not ours to write.  So the slab is parked, marked
 * incomplete, and another one is tried on another node; when only incomplete
 * ones are left, trim makes them ABSENT and thereby free to move.
 */
#include "slab.h"

#include <errno.h>
#include <stdlib.h>

/* Words to look at in vain, about a tenth of a second of them */
#define PATIENCE_WORDS	(1U << 24)
#define PATIENCE_MIN	64
#define PATIENCE_MAX	(1U << 16)

/* What a scan may find, best first while memory is not short. */
enum rank {
	RANK_WARM,		/* parked on the wanted node */
	RANK_PARTLY,		/* the same with memory missing */
	RANK_ABSENT,		/* may be claimed */
	RANK_ELSEWHERE,		/* parked on another node */
	RANK_PARTLY_ELSEWHERE,	/* the same with memory missing */
	NR_RANKS
};

struct search {
	uint32_t want;		/* node; a claim names it but to interleave */
	uint32_t from;		/* slab */
	uint64_t tried;		/* nodes that had no memory */
	bool unstuck;		/* trim was called */
	uint64_t word[NR_RANKS];
	uint32_t found[NR_RANKS];
};

int slab_table_init(struct slab_table *table, struct provider *provider,
		    struct stats *stats)
{
	*table = (struct slab_table){
		.provider = provider,
		.stats = stats,
		.words = provider->words,
		.nr = provider->nr_slabs,
		.owner = provider->client,
		.incomplete = calloc(provider->nr_slabs, 1),
		.raw = calloc(provider->nr_slabs, 1),
	};
	if (table->incomplete && table->raw)
		return 0;
	slab_table_exit(table);
	return -ENOMEM;
}

void slab_table_exit(struct slab_table *table)
{
	free(table->incomplete);
	free(table->raw);
	table->incomplete = NULL;
	table->raw = NULL;
}

int slab_claim(struct slab_table *table, uint32_t index, uint64_t word,
	       uint32_t node)
{
	if (aoipool_word_state(word) != AOIPOOL_SLAB_ABSENT)
		return -EAGAIN;
	slab_step(table, SLAB_STEP_CLAIM, index);
	if (!slab_swap(table, index, word,
		       aoipool_word_held(word, node, table->owner),
		       __ATOMIC_ACQUIRE))
		return -EAGAIN;
	table->raw[index] = true;
	slab_step(table, SLAB_STEP_CLAIMED, index);
	stats_add(table->stats, STAT_CLAIMS, 1);
	return 0;
}

int slab_revive(struct slab_table *table, uint32_t index, uint64_t word)
{
	if (aoipool_word_state(word) != AOIPOOL_SLAB_PARKED)
		return -EAGAIN;
	slab_step(table, SLAB_STEP_REVIVE, index);
	if (!slab_swap(table, index, word,
		       aoipool_word_held(word, aoipool_word_node(word),
					 table->owner),
		       __ATOMIC_SEQ_CST))
		return -EAGAIN;
	slab_step(table, SLAB_STEP_REVIVED, index);
	stats_add(table->stats, STAT_REVIVES, 1);
	return 0;
}

int slab_check(const struct slab_table *table, uint32_t index, uint32_t gen)
{
	return slab_check_word(table, slab_word(table, index), gen);
}

int slab_park(struct slab_table *table, uint32_t index, uint32_t gen)
{
	uint32_t node = aoipool_word_node(slab_word(table, index));
	int err = slab_leave(table, index, gen);

	if (err)
		return err;
	__atomic_store_n(&table->recent[node % PROVIDER_MAX_NODES], index,
			 __ATOMIC_RELAXED);
	stats_add(table->stats, STAT_PARKS, 1);
	return 0;
}

static void set_incomplete(struct slab_table *table, uint32_t index, bool yes)
{
	__atomic_store_n(&table->incomplete[index], yes, __ATOMIC_RELAXED);
}

static uint64_t bit(uint32_t node)
{
	return node < PROVIDER_MAX_NODES ? 1ULL << node : 0;
}

static uint32_t nth_node(uint64_t nodes, uint32_t n)
{
	for (n %= __builtin_popcountll(nodes); n; n--)
		nodes &= nodes - 1;
	return __builtin_ctzll(nodes);
}

/* The first of @nodes from @node on, round about; @nodes is not empty. */
static uint32_t node_from(uint64_t nodes, uint32_t node)
{
	uint64_t upper = node < PROVIDER_MAX_NODES ? nodes & (~0ULL << node) : 0;

	return __builtin_ctzll(upper ? upper : nodes);
}

uint32_t slab_patience(const struct slab_table *table)
{
	uint32_t scans = PATIENCE_WORDS / table->nr;

	if (scans < PATIENCE_MIN)
		return PATIENCE_MIN;
	return scans < PATIENCE_MAX ? scans : PATIENCE_MAX;
}

uint32_t slab_near(const struct slab_table *table, uint32_t node)
{
	return node_from(table->provider->nodes, node);
}

static bool interleaved(const struct slab_table *table)
{
	return table->provider->numa == AOIPOOL_NUMA_INTERLEAVE;
}

static uint64_t untried(const struct slab_table *table,
			const struct search *search)
{
	return table->provider->nodes & ~search->tried;
}

/* The node that a claim of the slab is to name, if there is one to be named. */
static bool claim_node(const struct slab_table *table,
		       const struct search *search, uint32_t index,
		       uint32_t *node)
{
	uint64_t nodes = untried(table, search);

	if (!nodes)
		return false;
	*node = interleaved(table) ? nth_node(table->provider->nodes, index) :
				     search->want;
	*node = node_from(nodes, *node);
	return true;
}

static enum rank rank_parked(const struct slab_table *table,
			     const struct search *search, uint32_t index,
			     uint64_t word)
{
	uint32_t node = aoipool_word_node(word);
	bool near = node == search->want || interleaved(table);

	if (!slab_is_incomplete(table, index))
		return near ? RANK_WARM : RANK_ELSEWHERE;
	if (search->tried & bit(node))
		return NR_RANKS;
	return near ? RANK_PARTLY : RANK_PARTLY_ELSEWHERE;
}

static enum rank rank_of(const struct slab_table *table,
			 const struct search *search, uint32_t index,
			 uint64_t word)
{
	switch (aoipool_word_state(word)) {
	case AOIPOOL_SLAB_PARKED:
		return rank_parked(table, search, index, word);
	case AOIPOOL_SLAB_ABSENT:
		return untried(table, search) ? RANK_ABSENT : NR_RANKS;
	default:
		return NR_RANKS;
	}
}

/* Fills search->found with the first slab of each rank. */
static void scan(const struct slab_table *table, struct search *search)
{
	uint32_t at = search->from, left;
	enum rank rank;
	uint64_t word;

	for (rank = 0; rank < NR_RANKS; rank++)
		search->found[rank] = SLAB_NONE;
	for (left = table->nr; left; left--, at++) {
		if (at >= table->nr)
			at = 0;
		word = __atomic_load_n(&table->words[at], __ATOMIC_RELAXED);
		rank = rank_of(table, search, at, word);
		if (rank == NR_RANKS || search->found[rank] != SLAB_NONE)
			continue;
		search->found[rank] = at;
		search->word[rank] = word;
		if (rank == RANK_WARM)
			return;
	}
}

static int claim_found(struct slab_table *table, const struct search *search,
		       struct slab *slab)
{
	if (!claim_node(table, search, slab->index, &slab->node))
		return -ENOENT;
	return slab_claim(table, slab->index, search->word[RANK_ABSENT],
			  slab->node);
}

static bool is_short(const struct slab_table *table)
{
	const struct aoipool_pool_info_page *info = table->provider->info;

	return __atomic_load_n(&info->pressure_level, __ATOMIC_RELAXED) !=
	       AOIPOOL_PRESSURE_NONE;
}

/* Where memory is short, none is brought here while some lies idle elsewhere. */
static enum rank best_found(const struct slab_table *table,
			    const struct search *search)
{
	enum rank rank = 0;

	while (rank < NR_RANKS && search->found[rank] == SLAB_NONE)
		rank++;
	if (rank != RANK_WARM && rank < RANK_ELSEWHERE && is_short(table) &&
	    search->found[RANK_ELSEWHERE] != SLAB_NONE)
		return RANK_ELSEWHERE;
	return rank;
}

/* Return: 0, held; -EAGAIN, lost to somebody; -ENOENT, nothing was found. */
static int take_found(struct slab_table *table, const struct search *search,
		      struct slab *slab)
{
	enum rank rank = best_found(table, search);
	int err;

	if (rank == NR_RANKS)
		return -ENOENT;
	slab->index = search->found[rank];
	slab->gen = aoipool_word_gen(search->word[rank]);
	slab->fresh = true;
	if (rank == RANK_ABSENT)
		return claim_found(table, search, slab);
	slab->node = aoipool_word_node(search->word[rank]);
	err = slab_revive(table, slab->index, search->word[rank]);
	slab->fresh = slab_is_incomplete(table, slab->index);
	return err;
}

int slab_complete(struct slab_table *table, const struct slab *slab)
{
	const struct aoipool_provider_ops *ops = table->provider->ops;
	int err = ops->populate(table->provider, slab->index, 1);

	table->raw[slab->index] = true;
	set_incomplete(table, slab->index, err);
	if (err)
		slab_park(table, slab->index, slab->gen);
	else
		slab_step(table, SLAB_STEP_POPULATED, slab->index);
	return err;
}

/* Limits are the same whatever the node. */
static bool is_limit(int err)
{
	return err == -ENOSPC || err == -EDQUOT;
}

/*
 * After a failed populate: never the same node again in this search, and no
 * node at all when it is a limit that was met, the module's or the cgroup's.
 */
static void turn_away(const struct slab_table *table, struct search *search,
		      uint32_t node, int err)
{
	search->tried |= is_limit(err) ? ~0ULL : bit(node);
	if (untried(table, search))
		search->want = node_from(untried(table, search), search->want);
}

/* Incomplete slabs are stuck on their node: let the provider unstick them. */
static bool unstick(struct slab_table *table, struct search *search)
{
	uint64_t freed;

	if (search->unstuck || !untried(table, search))
		return false;
	search->unstuck = true;
	return !table->provider->ops->trim(table->provider,
					   PROVIDER_ALL_BLOCKS, &freed);
}

/* Return: 0; -ENOENT: nothing is left to try. */
static int hold(struct slab_table *table, struct search *search,
		struct slab *slab)
{
	int err;

	do {
		scan(table, search);
		err = take_found(table, search, slab);
	} while (err == -EAGAIN);
	return err;
}

/* One attempt.  Return: as slab_take(), or -ENOENT: nothing is left to try. */
static int attempt(struct slab_table *table, struct search *search,
		   struct slab *slab)
{
	int err = hold(table, search, slab);

	if (err || !slab->fresh)
		return err;
	err = slab_complete(table, slab);
	if (err)
		turn_away(table, search, slab->node, err);
	return err;
}

int slab_hold_from(struct slab_table *table, uint32_t node, uint32_t from,
		   struct slab *slab)
{
	struct search search = {
		.want = slab_near(table, node),
		.from = from,
	};

	return hold(table, &search, slab) ? -EAGAIN : 0;
}

/* The last one, if another slab is free; or SLAB_NONE. */
static uint32_t find_absent(const struct slab_table *table, uint64_t *word)
{
	uint32_t i, absent = SLAB_NONE, free = 0;
	uint64_t now;

	for (i = 0; i < table->nr; i++) {
		now = slab_word(table, i);
		free += aoipool_word_state(now) != AOIPOOL_SLAB_HELD;
		if (aoipool_word_state(now) != AOIPOOL_SLAB_ABSENT)
			continue;
		absent = i;
		*word = now;
	}
	return free > 1 ? absent : SLAB_NONE;
}

int slab_hold_absent(struct slab_table *table, uint32_t node,
		     struct slab *slab)
{
	struct search search = { .want = slab_near(table, node) };
	uint64_t word = 0;

	slab->index = find_absent(table, &word);
	slab->gen = aoipool_word_gen(word);
	slab->fresh = true;
	if (slab->index == SLAB_NONE ||
	    !claim_node(table, &search, slab->index, &slab->node))
		return -EAGAIN;
	return slab_claim(table, slab->index, word, slab->node);
}

void slab_drop(struct slab_table *table, const struct slab *slab)
{
	if (slab->fresh)
		set_incomplete(table, slab->index, true);
	slab_park(table, slab->index, slab->gen);
}

int slab_take_from(struct slab_table *table, uint32_t node, uint32_t from,
		   struct slab *slab)
{
	struct search search = {
		.want = slab_near(table, node),
		.from = from,
	};
	int err, why = -EAGAIN;

	for (;;) {
		err = attempt(table, &search, slab);
		if (!err)
			return 0;
		if (err != -ENOENT)
			why = err;
		else if (why == -EAGAIN || !unstick(table, &search))
			return why;
	}
}

int slab_take(struct slab_table *table, uint32_t node, struct slab *slab)
{
	uint32_t *recent = &table->recent[slab_near(table, node)];

	return slab_take_from(table, node,
			      __atomic_load_n(recent, __ATOMIC_RELAXED), slab);
}
