// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * Memory that is not there reads as POISON until populate has brought it: so a
 * slot that was handed out without its populate is seen, which real memory that
 * is zeroed on first touch would hide.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "mock_provider.h"
#include "pattern.h"

#define POISON		0x9e
#define PAGE		((size_t)4096)
#define BLOCK		((size_t)AOIPOOL_BLOCK_BYTES)

/* The one that the next open belongs to. */
static struct mock *opening;

const char *mock_step_name(enum slab_step step)
{
	static const char *const names[MOCK_STEPS] = {
		[SLAB_STEP_CLAIM] = "claim",
		[SLAB_STEP_CLAIMED] = "claimed",
		[SLAB_STEP_POPULATED] = "populated",
		[SLAB_STEP_REVIVE] = "revive",
		[SLAB_STEP_REVIVED] = "revived",
		[SLAB_STEP_PARK] = "park",
		[SLAB_STEP_PARKED] = "parked",
		[SLAB_STEP_READ] = "read",
	};

	return names[step];
}

const char *mock_action_name(enum mock_action action)
{
	static const char *const names[NR_MOCK_ACTIONS] = {
		[MOCK_NOTHING] = "nothing",
		[MOCK_RECLAIM] = "reclaim",
		[MOCK_RECLAIM_LATE] = "reclaim_late",
		[MOCK_RECLAIM_ALL] = "reclaim_all",
		[MOCK_AGE] = "age",
		[MOCK_RIVAL_TAKES] = "rival_takes",
		[MOCK_RIVAL_USES] = "rival_uses",
		[MOCK_SWEEP] = "sweep",
		[MOCK_NO_MEMORY] = "no_memory",
		[MOCK_LIMIT] = "limit",
		[MOCK_CGROUP_FULL] = "cgroup_full",
		[MOCK_HALF_A_SLAB] = "half_a_slab",
	};

	return names[action];
}

uint64_t mock_word(struct mock *mock, uint32_t slab)
{
	return __atomic_load_n(&mock->words[slab], __ATOMIC_ACQUIRE);
}

size_t mock_slab_bytes(const struct mock *mock)
{
	return mock->slab_blocks * BLOCK;
}

static unsigned char *slab_data(const struct mock *mock, uint32_t slab)
{
	return mock->data + slab * mock_slab_bytes(mock);
}

uint32_t mock_slab_of(const struct mock *mock, const void *ptr)
{
	return (uint32_t)(((const unsigned char *)ptr - mock->data) /
			  mock_slab_bytes(mock));
}

bool mock_present(struct mock *mock, uint32_t slab)
{
	bool present;

	pthread_mutex_lock(&mock->lock);
	present = !mock->taking[slab];
	for (uint32_t i = 0; i < mock->slab_blocks; i++)
		present &= mock->populated[slab][i];
	pthread_mutex_unlock(&mock->lock);
	return present;
}

uint32_t mock_count(struct mock *mock, enum aoipool_slab_state state)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < mock->nr_slabs; i++)
		n += aoipool_word_state(mock_word(mock, i)) == state;
	return n;
}

/* What of @was -> @is user space may do in one arc. */
static bool legal(const struct mock *mock, uint64_t was, uint64_t is)
{
	uint32_t node = aoipool_word_node(is);

	switch (aoipool_word_state(was)) {
	case AOIPOOL_SLAB_ABSENT:
		return mock->nodes >> node & 1 &&
		       is == aoipool_word_held(was, node, MOCK_CLIENT);
	case AOIPOOL_SLAB_PARKED:
		return is == aoipool_word_held(was, aoipool_word_node(was),
					       MOCK_CLIENT);
	case AOIPOOL_SLAB_HELD:
		return aoipool_word_owner(was) == MOCK_CLIENT &&
		       is == aoipool_word_parked(was);
	}
	return false;
}

static void look(struct mock *mock)
{
	for (uint32_t i = 0; i < mock->nr_slabs; i++) {
		uint64_t was = mock->seen[i], is = mock_word(mock, i);

		mock->seen[i] = is;
		if (!mock->watch || was == is || legal(mock, was, is))
			continue;
		if (!mock->illegal++)
			snprintf(mock->illegal_text, sizeof(mock->illegal_text),
				 "slab %u: %016llx -> %016llx", i,
				 (unsigned long long)was,
				 (unsigned long long)is);
	}
}

/* The kernel's and the peer's own changes are right by definition. */
static bool swap(struct mock *mock, uint32_t slab, uint64_t was, uint64_t is)
{
	if (!__atomic_compare_exchange_n(&mock->words[slab], &was, is, false,
					 __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		return false;
	mock->seen[slab] = is;
	return true;
}

static void poison_block(struct mock *mock, uint32_t slab, uint32_t block)
{
	unsigned char *start = slab_data(mock, slab) + block * BLOCK;

	for (size_t at = 0; at < BLOCK; at += PAGE)
		memset(start + at, POISON, 64);
	memset(start + BLOCK - 64, POISON, 64);
	mock->populated[slab][block] = false;
}

static bool is_whole(const struct mock *mock, uint32_t slab)
{
	for (uint32_t i = 0; i < mock->slab_blocks; i++)
		if (!mock->populated[slab][i])
			return false;
	return true;
}

/* The library may look at any moment. */
static void count_populated(struct mock *mock, int64_t n)
{
	__atomic_fetch_add(&mock->info.populated_slabs, n, __ATOMIC_RELAXED);
}

static void finish_reclaim(struct mock *mock, uint32_t slab)
{
	if (!mock->taking[slab])
		return;
	count_populated(mock, -(int64_t)is_whole(mock, slab));
	for (uint32_t i = 0; i < mock->slab_blocks; i++)
		poison_block(mock, slab, i);
	mock->taking[slab] = false;
	mock->info.reclaimed_slabs++;
	mock->info.reclaimed_blocks += mock->slab_blocks;
}

static bool reclaim(struct mock *mock, uint32_t slab, bool late)
{
	uint64_t word = mock_word(mock, slab);

	if (aoipool_word_state(word) != AOIPOOL_SLAB_PARKED ||
	    !swap(mock, slab, word, aoipool_word_absent(word)))
		return false;
	mock->taking[slab] = true;
	if (!late)
		finish_reclaim(mock, slab);
	return true;
}

static bool reclaim_all(struct mock *mock)
{
	bool any = false;

	for (uint32_t i = 0; i < mock->nr_slabs; i++)
		any |= reclaim(mock, i, false);
	return any;
}

static bool age(struct mock *mock, uint32_t slab)
{
	uint64_t word = mock_word(mock, slab);

	return aoipool_word_state(word) == AOIPOOL_SLAB_PARKED &&
	       aoipool_word_age(word) < __AOIPOOL_WORD_MASK(AGE) &&
	       swap(mock, slab, word, word + (1U << AOIPOOL_WORD_AGE_SHIFT));
}

static void populate_block(struct mock *mock, uint32_t slab, uint32_t block)
{
	if (mock->populated[slab][block])
		return;
	memset(slab_data(mock, slab) + block * BLOCK, 0, BLOCK);
	mock->populated[slab][block] = true;
}

static void populate_slab(struct mock *mock, uint32_t slab)
{
	finish_reclaim(mock, slab);
	count_populated(mock, !is_whole(mock, slab));
	for (uint32_t i = 0; i < mock->slab_blocks; i++)
		populate_block(mock, slab, i);
}

static bool peer_take(struct mock *mock, uint32_t slab)
{
	uint64_t word = mock_word(mock, slab);

	if (aoipool_word_state(word) == AOIPOOL_SLAB_HELD ||
	    !swap(mock, slab, word,
		  aoipool_word_held(word, aoipool_word_node(word), MOCK_PEER)))
		return false;
	populate_slab(mock, slab);
	mock->peer_seed[slab] = 0x70656572 + ++mock->peer_uses;
	pattern_sprinkle(slab_data(mock, slab), mock_slab_bytes(mock),
			 mock->peer_seed[slab]);
	return true;
}

static bool peer_park(struct mock *mock, uint32_t slab)
{
	uint64_t word = mock_word(mock, slab);

	return aoipool_word_state(word) == AOIPOOL_SLAB_HELD &&
	       aoipool_word_owner(word) == MOCK_PEER &&
	       swap(mock, slab, word, aoipool_word_parked(word));
}

static bool sweep(struct mock *mock)
{
	bool any = false;

	for (uint32_t i = 0; i < mock->nr_slabs; i++)
		any |= peer_park(mock, i);
	return any;
}

static bool fail_populate(struct mock *mock, int err, bool half)
{
	mock->populate_err = err;
	mock->populate_half = half;
	return true;
}

static bool act(struct mock *mock, enum mock_action action, uint32_t slab)
{
	switch (action) {
	case MOCK_RECLAIM:
		return reclaim(mock, slab, false);
	case MOCK_RECLAIM_LATE:
		return reclaim(mock, slab, true);
	case MOCK_RECLAIM_ALL:
		return reclaim_all(mock);
	case MOCK_AGE:
		return age(mock, slab);
	case MOCK_RIVAL_TAKES:
		return peer_take(mock, slab);
	case MOCK_RIVAL_USES:
		return peer_take(mock, slab) && peer_park(mock, slab);
	case MOCK_SWEEP:
		return sweep(mock);
	case MOCK_NO_MEMORY:
		return fail_populate(mock, -ENOMEM, false);
	case MOCK_LIMIT:
		return fail_populate(mock, -ENOSPC, false);
	case MOCK_CGROUP_FULL:
		return fail_populate(mock, -EDQUOT, false);
	case MOCK_HALF_A_SLAB:
		return fail_populate(mock, -ENOMEM, true);
	default:
		return false;
	}
}

bool mock_act(struct mock *mock, enum mock_action action, uint32_t slab)
{
	bool effect;

	pthread_mutex_lock(&mock->lock);
	look(mock);
	effect = act(mock, action, slab);
	mock->done[action] += effect;
	pthread_mutex_unlock(&mock->lock);
	return effect;
}

bool mock_peer_take(struct mock *mock, uint32_t slab)
{
	return mock_act(mock, MOCK_RIVAL_TAKES, slab);
}

bool mock_peer_park(struct mock *mock, uint32_t slab)
{
	bool parked;

	pthread_mutex_lock(&mock->lock);
	look(mock);
	parked = peer_park(mock, slab);
	pthread_mutex_unlock(&mock->lock);
	return parked;
}

static void step(void *arg, enum slab_step at, uint32_t slab)
{
	struct mock *mock = arg;

	pthread_mutex_lock(&mock->lock);
	look(mock);
	mock->reached[at]++;
	if (mock->armed && mock->at == at && !mock->skip--) {
		mock->armed = false;
		mock->fired = act(mock, mock->action, slab);
		mock->fired_slab = slab;
		mock->done[mock->action] += mock->fired;
	}
	pthread_mutex_unlock(&mock->lock);
}

void mock_arm(struct mock *mock, enum slab_step at, unsigned int nth,
	      enum mock_action action)
{
	pthread_mutex_lock(&mock->lock);
	mock->action = action;
	mock->at = at;
	mock->skip = nth;
	mock->armed = true;
	mock->fired = false;
	pthread_mutex_unlock(&mock->lock);
}

void mock_disarm(struct mock *mock)
{
	pthread_mutex_lock(&mock->lock);
	look(mock);
	mock->armed = false;
	mock->populate_err = 0;
	mock->populate_half = false;
	pthread_mutex_unlock(&mock->lock);
}

static int open_mock(struct provider *provider,
		     const struct provider_params *params)
{
	struct mock *mock = opening;
	size_t bytes = params->nr_slabs * (size_t)params->slab_blocks * BLOCK;
	void *memory;

	if (params->nr_slabs > MOCK_SLABS || params->slab_blocks > MOCK_BLOCKS)
		return -EINVAL;
	memory = mmap(NULL, bytes + BLOCK, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return -ENOMEM;
	mock->data = memory;
	mock->data += -(uintptr_t)memory & (BLOCK - 1);
	mock->nr_slabs = params->nr_slabs;
	mock->slab_blocks = params->slab_blocks;
	for (uint32_t i = 0; i < mock->nr_slabs * mock->slab_blocks; i++)
		poison_block(mock, i / mock->slab_blocks,
			     i % mock->slab_blocks);
	provider->info = &mock->info;
	provider->words = mock->words;
	provider->data = mock->data;
	provider->nr_slabs = params->nr_slabs;
	provider->slab_blocks = params->slab_blocks;
	provider->client = MOCK_CLIENT;
	provider->numa = params->numa;
	provider->nodes = params->nodes ? params->nodes : mock->nodes;
	provider->block_bytes = BLOCK;
	provider->priv = memory;
	return 0;
}

static struct mock *mock_of(struct provider *provider)
{
	return (void *)((char *)provider->words - offsetof(struct mock, words));
}

static int populate_err(struct mock *mock, uint32_t slab)
{
	uint32_t node = aoipool_word_node(mock_word(mock, slab));

	return mock->empty_nodes >> node & 1 ? -ENOMEM : mock->populate_err;
}

static int populate(struct provider *provider, uint32_t first, uint32_t nr)
{
	struct mock *mock = mock_of(provider);
	int err = 0;

	pthread_mutex_lock(&mock->lock);
	look(mock);
	for (uint32_t i = first; i < first + nr && !err; i++) {
		finish_reclaim(mock, i);
		err = populate_err(mock, i);
		if (err && mock->populate_half)
			populate_block(mock, i, 0);
		if (!err)
			populate_slab(mock, i);
	}
	mock->info.populate_failures += err != 0;
	pthread_mutex_unlock(&mock->lock);
	return err;
}

static int trim(struct provider *provider, uint64_t max_blocks, uint64_t *freed)
{
	struct mock *mock = mock_of(provider);

	*freed = 0;
	pthread_mutex_lock(&mock->lock);
	look(mock);
	for (uint32_t i = 0; i < mock->nr_slabs && *freed < max_blocks; i++) {
		if (reclaim(mock, i, false))
			*freed += mock->slab_blocks;
	}
	pthread_mutex_unlock(&mock->lock);
	return 0;
}

static void close_mock(struct provider *provider)
{
	munmap(provider->priv, (provider->nr_slabs * provider->slab_blocks + 1) *
				       BLOCK);
}

static const struct aoipool_provider_ops mock_ops = {
	.name = "mock",
	.open = open_mock,
	.populate = populate,
	.trim = trim,
	.close = close_mock,
	.abandon = close_mock,
};

struct aoipool_pool *mock_open(struct mock *mock,
			       const struct aoipool_attr *attr)
{
	struct aoipool_pool *pool = NULL;

	pthread_mutex_init(&mock->lock, NULL);
	opening = mock;
	if (!mock->nodes)
		mock->nodes = 1;
	if (pool_open_on(attr, &mock_ops, &pool))
		return NULL;
	pool->table.step_arg = mock;
	pool->table.step = step;
	look(mock);
	mock->illegal = 0;
	mock->watch = true;
	return pool;
}
