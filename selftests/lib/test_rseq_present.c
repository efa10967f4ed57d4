// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * The ground that per-CPU lists stand on: every thread is registered for
 * restartable sequences, and the kernel keeps its CPU number true.  Where that
 * is missing the library works all the same, with locks, so a run that meant to
 * test the sequences would never notice.
 *
 * AOIPOOL_TEST_RSEQ says what the machine is known to have, "present" or
 * "absent"; without it the kernel is asked.
 */
#include <linux/membarrier.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/rseq.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "crew.h"
#include "test.h"

#define THREADS	4

static const struct rseq *own_area(void)
{
	return (const struct rseq *)((char *)__builtin_thread_pointer() +
				     __rseq_offset);
}

static int own_cpu(void)
{
	return (int)__atomic_load_n(&own_area()->cpu_id, __ATOMIC_RELAXED);
}

/* A registration without memory is refused, if it is known at all. */
static bool kernel_has_rseq(void)
{
	return syscall(SYS_rseq, NULL, 0, 0, 0) && errno != ENOSYS;
}

static bool expected(void)
{
	const char *known = getenv("AOIPOOL_TEST_RSEQ");

	if (!known || !*known)
		return kernel_has_rseq();
	assert_true(!strcmp(known, "present") || !strcmp(known, "absent"));
	return !strcmp(known, "present");
}

static void libc_registers_where_the_kernel_can(void **state)
{
	(void)state;
	print_message("# rseq: size %u, flags %u, CPU %d\n", __rseq_size,
		      __rseq_flags, own_cpu());
	assert_int_equal(__rseq_size > 0, expected());
	assert_int_equal(own_cpu() >= 0, expected());
}

static unsigned int is_registered(struct crew *crew, unsigned int number)
{
	(void)number;
	return (own_cpu() >= 0) != *(bool *)crew->arg;
}

static void every_thread_is_registered(void **state)
{
	bool wanted = expected();

	(void)state;
	assert_int_equal(crew_run(THREADS, is_registered, &wanted), 0);
}

/* Elsewhere than on CPU 0, which an area that nobody writes would name too. */
static void the_cpu_number_follows_the_thread(void **state)
{
	cpu_set_t allowed, one;

	(void)state;
	if (!expected())
		skip_because("no restartable sequences here");
	assert_ok(sched_getaffinity(0, sizeof(allowed), &allowed) ? -errno : 0);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &allowed))
			continue;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		assert_ok(sched_setaffinity(0, sizeof(one), &one) ? -errno : 0);
		assert_int_equal(own_cpu(), cpu);
	}
	assert_ok(sched_setaffinity(0, sizeof(allowed), &allowed) ? -errno : 0);
}

/* As a drain does with those of other CPUs. */
static void sequences_elsewhere_can_be_interrupted(void **state)
{
	const int barrier = MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ;
	long commands;

	(void)state;
	if (!expected())
		skip_because("no restartable sequences here");
	commands = syscall(SYS_membarrier, MEMBARRIER_CMD_QUERY, 0, 0);
	assert_true(commands >= 0);
	assert_true(commands & barrier);
}

int main(void)
{
	const struct CMUnitTest rseq_present[] = {
		cmocka_unit_test(libc_registers_where_the_kernel_can),
		cmocka_unit_test(every_thread_is_registered),
		cmocka_unit_test(the_cpu_number_follows_the_thread),
		cmocka_unit_test(sequences_elsewhere_can_be_interrupted),
	};

	return RUN(rseq_present);
}
