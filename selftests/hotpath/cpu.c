// SPDX-License-Identifier: GPL-2.0-only
#include "cpu.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "node.h"
#include "proc.h"

#define MAX_CPUS	256

static bool is_on(int cpu, int node)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/devices/system/node/node%d/cpu%d",
		 node, cpu);
	return !access(path, F_OK);
}

int cpu_of(int node, int nth)
{
	int cpu;

	for (cpu = 0; cpu < MAX_CPUS; cpu++)
		if (is_on(cpu, node) && !nth--)
			return cpu;
	return -1;
}

bool cpu_machine_fits(void)
{
	int node;

	for (node = 0; node < NODES; node++)
		if (!node_has_memory(node) || cpu_of(node, NODE_CPUS - 1) < 0)
			return false;
	return true;
}

int cpu_pin(pid_t tid, int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return sched_setaffinity(tid, sizeof(set), &set) ? -errno : 0;
}

int cpu_unpin(pid_t tid)
{
	cpu_set_t set;

	memset(&set, 0xff, sizeof(set));
	return sched_setaffinity(tid, sizeof(set), &set) ? -errno : 0;
}

static const char *online_path(char path[64], int cpu)
{
	snprintf(path, 64, "/sys/devices/system/cpu/cpu%d/online", cpu);
	return path;
}

int cpu_set_online(int cpu, bool online)
{
	char path[64];

	return file_write(online_path(path, cpu), online ? "1" : "0");
}

bool cpu_is_online(int cpu)
{
	char path[64];

	return file_read_long(online_path(path, cpu)) == 1;
}
