/* SPDX-License-Identifier: GPL-2.0-only */
/* A user command: one ioctl with a struct that begins with its size. */
#ifndef AOIPOOL_UCMD_H
#define AOIPOOL_UCMD_H

#include <linux/types.h>

struct file;

/**
 * struct aoipool_ucmd - a command on its way through the kernel
 * @file: the descriptor it came by
 * @ubuf: the caller's struct
 * @user_size: bytes it has there
 * @size: bytes the kernel knows
 * @cmd: the kernel's copy, zero beyond what the caller gave
 */
struct aoipool_ucmd {
	struct file *file;
	void __user *ubuf;
	u32 user_size;
	u32 size;
	void *cmd;
};

/**
 * struct aoipool_ioctl - an entry of an ioctl table
 * @cmd: the number
 * @min_size: the first published size of the struct; never changes
 * @size: the kernel's size
 * @execute: checks flags and reserved fields, acts, responds
 */
struct aoipool_ioctl {
	unsigned int cmd;
	u32 min_size;
	u32 size;
	int (*execute)(struct aoipool_ucmd *ucmd);
};

long aoipool_ioctl_dispatch(const struct aoipool_ioctl *table, size_t nr,
			    struct file *file, unsigned int cmd,
			    void __user *ubuf);
int aoipool_ucmd_respond(struct aoipool_ucmd *ucmd);

#endif /* AOIPOOL_UCMD_H */
