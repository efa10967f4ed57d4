/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Memory as a test wants the library to see it: what the host has available,
 * stalls that the kernel tells of, files of cgroups.  The library's calls are
 * caught by the linker (WEATHER in the Makefile).
 */
#ifndef SELFTESTS_LIB_WEATHER_H
#define SELFTESTS_LIB_WEATHER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define WEATHER_TOTAL	((uint64_t)100 << 30)
#define WEATHER_PERCENT	(WEATHER_TOTAL / 100)

extern atomic_uint_fast64_t weather_available;

/* The kernel tells of stalls, to pools that are opened from now on; or not. */
void weather_tells(bool tells);

/* It tells of one of the host. */
void weather_stall(void);

/* As test set-up: half of the memory is available, and the kernel tells. */
int weather_fair(void **state);

/*
 * Folders of cgroups under one that is made, and that the library takes for
 * /proc/self/cgroup, /proc/self/mountinfo and what the latter names: "/engine" in
 * "/".  NULL: the library sees none.
 */
void weather_cgroup(const char *own);
/* Writes a file of a cgroup, at once; @cgroup begins with '/', "" is the root. */
void weather_write(const char *cgroup, const char *file, const char *text);
void weather_remove_cgroups(void);

#endif
