// SPDX-License-Identifier: GPL-2.0-only
/* aoipool.ko from outside: load, taint, what it still owns, unload. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/aoipool.h>

#include "vm.h"

/*
 * Freeing is partly asynchronous (workers, RCU): what is gone within this time
 * was no leak.
 */
#define IDLE_TRIES	50
#define IDLE_WAIT_US	(100 * 1000)

void module_insert(const char *path, const char *args)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		channel_die("cannot open %s: %s", path, strerror(errno));
	if (syscall(SYS_finit_module, fd, args, 0) && errno != EEXIST)
		channel_die("cannot load %s '%s': %s", path, args, strerror(errno));
	close(fd);
}

unsigned long module_taint(void)
{
	FILE *file = fopen("/proc/sys/kernel/tainted", "re");
	unsigned long taint;

	if (!file || fscanf(file, "%lu", &taint) != 1)
		channel_die("cannot read the taint of the kernel");
	fclose(file);
	return taint;
}

static bool info_read(struct aoipool_info *info, char *why, size_t bytes)
{
	int fd = open(AOIPOOL_DEVICE_PATH, O_RDWR | O_CLOEXEC), error;

	*info = (struct aoipool_info){ .size = sizeof(*info) };
	error = fd < 0 || ioctl(fd, AOIPOOL_INFO, info) ? errno : 0;
	close(fd);
	if (error)
		snprintf(why, bytes, "%s: %s", AOIPOOL_DEVICE_PATH, strerror(error));
	return !error;
}

static bool info_is_idle(const struct aoipool_info *info)
{
	return !info->nr_pools && !info->pool_blocks &&
	       info->blocks_out - info->blocks_in == info->depot_blocks;
}

bool module_is_idle(char *why, size_t bytes)
{
	struct aoipool_info info;

	for (int i = 0; i < IDLE_TRIES; i++) {
		if (!info_read(&info, why, bytes))
			return false;
		if (info_is_idle(&info))
			return true;
		usleep(IDLE_WAIT_US);
	}
	snprintf(why, bytes,
		 "leak: %u pools, %llu blocks in pools, %llu in the depot, %llu out, %llu back",
		 info.nr_pools, (unsigned long long)info.pool_blocks,
		 (unsigned long long)info.depot_blocks,
		 (unsigned long long)info.blocks_out,
		 (unsigned long long)info.blocks_in);
	return false;
}

bool module_remove(char *why, size_t bytes)
{
	for (int i = 0; i < IDLE_TRIES; i++) {
		if (!syscall(SYS_delete_module, "aoipool", O_NONBLOCK))
			break;
		if (errno != EAGAIN && errno != EBUSY)
			break;
		usleep(IDLE_WAIT_US);
	}
	if (!access("/sys/module/aoipool", F_OK)) {
		snprintf(why, bytes, "aoipool cannot be unloaded: %s", strerror(errno));
		return false;
	}
	if (!access(AOIPOOL_DEVICE_PATH, F_OK)) {
		snprintf(why, bytes, "%s is still there", AOIPOOL_DEVICE_PATH);
		return false;
	}
	return true;
}
