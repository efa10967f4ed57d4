// SPDX-License-Identifier: GPL-2.0-only
#include "cgroup.h"
#include "proc.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROOT	"/sys/fs/cgroup"

/* What the kernel charges in passing: stocks of each CPU, page tables, files. */
#define CHARGE_SLACK	(3L << 20)

static const char *file_path(const struct cgroup *cgroup, const char *file)
{
	static __thread char path[256];

	snprintf(path, sizeof(path), "%s/%s", cgroup->path, file);
	return path;
}

int cgroup_make(struct cgroup *cgroup, const char *name, const char *controller)
{
	char text[32];

	snprintf(text, sizeof(text), "+%s", controller);
	if (file_write(ROOT "/cgroup.subtree_control", text))
		return -ENOTSUP;
	snprintf(cgroup->path, sizeof(cgroup->path), ROOT "/%s-%d", name, (int)getpid());
	return mkdir(cgroup->path, 0755) ? -errno : 0;
}

int cgroup_make_below(struct cgroup *cgroup, const struct cgroup *parent, const char *name)
{
	if (cgroup_set(parent, "cgroup.subtree_control", "+memory"))
		return -ENOTSUP;
	snprintf(cgroup->path, sizeof(cgroup->path), "%.100s/%.20s", parent->path, name);
	return mkdir(cgroup->path, 0755) ? -errno : 0;
}

int cgroup_set(const struct cgroup *cgroup, const char *file, const char *text)
{
	return file_write(file_path(cgroup, file), text);
}

int cgroup_set_long(const struct cgroup *cgroup, const char *file, long value)
{
	return file_write_long(file_path(cgroup, file), value);
}

long cgroup_get(const struct cgroup *cgroup, const char *file)
{
	return file_read_long(file_path(cgroup, file));
}

long cgroup_get_key(const struct cgroup *cgroup, const char *file, const char *key)
{
	FILE *stream = fopen(file_path(cgroup, file), "re");
	char line[128], name[64];
	long value = -1, number;

	if (!stream)
		return -1;
	while (value < 0 && fgets(line, sizeof(line), stream))
		if (sscanf(line, "%63s %ld", name, &number) == 2 && !strcmp(name, key))
			value = number;
	fclose(stream);
	return value;
}

bool cgroup_has_bytes(const struct cgroup *cgroup, long bytes)
{
	long seen = cgroup_get(cgroup, "memory.current");

	return seen >= bytes - CHARGE_SLACK && seen <= bytes + CHARGE_SLACK;
}

bool cgroup_falls_to(const struct cgroup *cgroup, long bytes)
{
	for (int i = 0; i < 1000; i++) {
		if (cgroup_has_bytes(cgroup, bytes))
			return true;
		usleep(10 * 1000);
	}
	return false;
}

int cgroup_leave_room(const struct cgroup *cgroup, const char *limit, long bytes)
{
	return cgroup_set_long(cgroup, limit, cgroup_get(cgroup, "memory.current") + bytes);
}

int cgroup_enter(const struct cgroup *cgroup)
{
	return cgroup_set_long(cgroup, "cgroup.procs", 0);
}

int cgroup_leave(void)
{
	return file_write(ROOT "/cgroup.procs", "0");
}

int cgroup_remove(const struct cgroup *cgroup)
{
	return rmdir(cgroup->path) ? -errno : 0;
}
