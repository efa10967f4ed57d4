// SPDX-License-Identifier: GPL-2.0-only
/*
 * The initramfs holds little more than this program, for its pages are the
 * machine's memory; everything else is on an ext4 disk that becomes the root.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vm.h"

/* The disk shows up a little after its driver. */
#define DISK_TRIES	100
#define DISK_WAIT_US	(50 * 1000)

static void mount_on(const char *source, const char *target, const char *type,
		     const char *options)
{
	mkdir(target, 0755);
	if (mount(source, target, type, 0, options))
		channel_die("cannot mount %s on %s: %s", type, target, strerror(errno));
}

void root_mount_early(void)
{
	mkdir("/dev", 0755);
	mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
}

static void disk_await(const char *device)
{
	for (int i = 0; i < DISK_TRIES && access(device, F_OK); i++)
		usleep(DISK_WAIT_US);
}

/*
 * With the first cgroup that comes and the last that goes the kernel patches its
 * page allocator, while all CPUs run it, over which an emulated machine may trip
 * (an int3 that is still there, as in 'run').  So there is always one.
 */
static void cgroup_keep_one(void)
{
	if (mkdir("/sys/fs/cgroup/keep", 0755))
		channel_die("cannot make a cgroup: %s", strerror(errno));
}

/* Lets programs make cgroups with limits of their own right below the root. */
static void cgroup_enable(void)
{
	static const char wanted[] = "+memory +pids +cpuset +cpu +io";
	int fd = open("/sys/fs/cgroup/cgroup.subtree_control", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, wanted, sizeof(wanted) - 1) < 0)
		channel_die("cannot enable the cgroup controllers: %s", strerror(errno));
	close(fd);
}

static void mount_all(void)
{
	mount_on("proc", "/proc", "proc", NULL);
	mount_on("sysfs", "/sys", "sysfs", NULL);
	mount_on("cgroup2", "/sys/fs/cgroup", "cgroup2", NULL);
	mount_on("debugfs", "/sys/kernel/debug", "debugfs", NULL);
	mount_on("tracefs", "/sys/kernel/tracing", "tracefs", NULL);
	mount_on("devpts", "/dev/pts", "devpts", NULL);
	mount_on("tmpfs", "/dev/shm", "tmpfs", NULL);
	mount_on("tmpfs", "/run", "tmpfs", NULL);
	mount_on("tmpfs", "/tmp", "tmpfs", NULL);
	cgroup_enable();
	cgroup_keep_one();
}

/* Shells open them by name. */
static void link_descriptors(void)
{
	if (symlink("/proc/self/fd", "/dev/fd") && errno != EEXIST)
		channel_die("cannot make /dev/fd: %s", strerror(errno));
}

void root_switch(const char *device)
{
	disk_await(device);
	mount_on(device, "/root", "ext4", NULL);
	if (mount("/dev", "/root/dev", NULL, MS_MOVE, NULL) || chdir("/root") ||
	    mount(".", "/", NULL, MS_MOVE, NULL) || chroot("."))
		channel_die("cannot move to the disk: %s", strerror(errno));
	mount_all();
	link_descriptors();
}
