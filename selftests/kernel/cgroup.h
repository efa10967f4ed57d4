/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A control group of the unified hierarchy for one process.
 */
#ifndef CGROUP_H
#define CGROUP_H

#include <stdbool.h>

struct cgroup {
	char path[128];
};

/* -ENOTSUP: no such controller, or it is not in the unified hierarchy. */
int cgroup_make(struct cgroup *cgroup, const char *name, const char *controller);
/* One inside another, which must have no processes of its own. */
int cgroup_make_below(struct cgroup *cgroup, const struct cgroup *parent, const char *name);
int cgroup_set(const struct cgroup *cgroup, const char *file, const char *text);
int cgroup_set_long(const struct cgroup *cgroup, const char *file, long value);
/* -1 where the file is missing. */
long cgroup_get(const struct cgroup *cgroup, const char *file);
/* A line "key number" of a file such as memory.events. */
long cgroup_get_key(const struct cgroup *cgroup, const char *file, const char *key);
/* Set a limit to what the group has now and @bytes more. */
int cgroup_leave_room(const struct cgroup *cgroup, const char *limit, long bytes);
/* memory.current, give or take what the kernel charges in passing. */
bool cgroup_has_bytes(const struct cgroup *cgroup, long bytes);
/* The same, in time: charges given back may wait in a CPU's stock or for a worker. */
bool cgroup_falls_to(const struct cgroup *cgroup, long bytes);
/* Move the calling process in; children follow. */
int cgroup_enter(const struct cgroup *cgroup);
int cgroup_leave(void);
int cgroup_remove(const struct cgroup *cgroup);

#endif /* CGROUP_H */
