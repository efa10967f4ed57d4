// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "device_user.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "array.h"
#include "host_file.h"
#include "printable.h"

#define DEVICE		"/dev/aoipool"
/* What the kernel shows for a pool's descriptor and mapping. */
#define POOL		"/aoipool:"

static void note_name(struct device_user *user, const char *name)
{
	size_t len = strcspn(name, "\n");

	for (size_t i = 0; i < DEVICE_USER_POOLS; i++) {
		char *place = user->names[i];

		if (*place && strlen(place) == len && !strncmp(place, name, len))
			return;
		if (*place)
			continue;
		snprintf(place, sizeof(user->names[i]), "%.*s", (int)len, name);
		return;
	}
}

static void note_fd(struct device_user *user, const char *link)
{
	if (!strcmp(link, DEVICE))
		user->devices++;
	if (strncmp(link, POOL, strlen(POOL)))
		return;
	user->pools++;
	note_name(user, link + strlen(POOL));
}

static int look_at_fds(struct device_user *user)
{
	char path[64], link[256];
	DIR *folder;
	struct dirent *entry;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/fd", user->pid);
	folder = opendir(host_path(path).text);
	if (!folder)
		return -errno;
	while ((entry = readdir(folder))) {
		n = readlinkat(dirfd(folder), entry->d_name, link,
			       sizeof(link) - 1);
		if (n <= 0)
			continue;
		link[n] = '\0';
		note_fd(user, link);
	}
	closedir(folder);
	return 0;
}

/* A mapping outlives its descriptor. */
static void look_at_maps(struct device_user *user)
{
	char path[64], *line = NULL;
	const char *name;
	size_t room = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/maps", user->pid);
	file = fopen(host_path(path).text, "re");
	if (!file)
		return;
	while (getline(&line, &room, file) >= 0) {
		name = strchr(line, '/');
		if (!name || strncmp(name, POOL, strlen(POOL)))
			continue;
		user->is_mapped = true;
		note_name(user, name + strlen(POOL));
	}
	free(line);
	fclose(file);
}

static int look_at(struct device_users *users, pid_t pid)
{
	struct device_user user = { .pid = pid };
	char path[64];
	int err = look_at_fds(&user);

	if (err == -EACCES || err == -EPERM)
		users->hidden++;
	if (err)
		return 0;	/* or it has ended */
	look_at_maps(&user);
	if (!user.devices && !user.pools && !user.is_mapped)
		return 0;
	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	host_file_read(path, user.comm, sizeof(user.comm));
	printable_name(user.comm);
	return array_add(&users->list, &users->nr, &user);
}

int device_users_find(struct device_users *users)
{
	DIR *folder = opendir(host_path("/proc").text);
	struct dirent *entry;
	int err = 0;

	*users = (struct device_users){ 0 };
	if (!folder)
		return -errno;
	while (!err && (entry = readdir(folder)))
		if (isdigit((unsigned char)*entry->d_name))
			err = look_at(users, atoi(entry->d_name));
	closedir(folder);
	if (err)
		device_users_free(users);
	return err;
}

void device_users_free(struct device_users *users)
{
	free(users->list);
	*users = (struct device_users){ 0 };
}

void device_user_describe(const struct device_user *user, char *text,
			  size_t bytes)
{
	size_t at = 0;

	*text = '\0';
	if (user->devices)
		at += snprintf(text + at, bytes - at, "the device open");
	if (user->pools && at < bytes)
		at += snprintf(text + at, bytes - at, "%s%u pool%s open",
			       at ? ", " : "", user->pools,
			       user->pools > 1 ? "s" : "");
	if (user->is_mapped && at < bytes)
		at += snprintf(text + at, bytes - at, "%spools mapped",
			       at ? ", " : "");
	for (size_t i = 0; i < DEVICE_USER_POOLS && at < bytes; i++)
		if (*user->names[i])
			at += snprintf(text + at, bytes - at, "%s%s",
				       i ? ", " : ": ", user->names[i]);
}
