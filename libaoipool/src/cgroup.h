/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * The memory cgroup (of version 2) that this process is in, and those above it:
 * what they let it have.
 */
#ifndef CGROUP_H
#define CGROUP_H

#include <stdbool.h>
#include <stddef.h>

#include "host.h"

#define CGROUP_PATH_BYTES	1024

struct cgroup {
	size_t root;			/* length of the mount point's path */
	char path[CGROUP_PATH_BYTES];
};

/* Return: 0; -ENOENT: it is in none that counts memory; -errno. */
int cgroup_find(struct cgroup *cgroup);

/* To the one above.  Return: whether there is one below the root. */
bool cgroup_climb(struct cgroup *cgroup);

/* Return: whether the name of @file fits; @path has CGROUP_PATH_BYTES. */
bool cgroup_file(const struct cgroup *cgroup, const char *file, char *path);

/**
 * cgroup_memory() - of it and all above it, the one that has the least part left
 * @bytes: when so many more are used
 *
 * What is available is what is not used of memory.max or memory.high, and what
 * of the used would be given up without harm: page cache.
 *
 * Return: 0; -ENOENT: none has a limit.
 */
int cgroup_memory(const struct cgroup *cgroup, uint64_t bytes,
		  struct host_memory *memory);

#endif
