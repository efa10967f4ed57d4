// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "processes.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static int each_number(DIR *folder, int (*each)(void *arg, pid_t number),
		       void *arg)
{
	struct dirent *entry;
	int err = 0;

	while (!err && (entry = readdir(folder)))
		if (isdigit((unsigned char)entry->d_name[0]))
			err = each(arg, atoi(entry->d_name));
	return err;
}

static int each_in(const char *path, int (*each)(void *arg, pid_t number),
		   void *arg)
{
	DIR *folder = opendir(path);
	int err;

	if (!folder)
		return -errno;
	err = each_number(folder, each, arg);
	closedir(folder);
	return err;
}

int processes_each(int (*each)(void *arg, pid_t pid), void *arg)
{
	return each_in("/proc", each, arg);
}

int processes_each_thread(pid_t pid, int (*each)(void *arg, pid_t tid),
			  void *arg)
{
	char path[64];
	int err;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	err = each_in(path, each, arg);
	return err == -ENOENT ? -ESRCH : err;
}
