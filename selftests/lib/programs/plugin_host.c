// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * Threads that were in a plug-in when it was there and live on when it is gone.
 * The kernel ends a thread whose rseq area points to a sequence that is not
 * mapped any more; so nothing may be left in it.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <sys/rseq.h>

#include "program.h"

#define LOADS	200
#define TURNS	300

/* of struct rseq */
#define RSEQ_CS	8

typedef void (*work_fn)(struct aoipool_pool *pool, int turns);

static struct {
	struct aoipool_pool *pool;
	pthread_barrier_t barrier;
	work_fn work;
	int over;
} host;

static void assert_nothing_left(void)
{
	char *area = (char *)__builtin_thread_pointer() + __rseq_offset;

	must(!__rseq_size || !*(volatile uint64_t *)(area + RSEQ_CS));
}

/* Preempted now and then, with nothing but what the plug-in left. */
static void live_on(void)
{
	volatile int spin;
	int i;

	for (i = 0; i < 3; i++) {
		for (spin = 0; spin < 20000; spin++)
			;
		sched_yield();
	}
}

static void *work(void *arg)
{
	for (;;) {
		pthread_barrier_wait(&host.barrier);
		if (host.over)
			return arg;
		host.work(host.pool, TURNS);
		assert_nothing_left();
		pthread_barrier_wait(&host.barrier);
		live_on();
	}
}

static void load_and_unload(const char *path)
{
	void *plugin = dlopen(path, RTLD_NOW);

	must(plugin);
	*(void **)&host.work = dlsym(plugin, "plugin_work");
	must(host.work);
	pthread_barrier_wait(&host.barrier);
	host.work(host.pool, TURNS);
	assert_nothing_left();
	pthread_barrier_wait(&host.barrier);
	must(!dlclose(plugin));
	must(!dlopen(path, RTLD_NOW | RTLD_NOLOAD));
	live_on();
}

int main(int argc, char **argv)
{
	pthread_t threads[THREADS];
	int i;

	must(argc == 2);
	host.pool = open_objects(64, 32768);
	puts(aoipool_pool_lists(host.pool));
	pthread_barrier_init(&host.barrier, NULL, THREADS + 1);
	for (i = 0; i < THREADS; i++)
		must(!pthread_create(&threads[i], NULL, work, NULL));
	for (i = 0; i < LOADS; i++)
		load_and_unload(argv[1]);
	host.over = 1;
	pthread_barrier_wait(&host.barrier);
	for (i = 0; i < THREADS; i++)
		must(!pthread_join(threads[i], NULL));
	close_whole(host.pool);
	return 0;
}
