/* SPDX-License-Identifier: GPL-2.0-only */
/* The descriptors of pools and the inodes behind them. */
#ifndef AOIPOOL_FILE_H
#define AOIPOOL_FILE_H

struct aoipool_pool;
struct aoipool_client;
struct file;
struct inode;

struct inode *aoipool_inode_alloc(struct aoipool_pool *pool);
void aoipool_inode_free(struct inode *inode);
struct file *aoipool_file_open(struct aoipool_client *client);

#endif /* AOIPOOL_FILE_H */
