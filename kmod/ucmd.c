// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands from user space, decoded once for all ioctls.  The rules are those
 * of "The ioctls and their errors" in uapi/linux/aoipool.h.
 */
#include <linux/fs.h>
#include <linux/uaccess.h>
#include <linux/aoipool.h>
#include "ucmd.h"

union any_cmd {
	struct aoipool_info info;
	struct aoipool_pool_create pool_create;
	struct aoipool_pool_info pool_info;
	struct aoipool_pool_populate pool_populate;
	struct aoipool_pool_trim pool_trim;
	struct aoipool_pool_attach pool_attach;
	struct aoipool_pool_policy pool_policy;
	struct aoipool_pool_tell pool_tell;
};

static const struct aoipool_ioctl *find(const struct aoipool_ioctl *table,
					size_t nr, unsigned int cmd)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (table[i].cmd == cmd)
			return &table[i];
	return NULL;
}

/* Return: 0 and @ucmd->user_size, or an error of the contract. */
static int get_size(struct aoipool_ucmd *ucmd, const struct aoipool_ioctl *ioctl)
{
	if (get_user(ucmd->user_size, (u32 __user *)ucmd->ubuf))
		return -EFAULT;
	if (ucmd->user_size < ioctl->min_size)
		return -EINVAL;
	if (ucmd->user_size > PAGE_SIZE)
		return -E2BIG;
	return 0;
}

long aoipool_ioctl_dispatch(const struct aoipool_ioctl *table, size_t nr,
			    struct file *file, unsigned int cmd,
			    void __user *ubuf)
{
	const struct aoipool_ioctl *ioctl = find(table, nr, cmd);
	struct aoipool_ucmd ucmd = { .file = file, .ubuf = ubuf };
	union any_cmd buf;
	int err;

	if (!ioctl)
		return -ENOTTY;
	err = get_size(&ucmd, ioctl);
	if (err)
		return err;
	ucmd.size = ioctl->size;
	ucmd.cmd = &buf;
	err = copy_struct_from_user(&buf, ucmd.size, ubuf, ucmd.user_size);
	if (err)
		return err;
	return ioctl->execute(&ucmd);
}

/* The caller's size stays as it was: the kernel's may be larger. */
int aoipool_ucmd_respond(struct aoipool_ucmd *ucmd)
{
	*(u32 *)ucmd->cmd = ucmd->user_size;
	if (copy_to_user(ucmd->ubuf, ucmd->cmd, min(ucmd->user_size, ucmd->size)))
		return -EFAULT;
	return 0;
}
