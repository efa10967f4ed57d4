/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
#include "cgroup.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

/* All mounts of a host with many containers; memory.stat has about 2 KiB */
#define MOUNTS_BYTES	((size_t)256 << 10)
#define STAT_BYTES	8192

#define NO_LIMIT	UINT64_MAX

/* "36 25 0:30 /root /mount options - cgroup2 ...", of the first such line. */
static int parse_mount(const char *text, char *root, char *mount)
{
	const char *kind = strstr(text, " - cgroup2 ");

	if (!kind)
		return -ENOENT;
	while (kind > text && kind[-1] != '\n')
		kind--;
	if (sscanf(kind, "%*s %*s %*s %1023s %1023s", root, mount) != 2)
		return -ENOENT;
	return 0;
}

static int find_mount(char *root, char *mount)
{
	char *text = malloc(MOUNTS_BYTES);
	int err = -ENOMEM;

	if (text)
		err = text_read("/proc/self/mountinfo", text, MOUNTS_BYTES);
	if (!err)
		err = parse_mount(text, root, mount);
	free(text);
	return err;
}

/* The line of version 2 is "0::/path". */
static int find_own(char *own)
{
	char text[4096];
	const char *at;
	int err = text_read("/proc/self/cgroup", text, sizeof(text));

	if (err)
		return err;
	at = text_line(text, "0::");
	if (!at || sscanf(at, "%1023[^\n]", own) != 1)
		return -ENOENT;
	return 0;
}

/* Of a container only a part may be mounted: the names of that begin at @root. */
static int join(struct cgroup *cgroup, const char *root, const char *mount,
		const char *own)
{
	size_t n = strcmp(root, "/") ? strlen(root) : 0;
	int length;

	if (strncmp(own, root, n) || !strchr("/", own[n]) ||
	    !strncmp(own, "/..", 3))
		return -ENOENT;
	length = snprintf(cgroup->path, sizeof(cgroup->path), "%s%s", mount,
			  own + n);
	if (length >= (int)sizeof(cgroup->path))
		return -ENAMETOOLONG;
	cgroup->root = strlen(mount);
	while (length > (int)cgroup->root && cgroup->path[length - 1] == '/')
		cgroup->path[--length] = '\0';
	return 0;
}

bool cgroup_file(const struct cgroup *cgroup, const char *file, char *path)
{
	return snprintf(path, CGROUP_PATH_BYTES, "%s/%s", cgroup->path, file) <
	       CGROUP_PATH_BYTES;
}

bool cgroup_climb(struct cgroup *cgroup)
{
	char *slash = strrchr(cgroup->path + cgroup->root, '/');

	if (!slash)
		return false;
	*slash = '\0';
	return cgroup->path[cgroup->root];
}

/* "max" is without a limit, and so is what is not there. */
static uint64_t read_number(const struct cgroup *cgroup, const char *file)
{
	char path[CGROUP_PATH_BYTES], text[64];

	if (!cgroup_file(cgroup, file, path) ||
	    text_read(path, text, sizeof(text)) || *text < '0' || *text > '9')
		return NO_LIMIT;
	return strtoull(text, NULL, 10);
}

int cgroup_find(struct cgroup *cgroup)
{
	char root[CGROUP_PATH_BYTES], mount[CGROUP_PATH_BYTES];
	char own[CGROUP_PATH_BYTES];
	int err = find_mount(root, mount);

	if (!err)
		err = find_own(own);
	if (!err)
		err = join(cgroup, root, mount, own);
	/* memory may be counted further up only, and is not at the root */
	while (!err && read_number(cgroup, "memory.current") == NO_LIMIT)
		if (!cgroup_climb(cgroup))
			err = -ENOENT;
	return err;
}

static uint64_t cached_bytes(const struct cgroup *cgroup)
{
	char path[CGROUP_PATH_BYTES], text[STAT_BYTES];

	if (!cgroup_file(cgroup, "memory.stat", path) ||
	    text_read(path, text, sizeof(text)))
		return 0;
	return text_number(text, "inactive_file ") +
	       text_number(text, "active_file ") +
	       text_number(text, "slab_reclaimable ");
}

static int memory_of(const struct cgroup *cgroup, struct host_memory *memory)
{
	uint64_t max = read_number(cgroup, "memory.max");
	uint64_t high = read_number(cgroup, "memory.high");
	uint64_t limit = high < max ? high : max, current;

	current = read_number(cgroup, "memory.current");
	/* it may be gone, or there is no descriptor left to read it by */
	if (limit == NO_LIMIT || current == NO_LIMIT)
		return -ENOENT;
	memory->total_bytes = limit;
	memory->available_bytes = limit > current ? limit - current : 0;
	memory->available_bytes += cached_bytes(cgroup);
	if (memory->available_bytes > limit)
		memory->available_bytes = limit;
	return 0;
}

int cgroup_memory(const struct cgroup *cgroup, uint64_t bytes,
		  struct host_memory *memory)
{
	struct cgroup at = *cgroup;
	struct host_memory one;
	int err = -ENOENT;

	do {
		if (memory_of(&at, &one))
			continue;
		one.available_bytes -= bytes < one.available_bytes ?
					       bytes :
					       one.available_bytes;
		if (err || host_memory_is_tighter(&one, memory))
			*memory = one;
		err = 0;
	} while (cgroup_climb(&at));
	return err;
}
