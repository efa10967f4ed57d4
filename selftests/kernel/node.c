// SPDX-License-Identifier: GPL-2.0-only
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "node.h"
#include "proc.h"

#include <errno.h>
#include <linux/mempolicy.h>
#include <sched.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CHECK_STEP	(2UL << 20)
#define MASK_BITS	(8 * sizeof(unsigned long))
#define CPUS		256

bool node_has_memory(int node)
{
	return node_meminfo_kib(node, "MemTotal") > 0;
}

int node_of(const void *mem)
{
	int status = -ENODATA;

	if (syscall(SYS_move_pages, 0, 1UL, &mem, NULL, &status, 0))
		return -errno;
	return status;
}

int node_of_policy(const void *mem)
{
	int node;

	if (syscall(SYS_get_mempolicy, &node, NULL, 0UL, mem, MPOL_F_NODE | MPOL_F_ADDR))
		return -errno;
	return node;
}

bool node_is(const void *mem, size_t bytes, int node)
{
	for (size_t at = 0; at < bytes; at += CHECK_STEP)
		if (node_of((const char *)mem + at) != node)
			return false;
	return true;
}

int node_bind_self(int node)
{
	unsigned long mask = node < 0 ? 0 : 1UL << node;
	int mode = node < 0 ? MPOL_DEFAULT : MPOL_BIND;

	return syscall(SYS_set_mempolicy, mode, &mask, MASK_BITS) ? -errno : 0;
}

int node_bind_range(void *mem, size_t bytes, int node)
{
	unsigned long mask = 1UL << node;

	return syscall(SYS_mbind, mem, bytes, MPOL_BIND, &mask, MASK_BITS, 0) ? -errno : 0;
}

static bool cpu_is_on(int cpu, int node)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/devices/system/node/node%d/cpu%d", node, cpu);
	return !access(path, F_OK);
}

int node_run_on(int node)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	for (int cpu = 0; cpu < CPUS; cpu++)
		if (cpu_is_on(cpu, node))
			CPU_SET(cpu, &cpus);
	return sched_setaffinity(0, sizeof(cpus), &cpus) ? -errno : 0;
}
