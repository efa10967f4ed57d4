/* SPDX-License-Identifier: GPL-2.0-only */
/* The inode of a pool: an address space and a size of its own. */
#ifndef AOIPOOL_INODE_H
#define AOIPOOL_INODE_H

#include <linux/types.h>

struct inode;
struct vfsmount;

#define AOIPOOL_INODE_NAME	"aoipool:"	/* and the pool's name */

struct inode *aoipool_inode_alloc(loff_t bytes);
void aoipool_inode_free(struct inode *inode);
struct vfsmount *aoipool_inode_mount(void);

#endif /* AOIPOOL_INODE_H */
