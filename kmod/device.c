// SPDX-License-Identifier: GPL-2.0-only
/* The character device /dev/aoipool. */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/aoipool.h>
#include "block.h"
#include "client.h"
#include "depot.h"
#include "device.h"
#include "file.h"
#include "pool.h"
#include "reclaim.h"
#include "scan.h"
#include "slab.h"
#include "sysfs.h"
#include "ucmd.h"

static int device_info(struct aoipool_ucmd *ucmd)
{
	struct aoipool_info *info = ucmd->cmd;

	if (info->flags)
		return -EINVAL;
	info->abi_version = AOIPOOL_ABI_VERSION;
	info->nr_pools = aoipool_pools_count();
	info->block_bytes = AOIPOOL_BLOCK_BYTES;
	info->limit_blocks = aoipool_blocks_limit();
	info->blocks_in = aoipool_blocks_in();
	smp_rmb(); /* in this order: none comes back that never went out */
	info->blocks_out = aoipool_blocks_out();
	info->pool_blocks = aoipool_slabs_blocks();
	info->depot_blocks = aoipool_depot_blocks();
	info->reclaimed_blocks = aoipool_scan_blocks();
	info->oom_calls = aoipool_oom_calls();
	info->oom_blocks = aoipool_oom_blocks();
	info->swept_slabs = aoipool_swept_slabs();
	return aoipool_ucmd_respond(ucmd);
}

/*
 * The first client's reference keeps the pool from here on, whatever becomes of
 * the descriptor.
 */
static int device_pool_create(struct aoipool_ucmd *ucmd)
{
	struct aoipool_pool_create *args = ucmd->cmd;
	struct aoipool_client *client;
	struct aoipool_pool *pool;

	pool = aoipool_pool_create(args);
	if (IS_ERR(pool))
		return PTR_ERR(pool);
	client = aoipool_client_create(pool);
	if (!IS_ERR(client))
		aoipool_pool_publish(pool);
	aoipool_pool_put(pool);
	if (IS_ERR(client))
		return PTR_ERR(client);
	args->layout = pool->layout;
	return aoipool_file_answer(ucmd, client, &args->fd, &args->client);
}

static const struct aoipool_ioctl device_ioctls[] = {
	{ .cmd = AOIPOOL_INFO, .min_size = AOIPOOL_INFO_SIZE_VER0,
	  .size = sizeof(struct aoipool_info), .execute = device_info },
	{ .cmd = AOIPOOL_POOL_CREATE, .min_size = AOIPOOL_POOL_CREATE_SIZE_VER0,
	  .size = sizeof(struct aoipool_pool_create),
	  .execute = device_pool_create },
};

static long device_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	return aoipool_ioctl_dispatch(device_ioctls, ARRAY_SIZE(device_ioctls),
				      file, cmd, (void __user *)arg);
}

static bool is_published;

/*
 * The device has a name before the module is known to stay: what was opened by
 * then would outlive a module that fails to load.
 */
static int device_open(struct inode *inode, struct file *file)
{
	return smp_load_acquire(&is_published) ? 0 : -ENXIO;
}

static const struct file_operations device_fops = {
	.owner = THIS_MODULE,
	.open = device_open,
	.unlocked_ioctl = device_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

/* Who may open it may take memory up to the module's bound: root and a group. */
static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "aoipool",
	.fops = &device_fops,
	.mode = 0660,
};

int aoipool_device_init(void)
{
	device.groups = aoipool_sysfs_groups;
	return misc_register(&device);
}

/* Nothing can fail any more. */
void aoipool_device_publish(void)
{
	smp_store_release(&is_published, true);
}

void aoipool_device_exit(void)
{
	misc_deregister(&device);
}
