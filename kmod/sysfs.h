/* SPDX-License-Identifier: GPL-2.0-only */
/* sysfs: the files below /sys/class/misc/aoipool. */
#ifndef AOIPOOL_SYSFS_H
#define AOIPOOL_SYSFS_H

#include "policy.h"

struct attribute_group;

extern const struct attribute_group **aoipool_sysfs_groups;

/* Of the levels, as files have them */
extern const char *const aoipool_level_names[AOIPOOL_NR_LEVELS];

/* The folders, each in a file of its own; complete until their exit */
const struct attribute_group *aoipool_sysfs_pressure(void);
const struct attribute_group *aoipool_sysfs_policy(enum aoipool_pressure level);
const struct attribute_group *aoipool_sysfs_counters(void);
const struct attribute_group *aoipool_sysfs_node(int nid);

int aoipool_sysfs_node_init(void);
void aoipool_sysfs_node_exit(void);

int aoipool_sysfs_init(void);
void aoipool_sysfs_exit(void);

#endif /* AOIPOOL_SYSFS_H */
