/* SPDX-License-Identifier: GPL-2.0-only */
/* sysfs: the files below /sys/class/misc/aoipool. */
#ifndef AOIPOOL_SYSFS_H
#define AOIPOOL_SYSFS_H

struct attribute_group;

extern const struct attribute_group **aoipool_sysfs_groups;

int aoipool_sysfs_init(void);
void aoipool_sysfs_exit(void);

#endif /* AOIPOOL_SYSFS_H */
