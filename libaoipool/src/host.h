/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* What /proc and /sys say of the machine. */
#ifndef HOST_H
#define HOST_H

#include <stdbool.h>
#include <stdint.h>

struct host_memory {
	uint64_t total_bytes;
	uint64_t available_bytes;
};

int host_memory(struct host_memory *memory);

/* A smaller part of it is available. */
static inline bool host_memory_is_tighter(const struct host_memory *memory,
					  const struct host_memory *than)
{
	return (double)memory->available_bytes * than->total_bytes <
	       (double)than->available_bytes * memory->total_bytes;
}

/* Bit n: node n has memory; 1 where the kernel does not know nodes. */
uint64_t host_nodes(void);

uint32_t host_cpus_online(void);
/* One more than the highest number that a CPU may ever have here. */
uint32_t host_cpus_possible(void);
/* The node of each of the first @n CPUs; 0 where that is not known. */
void host_cpu_nodes(uint8_t *nodes, uint32_t n);

/*
 * Return: bytes of the mapping at @start that smaps counts under huge page
 * table entries; -errno.
 */
int64_t host_huge_bytes(const void *start);

#endif
