/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* On which nodes the memory of a process lies, as /proc/PID/numa_maps says. */
#ifndef NUMA_MAPS_H
#define NUMA_MAPS_H

#include <stdint.h>

#define NUMA_MAPS_NODES	1024

/*
 * Its own memory: without the content of files, which lies where whoever read
 * them first was running, and may be shared by everybody.
 */
struct numa_maps {
	uint64_t bytes[NUMA_MAPS_NODES];
};

void numa_maps_parse(struct numa_maps *numa, const char *text);

#endif
