// SPDX-License-Identifier: GPL-2.0-only
/*
 * Threads that get and put while they are moved about, interrupted, copied by
 * a fork, born and gone: no slot is lost, none is had by two.
 */
#include "harness.h"
#include "cpu.h"
#include "crew.h"
#include "ground.h"
#include "hoard.h"
#include "juggler.h"
#include "mark.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

/* Four slabs, of which trim takes what it finds empty. */
#define OBJECT_BYTES	8192
#define SLOTS		(4 * 254UL)
#define TRIM_TURNS	5000

#define JUGGLERS	3

#define MOVES		1000
#define SIGNALS		1500
#define SIGNAL_NS	300000
#define FORKS		20
#define LIVES		100	/* of threads, by each foreman */
#define LIFE_SLOTS	24

/* What the threads of a test count, for the pool's numbers to agree with. */
static atomic_ulong gets;

FIXTURE(disturbed)
{
	struct aoipool_pool *pool;
	struct crew crew;
};

ON_EVERY_GROUND(disturbed);

FIXTURE_SETUP(disturbed)
{
	const struct want want = { .bytes = OBJECT_BYTES, .count = SLOTS };

	if (!cpu_machine_fits())
		SKIP_FIXTURE("needs two nodes with two CPUs each");
	ASSERT_EQ(0, ground_open(&variant->on, &want, &self->pool));
	ASSERT_EQ(SLOTS, aoipool_pool_slots(self->pool));
}

FIXTURE_TEARDOWN(disturbed)
{
	EXPECT_EQ(0, aoipool_pool_close(self->pool));
}

/* All threads have ended, and nothing is out. */
static void expect_all_there(struct __test_metadata *_metadata,
			     struct aoipool_pool *pool)
{
	EXPECT_EQ(atomic_load(&gets), ground_stats(pool).gets);
	EXPECT_STREQ("whole", hoard_audit(pool));
}

static void end(struct hand *hand, struct juggler *juggler)
{
	hand->wrong += juggler_end(juggler);
	atomic_fetch_add(&gets, juggler->gets);
}

static void juggle(struct hand *hand)
{
	struct juggler juggler;

	juggler_init(&juggler, hand->crew->arg, hand->number);
	juggler.trim_turns = TRIM_TURNS;
	while (!atomic_load(&hand->crew->stop))
		juggler_turn(&juggler);
	end(hand, &juggler);
}

TEST_F(disturbed, threads_are_moved_from_cpu_to_cpu)
{
	unsigned int random = 1, i;

	ASSERT_EQ(0, crew_start(&self->crew, JUGGLERS, juggle, self->pool,
				NULL));
	for (i = 0; i < MOVES; i++) {
		unsigned int where = crew_random(&random) % CPUS;
		pid_t tid = crew_tid(&self->crew,
				     crew_random(&random) % JUGGLERS);

		ASSERT_EQ(0, cpu_pin(tid, cpu_of(where % NODES,
						 where / NODES)));
	}
	EXPECT_EQ(0, crew_stop(&self->crew));
	expect_all_there(_metadata, self->pool);
}

static __thread volatile sig_atomic_t signals;

static void count_signal(int number)
{
	(void)number;
	signals++;
}

/* To this very thread, so often or as the machine can. */
static int start_timer(timer_t *timer)
{
	const struct itimerspec often = {
		.it_value.tv_nsec = SIGNAL_NS,
		.it_interval.tv_nsec = SIGNAL_NS,
	};
	struct sigevent event = {
		.sigev_notify = SIGEV_THREAD_ID,
		.sigev_signo = SIGUSR1,
	};

	event._sigev_un._tid = gettid();
	return timer_create(CLOCK_MONOTONIC, &event, timer) ||
	       timer_settime(*timer, 0, &often, NULL);
}

static void juggle_signalled(struct hand *hand)
{
	struct juggler juggler;
	timer_t timer;

	if (start_timer(&timer)) {
		hand->wrong++;
		return;
	}
	juggler_init(&juggler, hand->crew->arg, hand->number);
	juggler.trim_turns = TRIM_TURNS;
	while (signals < SIGNALS)
		juggler_turn(&juggler);
	timer_delete(timer);
	end(hand, &juggler);
}

/* Without SA_RESTART: system calls of the library are cut short, too. */
TEST_F(disturbed, signals_come_in_the_middle)
{
	const struct sigaction action = { .sa_handler = count_signal };

	ASSERT_EQ(0, sigaction(SIGUSR1, &action, NULL));
	ASSERT_EQ(0, crew_start(&self->crew, JUGGLERS, juggle_signalled,
				self->pool, NULL));
	EXPECT_EQ(0, crew_join(&self->crew));
	expect_all_there(_metadata, self->pool);
}

/* How many calls did anything but refuse. */
static int call_in_child(struct aoipool_pool *pool,
			 const struct aoipool_slot *held)
{
	struct aoipool_stats stats = { .size = sizeof(stats) };
	struct aoipool_slot slots[4];
	void *ptr;
	int wrong = 0;

	wrong += aoipool_get(pool, slots) != -EPERM;
	wrong += aoipool_get_wait(pool, slots, -1) != -EPERM;
	wrong += aoipool_get_many(pool, slots, 4, 0) != -EPERM;
	wrong += aoipool_put(pool, held->ref) != -EPERM;
	wrong += aoipool_put_many(pool, held, 1) != -EPERM;
	wrong += aoipool_deref(pool, held->ref, &ptr) != -EPERM;
	wrong += aoipool_pool_trim(pool, SIZE_MAX, NULL) != -EPERM;
	wrong += aoipool_pool_drain(pool) != -EPERM;
	wrong += aoipool_pool_reset(pool) != -EPERM;
	wrong += aoipool_pool_stats(pool, &stats) != -EPERM;
	wrong += aoipool_pool_fd(pool) != -EPERM;
	return wrong;
}

/* The child's own pool is as good as any. */
static int use_own(const struct ground *ground)
{
	const struct want want = { .bytes = OBJECT_BYTES, .count = SLOTS };
	struct juggler juggler;
	struct aoipool_pool *pool;
	int i, wrong;

	if (ground_open(ground, &want, &pool))
		return 1;
	juggler_init(&juggler, pool, 0);
	for (i = 0; i < 1000; i++)
		juggler_turn(&juggler);
	wrong = juggler_end(&juggler) != 0;
	wrong += strcmp(hoard_audit(pool), "whole") != 0;
	wrong += aoipool_pool_close(pool) != 0;
	return wrong;
}

static int run_child(struct aoipool_pool *pool, const struct ground *ground,
		     const struct aoipool_slot *held, int number)
{
	int wrong = call_in_child(pool, held);

	/* Half of them leave the inherited pool to exit(). */
	if (number % 2)
		aoipool_pool_close(pool);
	if (number % 4 == 0)
		wrong += use_own(ground);
	return wrong;
}

static int fork_one(struct aoipool_pool *pool, const struct ground *ground,
		    const struct aoipool_slot *held, int number)
{
	pid_t pid = fork();
	int status;

	if (pid < 0)
		return -errno;
	if (!pid)
		_exit(run_child(pool, ground, held, number));
	return waitpid(pid, &status, 0) == pid ? status : -errno;
}

TEST_F(disturbed, children_are_forked_off)
{
	const uint64_t mark = 0x70;
	struct aoipool_slot held;
	int i;

	ASSERT_EQ(0, aoipool_get(self->pool, &held));
	ASSERT_TRUE(mark_set(held.ptr, mark));
	ASSERT_EQ(0, crew_start(&self->crew, JUGGLERS, juggle, self->pool,
				NULL));
	for (i = 0; i < FORKS; i++)
		EXPECT_EQ(0, fork_one(self->pool, &variant->on, &held, i));
	EXPECT_EQ(0, crew_stop(&self->crew));
	EXPECT_TRUE(mark_clear(held.ptr, mark));
	EXPECT_EQ(0, aoipool_put(self->pool, held.ref));
	atomic_fetch_add(&gets, 1);
	expect_all_there(_metadata, self->pool);
}

/* What one thread got and left behind; its foreman puts it. */
struct life {
	struct aoipool_pool *pool;
	unsigned long wrong;
	struct aoipool_slot left;
};

static void *live(void *arg)
{
	struct aoipool_slot slots[LIFE_SLOTS];
	struct life *life = arg;
	int i;

	if (aoipool_get_many(life->pool, slots, LIFE_SLOTS, 0)) {
		life->wrong++;
		return NULL;
	}
	atomic_fetch_add(&gets, LIFE_SLOTS);
	for (i = 0; i < LIFE_SLOTS; i++)
		life->wrong += !mark_set(slots[i].ptr, slots[i].ref);
	life->left = slots[0];
	for (i = 1; i < LIFE_SLOTS; i++) {
		life->wrong += !mark_clear(slots[i].ptr, slots[i].ref);
		life->wrong += aoipool_put(life->pool, slots[i].ref) != 0;
	}
	return NULL;
}

/* One thread after the other; the slot of each is put when the next is born. */
static void breed(struct hand *hand)
{
	struct life life = { .pool = hand->crew->arg };
	struct aoipool_slot last;
	pthread_t thread;
	int i;

	for (i = 0; i < LIVES; i++) {
		last = life.left;
		if (pthread_create(&thread, NULL, live, &life)) {
			hand->wrong++;
			break;
		}
		if (i) {
			hand->wrong += !mark_clear(last.ptr, last.ref);
			hand->wrong += aoipool_put(life.pool, last.ref) != 0;
		}
		hand->wrong += pthread_join(thread, NULL) != 0;
	}
	hand->wrong += !mark_clear(life.left.ptr, life.left.ref);
	hand->wrong += aoipool_put(life.pool, life.left.ref) != 0;
	hand->wrong += life.wrong;
}

TEST_F(disturbed, threads_are_born_and_die_with_slots_out)
{
	ASSERT_EQ(0, crew_start(&self->crew, JUGGLERS, breed, self->pool,
				NULL));
	EXPECT_EQ(0, crew_join(&self->crew));
	expect_all_there(_metadata, self->pool);
}

TEST_HARNESS_MAIN
