/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Where the caller runs.  The answer may be old as soon as it is given: good for
 * choosing what is near, for nothing else.
 */
#ifndef HERE_H
#define HERE_H

#include <stdint.h>

#include "sys.h"

struct here {
	uint32_t cpu;
	uint32_t node;
};

/* CPUs from here on ask the kernel every time */
#define HERE_CPUS	1024

/* The node of each CPU, learnt when it is met: node + 1, atomics. */
struct here_nodes {
	uint8_t known[HERE_CPUS];
};

/* Asks the kernel. */
struct here here_ask(struct here_nodes *nodes);

#if defined(__has_include)
#if __has_include("sys/rseq.h")
#include <sys/rseq.h>
#endif
#endif

#if defined(RSEQ_SIG) && defined(__has_builtin)
#if __has_builtin(__builtin_thread_pointer)
#define HERE_HAS_RSEQ
#endif
#endif

/* No system call where the C library has registered the thread for rseq. */
static inline uint32_t here_cpu(void)
{
#ifdef HERE_HAS_RSEQ
	const char *thread = (const char *)__builtin_thread_pointer();
	const struct rseq *area =
		(const struct rseq *)(const void *)(thread + __rseq_offset);
	uint32_t cpu = __atomic_load_n(&area->cpu_id, __ATOMIC_RELAXED);

	if (cpu < HERE_CPUS)
		return cpu;
#endif
	return sys_cpu();
}

/* The node of @cpu, where the caller was a moment ago. */
static inline uint32_t here_node(struct here_nodes *nodes, uint32_t cpu)
{
	uint32_t known = 0;

	if (cpu < HERE_CPUS)
		known = __atomic_load_n(&nodes->known[cpu], __ATOMIC_RELAXED);
	return known ? known - 1 : here_ask(nodes).node;
}

static inline struct here here_now(struct here_nodes *nodes)
{
	struct here here;

	here.cpu = here_cpu();
	here.node = here_node(nodes, here.cpu);
	return here;
}

#endif
