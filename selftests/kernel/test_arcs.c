// SPDX-License-Identifier: GPL-2.0-only
/*
 * The arcs of the slab word: what each one promises, and that exactly one side
 * wins when two want the same word.
 */
#include "harness.h"
#include "content.h"
#include "pool.h"
#include "proc.h"

#include <pthread.h>
#include <sys/ioctl.h>
#include <time.h>

#define SLABS		8U
#define STAMP		0x57a3b57a3b57a3b5ULL

/* The race: so many rounds, and so many of them lost, or as this time allows. */
#define RACE_ROUNDS	20000U
#define RACE_LOST	300U
#define RACE_SECONDS	10
#define RACE_LEAST	200U
/* Turns of a loop between park and revive, as a power of two: none to a trim's time. */
#define RACE_SPREAD	17U

#define SCRIBBLE_SECONDS	5

FIXTURE(arcs)
{
	struct pool pool;
};

FIXTURE_SETUP(arcs)
{
	ASSERT_EQ(0, pool_open(&self->pool, SLABS));
}

FIXTURE_TEARDOWN(arcs)
{
	pool_close(&self->pool);
}

static void hold_stamped(struct __test_metadata *_metadata, const struct pool *pool, __u32 nr)
{
	ASSERT_EQ(0, slabs_hold(pool, 0, nr, 0));
	for (__u32 slab = 0; slab < nr; slab++)
		stamp_write(slab_data(pool, slab), pool->slab_bytes, STAMP + slab);
}

static bool is_stamped(const struct pool *pool, __u32 slab)
{
	return stamp_is(slab_data(pool, slab), pool->slab_bytes, STAMP + slab);
}

TEST_F(arcs, revive_keeps_content)
{
	hold_stamped(_metadata, &self->pool, SLABS);
	ASSERT_EQ(0, slabs_park(&self->pool, 0, SLABS));
	for (__u32 slab = 0; slab < SLABS; slab++) {
		ASSERT_EQ(0, slab_revive(&self->pool, slab));
		EXPECT_TRUE(is_stamped(&self->pool, slab));
	}
	EXPECT_EQ(SLABS, self->pool.info->populated_blocks);
}

TEST_F(arcs, park_counts_generations_and_revive_does_not)
{
	ASSERT_EQ(0, slabs_hold(&self->pool, 0, 1, 0));
	for (__u32 gen = 1; gen <= 5; gen++) {
		ASSERT_EQ(0, slab_park(&self->pool, 0));
		EXPECT_EQ(gen, aoipool_word_gen(slab_word(&self->pool, 0)));
		ASSERT_EQ(0, slab_revive(&self->pool, 0));
		EXPECT_EQ(gen, aoipool_word_gen(slab_word(&self->pool, 0)));
		ASSERT_EQ(0, pool_populate(&self->pool, 0, 1, NULL));
	}
}

TEST_F(arcs, trim_keeps_the_generation_only)
{
	__u64 parked;

	hold_stamped(_metadata, &self->pool, 1);
	ASSERT_EQ(0, slab_park(&self->pool, 0));
	parked = slab_word(&self->pool, 0);
	ASSERT_EQ(0, pool_trim(&self->pool, 0, NULL));
	EXPECT_EQ(aoipool_word_absent(parked), slab_word(&self->pool, 0));
	EXPECT_EQ(1, aoipool_word_gen(slab_word(&self->pool, 0)));
	EXPECT_EQ(0, self->pool.info->populated_blocks);
}

TEST_F(arcs, trim_takes_a_generation_that_wrapped)
{
	__u64 word = ((__u64)~0U << 32) | aoipool_word_held(0, 0, self->pool.client);

	__atomic_store_n(&self->pool.words[0], word, __ATOMIC_RELEASE);
	ASSERT_EQ(0, pool_populate(&self->pool, 0, 1, NULL));
	ASSERT_EQ(0, slab_park(&self->pool, 0));
	EXPECT_EQ(0, aoipool_word_gen(slab_word(&self->pool, 0)));
	ASSERT_EQ(0, pool_trim(&self->pool, 0, NULL));
	EXPECT_EQ(0, slab_word(&self->pool, 0));
}

TEST_F(arcs, trim_says_what_it_freed)
{
	struct aoipool_info before, after;
	struct aoipool_pool_trim trim;

	ASSERT_EQ(0, device_info(&before));
	hold_stamped(_metadata, &self->pool, SLABS);
	ASSERT_EQ(0, slabs_park(&self->pool, 0, 5));
	ASSERT_EQ(0, pool_trim(&self->pool, 0, &trim));
	EXPECT_EQ(5, trim.freed_blocks);
	EXPECT_EQ(0, trim.pinned_slabs);
	ASSERT_EQ(0, device_info(&after));
	EXPECT_EQ(5, after.reclaimed_blocks - before.reclaimed_blocks);
	EXPECT_EQ(SLABS - 5, after.pool_blocks - before.pool_blocks);
	ASSERT_EQ(0, pool_trim(&self->pool, 0, &trim));
	EXPECT_EQ(0, trim.freed_blocks);
}

/* A parked slab without memory goes the same arc; it frees nothing. */
TEST_F(arcs, trim_takes_parked_slabs_that_have_no_memory)
{
	struct aoipool_pool_trim trim;

	ASSERT_EQ(0, slab_claim(&self->pool, 0, 0));
	ASSERT_EQ(0, slab_park(&self->pool, 0));
	ASSERT_EQ(0, pool_trim(&self->pool, 0, &trim));
	EXPECT_EQ(0, trim.freed_blocks);
	EXPECT_EQ(0, trim.pinned_slabs);
	ASSERT_NE(AOIPOOL_SLAB_HELD, slab_state(&self->pool, 0));
	if (slab_state(&self->pool, 0) == AOIPOOL_SLAB_PARKED) {
		ASSERT_EQ(0, slab_revive(&self->pool, 0));
	} else {
		ASSERT_EQ(0, slab_claim(&self->pool, 0, 0));
	}
	EXPECT_TRUE(stamp_is(self->pool.data, BLOCK, 0));
}

TEST_F(arcs, trim_stops_at_what_was_asked)
{
	struct aoipool_pool_trim trim = { .size = sizeof(trim), .max_blocks = 5 };
	struct aoipool_pool_create args = pool_args(SLABS, 2);
	struct pool pool;

	ASSERT_EQ(0, pool_open_args(&pool, &args));
	ASSERT_EQ(0, slabs_hold(&pool, 0, SLABS, 0));
	ASSERT_EQ(0, slabs_park(&pool, 0, SLABS));
	ASSERT_EQ(0, ioctl(pool.fd, AOIPOOL_POOL_TRIM, &trim));
	EXPECT_LE(5, trim.freed_blocks);
	EXPECT_GE(6, trim.freed_blocks);
	EXPECT_EQ(2 * SLABS - trim.freed_blocks, pool.info->populated_blocks);
	EXPECT_EQ(SLABS - trim.freed_blocks / 2, pool_count(&pool, AOIPOOL_SLAB_PARKED, -1));
	pool_close(&pool);
}

TEST_F(arcs, trim_leaves_the_reserve_unless_told)
{
	struct aoipool_pool_create args = pool_args(SLABS, 1);
	struct pool pool;

	args.reserve_slabs = 3;
	ASSERT_EQ(0, pool_open_args(&pool, &args));
	hold_stamped(_metadata, &pool, SLABS);
	ASSERT_EQ(0, slabs_park(&pool, 0, SLABS));
	ASSERT_EQ(0, pool_trim(&pool, 0, NULL));
	EXPECT_EQ(3, pool.info->populated_slabs);
	EXPECT_EQ(3, pool_count(&pool, AOIPOOL_SLAB_PARKED, -1));
	for (__u32 slab = 0; slab < SLABS; slab++) {
		if (!slab_revive(&pool, slab)) {
			EXPECT_TRUE(is_stamped(&pool, slab));
			ASSERT_EQ(0, slab_park(&pool, slab));
		}
	}
	ASSERT_EQ(0, pool_trim(&pool, AOIPOOL_TRIM_RESERVE, NULL));
	EXPECT_EQ(0, pool.info->populated_blocks);
	pool_close(&pool);
}

TEST_F(arcs, held_slabs_are_never_taken)
{
	struct aoipool_pool_trim trim;

	hold_stamped(_metadata, &self->pool, SLABS);
	for (int i = 0; i < 20; i++) {
		ASSERT_EQ(0, pool_trim(&self->pool, AOIPOOL_TRIM_RESERVE, &trim));
		EXPECT_EQ(0, trim.freed_blocks);
		ASSERT_EQ(0, drop_slabs());
	}
	EXPECT_EQ(SLABS, pool_count(&self->pool, AOIPOOL_SLAB_HELD, -1));
	for (__u32 slab = 0; slab < SLABS; slab++) {
		EXPECT_TRUE(is_stamped(&self->pool, slab));
	}
}

TEST_F(arcs, populate_stops_at_a_slab_that_is_not_held)
{
	__u32 done;

	for (__u32 slab = 0; slab < 3; slab++) {
		ASSERT_EQ(0, slab_claim(&self->pool, slab, 0));
	}
	EXPECT_EQ(-ESTALE, pool_populate(&self->pool, 0, 5, &done));
	EXPECT_EQ(3, done);
	EXPECT_EQ(3, self->pool.info->populated_slabs);
	EXPECT_EQ(0, slab_word(&self->pool, 3));
	ASSERT_EQ(0, slab_park(&self->pool, 1));
	EXPECT_EQ(-ESTALE, pool_populate(&self->pool, 0, 3, &done));
	EXPECT_EQ(1, done);
	EXPECT_EQ(-ESTALE, pool_populate(&self->pool, 4, 1, &done));
	EXPECT_EQ(0, done);
}

TEST_F(arcs, populate_refuses_the_slab_of_another_client)
{
	struct pool client;
	__u32 done;

	ASSERT_EQ(0, pool_join(&self->pool, &client));
	ASSERT_EQ(0, slab_claim(&client, 1, 0));
	ASSERT_EQ(0, slab_claim(&self->pool, 0, 0));
	EXPECT_EQ(-ESTALE, pool_populate(&self->pool, 0, 2, &done));
	EXPECT_EQ(1, done);
	EXPECT_EQ(0, pool_populate(&client, 1, 1, &done));
	EXPECT_EQ(1, done);
	pool_close(&client);
}

TEST_F(arcs, populate_keeps_content_that_is_there)
{
	__u32 done;

	hold_stamped(_metadata, &self->pool, 4);
	for (__u32 slab = 4; slab < SLABS; slab++) {
		ASSERT_EQ(0, slab_claim(&self->pool, slab, 0));
	}
	ASSERT_EQ(0, pool_populate(&self->pool, 0, SLABS, &done));
	EXPECT_EQ(SLABS, done);
	EXPECT_EQ(SLABS, self->pool.info->populated_slabs);
	for (__u32 slab = 0; slab < 4; slab++) {
		EXPECT_TRUE(is_stamped(&self->pool, slab));
	}
	EXPECT_TRUE(pattern_is(slab_data(&self->pool, 4), 4 * BLOCK, 0));
}

/* Somebody who takes parked slabs until told to stop. */
struct taker {
	const struct pool *pool;
	bool by_shrinker;
	bool stop;
	int err;
};

static void *take(void *arg)
{
	struct taker *taker = arg;

	while (!__atomic_load_n(&taker->stop, __ATOMIC_RELAXED) && !taker->err)
		taker->err = taker->by_shrinker ? drop_slabs() :
			     pool_trim(taker->pool, 0, NULL);
	return NULL;
}

/* One client's account of a race. */
struct race {
	unsigned int kept;
	unsigned int lost;
	unsigned int wrong;
};

/* Every distance between the two sides has its round. */
static void linger(__u64 round)
{
	for (volatile __u64 i = round * 2654435761U % (1U << round % RACE_SPREAD); i; i--)
		;
}

/* The slab is held and stamped with @round: give it up, want it back. */
static void race_round(const struct pool *pool, __u32 slab, __u64 round, struct race *race)
{
	char *data = slab_data(pool, slab);
	__u32 gen;

	slab_park(pool, slab);
	gen = aoipool_word_gen(slab_word(pool, slab));
	linger(round);
	if (!slab_revive(pool, slab)) {
		race->kept++;
		race->wrong += !stamp_is(data, BLOCK, round);
	} else {
		race->lost++;
		race->wrong += slab_word(pool, slab) != (__u64)gen << 32;
		race->wrong += slab_claim(pool, slab, 0) != 0;
		race->wrong += !stamp_is(data, BLOCK, 0);
	}
	race->wrong += aoipool_word_gen(slab_word(pool, slab)) != gen;
	stamp_write(data, BLOCK, round + 1);
}

static time_t now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return at.tv_sec;
}

static void race_run(struct __test_metadata *_metadata, const struct pool *pool,
		     bool by_shrinker)
{
	struct taker taker = { .pool = pool, .by_shrinker = by_shrinker };
	time_t end = now() + RACE_SECONDS;
	struct race race = { 0 };
	pthread_t thread;

	ASSERT_EQ(0, slabs_hold(pool, 0, 2, 0));
	ASSERT_EQ(0, pthread_create(&thread, NULL, take, &taker));
	stamp_write(pool->data, 2 * BLOCK, 1);
	for (__u64 round = 1; now() < end && !race.wrong; round++) {
		if (round > RACE_ROUNDS && race.lost >= RACE_LOST)
			break;
		race_round(pool, 0, round, &race);
		race_round(pool, 1, round, &race);
	}
	__atomic_store_n(&taker.stop, true, __ATOMIC_RELAXED);
	ASSERT_EQ(0, pthread_join(thread, NULL));
	TH_LOG("kept %u, lost %u", race.kept, race.lost);
	EXPECT_EQ(0, taker.err);
	EXPECT_EQ(0, race.wrong);
	EXPECT_LE(RACE_LEAST, race.kept + race.lost);
	EXPECT_LT(0, race.kept);
	EXPECT_LT(0, race.lost);
	EXPECT_EQ(race.lost, pool->info->reclaimed_slabs);
}

TEST_F(arcs, race_with_trim_is_intact_or_all_zero)
{
	race_run(_metadata, &self->pool, false);
}

TEST_F(arcs, race_with_the_shrinker_is_intact_or_all_zero)
{
	race_run(_metadata, &self->pool, true);
}

/* Two clients want the same parked slab: one of them has it. */
struct rival {
	const struct pool *pool;
	bool *stop;
	unsigned int won;
	unsigned int wrong;
};

static void *compete(void *arg)
{
	struct rival *rival = arg;
	const struct pool *pool = rival->pool;

	while (!__atomic_load_n(rival->stop, __ATOMIC_RELAXED)) {
		if (slab_revive(pool, 0) && slab_claim(pool, 0, 0))
			continue;
		rival->won++;
		stamp_write(pool->data, BLOCK, pool->client);
		rival->wrong += !stamp_is(pool->data, BLOCK, pool->client);
		rival->wrong += aoipool_word_owner(slab_word(pool, 0)) != pool->client;
		rival->wrong += slab_park(pool, 0) != 0;
	}
	return NULL;
}

TEST_F(arcs, race_of_two_clients_and_trim_has_one_winner)
{
	bool stop = false;
	struct pool other;
	struct rival rivals[2] = { { .pool = &self->pool, .stop = &stop },
				   { .pool = &other, .stop = &stop } };
	time_t end = now() + SCRIBBLE_SECONDS;
	pthread_t threads[2];

	ASSERT_EQ(0, pool_join(&self->pool, &other));
	for (int i = 0; i < 2; i++) {
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, compete, &rivals[i]));
	}
	while (now() < end) {
		ASSERT_EQ(0, pool_trim(&self->pool, 0, NULL));
	}
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	for (int i = 0; i < 2; i++) {
		ASSERT_EQ(0, pthread_join(threads[i], NULL));
		EXPECT_LT(0, rivals[i].won);
		EXPECT_EQ(0, rivals[i].wrong);
	}
	pool_close(&other);
}

/* Nonsense in every word, as fast as it can be written. */
static void *scribble(void *arg)
{
	struct taker *taker = arg;
	__u64 seed = 0x9e3779b97f4a7c15ULL;

	while (!__atomic_load_n(&taker->stop, __ATOMIC_RELAXED)) {
		seed ^= seed << 13;
		seed ^= seed >> 7;
		seed ^= seed << 17;
		__atomic_store_n(&taker->pool->words[seed % SLABS], seed >> 3, __ATOMIC_RELAXED);
	}
	return NULL;
}

/* What a client does with words that somebody scribbles on: anything may fail. */
static void use_scribbled(const struct pool *pool, __u32 slab)
{
	unsigned char byte;

	if (slab_claim(pool, slab, slab % 2) && slab_revive(pool, slab))
		pool_trim(pool, AOIPOOL_TRIM_RESERVE, NULL);
	pool_populate(pool, 0, SLABS, NULL);
	touch_write(slab_data(pool, slab), 0xee);
	touch_read(slab_data(pool, slab) + BLOCK - 1, &byte);
	slab_park(pool, slab);
}

TEST_F(arcs, scribbled_words_hurt_their_own_pool_only)
{
	struct taker scribbler = { .pool = &self->pool };
	time_t end = now() + SCRIBBLE_SECONDS;
	struct aoipool_info before, after;
	struct pool bystander;
	pthread_t thread;
	__u32 slab = 0;

	ASSERT_EQ(0, pool_open(&bystander, SLABS));
	hold_stamped(_metadata, &bystander, SLABS);
	ASSERT_EQ(0, device_info(&before));
	ASSERT_EQ(0, pthread_create(&thread, NULL, scribble, &scribbler));
	for (; now() < end; slab = (slab + 1) % SLABS)
		use_scribbled(&self->pool, slab);
	__atomic_store_n(&scribbler.stop, true, __ATOMIC_RELAXED);
	ASSERT_EQ(0, pthread_join(thread, NULL));
	pool_close(&self->pool);
	ASSERT_EQ(0, device_await_pool_blocks(before.pool_blocks));
	EXPECT_EQ(0, device_settle(&after));
	EXPECT_EQ(SLABS, pool_count(&bystander, AOIPOOL_SLAB_HELD, -1));
	for (slab = 0; slab < SLABS; slab++) {
		EXPECT_TRUE(is_stamped(&bystander, slab));
	}
	pool_close(&bystander);
}

TEST_HARNESS_MAIN
