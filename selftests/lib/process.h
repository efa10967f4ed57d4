/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * What the kernel says about this process: descriptors, mappings, pages.
 */
#ifndef SELFTESTS_LIB_PROCESS_H
#define SELFTESTS_LIB_PROCESS_H

#include <stdbool.h>
#include <stddef.h>

struct footprint {
	size_t descriptors;
	size_t mappings;	/* of files and shared memory */
	size_t address_bytes;	/* of those */
	size_t threads;
};

/*
 * Private anonymous memory is left out: it is malloc's and the thread stacks'
 * that the C library keeps for the next thread.
 */
struct footprint process_footprint(void);

/* The same, when the threads that ended since @before are gone. */
struct footprint process_footprint_after(const struct footprint *before);

/* Bytes of the range that are in memory, be they mapped here or not. */
size_t process_resident(const void *ptr, size_t bytes);

/* Nothing is mapped at @ptr. */
bool process_unmapped(const void *ptr);

/* One "Name: n kB" line of the mapping that holds @ptr, in bytes. */
size_t process_smaps(const void *ptr, const char *field);

#endif
