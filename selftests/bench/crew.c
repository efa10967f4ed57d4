// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * Between runs the second thread sleeps in a barrier: other processes measure
 * meanwhile.  A barrier wakes too late for a fair begin, hence the second,
 * spinning one.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "clock.h"
#include "crew.h"
#include "work.h"

static struct {
	unsigned int threads;
	int cpus[CREW_MAX];
	bool entered;
	pthread_t second;
	void (*enter)(void);
	pthread_barrier_t begin, end;
	atomic_uint arrived;
	void (*body)(unsigned int thread, uint64_t n);
	uint64_t n;
	uint64_t from[CREW_MAX], to[CREW_MAX];
} crew;

static void pin(unsigned int n)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(crew.cpus[n], &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die("cannot pin a thread to CPU %d", crew.cpus[n]);
}

const char *crew_start(unsigned int threads)
{
	unsigned int found = 0;
	cpu_set_t may;

	if (sched_getaffinity(0, sizeof(may), &may))
		return "sched_getaffinity fails";
	for (int cpu = 0; cpu < CPU_SETSIZE && found < threads; cpu++)
		if (CPU_ISSET(cpu, &may))
			crew.cpus[found++] = cpu;
	if (found < threads)
		return "needs two CPUs";
	crew.threads = threads;
	pthread_barrier_init(&crew.begin, NULL, threads);
	pthread_barrier_init(&crew.end, NULL, threads);
	pin(0);
	return NULL;
}

int crew_cpu(unsigned int n)
{
	return crew.cpus[n];
}

void crew_on_enter(void (*enter)(void))
{
	crew.enter = enter;
}

static void take_part(unsigned int thread)
{
	pthread_barrier_wait(&crew.begin);
	atomic_fetch_add(&crew.arrived, 1);
	while (atomic_load(&crew.arrived) < crew.threads)
		crew_pause();
	crew.from[thread] = clock_ns();
	crew.body(thread, crew.n);
	crew.to[thread] = clock_ns();
	pthread_barrier_wait(&crew.end);
}

static void *live(void *unused)
{
	(void)unused;
	pin(1);
	if (crew.enter)
		crew.enter();
	for (;;)
		take_part(1);
	return NULL;
}

uint64_t crew_run(void (*body)(unsigned int thread, uint64_t n), uint64_t n)
{
	uint64_t from, to;

	if (crew.threads > 1 && !crew.entered &&
	    pthread_create(&crew.second, NULL, live, NULL))
		die("no second thread");
	crew.entered = true;
	crew.body = body;
	crew.n = n;
	atomic_store(&crew.arrived, 0);
	take_part(0);
	from = crew.from[0];
	to = crew.to[0];
	if (crew.threads > 1 && crew.from[1] < from)
		from = crew.from[1];
	if (crew.threads > 1 && crew.to[1] > to)
		to = crew.to[1];
	return to - from;
}
