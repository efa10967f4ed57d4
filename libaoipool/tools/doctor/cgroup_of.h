/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* The cgroup of a process, of either version, and where its files are. */
#ifndef CGROUP_OF_H
#define CGROUP_OF_H

#include <stdbool.h>
#include <stddef.h>

#define CGROUP_PATH_BYTES	2048

/**
 * struct cgroup - of one controller
 * @is_v2: of the unified hierarchy
 * @mount: where the hierarchy is mounted: "/sys/fs/cgroup"
 * @path: below it: "/system.slice/engine.service"; "" is its root
 */
struct cgroup {
	bool is_v2;
	char mount[256];
	char path[CGROUP_PATH_BYTES];
};

/**
 * cgroup_parse() - of the texts of /proc/PID/cgroup and /proc/self/mountinfo
 * @controller: "memory", "pids"
 *
 * A hierarchy of version 1 that has the controller goes before version 2.
 *
 * Return: whether there is one, mounted.
 */
bool cgroup_parse(struct cgroup *cgroup, const char *controller,
		  const char *membership, const char *mountinfo);

/* One level up.  Return: whether there was one: false for the root. */
bool cgroup_up(struct cgroup *cgroup);

#endif
