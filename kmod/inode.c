// SPDX-License-Identifier: GPL-2.0-only
/*
 * Inodes of pools.
 *
 * Each pool has an inode of its own in a pseudo file system that is mounted only
 * inside the kernel, and only while there are pools: so each has its own address
 * space, from which reclaim unmaps a slab in every process at once, and its own
 * size, which the core compares faults with.
 */
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/pseudo_fs.h>
#include <linux/aoipool.h>
#include "inode.h"

#define AOIPOOL_FS_MAGIC	0x616f6970	/* "aoip" */

#define PATH_BYTES		(AOIPOOL_NAME_BYTES + sizeof("/" AOIPOOL_INODE_NAME))

/* Pinned once by each pool: without pools the module holds no mount. */
static struct vfsmount *mount;
static int mount_pins;

/* Of a pool that exists. */
struct vfsmount *aoipool_inode_mount(void)
{
	return mount;
}

/* What /proc/PID/maps shows; these files have no other name to lose. */
static char *pool_dname(struct dentry *dentry, char *buffer, int buflen)
{
	char name[PATH_BYTES];
	int len = snprintf(name, sizeof(name), "/%s", dentry->d_name.name) + 1;

	if (len > buflen)
		return ERR_PTR(-ENAMETOOLONG);
	return memcpy(buffer + buflen - len, name, len);
}

static const struct dentry_operations dentry_ops = {
	.d_dname = pool_dname,
};

static int init_fs_context(struct fs_context *fc)
{
	struct pseudo_fs_context *ctx = init_pseudo(fc, AOIPOOL_FS_MAGIC);

	if (!ctx)
		return -ENOMEM;
	ctx->dops = &dentry_ops;
	fc->s_iflags |= SB_I_NOEXEC;
	return 0;
}

/*
 * The super block holds the module by .owner until it is gone, which is after
 * the last file: a file lets go of its fops before it lets go of its mount.
 */
static struct file_system_type fs_type = {
	.owner = THIS_MODULE,
	.name = "aoipool",
	.init_fs_context = init_fs_context,
	.kill_sb = kill_anon_super,
};

/**
 * aoipool_inode_alloc() - an inode for a pool
 * @bytes: its size, which is that of all its mappings together
 *
 * Return: the inode, to be given back by aoipool_inode_free(); or -ENOMEM.
 */
struct inode *aoipool_inode_alloc(loff_t bytes)
{
	int err = simple_pin_fs(&fs_type, &mount, &mount_pins);
	struct inode *inode;

	if (err)
		return ERR_PTR(err);
	inode = alloc_anon_inode(mount->mnt_sb);
	if (IS_ERR(inode))
		simple_release_fs(&mount, &mount_pins);
	else
		i_size_write(inode, bytes);
	return inode;
}

void aoipool_inode_free(struct inode *inode)
{
	iput(inode);
	simple_release_fs(&mount, &mount_pins);
}
