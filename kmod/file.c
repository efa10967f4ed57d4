// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pool descriptors: each client has a file of its own on the pool's inode.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/huge_mm.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/seq_file.h>
#include "client.h"
#include "event.h"
#include "file.h"
#include "governor.h"
#include "inode.h"
#include "map.h"
#include "pool.h"
#include "populate.h"
#include "reclaim.h"
#include "ucmd.h"

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
	info->pool = pool->id;
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

	WRITE_ONCE(pool->home_node, numa_node_id());
	aoipool_populate_ahead(pool, args->first_slab, args->nr_slabs,
			       client->number);
	args->done_slabs = 0;
	while (args->done_slabs < args->nr_slabs) {
		err = aoipool_populate_slab(pool,
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
	return aoipool_file_answer(ucmd, client, &args->fd, &args->client);
}

static void set_policy(struct aoipool_pool *pool,
		       const struct aoipool_pool_policy *args)
{
	WRITE_ONCE(pool->decay_ms, args->decay_ms);
	WRITE_ONCE(pool->idle_max_blocks, args->idle_max_blocks);
	aoipool_governor_call();
}

static int pool_policy(struct aoipool_ucmd *ucmd)
{
	struct aoipool_client *client = ucmd->file->private_data;
	struct aoipool_pool_policy *args = ucmd->cmd;
	struct aoipool_pool *pool = client->pool;

	if (args->flags & ~AOIPOOL_POLICY_SET || args->reserved)
		return -EINVAL;
	if (args->flags & AOIPOOL_POLICY_SET)
		set_policy(pool, args);
	args->decay_ms = READ_ONCE(pool->decay_ms);
	args->idle_max_blocks = READ_ONCE(pool->idle_max_blocks);
	return aoipool_ucmd_respond(ucmd);
}

#define TELL_FLAGS	(AOIPOOL_TELL_FREED | AOIPOOL_TELL_EXHAUSTED)

static int pool_tell(struct aoipool_ucmd *ucmd)
{
	struct aoipool_client *client = ucmd->file->private_data;
	struct aoipool_pool_tell *args = ucmd->cmd;

	if (!args->flags || args->flags & ~TELL_FLAGS || args->reserved)
		return -EINVAL;
	if (!(args->flags & AOIPOOL_TELL_EXHAUSTED) != !args->count)
		return -EINVAL;
	if (args->flags & AOIPOOL_TELL_FREED)
		aoipool_pool_wake(client->pool);
	if (args->flags & AOIPOOL_TELL_EXHAUSTED)
		aoipool_event_exhausted(client->pool, AOIPOOL_EXHAUSTED_SLOTS,
					args->count);
	return aoipool_ucmd_respond(ucmd);
}

#define POOL_IOCTL(name, type, fn)                                          \
	{ .cmd = AOIPOOL_POOL_##name, .min_size = AOIPOOL_POOL_##name##_SIZE_VER0, \
	  .size = sizeof(struct type), .execute = fn }

static const struct aoipool_ioctl pool_ioctls[] = {
	POOL_IOCTL(INFO, aoipool_pool_info, pool_info),
	POOL_IOCTL(POPULATE, aoipool_pool_populate, pool_populate),
	POOL_IOCTL(TRIM, aoipool_pool_trim, pool_trim),
	POOL_IOCTL(ATTACH, aoipool_pool_attach, pool_attach),
	POOL_IOCTL(POLICY, aoipool_pool_policy, pool_policy),
	POOL_IOCTL(TELL, aoipool_pool_tell, pool_tell),
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

static bool has_free_slab(struct aoipool_pool *pool)
{
	if (aoipool_pool_has_free_slab(pool))
		return true;
	WRITE_ONCE(pool->info->wanted, 1);
	/*
	 * The words are looked at after that, and whoever parks a slab looks at
	 * wanted after it: one of the two sees the other.
	 */
	smp_mb();
	return aoipool_pool_has_free_slab(pool);
}

/* As the triggers of PSI do: each change is told once. */
static bool level_changed(struct aoipool_client *client)
{
	u64 seq = READ_ONCE(client->pool->info->pressure_seq);

	return xchg(&client->seen_seq, seq) != seq;
}

static __poll_t pool_poll(struct file *file, struct poll_table_struct *wait)
{
	struct aoipool_client *client = file->private_data;
	__poll_t ready = 0;

	poll_wait(file, &client->pool->freed, wait);
	if (poll_requested_events(wait) & (EPOLLIN | EPOLLRDNORM) &&
	    has_free_slab(client->pool))
		ready |= EPOLLIN | EPOLLRDNORM;
	if (poll_requested_events(wait) & EPOLLPRI && level_changed(client))
		ready |= EPOLLPRI;
	return ready;
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

/*
 * The file of a client, which is the file's on success.  The file pins the
 * module as one from open() would: its release puts what is got here.
 *
 * Return: the file; -ENFILE or -ENOMEM, and the client is still the caller's.
 */
static struct file *file_open(struct aoipool_client *client)
{
	struct inode *inode = client->pool->inode;
	char name[AOIPOOL_NAME_BYTES + sizeof(AOIPOOL_INODE_NAME)];
	struct file *file;

	snprintf(name, sizeof(name), AOIPOOL_INODE_NAME "%s",
		 client->pool->name);
	__module_get(THIS_MODULE);
	ihold(inode);
	file = alloc_file_pseudo(inode, aoipool_inode_mount(), name, O_RDWR | O_CLOEXEC,
				 &pool_fops);
	if (IS_ERR(file)) {
		iput(inode);
		module_put(THIS_MODULE);
		return file;
	}
	file->private_data = client;
	return file;
}

/**
 * aoipool_file_answer() - answer with a descriptor for a new client
 * @ucmd: the command
 * @client: consumed, on errors too
 * @fd: field of @ucmd->cmd for the descriptor
 * @number: field of @ucmd->cmd for the client's number
 *
 * Installing comes last: what is in a table of descriptors cannot be taken back.
 */
int aoipool_file_answer(struct aoipool_ucmd *ucmd,
			struct aoipool_client *client, __s32 *fd, __u32 *number)
{
	struct file *file = file_open(client);
	int err;

	if (IS_ERR(file)) {
		aoipool_client_destroy(client);
		return PTR_ERR(file);
	}
	*number = client->number;
	*fd = get_unused_fd_flags(O_CLOEXEC);
	if (*fd < 0) {
		err = *fd;
		goto put_file;
	}
	err = aoipool_ucmd_respond(ucmd);
	if (err)
		goto put_fd;
	fd_install(*fd, file);
	return 0;

put_fd:
	put_unused_fd(*fd);
put_file:
	fput(file);
	return err;
}
