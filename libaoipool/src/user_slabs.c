/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
#include "user_slabs.h"

#include <errno.h>
#include <stdlib.h>

#include "governor.h"

#define MAX_AGE	((1U << AOIPOOL_WORD_AGE_BITS) - 1)

int user_slabs_init(struct user_slabs *slabs, struct user_memory *memory,
		    uint32_t nr, uint32_t slab_blocks, uint32_t reserve)
{
	int i;

	*slabs = (struct user_slabs){
		.memory = memory,
		.info = &slabs->own_info,
		.own_info = { .abi_version = AOIPOOL_ABI_VERSION },
		.own_words = calloc(nr, sizeof(*slabs->words)),
		.have = calloc(nr, sizeof(*slabs->have)),
		.nr = nr,
		.slab_blocks = slab_blocks,
		.reserve = reserve,
		.kept = memory->pages == USER_PAGES_HUGETLB,
		.decay_ms = AOIPOOL_DECAY_OF_HOST,
		.idle_max_blocks = AOIPOOL_IDLE_OF_HOST,
	};
	slabs->words = slabs->own_words;
	pthread_mutex_init(&slabs->taking, NULL);
	for (i = 0; i < USER_STRIPES; i++)
		pthread_mutex_init(&slabs->stripe[i], NULL);
	if (slabs->words && slabs->have)
		return 0;
	user_slabs_exit(slabs);
	return -ENOMEM;
}

void user_slabs_exit(struct user_slabs *slabs)
{
	free(slabs->own_words);
	free(slabs->have);
}

void user_slabs_move(struct user_slabs *slabs, uint64_t *words,
		     struct aoipool_pool_info_page *info)
{
	*info = *slabs->info;
	slabs->info = info;
	slabs->words = words;
	free(slabs->own_words);
	slabs->own_words = NULL;
}

static pthread_mutex_t *stripe_of(struct user_slabs *slabs, uint32_t slab)
{
	return &slabs->stripe[slab % USER_STRIPES];
}

/* of uint64_t and of __u64, which C does not take for one another */
static uint64_t load(const void *value)
{
	return __atomic_load_n((const uint64_t *)value, __ATOMIC_ACQUIRE);
}

/* seq_cst for the sake of governor_stir() */
static void add(void *counter, int64_t n)
{
	__atomic_fetch_add((uint64_t *)counter, n, __ATOMIC_SEQ_CST);
}

static bool swap(struct user_slabs *slabs, uint32_t slab, uint64_t from,
		 uint64_t to)
{
	return __atomic_compare_exchange_n(&slabs->words[slab], &from, to,
					   false, __ATOMIC_ACQ_REL,
					   __ATOMIC_RELAXED);
}

static size_t first_block(const struct user_slabs *slabs, uint32_t slab)
{
	return (size_t)slab * slabs->slab_blocks;
}

/* What other threads are about to bring is not missing yet. */
static int look_for_room(const struct user_slabs *slabs)
{
	/* a pool of huge pages fails by itself, and alone */
	if (slabs->kept)
		return 0;
	return governor_look_for_room(load(&slabs->coming)
				      << AOIPOOL_BLOCK_SHIFT);
}

/* Who needs memory takes the parked slabs of the same pool first. */
static int make_room(struct user_slabs *slabs)
{
	if (!look_for_room(slabs))
		return 0;
	if (!user_slabs_take(slabs, slabs->slab_blocks, USER_SLABS_ANY, false))
		governor_make_room(slabs->slab_blocks);
	return look_for_room(slabs);
}

/*
 * An absent slab has no memory, but somebody may have written to it after his
 * put; that would have brought pages with his content.
 */
static int clean(struct user_slabs *slabs, uint32_t slab)
{
	if (slabs->have[slab])
		return 0;
	return user_memory_punch(slabs->memory, first_block(slabs, slab),
				 slabs->slab_blocks);
}

static int bring_next(struct user_slabs *slabs, uint32_t slab)
{
	bool small = false;
	int err = user_memory_bring(slabs->memory,
				    first_block(slabs, slab) +
					    slabs->have[slab],
				    &small);

	if (err)
		return err;
	if (small)
		__atomic_fetch_add(&slabs->small_blocks, 1, __ATOMIC_RELAXED);
	slabs->have[slab]++;
	add(&slabs->info->populated_blocks, 1);
	/* what is there is missing from the host, and no more to come */
	add(&slabs->coming, -1);
	return 0;
}

static int bring_all(struct user_slabs *slabs, uint32_t slab, uint32_t node)
{
	int err;

	if (slabs->have[slab] == slabs->slab_blocks)
		return 0;
	err = clean(slabs, slab);
	user_memory_prefer(slabs->memory, first_block(slabs, slab),
			   slabs->slab_blocks, node);
	while (!err && slabs->have[slab] < slabs->slab_blocks)
		err = bring_next(slabs, slab);
	if (!err)
		add(&slabs->info->populated_slabs, 1);
	return err;
}

static int populate_locked(struct user_slabs *slabs, uint32_t slab)
{
	uint64_t word = load(&slabs->words[slab]);

	if (aoipool_word_state(word) != AOIPOOL_SLAB_HELD)
		return -ESTALE;
	return bring_all(slabs, slab, aoipool_word_node(word));
}

int user_slabs_populate(struct user_slabs *slabs, uint32_t slab)
{
	uint32_t brought = 0;
	int err;

	add(&slabs->coming, slabs->slab_blocks);
	err = make_room(slabs);
	if (!err) {
		/* waits for whoever has made the slab absent and punches it */
		pthread_mutex_lock(stripe_of(slabs, slab));
		brought = slabs->have[slab];
		err = populate_locked(slabs, slab);
		brought = slabs->have[slab] - brought;
		pthread_mutex_unlock(stripe_of(slabs, slab));
	}
	add(&slabs->coming, -(int64_t)(slabs->slab_blocks - brought));
	if (err)
		add(&slabs->info->populate_failures, 1);
	else if (slabs->governed)
		governor_stir();
	return err;
}

/* The swap wins the slab; only who won it may punch, before the next claim. */
static uint64_t take_locked(struct user_slabs *slabs, uint32_t slab,
			    uint64_t word, uint32_t reserve)
{
	uint32_t blocks = slabs->have[slab];

	/* aoipool_pool_info_page counts whole slabs; the reserve is of those */
	if (blocks == slabs->slab_blocks &&
	    load(&slabs->info->populated_slabs) <= reserve)
		return 0;
	if (!swap(slabs, slab, word, aoipool_word_absent(word)))
		return 0;
	user_memory_punch(slabs->memory, first_block(slabs, slab),
			  slabs->slab_blocks);
	slabs->have[slab] = 0;
	add(&slabs->info->populated_blocks, -(int64_t)blocks);
	if (blocks == slabs->slab_blocks)
		add(&slabs->info->populated_slabs, -1);
	add(&slabs->info->reclaimed_slabs, 1);
	add(&slabs->info->reclaimed_blocks, blocks);
	return blocks;
}

static uint64_t take_one(struct user_slabs *slabs, uint32_t slab, uint32_t age,
			 uint32_t reserve)
{
	uint64_t word = load(&slabs->words[slab]), blocks;

	if (aoipool_word_state(word) != AOIPOOL_SLAB_PARKED ||
	    aoipool_word_age(word) < age)
		return 0;
	pthread_mutex_lock(stripe_of(slabs, slab));
	blocks = take_locked(slabs, slab, word, reserve);
	pthread_mutex_unlock(stripe_of(slabs, slab));
	return blocks;
}

static uint32_t oldest(const struct user_slabs *slabs)
{
	uint32_t slab, age = 0;
	uint64_t word;

	for (slab = 0; slab < slabs->nr; slab++) {
		word = load(&slabs->words[slab]);
		if (aoipool_word_state(word) == AOIPOOL_SLAB_PARKED &&
		    aoipool_word_age(word) > age)
			age = aoipool_word_age(word);
	}
	return age;
}

uint64_t user_slabs_take(struct user_slabs *slabs, uint64_t max_blocks,
			 uint32_t youngest, bool reserve_too)
{
	uint32_t reserve = reserve_too ? 0 : slabs->reserve;
	uint64_t taken = 0;
	uint32_t slab, ages;

	pthread_mutex_lock(&slabs->taking);
	for (ages = oldest(slabs) + 1; ages > youngest && taken < max_blocks;
	     ages--)
		for (slab = 0; slab < slabs->nr && taken < max_blocks; slab++)
			taken += take_one(slabs, slab, ages - 1, reserve);
	pthread_mutex_unlock(&slabs->taking);
	return taken;
}

/* A lost swap is as good as one that was won: the slab is young again. */
uint32_t user_slabs_age(struct user_slabs *slabs)
{
	const uint64_t older = 1ULL << AOIPOOL_WORD_AGE_SHIFT;
	uint32_t slab, parked = 0;
	uint64_t word;

	for (slab = 0; slab < slabs->nr; slab++) {
		word = load(&slabs->words[slab]);
		if (aoipool_word_state(word) != AOIPOOL_SLAB_PARKED)
			continue;
		parked++;
		if (aoipool_word_age(word) < MAX_AGE)
			swap(slabs, slab, word, word + older);
	}
	__atomic_store_n(&slabs->info->idle_blocks,
			 (uint64_t)parked * slabs->slab_blocks,
			 __ATOMIC_RELAXED);
	return parked;
}
