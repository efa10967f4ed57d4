/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* What /proc says of a process's memory, for little: no page table is walked. */
#ifndef FIGURES_H
#define FIGURES_H

#include <stdint.h>
#include <sys/types.h>

/**
 * struct figures - at one moment
 * @start: of the process, in ticks since boot: with @pid it is one process only
 * @rss_bytes: resident
 * @anon_bytes: of that, no file's: heaps, stacks
 * @heap_bytes: of the area that brk() moves, resident or not; 0: not to be known
 * @minor_faults: since it began
 * @major_faults: likewise
 */
struct figures {
	pid_t pid;
	char comm[16];
	uint64_t start;
	uint64_t rss_bytes;
	uint64_t anon_bytes;
	uint64_t heap_bytes;
	uint64_t minor_faults;
	uint64_t major_faults;
};

/* Return: 0; -ESRCH: there is no such process; others of open() and read(). */
int figures_take(struct figures *figures, pid_t pid);

#endif
