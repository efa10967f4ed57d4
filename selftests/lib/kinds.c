// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include <linux/membarrier.h>
#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kinds.h"

#if __has_include(<sys/rseq.h>)
#include <sys/rseq.h>
#define RSEQ_SIZE __rseq_size
#else
#define RSEQ_SIZE 0
#endif

int (*const volatile library_get)(struct aoipool_pool *pool,
				  struct aoipool_slot *slot) = aoipool_get;
int (*const volatile library_put)(struct aoipool_pool *pool,
				  aoipool_ref_t ref) = aoipool_put;

static const struct kind kinds[] = {
	{AOIPOOL_LISTS_RSEQ, "rseq"},
	{AOIPOOL_LISTS_LOCKED, "locked"},
	{AOIPOOL_LISTS_NONE, "none"},
};

int kind_rseq(void **state)
{
	*state = (void *)&kinds[0];
	return 0;
}

int kind_locked(void **state)
{
	*state = (void *)&kinds[1];
	return 0;
}

int kind_none(void **state)
{
	*state = (void *)&kinds[2];
	return 0;
}

/* Asked of the host, not of the library: that must have what the host has. */
static bool host_has_rseq(void)
{
	const int barrier = MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ;
	long commands = syscall(SYS_membarrier, MEMBARRIER_CMD_QUERY, 0, 0);

	return RSEQ_SIZE && commands > 0 && commands & barrier;
}

void need_kind(const struct kind *kind)
{
	if (kind->lists != AOIPOOL_LISTS_RSEQ)
		return;
	if (instrumented_by("tsan"))
		skip_because("the library uses no sequences under it");
	if (!host_has_rseq())
		skip_because("restartable sequences are not to be had here");
}

struct aoipool_attr *kind_attr(const struct kind *kind, size_t bytes,
			       size_t count)
{
	struct aoipool_attr *attr;

	need_kind(kind);
	attr = object_attr(bytes, count);
	assert_ok(aoipool_attr_set_lists(attr, kind->lists));
	return attr;
}

struct aoipool_pool *open_kind(const struct kind *kind, size_t bytes,
			       size_t count)
{
	struct aoipool_pool *pool = open_pool(kind_attr(kind, bytes, count));

	assert_string_equal(aoipool_pool_lists(pool), kind->name);
	return pool;
}

bool has_lists(const struct kind *kind)
{
	return kind->lists != AOIPOOL_LISTS_NONE;
}

static cpu_set_t allowed;
static pthread_once_t allowed_once = PTHREAD_ONCE_INIT;

static void ask_allowed(void)
{
	sched_getaffinity(getpid(), sizeof(allowed), &allowed);
}

unsigned int cpus(void)
{
	pthread_once(&allowed_once, ask_allowed);
	return CPU_COUNT(&allowed);
}

int cpu_of(unsigned int n)
{
	int cpu;

	n %= cpus();
	for (cpu = 0; !CPU_ISSET(cpu, &allowed) || n--; cpu++)
		;
	return cpu;
}

void pin(unsigned int n)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(cpu_of(n), &one);
	sched_setaffinity(0, sizeof(one), &one);
}

void unpin(void)
{
	pthread_once(&allowed_once, ask_allowed);
	sched_setaffinity(0, sizeof(allowed), &allowed);
}
