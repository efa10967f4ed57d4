// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pool descriptors.
 *
 * Each pool has an inode of its own in a pseudo file system that is mounted only
 * inside the kernel, while there are pools: so each has its own address space, from which
 * reclaim unmaps a slab in every process at once, and its own size, which the
 * core compares faults with.  Each client has a file of its own on that inode.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/huge_mm.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/poll.h>
#include <linux/pseudo_fs.h>
#include <linux/seq_file.h>
#include "client.h"
#include "file.h"
#include "map.h"
#include "pool.h"
#include "reclaim.h"
#include "slab.h"
#include "ucmd.h"

#define AOIPOOL_FS_MAGIC	0x616f6970	/* "aoip" */

#define FILE_NAME_BYTES		(AOIPOOL_NAME_BYTES + sizeof("aoipool:"))

/* Pinned once by each pool: without pools the module holds no mount. */
static struct vfsmount *mount;
static int mount_pins;

static int pool_info(struct aoipool_ucmd *ucmd)
{
	struct aoipool_client *client = ucmd->file->private_data;
	struct aoipool_pool_info *info = ucmd->cmd;
	struct aoipool_pool *pool = client->pool;
	unsigned int nid;

	if (info->flags || info->reserved)
		return -EINVAL;
	memset((char *)info + sizeof(info->size), 0,
	       sizeof(*info) - sizeof(info->size));
	strscpy(info->name, pool->name, sizeof(info->name));
	strscpy(info->type, pool->type, sizeof(info->type));
	info->slot_bytes = pool->slot_bytes;
	info->slab_blocks = pool->slab_blocks;
	info->nr_slabs = pool->nr_slabs;
	info->reserve_slabs = pool->reserve_slabs;
	info->node_policy = pool->node_policy;
	for_each_node_mask(nid, pool->nodes)
		info->nodemask[nid / 64] |= 1ULL << (nid % 64);
	info->client = client->number;
	info->nr_clients = atomic_read(&pool->nr_clients);
	info->populated_blocks = READ_ONCE(pool->nr_blocks);
	info->layout = pool->layout;
	aoipool_pool_count_words(pool, info);
	return aoipool_ucmd_respond(ucmd);
}

static int pool_populate(struct aoipool_ucmd *ucmd)
{
	struct aoipool_client *client = ucmd->file->private_data;
	struct aoipool_pool_populate *args = ucmd->cmd;
	struct aoipool_pool *pool = client->pool;
	int err = 0;

	if (args->flags || args->reserved)
		return -EINVAL;
	if (!args->nr_slabs || args->first_slab >= pool->nr_slabs ||
	    args->nr_slabs > pool->nr_slabs - args->first_slab)
		return -EINVAL;

	args->done_slabs = 0;
	while (args->done_slabs < args->nr_slabs) {
		err = aoipool_slab_populate(pool,
					    args->first_slab + args->done_slabs,
					    client->number);
		if (err)
			break;
		args->done_slabs++;
		cond_resched();
	}
	return aoipool_ucmd_respond(ucmd) ?: err;
}

static int pool_trim(struct aoipool_ucmd *ucmd)
{
	struct aoipool_client *client = ucmd->file->private_data;
	struct aoipool_pool_trim *args = ucmd->cmd;
	int err;

	if (args->flags & ~AOIPOOL_TRIM_RESERVE || args->reserved)
		return -EINVAL;
	err = aoipool_reclaim_trim(client->pool, args);
	return aoipool_ucmd_respond(ucmd) ?: err;
}

static int pool_attach(struct aoipool_ucmd *ucmd)
{
	struct aoipool_client *self = ucmd->file->private_data, *client;
	struct aoipool_pool_attach *args = ucmd->cmd;

	if (args->flags)
		return -EINVAL;
	client = aoipool_client_create(self->pool);
	if (IS_ERR(client))
		return PTR_ERR(client);
	return aoipool_ucmd_respond_fd(ucmd, client, &args->fd, &args->client);
}

#define POOL_IOCTL(name, type, fn)                                          \
	{ .cmd = AOIPOOL_POOL_##name, .min_size = AOIPOOL_POOL_##name##_SIZE_VER0, \
	  .size = sizeof(struct type), .execute = fn }

static const struct aoipool_ioctl pool_ioctls[] = {
	POOL_IOCTL(INFO, aoipool_pool_info, pool_info),
	POOL_IOCTL(POPULATE, aoipool_pool_populate, pool_populate),
	POOL_IOCTL(TRIM, aoipool_pool_trim, pool_trim),
	POOL_IOCTL(ATTACH, aoipool_pool_attach, pool_attach),
};

static long pool_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	return aoipool_ioctl_dispatch(pool_ioctls, ARRAY_SIZE(pool_ioctls),
				      file, cmd, (void __user *)arg);
}

static int pool_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct aoipool_client *client = file->private_data;

	return aoipool_map(client->pool, vma);
}

static __poll_t pool_poll(struct file *file, struct poll_table_struct *wait)
{
	struct aoipool_client *client = file->private_data;

	poll_wait(file, &client->pool->freed, wait);
	return aoipool_pool_has_free_slab(client->pool) ?
		       EPOLLIN | EPOLLRDNORM : 0;
}

static int pool_release(struct inode *inode, struct file *file)
{
	aoipool_client_destroy(file->private_data);
	return 0;
}

static void pool_show_fdinfo(struct seq_file *m, struct file *file)
{
	struct aoipool_client *client = file->private_data;
	struct aoipool_pool *pool = client->pool;

	seq_printf(m, "aoipool-name:\t%s\n", pool->name);
	seq_printf(m, "aoipool-type:\t%s\n", pool->type);
	seq_printf(m, "aoipool-client:\t%u\n", client->number);
	seq_printf(m, "aoipool-slabs:\t%u\n", pool->nr_slabs);
	seq_printf(m, "aoipool-populated-bytes:\t%llu\n",
		   (u64)READ_ONCE(pool->nr_blocks) << AOIPOOL_BLOCK_SHIFT);
}

static const struct file_operations pool_fops = {
	.owner = THIS_MODULE,
	.release = pool_release,
	.unlocked_ioctl = pool_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.mmap = pool_mmap,
	.get_unmapped_area = thp_get_unmapped_area,
	.poll = pool_poll,
	.show_fdinfo = pool_show_fdinfo,
};

/* What /proc/PID/maps shows; these files have no other name to lose. */
static char *pool_dname(struct dentry *dentry, char *buffer, int buflen)
{
	char name[FILE_NAME_BYTES + 1];
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

/* Return: the inode, to be given back by aoipool_inode_free(); or -ENOMEM. */
struct inode *aoipool_inode_alloc(struct aoipool_pool *pool)
{
	int err = simple_pin_fs(&fs_type, &mount, &mount_pins);
	struct inode *inode;

	if (err)
		return ERR_PTR(err);
	inode = alloc_anon_inode(mount->mnt_sb);
	if (IS_ERR(inode))
		simple_release_fs(&mount, &mount_pins);
	else
		i_size_write(inode, pool->layout.data_offset +
					    pool->layout.data_bytes);
	return inode;
}

void aoipool_inode_free(struct inode *inode)
{
	iput(inode);
	simple_release_fs(&mount, &mount_pins);
}

/**
 * aoipool_file_open() - the file of a client
 * @client: the file's on success
 *
 * The file pins the module as one from open() would: its release puts what is
 * got here.
 *
 * Return: the file; -ENFILE or -ENOMEM, and the client is still the caller's.
 */
struct file *aoipool_file_open(struct aoipool_client *client)
{
	struct inode *inode = client->pool->inode;
	char name[FILE_NAME_BYTES];
	struct file *file;

	snprintf(name, sizeof(name), "aoipool:%s", client->pool->name);
	__module_get(THIS_MODULE);
	ihold(inode);
	file = alloc_file_pseudo(inode, mount, name, O_RDWR | O_CLOEXEC,
				 &pool_fops);
	if (IS_ERR(file)) {
		iput(inode);
		module_put(THIS_MODULE);
		return file;
	}
	file->private_data = client;
	return file;
}
