/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Processes that keep the module from being unloaded: they have its device or a
 * pool open, or a pool mapped.
 */
#ifndef DEVICE_USER_H
#define DEVICE_USER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define DEVICE_USER_POOLS	4	/* names that are kept */

/**
 * struct device_user - one of them
 * @devices: descriptors of /dev/aoipool
 * @pools: descriptors of pools
 * @is_mapped: a pool is mapped
 * @names: of the first pools, "" where there are fewer
 */
struct device_user {
	pid_t pid;
	char comm[16];
	unsigned int devices;
	unsigned int pools;
	bool is_mapped;
	char names[DEVICE_USER_POOLS][32];
};

struct device_users {
	struct device_user *list;
	size_t nr;
	size_t hidden;	/* processes that may not be looked into */
};

/* Return: 0, and device_users_free() is the caller's to call; -errno. */
int device_users_find(struct device_users *users);

void device_users_free(struct device_users *users);

/* "1 device, 2 pools: camera-1, tiles" */
void device_user_describe(const struct device_user *user, char *text,
			  size_t bytes);

#endif
